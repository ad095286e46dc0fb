use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, LazyLock},
};

use postgres::{Options, Server};
use sqlx::{Connection, Executor, PgConnection, PgPool, migrate::Migrator};
use tokio::sync::{Mutex, OnceCell};
use uuid::Uuid;
use web::Secret;

/// One throwaway server per test process; it ends with the process.
static SERVER: LazyLock<Server> = LazyLock::new(|| {
    let installation = postgres::find()
        .unwrap_or_else(|| panic!("the tests need PostgreSQL: {}", postgres::install_hint()));
    let parent = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/postgres");
    std::fs::create_dir_all(&parent).expect("the target folder can be written");
    Server::start(Options::throwaway(&parent, installation)).expect("a throwaway server starts")
});

/// Migrated databases to copy from, one per schema.
static TEMPLATES: LazyLock<Mutex<HashMap<String, Arc<OnceCell<String>>>>> =
    LazyLock::new(Mutex::default);

/// A fresh, migrated database that no other test sees.
pub struct TestDatabase {
    /// Its address, with the service's schema to be set by the pool.
    pub url: Secret,
    /// Connections that see the service's schema.
    pub pool: PgPool,
}

/// Address of a database on this process's throwaway server.
pub async fn server_url(database: &str) -> String {
    let url = |server: &Server| server.url(database);
    match LazyLock::get(&SERVER) {
        Some(server) => url(server),
        None => {
            let started = tokio::task::spawn_blocking(|| LazyLock::force(&SERVER)).await;
            url(started.expect("starting the server does not panic"))
        }
    }
}

/// A fresh database with this schema, migrated.
pub async fn database(schema: &str, migrations: &Migrator) -> TestDatabase {
    web::install_tls();
    let cell = TEMPLATES.lock().await.entry(schema.to_owned()).or_default().clone();
    let template = cell.get_or_init(|| make_template(schema, migrations)).await;
    let name = format!("t_{}", Uuid::now_v7().simple());
    execute("postgres", &format!("create database {name} template {template}")).await;
    let url = Secret::new(server_url(&name).await);
    let pool = web::database::connect(&url, schema, 5).await.expect("the new database answers");
    TestDatabase { url, pool }
}

async fn make_template(schema: &str, migrations: &Migrator) -> String {
    let name = format!("template_{schema}");
    execute("postgres", &format!("create database {name}")).await;
    execute(&name, &format!("create schema {schema}")).await;
    let url = Secret::new(server_url(&name).await);
    web::database::migrate(&url, schema, migrations).await.expect("the migrations run");
    name
}

async fn execute(database: &str, statement: &str) {
    let url = server_url(database).await;
    let mut connection = PgConnection::connect(&url).await.expect("the server answers");
    connection
        .execute(sqlx::AssertSqlSafe(statement.to_owned()))
        .await
        .expect("the statement runs");
    connection.close().await.expect("the connection closes");
}
