//! A catalog to manage, through the API alone.

use std::{path::PathBuf, time::Duration};

use axum::body::Body;
use catalog::{App, Config, MIGRATOR, SCHEMA, management};
use chrono::Utc;
use futures::stream;
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};
use sqlx::PgPool;
use testing::{Answer, Client, Tokens};
use tower::ServiceExt;
use uuid::Uuid;
use web::Env;

pub(crate) const COLLECTION: &str = "application/vnd.akeneo.collection+json";

const BOUNDARY: &str = "XboundaryX";

/// A piece of a body, or the end of the connection.
pub(crate) type Piece = Result<String, std::io::Error>;

/// A catalog with its database and an editor's token.
pub(crate) struct Pim {
    pub(crate) client: Client,
    pub(crate) db: PgPool,
    pub(crate) tokens: Tokens,
    pub(crate) app: App,
    router: axum::Router,
}

impl Pim {
    /// A catalog as it is installed.
    pub(crate) async fn open() -> Self {
        let folder = Self::folder().join("media").display().to_string();
        Self::open_with(vec![("MEDIA_DIR", folder)]).await
    }

    fn folder() -> PathBuf {
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(Uuid::now_v7().to_string())
    }

    /// The same with other media variables.
    pub(crate) async fn open_with(media: Vec<(&str, String)>) -> Self {
        let database = testing::database(SCHEMA, &MIGRATOR).await;
        management::upkeep::keep(&database.pool, Utc::now()).await.unwrap();
        let own = [
            ("DATABASE_URL", database.url.expose().to_owned()),
            ("PUBLIC_URL", "https://pim.example".to_owned()),
            ("INDEX_DIR", Self::folder().join("index").display().to_string()),
            ("CLIENT_SECRET", "secret".to_owned()),
        ];
        let variables = own.into_iter().chain(media);
        let mut env =
            Env::from_values(variables.map(|(name, value)| (format!("VITRINE_{name}"), value)));
        let config = Config::from_env(&mut env).unwrap();
        let tokens = Tokens::new();
        tokio::spawn(count_structure(database.pool.clone()));
        let app = App::new(&config, database.pool.clone(), tokens.verifier()).unwrap();
        let router = catalog::router(app.clone());
        let token = tokens.issue("erp", &["catalog:read", "catalog:write"]);
        let client = Client::new(router.clone()).bearer(&token);
        Self { client, db: database.pool, tokens, app, router }
    }

    /// A catalog with a channel, a family of mugs and what they need.
    pub(crate) async fn stocked() -> Self {
        let pim = Self::open().await;
        pim.patch_all(
            "categories",
            &[json!({"code": "master"}), json!({"code": "kitchen", "parent": "master"})],
        )
        .await;
        let channel = json!({
            "code": "ecommerce", "category_tree": "master",
            "locales": ["en_US", "de_DE"], "currencies": ["EUR", "USD"],
        });
        pim.patch_all("channels", &[channel]).await;
        let attribute = |code: &str, kind: &str| json!({"code": code, "type": format!("pim_catalog_{kind}"), "group": "other"});
        let with = |mut attribute: Value, more: Value| {
            attribute.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            attribute
        };
        pim.patch_all("attributes", &[
            with(attribute("name", "text"), json!({"localizable": true})),
            with(attribute("ean", "text"), json!({"unique": true, "max_characters": 13})),
            attribute("brand", "text"),
            attribute("color", "simpleselect"),
            attribute("size", "simpleselect"),
            attribute("tags", "multiselect"),
            attribute("dishwasher_safe", "boolean"),
            attribute("released", "date"),
            with(attribute("pieces", "number"), json!({"number_min": "1"})),
            with(attribute("volume", "metric"), json!({"metric_family": "Volume", "decimals_allowed": true, "default_metric_unit": "LITER"})),
            with(attribute("price", "price_collection"), json!({"decimals_allowed": true})),
            attribute("picture", "image"),
            with(attribute("blurb", "textarea"), json!({"scopable": true})),
        ]).await;
        pim.patch_all(
            "attributes/color/options",
            &[json!({"code": "red", "labels": {"en_US": "Red"}}), json!({"code": "blue"})],
        )
        .await;
        pim.patch_all("attributes/size/options", &[json!({"code": "s"}), json!({"code": "m"})])
            .await;
        pim.patch_all(
            "attributes/tags/options",
            &[json!({"code": "new"}), json!({"code": "gift"})],
        )
        .await;
        let family = json!({
            "code": "mugs", "attribute_as_label": "name", "attribute_as_image": "picture",
            "attributes": ["sku", "name", "ean", "brand", "color", "size", "tags", "dishwasher_safe",
                           "released", "pieces", "volume", "price", "picture", "blurb"],
            "attribute_requirements": {"ecommerce": ["sku", "name", "brand"]},
        });
        pim.patch_all("families", &[family]).await;
        pim
    }

    /// Adds the family variant `mugs_by_color` with the model `amor`.
    pub(crate) async fn with_model(self) -> Self {
        let variant = json!({
            "code": "mugs_by_color",
            "variant_attribute_sets": [{"level": 1, "axes": ["color"], "attributes": ["color", "price", "pieces"]}],
        });
        self.patch_all("families/mugs/variants", &[variant]).await;
        let model = json!({
            "code": "amor", "family_variant": "mugs_by_color", "categories": ["kitchen"],
            "values": {"brand": [{"locale": null, "scope": null, "data": "Acme"}]},
        });
        self.patch_all("product-models", &[model]).await;
        self
    }

    /// A client with these scopes.
    pub(crate) fn with_scopes(&self, scopes: &[&str]) -> Client {
        Client::new(self.router.clone()).bearer(&self.tokens.issue("erp", scopes))
    }

    /// A client without token.
    pub(crate) fn stranger(&self) -> Client {
        Client::new(self.router.clone())
    }

    /// GET below the root of the API.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.client.get(&url(path)).await
    }

    /// POST below the root of the API.
    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.client.post(&url(path), body).await
    }

    /// PATCH of one thing below the root of the API.
    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.client.patch(&url(path), body).await
    }

    /// DELETE below the root of the API.
    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.client.delete(&url(path)).await
    }

    /// Upload of a file that belongs to nothing yet.
    pub(crate) async fn upload(&self, path: &str, name: &str, file: &[u8]) -> Answer {
        let mut body = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(file);
        body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        let content_type = format!("multipart/form-data; boundary={BOUNDARY}");
        self.client.send(Method::POST, &url(path), Some(&content_type), body).await
    }

    /// Sends a body that comes piece by piece; below the root of the API.
    pub(crate) async fn stream(&self, path: &str, pieces: Vec<Piece>) -> StatusCode {
        let token = self.tokens.issue("erp", &["catalog:read", "catalog:write"]);
        let request = Request::post(url(path))
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", COLLECTION)
            .body(Body::from_stream(stream::iter(pieces)))
            .unwrap();
        self.router.clone().oneshot(request).await.unwrap().status()
    }

    /// Bulk PATCH of raw lines.
    pub(crate) async fn patch_text(&self, path: &str, body: &str) -> Answer {
        self.client.send(Method::PATCH, &url(path), Some(COLLECTION), body.into()).await
    }

    /// Bulk PATCH; one answer per line.
    pub(crate) async fn patch_lines(&self, path: &str, lines: &[Value]) -> Vec<Value> {
        let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
        let answer = self.patch_text(path, &lines.join("\n")).await.assert_status(200);
        assert_eq!(answer.header("content-type"), COLLECTION);
        answer.text().split('\n').map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Bulk PATCH whose lines are all accepted.
    #[track_caller]
    pub(crate) fn patch_all<'a>(
        &'a self,
        path: &'a str,
        lines: &'a [Value],
    ) -> impl Future<Output = ()> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            for answer in self.patch_lines(path, lines).await {
                let status = answer["status_code"].as_u64().unwrap();
                assert!(status < 300, "{caller}: {answer}");
            }
        }
    }

    /// Codes or identifiers of what a search finds, sorted; `path` may have a query.
    pub(crate) async fn find(&self, path: &str, search: Value) -> Vec<String> {
        let list = self.search(path, &search).await.assert_status(200).json();
        let items = list["_embedded"]["items"].as_array().unwrap();
        let name = |item: &Value| {
            let name = item.get("code").or_else(|| item.get("identifier"));
            name.and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        let mut found: Vec<String> = items.iter().map(name).collect();
        found.sort();
        found
    }

    /// The sentence with which a search is refused.
    pub(crate) async fn refuse(&self, path: &str, search: Value) -> String {
        let refused = self.search(path, &search).await.assert_status(422).json();
        refused["message"].as_str().unwrap().to_owned()
    }

    async fn search(&self, path: &str, search: &Value) -> Answer {
        let search = encode(&search.to_string());
        let separator = if path.contains('?') { '&' } else { '?' };
        self.get(&format!("{path}{separator}limit=100&search={search}")).await
    }

    /// Pages that are to be built anew; forgets them.
    pub(crate) async fn take_tasks(&self) -> Vec<Uuid> {
        sqlx::query_scalar(
            "with gone as (delete from projection_task returning root_id)
             select distinct root_id from gone order by root_id",
        )
        .fetch_all(&self.db)
        .await
        .unwrap()
    }
}

/// Counts changes of the structure, as the projector does beside every catalog: what was read of a version
/// is read again only when it has changed.
async fn count_structure(db: PgPool) {
    let count = "with counted as (delete from structure_change returning change_id)
                 update projection_state set structure_version = structure_version + 1
                 where exists (select from counted)";
    while sqlx::query(count).execute(&db).await.is_ok() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A text as part of a query.
pub(crate) fn encode(text: &str) -> String {
    let escape = |byte: u8| match byte {
        byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(escape).collect()
}

fn url(path: &str) -> String {
    format!("/api/rest/v1/{path}")
}

/// A value for all locales and channels.
pub(crate) fn value(data: impl Into<Value>) -> Value {
    json!([{"locale": null, "scope": null, "data": data.into()}])
}

/// All messages of a refusal.
pub(crate) fn messages(answer: &Value) -> Vec<String> {
    let errors = answer["errors"].as_array().cloned().unwrap_or_default();
    errors.iter().map(|error| error["message"].as_str().unwrap().to_owned()).collect()
}
