//! Writes that are sent again, written all or none, or only over what was read.

use http::Method;
use serde_json::{Value, json};

use crate::pim::{Pim, messages, value};

#[tokio::test]
async fn a_create_that_is_sent_again_happens_once() {
    let pim = Pim::stocked().await.with_model().await;
    let product = json!({"identifier": "MUG", "family": "mugs"});
    let model = json!({"code": "bella", "family_variant": "mugs_by_color"});
    let bodies = [
        ("products", product),
        ("products-uuid", json!({"values": {"sku": value("CUP")}})),
        ("product-models", model),
        ("categories", json!({"code": "bar"})),
        ("attributes/color/options", json!({"code": "green"})),
    ];
    for (path, body) in bodies {
        let client = pim.client.clone().header("idempotency-key", path);
        let address = format!("/api/rest/v1/{path}");
        let first = client.post(&address, body.clone()).await.assert_status(201);
        let again = client.post(&address, body.clone()).await.assert_status(201);
        assert_eq!(again.header("location"), first.header("location"), "{path}");
        assert_eq!(again.header("idempotent-replayed"), "true");
        assert_eq!(again.text(), "");
        let mut other = body.clone();
        other["more"] = json!(1);
        let other = client.post(&address, other).await.assert_status(422).json();
        assert_eq!(other["type"], "urn:vitrine:problem:idempotency_key_reused", "{path}");
    }
    let products = pim.get("products?with_count=true").await.json();
    assert_eq!(products["items_count"], 2);
}

#[tokio::test]
async fn a_create_that_was_refused_may_be_mended_under_the_same_key() {
    let pim = Pim::stocked().await;
    let client = pim.client.clone().header("idempotency-key", "a");
    client.post("/api/rest/v1/categories", json!({"code": "a b"})).await.assert_status(422);
    client.post("/api/rest/v1/categories", json!({"code": "ab"})).await.assert_status(201);
}

#[tokio::test]
async fn a_restore_that_is_sent_again_happens_once() {
    let pim = Pim::stocked().await;
    pim.patch("categories/kitchen", json!({"position": 1})).await.assert_status(204);
    let client = pim.client.clone().header("idempotency-key", "a");
    let path = "/api/rest/v1/categories/kitchen/versions/1/restore";
    client.post(path, json!({})).await.assert_status(204);
    pim.patch("categories/kitchen", json!({"position": 2})).await.assert_status(204);
    let again = client.post(path, json!({})).await.assert_status(204);
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(pim.get("categories/kitchen").await.json()["position"], 2);
}

/// Also with `If-Match`, which the first one made untrue, and where there is nothing to delete any more.
#[tokio::test]
async fn a_change_or_deletion_that_is_sent_again_happens_once() {
    let pim = Pim::stocked().await.with_model().await;
    pim.patch_all("products", &[json!({"identifier": "A"})]).await;
    let uuid = pim.get("products-uuid").await.json()["_embedded"]["items"][0]["uuid"].clone();
    let uuid = format!("products-uuid/{}", uuid.as_str().unwrap());
    let labels = json!({"labels": {"en_US": "Other"}});
    pim.patch_all("groups", &[json!({"code": "party"})]).await;
    for (path, change, deletable) in [
        ("products/A", json!({"enabled": false}), false),
        (uuid.as_str(), json!({"enabled": true}), true),
        ("product-models/amor", json!({"categories": []}), true),
        ("categories/kitchen", labels.clone(), true),
        ("groups/party", labels, true),
    ] {
        let address = format!("/api/rest/v1/{path}");
        let etag = pim.get(path).await.header("etag").to_owned();
        let client = pim.client.clone().header("if-match", &etag);
        let keyed = client.clone().header("idempotency-key", &format!("change {path}"));
        keyed.patch(&address, change.clone()).await.assert_status(204);
        let again = keyed.patch(&address, change.clone()).await.assert_status(204);
        assert_eq!(again.header("idempotent-replayed"), "true", "{path}");
        keyed.patch(&address, json!({})).await.assert_status(422);
        client.patch(&address, change).await.assert_status(412);
        if deletable {
            let keyed = pim.client.clone().header("idempotency-key", &format!("delete {path}"));
            keyed.delete(&address).await.assert_status(204);
            let again = keyed.delete(&address).await.assert_status(204);
            assert_eq!(again.header("idempotent-replayed"), "true", "{path}");
            pim.client.delete(&address).await.assert_status(404);
        }
    }
}

#[tokio::test]
async fn a_bulk_write_that_is_sent_again_answers_the_same_and_writes_nothing() {
    let pim = Pim::stocked().await;
    let cases = [
        ("products", json!({"identifier": "A", "enabled": true}), json!({"enabled": false})),
        ("categories", json!({"code": "bar", "position": 1}), json!({"position": 0})),
    ];
    for (path, line, change) in cases {
        let code = line.get("code").or(line.get("identifier")).unwrap().as_str().unwrap();
        let one = format!("{path}/{code}");
        let body = format!("{line}\n{{}}");
        let client = pim.client.key(path);
        let address = format!("/api/rest/v1/{path}");
        let send = async |body: &str| {
            let content_type = Some("application/vnd.akeneo.collection+json");
            client.send(Method::PATCH, &address, content_type, body.into()).await
        };
        let first = send(&body).await.assert_status(200);
        assert!(first.text().contains("\"status_code\":201"), "{}", first.text());
        pim.patch(&one, change.clone()).await.assert_status(204);
        let again = send(&body).await.assert_status(200);
        assert_eq!(again.text(), first.text(), "{path}");
        assert_eq!(again.header("content-type"), first.header("content-type"), "{path}");
        assert_eq!(again.header("idempotent-replayed"), "true", "{path}");
        let (property, value) = change.as_object().unwrap().iter().next().unwrap();
        assert_eq!(pim.get(&one).await.json()[property], *value, "{path}");
        send(&line.to_string()).await.assert_status(422);
        let atomic = format!("{address}?atomic=true");
        let content_type = Some("application/vnd.akeneo.collection+json");
        let other = client.send(Method::PATCH, &atomic, content_type, body.into()).await;
        other.assert_status(422);
    }
}

#[tokio::test]
async fn who_has_an_answer_is_not_sent_it_again() {
    let pim = Pim::stocked().await.with_model().await;
    let variant = json!({"identifier": "V", "parent": "amor", "values": {"color": value("red")}});
    pim.patch_all("products", &[variant]).await;
    for path in ["products/V", "products?limit=1", "families/mugs", "attributes", "channels"] {
        let address = format!("/api/rest/v1/{path}");
        let first = pim.client.get(&address).await.assert_status(200);
        let tags = format!("\"other\", W/{}", first.header("etag"));
        let known = pim.client.clone().header("if-none-match", &tags);
        let again = known.get(&address).await.assert_status(304);
        assert_eq!(again.text(), "", "{path}");
        assert_eq!(again.header("etag"), first.header("etag"), "{path}");
    }
    let path = "/api/rest/v1/products/V";
    let etag = pim.client.get(path).await.header("etag").to_owned();
    let known = pim.client.clone().header("if-none-match", &etag);
    let above = json!({"values": {"brand": value("Other")}});
    pim.patch("product-models/amor", above).await.assert_status(204);
    let inherited = known.get(path).await.assert_status(200);
    assert_ne!(inherited.header("etag"), etag, "what is inherited is a part of the answer");
    let writer = pim.client.clone().header("if-match", &etag);
    writer.patch(path, json!({"enabled": false})).await.assert_status(204);
    writer.patch(path, json!({"enabled": true})).await.assert_status(412);
}

#[tokio::test]
async fn an_atomic_bulk_write_writes_all_lines_or_none() {
    let pim = Pim::stocked().await.with_model().await;
    let cases = [
        ("products", json!({"identifier": "A"}), json!({"identifier": "B", "family": "ghosts"})),
        ("products", json!({"identifier": "C"}), json!({"family": "mugs"})),
        (
            "product-models",
            json!({"code": "bella", "family_variant": "mugs_by_color"}),
            json!({"code": "x", "family_variant": "ghosts"}),
        ),
        ("categories", json!({"code": "bar"}), json!({"code": "b c"})),
        ("attributes/color/options", json!({"code": "green"}), json!({})),
    ];
    for (path, good, bad) in cases {
        pim.take_tasks().await;
        let lines = pim.patch_lines(&format!("{path}?atomic=true"), &[good.clone(), bad]).await;
        assert_eq!(lines[0]["status_code"], 424, "{path}");
        assert_eq!(
            lines[0]["message"],
            "Not written: line 2 was refused, and the request asks for all lines or none."
        );
        assert_eq!(lines[1]["status_code"], 422, "{path}");
        let code = good.get("code").or(good.get("identifier")).unwrap().as_str().unwrap();
        pim.get(&format!("{path}/{code}")).await.assert_status(404);
        pim.get(&format!("{path}/{code}/versions")).await.assert_status(404);
        assert!(pim.take_tasks().await.is_empty(), "{path}");
        let lines = pim.patch_lines(&format!("{path}?atomic=true"), &[good]).await;
        assert_eq!(lines[0]["status_code"], 201, "{path}");
    }
    let answer = pim.patch_text("products?atomic=maybe", "{}").await.assert_status(422).json();
    assert_eq!(
        answer["message"],
        "Parameter \"atomic\" has to be a boolean. Only \"true\" or \"false\" allowed, \"maybe\" given."
    );
}

#[tokio::test]
async fn an_atomic_write_of_measurement_families_writes_all_or_none() {
    let pim = Pim::open().await;
    let family = |code: &str| {
        json!({"code": code, "standard_unit_code": "A",
               "units": {"A": {"convert_from_standard": [{"operator": "mul", "value": "1"}]}}})
    };
    let body = json!([family("Mood"), {"code": "x"}]).to_string();
    let answer =
        pim.patch_text("measurement-families?atomic=true", &body).await.assert_status(200).json();
    assert_eq!(answer[0]["status_code"], 424);
    assert_eq!(answer[1]["status_code"], 422);
    pim.delete("measurement-families/Mood").await.assert_status(404);
}

#[tokio::test]
async fn every_single_write_can_ask_for_the_version_that_was_read() {
    let pim = Pim::stocked().await.with_model().await;
    pim.patch_all("products", &[json!({"identifier": "A"})]).await;
    let uuid = pim.get("products-uuid").await.json()["_embedded"]["items"][0]["uuid"].clone();
    let uuid = format!("products-uuid/{}", uuid.as_str().unwrap());
    pim.post("association-types", json!({"code": "FRIEND"})).await.assert_status(201);
    pim.post("attribute-groups", json!({"code": "marketing"})).await.assert_status(201);
    for path in [
        uuid.as_str(),
        "products/A",
        "product-models/amor",
        "categories/kitchen",
        "channels/ecommerce",
        "association-types/FRIEND",
        "attribute-groups/marketing",
        "attributes/brand",
        "attributes/color/options/red",
        "families/mugs",
        "families/mugs/variants/mugs_by_color",
        "measurement-families/Weight",
    ] {
        let client = pim.client.clone().header("if-match", "\"99\"");
        let address = format!("/api/rest/v1/{path}");
        client.delete(&address).await.assert_status(412);
        if path.starts_with("measurement") {
            continue;
        }
        let refused = client.patch(&address, json!({})).await.assert_status(412).json();
        assert_eq!(refused["code"], 412, "{path}");
        let etag = pim.get(path).await.header("etag").to_owned();
        let client = pim.client.clone().header("if-match", &etag);
        client.patch(&address, json!({})).await.assert_status(204);
        let ghost = format!("{address}_ghost");
        if !path.starts_with("products-uuid") {
            client.patch(&ghost, json!({})).await.assert_status(412);
        }
    }
}

/// A multipart body with one PNG for the picture of the product `A`.
fn upload(name: &str) -> (String, Vec<u8>) {
    let png = [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n'];
    let owner = json!({"identifier": "A", "attribute": "picture", "locale": null, "scope": null});
    let mut body = format!(
        "--b\r\nContent-Disposition: form-data; name=\"product\"\r\n\r\n{owner}\r\n--b\r\n\
         Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n"
    )
    .into_bytes();
    body.extend(png);
    body.extend(b"\r\n--b--\r\n");
    ("multipart/form-data; boundary=b".to_owned(), body)
}

#[tokio::test]
async fn an_upload_that_is_sent_again_happens_once() {
    let pim = Pim::stocked().await;
    pim.patch_all("products", &[json!({"identifier": "A"})]).await;
    let client = pim.client.clone().header("idempotency-key", "a");
    let send = async |name: &str| {
        let (content_type, body) = upload(name);
        client.send(Method::POST, "/api/rest/v1/media-files", Some(&content_type), body).await
    };
    let first = send("mug.png").await.assert_status(201);
    let gone = json!({"values": {"picture": value(Value::Null)}});
    pim.patch("products/A", gone).await.assert_status(204);
    let again = send("mug.png").await.assert_status(201);
    assert_eq!(again.header("location"), first.header("location"));
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(pim.get("products/A").await.json()["values"].get("picture"), None);
    let other = send("cup.png").await.assert_status(422).json();
    assert!(messages(&other).is_empty());
    assert_eq!(other["type"], "urn:vitrine:problem:idempotency_key_reused");
}

#[tokio::test]
async fn what_takes_the_database_too_long_is_said_so() {
    let pim = Pim::open().await;
    let mut connection = pim.db.acquire().await.unwrap();
    sqlx::query("set statement_timeout = '10ms'").execute(&mut *connection).await.unwrap();
    let cancelled = sqlx::query("select pg_sleep(5)").execute(&mut *connection).await.unwrap_err();
    let problem = problem::Problem::from(cancelled);
    assert_eq!((problem.status().as_u16(), problem.code()), (503, "too_slow"));
}
