//! Files of rows: imports of CSV and workbooks, and exports.

use std::io::{Cursor, Write};

use catalog::management::{job, upkeep};
use chrono::{TimeDelta, Utc};
use http::Method;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use serde_json::{Value, json};
use testing::Answer;

use crate::pim::{Pim, value};

pub(crate) const CSV: &str = "text/csv";
pub(crate) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const ROOT: &str = "https://pim.example/api/rest/v1/";

impl Pim {
    /// Sends a file; `query` says what it is.
    pub(crate) async fn send_file(&self, query: &str, kind: &str, file: Vec<u8>) -> Answer {
        let path = format!("/api/rest/v1/jobs/import?{query}");
        self.client.send(Method::POST, &path, Some(kind), file).await
    }

    /// Imports a file to its end; answers the job.
    pub(crate) async fn import_file(&self, query: &str, kind: &str, file: Vec<u8>) -> Value {
        let queued = self.send_file(query, kind, file).await.assert_status(202);
        let path = queued.header("location").strip_prefix(ROOT).unwrap().to_owned();
        assert!(job::run_next(&self.app).await.unwrap());
        let done = self.get(&path).await.assert_status(200).json();
        assert_eq!(done["status"], "completed", "{done}");
        done
    }

    async fn import_csv(&self, resource: &str, file: &str) -> Value {
        self.import_file(&format!("resource={resource}"), CSV, file.into()).await
    }

    async fn refuse_csv(&self, resource: &str, file: &str) -> Value {
        let query = format!("resource={resource}");
        let refused = self.send_file(&query, CSV, file.into()).await.assert_status(422).json();
        let jobs: i64 =
            sqlx::query_scalar("select count(*) from job").fetch_one(&self.db).await.unwrap();
        assert_eq!(jobs, 0, "nothing is left");
        refused
    }

    async fn queue_export(&self, request: Value) -> String {
        let queued = self.post("jobs/export", request).await.assert_status(202);
        queued.header("location").strip_prefix(ROOT).unwrap().to_owned()
    }

    /// Makes a file; answers it and its job.
    pub(crate) async fn export(&self, request: Value) -> (Vec<u8>, Value) {
        let path = self.queue_export(request).await;
        assert!(job::run_next(&self.app).await.unwrap());
        let done = self.get(&path).await.assert_status(200).json();
        assert_eq!(done["status"], "completed", "{done}");
        assert_eq!(done["processed"], done["total"], "{done}");
        let file = self.get(&format!("{path}/file")).await.assert_status(200);
        assert_eq!(done["file_bytes"], file.body.len());
        (file.body, done)
    }

    async fn export_text(&self, request: Value) -> String {
        String::from_utf8(self.export(request).await.0).unwrap()
    }

    async fn errors_of(&self, job: &Value) -> Vec<Value> {
        let id = job["id"].as_str().unwrap();
        let list = self.get(&format!("jobs/{id}/errors?limit=100")).await.assert_status(200).json();
        list["_embedded"]["items"].as_array().unwrap().clone()
    }

    async fn value_of(&self, product: &str, attribute: &str) -> Value {
        let product = self.get(&format!("products/{product}")).await.assert_status(200).json();
        product["values"][attribute].clone()
    }
}

/// Created, changed, unchanged and refused.
#[track_caller]
fn assert_counts(job: &Value, expected: [u64; 4]) {
    let names = ["created_count", "changed_count", "unchanged_count", "refused_count"];
    assert_eq!(names.map(|name| job[name].as_u64().unwrap()), expected, "{job}");
}

#[tokio::test]
async fn rows_become_products() {
    let pim = Pim::stocked().await;
    let file = "\
        sku;family;enabled;categories;name-en_US;name-de_DE;brand;color;tags;dishwasher_safe;released;\
        pieces;volume;volume-unit;price-EUR;price-USD;blurb-ecommerce;PACK-products\n\
        A;mugs;1;kitchen,master;Mug;Tasse;Acme;red;new,gift;0;2026-01-31;2;0.33;LITER;9.99;;\"one; two\nlines\";B\n\
        B;mugs;false;;;;;;;;;;;;;;;\n";
    let done = pim.import_csv("products", file).await;
    assert_counts(&done, [2, 0, 0, 0]);
    assert_eq!((&done["type"], &done["format"]), (&json!("file_import"), &json!("csv")));
    assert_eq!((&done["total"], &done["processed"]), (&json!(2), &json!(2)));
    let product = pim.get("products/A").await.assert_status(200).json();
    assert_eq!(product["categories"], json!(["kitchen", "master"]));
    assert_eq!(product["associations"]["PACK"]["products"], json!(["B"]));
    let values = &product["values"];
    assert_eq!(
        values["name"],
        json!([{"locale": "de_DE", "scope": null, "data": "Tasse"}, {"locale": "en_US", "scope": null, "data": "Mug"}])
    );
    assert_eq!(values["tags"], value(json!(["gift", "new"])));
    assert_eq!(values["dishwasher_safe"], value(false));
    assert_eq!(values["released"], value("2026-01-31T00:00:00+00:00"));
    assert_eq!(values["pieces"], value(2));
    assert_eq!(values["volume"], value(json!({"amount": "0.3300", "unit": "LITER"})));
    assert_eq!(values["price"], value(json!([{"amount": "9.99", "currency": "EUR"}])));
    assert_eq!(values["blurb"][0]["data"], "one; two\nlines");
    assert_eq!(pim.get("products/B").await.json()["enabled"], false);
    assert_counts(&pim.import_csv("products", file).await, [0, 0, 2, 0]);
}

#[tokio::test]
async fn an_empty_cell_clears_a_value_or_keeps_it_as_asked() {
    let pim = Pim::stocked().await;
    let first = "sku,family,categories,brand,price-EUR,price-USD\nA,mugs,kitchen,Acme,1,2\n";
    pim.import_csv("products", first).await;
    let id = pim.get("products/A").await.json()["uuid"].as_str().unwrap().to_owned();
    let empty = format!("uuid\tsku\tbrand\n{id}\t\t\n");
    let query = "resource=products&empty=keep";
    assert_counts(&pim.import_file(query, CSV, empty.into()).await, [0, 0, 1, 0]);
    let empty = "sku\tbrand\tcategories\tprice-EUR\nA\t\t\t\n";
    let query = "resource=products&empty=keep&separator=tab";
    assert_counts(&pim.import_file(query, CSV, empty.into()).await, [0, 0, 1, 0]);
    assert_eq!(pim.value_of("A", "brand").await, value("Acme"));
    assert_counts(&pim.import_csv("products", empty).await, [0, 1, 0, 0]);
    let product = pim.get("products/A").await.json();
    assert_eq!(product["values"]["brand"], Value::Null);
    assert_eq!((&product["categories"], &product["family"]), (&json!([]), &json!("mugs")));
    // A currency without a column keeps its price.
    let usd = value(json!([{"amount": "2.00", "currency": "USD"}]));
    assert_eq!(product["values"]["price"], usd);
}

#[tokio::test]
async fn a_column_that_does_not_exist_refuses_the_file() {
    let pim = Pim::stocked().await;
    let message = async |header: &str| {
        let refused = pim.refuse_csv("products", &format!("{header}\nA\n")).await;
        let errors = refused["errors"].as_array().unwrap().clone();
        errors
            .iter()
            .map(|error| error["property"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(message("sku;ghost;brand;phantom-en_US").await, ["ghost", "phantom-en_US"]);
    let unfit = "name;brand-en_US;name-fr_FR;blurb-print;price-GBP;volume-unit;PACK-ghosts";
    let expected: Vec<&str> = unfit.split(';').collect();
    assert_eq!(message(&format!("sku;{unfit}")).await, expected);
    assert_eq!(message("brand").await, ["sku"]);
    assert_eq!(message("sku;brand;brand").await, ["brand"]);
    let refused = pim.refuse_csv("families", "code;label-xx_XX\nA;\n").await;
    assert_eq!(refused["errors"][0]["message"], "The column \"label-xx_XX\" does not exist.");
    pim.refuse_csv("products", "").await;
    pim.refuse_csv("ghosts", "sku\n").await;
    pim.refuse_csv("products&separator=x", "sku\n").await;
    let latin = b"sku;brand\nA;K\xf6nig\n".to_vec();
    let refused = pim.send_file("resource=products", CSV, latin).await.assert_status(422).json();
    assert_eq!(refused["type"], "urn:vitrine:problem:not_utf8");
}

#[tokio::test]
async fn refused_rows_are_told_by_row_and_column() {
    let pim = Pim::stocked().await;
    let file = "\
        sku;family;name-en_US;pieces;dishwasher_safe;volume;volume-unit;price-EUR;released\n\
        A;mugs;;many;;;;;\n\
        B;mugs;;0;maybe;;;;\n\
        C;ghosts;;;;;;;\n\
        D;mugs;;0;;;;;\n\
        E;mugs;;;;1;PARSEC;-1;31.12.2026\n\
        ;mugs;;;;;;;\n\
        F;mugs\n\
        G;mugs;;;;;;-1;\n\
        H;mugs;;;;;;;\n";
    let done = pim.import_csv("products", file).await;
    assert_counts(&done, [1, 0, 0, 8]);
    let told = |error: &Value| {
        let errors = error["errors"].as_array().cloned().unwrap_or_default();
        let columns: Vec<Value> = errors.iter().map(|error| error["column"].clone()).collect();
        json!([error["line"], error["key"], columns])
    };
    let errors = pim.errors_of(&done).await;
    assert_eq!(
        errors.iter().map(told).collect::<Vec<_>>(),
        [
            json!([2, null, ["pieces"]]),
            json!([3, null, ["dishwasher_safe"]]),
            json!([4, "C", ["family"]]),
            json!([5, "D", ["pieces"]]),
            json!([6, null, ["released"]]),
            json!([7, null, []]),
            json!([8, null, []]),
            json!([9, "G", ["price-EUR"]]),
        ]
    );
    assert_eq!(errors[6]["message"], "The row has 2 cells, and the header 9.");
}

fn workbook(write: impl FnOnce(&mut rust_xlsxwriter::Worksheet)) -> Vec<u8> {
    let mut workbook = Workbook::new();
    write(workbook.add_worksheet());
    workbook.save_to_buffer().unwrap()
}

#[tokio::test]
async fn cells_of_a_workbook_become_what_the_attribute_wants() {
    let pim = Pim::stocked().await;
    let file = workbook(|sheet| {
        let header =
            ["sku", "family", "ean", "dishwasher_safe", "released", "pieces", "price-EUR", "brand"];
        for (column, name) in (0..).zip(header) {
            sheet.write_string(0, column, name).unwrap();
        }
        sheet.write_number(1, 0, 4711).unwrap();
        sheet.write_string(1, 1, "mugs").unwrap();
        sheet.write_number(1, 2, 4_006_381_333_931_f64).unwrap();
        sheet.write_boolean(1, 3, true).unwrap();
        let date = ExcelDateTime::from_ymd(2026, 2, 28).unwrap();
        sheet
            .write_datetime_with_format(1, 4, &date, &Format::new().set_num_format("dd.mm.yyyy"))
            .unwrap();
        sheet.write_number(1, 5, 3).unwrap();
        sheet.write_number(1, 6, 19.9).unwrap();
        sheet.write_string(1, 7, "=Acme").unwrap();
        // Row 3 is empty, row 4 short.
        sheet.write_string(3, 0, "SHORT").unwrap();
        let broken = Formula::new("1/0").set_result("#DIV/0!");
        sheet.write_formula(4, 0, broken).unwrap();
    });
    let done = pim.import_file("resource=products", XLSX, file).await;
    assert_eq!(done["format"], "xlsx");
    assert_counts(&done, [2, 0, 0, 1]);
    let error = pim.errors_of(&done).await.remove(0);
    assert_eq!((&error["line"], &error["errors"][0]["column"]), (&json!(5), &json!("sku")));
    let values = pim.get("products/4711").await.assert_status(200).json()["values"].clone();
    assert_eq!(values["ean"], value("4006381333931"));
    assert_eq!(values["dishwasher_safe"], value(true));
    assert_eq!(values["released"], value("2026-02-28T00:00:00+00:00"));
    assert_eq!(values["pieces"], value(3));
    assert_eq!(values["price"], value(json!([{"amount": "19.90", "currency": "EUR"}])));
    assert_eq!(values["brand"], value("=Acme"));
    pim.get("products/SHORT").await.assert_status(200);
}

#[tokio::test]
async fn a_workbook_that_unpacks_to_too_much_is_refused() {
    let pim = Pim::stocked().await;
    let pack = |name: &str, piece: &[u8], pieces: usize| {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        (0..pieces).for_each(|_| archive.write_all(piece).unwrap());
        archive.finish().unwrap().into_inner()
    };
    let tags = b"<a></a>".repeat(100_000);
    let strings = pack("xl/sharedStrings.xml", &tags, 200);
    assert!(strings.len() < 2_000_000, "{}", strings.len());
    let text = pack("xl/worksheets/sheet1.xml", &[b'x'; 100_000], 10);
    for bomb in [strings, text] {
        pim.send_file("resource=products", XLSX, bomb).await.assert_status(413);
    }
    let nonsense = b"sku;family\n".to_vec();
    pim.send_file("resource=products", XLSX, nonsense).await.assert_status(422);
}

#[tokio::test]
async fn a_file_that_is_sent_again_with_its_key_is_the_same_job() {
    let pim = Pim::stocked().await;
    let client = pim.client.key("file-1");
    let send = async |query: &str| {
        let path = format!("/api/rest/v1/jobs/import?{query}");
        client.send(Method::POST, &path, Some(CSV), b"sku\nA\n".to_vec()).await
    };
    let first = send("resource=products").await.assert_status(202);
    let again = send("resource=products").await.assert_status(202);
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(first.header("location"), again.header("location"));
    send("resource=products&empty=keep").await.assert_status(422);
}

#[tokio::test]
async fn an_export_has_the_products_that_the_search_finds() {
    let pim = Pim::stocked().await.with_model().await;
    let products = [
        json!({"uuid": "018f0000-0000-7000-8000-000000000001", "family": "mugs", "values": {
            "sku": value("A"), "brand": value("=cmd|x"), "price": value(json!([{"amount": 5, "currency": "EUR"}])),
            "name": [{"locale": "en_US", "scope": null, "data": "Mug; \"big\""}],
            "volume": value(json!({"amount": "0.5", "unit": "LITER"})),
        }}),
        json!({"uuid": "018f0000-0000-7000-8000-000000000002", "parent": "amor",
               "values": {"sku": value("V"), "color": value("red")}}),
        json!({"uuid": "018f0000-0000-7000-8000-000000000003", "values": {"sku": value("OTHER")}}),
    ];
    pim.patch_all("products-uuid", &products).await;
    let request = json!({
        "resource": "products", "format": "csv", "locales": ["en_US"],
        "search": {"family": [{"operator": "IN", "value": ["mugs"]}]},
        "attributes": ["name", "brand", "color", "price", "volume"],
    });
    let text = pim.export_text(request).await;
    let lines: Vec<&str> = text.lines().collect();
    let cut = |line: &str| line.split(";PACK").next().unwrap().to_owned();
    assert_eq!(
        cut(lines[0]),
        "uuid;sku;enabled;family;parent;categories;groups;brand;color;name-en_US;price-EUR;price-USD;volume;volume-unit"
    );
    assert!(
        lines[1].starts_with("018f0000-0000-7000-8000-000000000001;A;1;mugs;;;;'=cmd|x;;\"Mug; \"\"big\"\"\";5.00;;0.5000;LITER;"),
        "{}", lines[1]
    );
    assert!(
        lines[2].starts_with(
            "018f0000-0000-7000-8000-000000000002;V;1;mugs;amor;kitchen;;Acme;red;;;;;;"
        ),
        "{}",
        lines[2]
    );
    assert_eq!(lines.len(), 3);
}

#[tokio::test]
async fn a_file_is_an_attachment_for_readers_until_its_time_is_over() {
    let pim = Pim::stocked().await;
    let request = json!({"resource": "categories", "format": "csv"});
    let path = pim.queue_export(request.clone()).await;
    let file = format!("{path}/file");
    pim.get(&file).await.assert_status(404);
    assert!(job::run_next(&pim.app).await.unwrap());
    let url = format!("/api/rest/v1/{file}");
    let reader = pim.with_scopes(&["catalog:read"]).header("accept", "text/csv");
    let answer = reader.get(&url).await.assert_status(200);
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"categories.csv\"");
    assert_eq!(
        answer.text(),
        "code;parent;position;label-de_DE;label-en_US\nkitchen;master;0;;\nmaster;;0;;\n"
    );
    pim.with_scopes(&["stock:read"]).get(&url).await.assert_status(403);
    pim.stranger().get(&url).await.assert_status(401);
    // No media route serves it.
    let id: uuid::Uuid =
        sqlx::query_scalar("select file_id from job").fetch_one(&pim.db).await.unwrap();
    for media in ["/media/", "/api/rest/v1/media-files/"] {
        let end = if media == "/media/" { "" } else { "/download" };
        pim.client.get(&format!("{media}exports/{id}{end}")).await.assert_status(404);
    }
    let in_time = Utc::now() + TimeDelta::days(6);
    job::remove_files(&pim.app, in_time).await.unwrap();
    reader.get(&url).await.assert_status(200);
    job::remove_files(&pim.app, in_time + TimeDelta::days(2)).await.unwrap();
    reader.get(&url).await.assert_status(410);
    upkeep::keep(&pim.db, Utc::now() + TimeDelta::days(31)).await.unwrap();
    reader.get(&url).await.assert_status(404);
}

#[tokio::test]
async fn who_reads_the_catalog_exports_it() {
    let pim = Pim::stocked().await;
    let request = json!({"resource": "groups", "format": "ndjson"});
    let url = "/api/rest/v1/jobs/export";
    pim.with_scopes(&["catalog:read"]).post(url, request.clone()).await.assert_status(202);
    pim.with_scopes(&["catalog:write"]).post(url, request.clone()).await.assert_status(403);
    for wrong in [
        json!({"resource": "ghosts", "format": "csv"}),
        json!({"resource": "groups", "format": "pdf"}),
        json!({"resource": "groups", "format": "csv", "scope": "ecommerce"}),
        json!({"resource": "products", "format": "csv", "scope": "ghost"}),
        json!({"resource": "products", "format": "csv", "attributes": ["ghost"]}),
        json!({"resource": "products", "format": "csv", "search": {"ghost": [{"operator": "=", "value": 1}]}}),
        json!({"resource": "groups", "format": "csv", "search": {"ghost": [{"operator": "=", "value": 1}]}}),
        json!({"resource": "groups", "format": "csv", "more": 1}),
    ] {
        let answer = pim.post("jobs/export", wrong.clone()).await;
        assert_eq!(answer.status, 422, "{wrong}");
    }
    let keyed = pim.client.key("export-1");
    let first = keyed.post(url, request.clone()).await.assert_status(202);
    let again = keyed.post(url, request).await.assert_status(202);
    assert_eq!(first.header("location"), again.header("location"));
}

#[tokio::test]
async fn a_cancelled_export_makes_no_file() {
    let pim = Pim::stocked().await;
    let path = pim.queue_export(json!({"resource": "products", "format": "xlsx"})).await;
    pim.post(&format!("{path}/cancel"), json!({})).await.assert_status(204);
    assert!(!job::run_next(&pim.app).await.unwrap());
    pim.get(&format!("{path}/file")).await.assert_status(404);
}

#[tokio::test]
async fn an_export_whose_replica_ended_is_made_anew() {
    let pim = Pim::stocked().await;
    let path = pim.queue_export(json!({"resource": "categories", "format": "ndjson"})).await;
    // A replica that took the job, wrote some rows and was killed.
    sqlx::query(
        "update job set status = 'running', exported_count = 1, file_id = gen_random_uuid(),
                leased_until = now() - interval '1 second'",
    )
    .execute(&pim.db)
    .await
    .unwrap();
    assert!(job::run_next(&pim.app).await.unwrap());
    let done = pim.get(&path).await.json();
    assert_eq!((&done["status"], &done["processed"]), (&json!("completed"), &json!(2)));
    let file = pim.get(&format!("{path}/file")).await.assert_status(200).text().to_owned();
    assert_eq!(file.lines().count(), 2);
}

#[tokio::test]
async fn a_text_that_is_too_long_for_a_cell_fails_a_workbook_with_a_reason() {
    let pim = Pim::stocked().await;
    let long = "x".repeat(40_000);
    let blurb = json!([{"locale": null, "scope": "ecommerce", "data": long}]);
    pim.patch_all("products", &[json!({"identifier": "A", "values": {"blurb": blurb}})]).await;
    let path = pim.queue_export(json!({"resource": "products", "format": "xlsx"})).await;
    assert!(job::run_next(&pim.app).await.unwrap());
    let failed = pim.get(&path).await.json();
    assert_eq!(failed["status"], "failed");
    assert!(failed["message"].as_str().unwrap().contains("32767 characters"), "{failed}");
    pim.export(json!({"resource": "products", "format": "csv"})).await;
}

#[tokio::test]
async fn prices_given_by_currency_merge() {
    let pim = Pim::stocked().await;
    let patch = async |price: Value| {
        pim.patch("products/A", json!({"values": {"price": value(price)}})).await.status
    };
    assert_eq!(patch(json!({"EUR": 1, "USD": "2"})).await, 201);
    assert_eq!(patch(json!({"EUR": null})).await, 204);
    let usd = value(json!([{"amount": "2.00", "currency": "USD"}]));
    assert_eq!(pim.value_of("A", "price").await, usd);
    assert_eq!(patch(json!({"GBP": 1})).await, 422);
}
