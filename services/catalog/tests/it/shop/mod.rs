//! A small shop to test the delivery side with. Its products are written as the management side writes
//! them: rows, and a task for the projector.

use std::{path::PathBuf, time::Duration};

use catalog::{App, Config, MIGRATOR, SCHEMA, delivery, management::upkeep};
use serde_json::{Map, Value, json};
use sqlx::{AssertSqlSafe, Executor, PgPool};
use testing::{Answer, Client, Tokens};
use uuid::Uuid;
use web::{Env, Lifecycle, Secret};

/// A running catalog with its database.
pub(crate) struct Shop {
    pub(crate) client: Client,
    pub(crate) db: PgPool,
    pub(crate) tokens: Tokens,
    pub(crate) app: App,
    url: Secret,
    folder: PathBuf,
    lifecycle: Lifecycle,
    keeps_folder: bool,
}

/// What is left of a catalog that does not run.
pub(crate) struct Stopped {
    db: PgPool,
    url: Secret,
    folder: PathBuf,
}

impl Stopped {
    /// Starts it again.
    pub(crate) async fn start(self) -> Shop {
        Shop::start(self.db, self.url, self.folder, Tokens::new()).await
    }
}

/// A product to be written.
#[derive(Clone)]
pub(crate) struct NewProduct {
    pub(crate) id: Uuid,
    sku: String,
    family: &'static str,
    parent: Option<Uuid>,
    enabled: bool,
    values: Map<String, Value>,
    associations: Value,
    categories: Vec<&'static str>,
}

/// A mug in the category of mugs.
pub(crate) fn mug(sku: &str, name: &str) -> NewProduct {
    NewProduct {
        id: Uuid::now_v7(),
        sku: sku.to_owned(),
        family: "mug",
        parent: None,
        enabled: true,
        values: Map::new(),
        associations: json!({}),
        categories: vec!["mugs"],
    }
    .localized("name", "en_US", name)
}

impl NewProduct {
    /// A value for every locale and channel.
    pub(crate) fn value(mut self, attribute: &str, data: impl Into<Value>) -> Self {
        let value = json!([{ "locale": null, "scope": null, "data": data.into() }]);
        self.values.insert(attribute.to_owned(), value);
        self
    }

    /// A value for one locale, beside those for others.
    pub(crate) fn localized(mut self, attribute: &str, locale: &str, data: &str) -> Self {
        let values = self.values.entry(attribute).or_insert_with(|| json!([]));
        let value = json!({ "locale": locale, "scope": null, "data": data });
        let list = values.as_array_mut().unwrap();
        list.retain(|known| known["locale"] != locale);
        list.push(value);
        self
    }

    pub(crate) fn euros(self, amount: &str) -> Self {
        self.value("price", json!([{ "amount": amount, "currency": "EUR" }]))
    }

    pub(crate) fn categories(mut self, categories: &[&'static str]) -> Self {
        self.categories = categories.to_vec();
        self
    }

    pub(crate) fn disabled(mut self) -> Self {
        self.enabled = false;
        self
    }

    pub(crate) fn associated_with(mut self, id: Uuid) -> Self {
        self.associations = json!({ "X_SELL": { "products": [id] } });
        self
    }

    /// A variant of this model.
    pub(crate) fn of(mut self, model: Uuid) -> Self {
        self.parent = Some(model);
        self.family = "shirt";
        self.categories.clear();
        self.values.remove("name");
        self
    }
}

impl Shop {
    /// A shop with the structure and no products.
    pub(crate) async fn open() -> Self {
        let database = testing::database(SCHEMA, &MIGRATOR).await;
        database.pool.execute(include_str!("structure.sql")).await.unwrap();
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(Uuid::now_v7().to_string());
        Self::start(database.pool, database.url, folder, Tokens::new()).await
    }

    async fn start(db: PgPool, url: Secret, folder: PathBuf, tokens: Tokens) -> Self {
        let app = App::new(&config(&url, &folder), db.clone(), tokens.verifier()).unwrap();
        let mut tries = 0;
        let lifecycle = loop {
            let lifecycle = Lifecycle::new();
            let Err(error) = delivery::start(&app, &lifecycle).await else { break lifecycle };
            // A writer of before may still be ending on its own thread, with the lock of the index.
            lifecycle.stop();
            tries += 1;
            assert!(tries < 100 && format!("{error:#}").contains("Lock"), "{error:#}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        let client = Client::new(catalog::router(app.clone()));
        Self { client, db, tokens, app, url, folder, lifecycle, keeps_folder: false }
    }

    /// Ends the process and starts it again, with the same database and the same index folder.
    pub(crate) async fn restart(self) -> Self {
        self.stop().await.start().await
    }

    /// Ends the process.
    pub(crate) async fn stop(mut self) -> Stopped {
        self.keeps_folder = true;
        let (db, url, folder) = (self.db.clone(), self.url.clone(), self.folder.clone());
        let ended = std::sync::Arc::downgrade(&self.app.config);
        self.lifecycle.stop();
        drop(self);
        // The lock of the index ends with the last task that holds it.
        let mut ticks = tokio::time::interval(Duration::from_millis(10));
        while ended.strong_count() > 0 {
            ticks.tick().await;
        }
        Stopped { db, url, folder }
    }

    /// Starts another replica, with an index of its own.
    pub(crate) async fn replica(&self) -> Self {
        let folder = self.folder.with_extension(Uuid::now_v7().to_string());
        Self::start(self.db.clone(), self.url.clone(), folder, Tokens::new()).await
    }

    /// Writes a product and waits until it has taken effect.
    pub(crate) async fn put(&self, product: &NewProduct) {
        self.write(product).await;
        self.settle().await;
    }

    /// Writes products and waits until they have taken effect.
    pub(crate) async fn put_all(&self, products: &[NewProduct]) {
        for product in products {
            self.write(product).await;
        }
        self.settle().await;
    }

    pub(crate) async fn write(&self, product: &NewProduct) {
        sqlx::query(
            "insert into product (id, identifier, enabled, family, parent_id, values, associations)
             values ($1, $2, $3, $4, $5, $6, $7)
             on conflict (id) do update set enabled = $3, values = $6, associations = $7,
                 updated_at = now()",
        )
        .bind(product.id)
        .bind(&product.sku)
        .bind(product.enabled)
        .bind(product.family)
        .bind(product.parent)
        .bind(Value::Object(product.values.clone()))
        .bind(&product.associations)
        .execute(&self.db)
        .await
        .unwrap();
        sqlx::query("delete from product_category where product_id = $1")
            .bind(product.id)
            .execute(&self.db)
            .await
            .unwrap();
        for category in &product.categories {
            sqlx::query("insert into product_category (product_id, category) values ($1, $2)")
                .bind(product.id)
                .bind(category)
                .execute(&self.db)
                .await
                .unwrap();
        }
        self.touch(product.id).await;
    }

    /// Writes a root model of shirts in the category of clothes.
    pub(crate) async fn put_model(&self, code: &str, values: Value) -> Uuid {
        let id = Uuid::now_v7();
        self.write_model(id, code, None, values).await;
        sqlx::query("insert into product_model_category values ($1, 'clothes')")
            .bind(id)
            .execute(&self.db)
            .await
            .unwrap();
        id
    }

    /// Writes a model of the second level.
    pub(crate) async fn put_submodel(&self, code: &str, parent: Uuid, values: Value) -> Uuid {
        let id = Uuid::now_v7();
        self.write_model(id, code, Some(parent), values).await;
        id
    }

    async fn write_model(&self, id: Uuid, code: &str, parent: Option<Uuid>, values: Value) {
        sqlx::query(
            "insert into product_model (id, code, family_variant, parent_id, values)
             values ($1, $2, 'shirt_color_size', $3, $4)",
        )
        .bind(id)
        .bind(code)
        .bind(parent)
        .bind(values)
        .execute(&self.db)
        .await
        .unwrap();
    }

    /// Asks for a page to be built anew.
    pub(crate) async fn touch(&self, id: Uuid) {
        sqlx::query("insert into projection_task (root_id) values ($1)")
            .bind(id)
            .execute(&self.db)
            .await
            .unwrap();
    }

    /// Writes a thing of the management side as staff do, and waits until it has taken effect.
    pub(crate) async fn say(&self, path: &str, body: Value) {
        // The history needs its partitions.
        upkeep::keep(&self.db, chrono::Utc::now()).await.unwrap();
        let staff = self.client.clone().bearer(&self.tokens.issue("editor", &["catalog:write"]));
        let answer = staff.patch(&format!("/api/rest/v1/{path}"), body).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.json());
        self.settle().await;
    }

    /// Runs any statement.
    pub(crate) async fn sql(&self, statement: &str) {
        self.db.execute(AssertSqlSafe(statement.to_owned())).await.unwrap();
    }

    /// Waits until every task is done and this replica shows it.
    pub(crate) async fn settle(&self) {
        let mut ticks = tokio::time::interval(Duration::from_millis(20));
        for _ in 0..1500 {
            ticks.tick().await;
            let (is_idle, head, version): (bool, i64, i64) = sqlx::query_as(
                "select not exists (select from projection_task)
                    and not exists (select from structure_change),
                    coalesce((select max(position) from product_document), 0),
                    (select structure_version from projection_state)",
            )
            .fetch_one(&self.db)
            .await
            .unwrap();
            let has_structure = self.app.delivery.structure_version() == version;
            if is_idle && has_structure && self.position().await >= head {
                return;
            }
        }
        panic!("the projection did not settle within 30 seconds");
    }

    async fn position(&self) -> i64 {
        let answer = self.client.get("/v1/products?limit=1").await;
        answer.header("vitrine-catalog-position").parse().unwrap_or(-1)
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        self.client.get(path).await.assert_status(200).json()
    }

    pub(crate) async fn answer(&self, path: &str) -> Answer {
        self.client.get(path).await
    }

    /// Skus of a list, in order.
    pub(crate) async fn skus(&self, path: &str) -> Vec<String> {
        skus(&self.get(path).await)
    }
}

/// Skus of an answer, in order.
pub(crate) fn skus(list: &Value) -> Vec<String> {
    let items = list["items"].as_array().unwrap();
    items.iter().map(|item| item["sku"].as_str().unwrap().to_owned()).collect()
}

/// A value for every locale and channel, as it is stored.
pub(crate) fn stored(data: impl Into<Value>) -> Value {
    json!([{ "locale": null, "scope": null, "data": data.into() }])
}

fn config(url: &Secret, folder: &std::path::Path) -> Config {
    let folder = |name: &str| folder.join(name).display().to_string();
    let variables = [
        ("VITRINE_DATABASE_URL", url.expose().to_owned()),
        ("VITRINE_CLIENT_SECRET", "test".to_owned()),
        ("VITRINE_INDEX_DIR", folder("index")),
        ("VITRINE_MEDIA_DIR", folder("media")),
    ];
    let mut env = Env::from_values(variables.map(|(name, value)| (name.to_owned(), value)));
    Config::from_env(&mut env).unwrap()
}

impl Drop for Shop {
    fn drop(&mut self) {
        self.lifecycle.stop();
        if !self.keeps_folder {
            std::fs::remove_dir_all(&self.folder).ok();
        }
    }
}
