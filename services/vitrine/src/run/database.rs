//! The database of the run: a private server or a given one, with a role and a schema per service.

use anyhow::{Context, Result, anyhow};
use postgres::{Options, Profile, Server};
use reqwest::Url;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use types::Region;
use web::{Env, Secret};

use super::{
    data_dir::{DataDir, Secrets},
    settings::Settings,
};

const DATABASE: &str = "vitrine";

/// A running database that the services can be pointed to.
pub(super) struct Database {
    server: Option<Server>,
    url: Url,
    password: String,
}

impl Database {
    /// Starts or reaches the server, and makes what is missing there.
    pub(super) async fn start(
        settings: &Settings,
        data_dir: &DataDir,
        secrets: &Secrets,
    ) -> Result<Self> {
        let (server, url) = match &settings.database_url {
            Some(url) => (None, url.expose().to_owned()),
            None => {
                let server = start_server(settings, data_dir).await?;
                create_database(&server.url("postgres")).await?;
                let url = server.local_url(DATABASE);
                (Some(server), url)
            }
        };
        let database =
            Self { server, url: parse(&url)?, password: secrets.database_password().to_owned() };
        let schemas = super::services::SCHEMAS.map(ToOwned::to_owned);
        database.create_schemas(&schemas).await?;
        Ok(database)
    }

    /// Address of the database as the role that owns this schema.
    pub(super) fn url(&self, schema: &str) -> Secret {
        let mut url = self.url.clone();
        let set = url
            .set_username(&self.role(schema))
            .and_then(|()| url.set_password(Some(&self.password)));
        set.expect("a database address has a host");
        Secret::new(url)
    }

    /// Resolves if the private server ends by itself.
    pub(super) async fn failed(&self) -> anyhow::Error {
        match &self.server {
            Some(server) => {
                let status = server.wait().await;
                anyhow!("PostgreSQL ended ({status}); its log is {}", server.log().display())
            }
            None => std::future::pending().await,
        }
    }

    /// Stops the private server.
    pub(super) async fn stop(self) -> Result<()> {
        if let Some(server) = self.server {
            server.stop().await.context("PostgreSQL did not stop")?;
        }
        Ok(())
    }

    /// A role can use its own schema and no other.
    async fn create_schemas(&self, schemas: &[String]) -> Result<()> {
        let mut connection = PgConnection::connect(self.url.as_str())
            .await
            .context("cannot connect to the database")?;
        for schema in schemas {
            let role = self.role(schema);
            let statements = [
                format!(
                    "do $$ begin
                         create role {role} login;
                     exception when duplicate_object then null;
                     end $$"
                ),
                format!("alter role {role} with password {}", quote(&self.password)),
                format!("grant {role} to current_user"),
                format!("create schema if not exists {schema} authorization {role}"),
                format!("revoke all on schema {schema} from public"),
            ];
            for statement in statements {
                connection
                    .execute(AssertSqlSafe(statement))
                    .await
                    .with_context(|| format!("cannot set up the schema {schema}"))?;
            }
        }
        connection.execute("revoke create on schema public from public").await.ok();
        connection.close().await?;
        Ok(())
    }

    /// Roles belong to the whole server, so the database's name is part of theirs.
    fn role(&self, schema: &str) -> String {
        let name = self.url.path().trim_start_matches('/');
        let name: String =
            name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        format!("{}_{schema}", name.to_ascii_lowercase())
    }
}

/// `vitrine setup-database`: makes roles and schemas on the server of `VITRINE_DATABASE_URL`, for
/// services that run alone. Every role gets the password in `VITRINE_ROLE_PASSWORD`;
/// `VITRINE_PAYMENT_REGIONS`, e.g. `eu us`, adds a schema and a role for each payment cell.
pub(super) async fn setup() -> Result<()> {
    let mut env = Env::read();
    let url = env.secret("VITRINE_DATABASE_URL")?;
    let password = env.secret("VITRINE_ROLE_PASSWORD")?.expose().to_owned();
    let regions: String = env.or("VITRINE_PAYMENT_REGIONS", String::new())?;
    env.finish()?;
    let mut schemas = super::services::SCHEMAS.map(ToOwned::to_owned).to_vec();
    for region in regions.split_whitespace() {
        let region: Region = region.parse()?;
        schemas.push(format!("{}_{region}", payment::SCHEMA));
    }
    let database = Database { server: None, url: parse(url.expose())?, password };
    database.create_schemas(&schemas).await?;
    for schema in schemas {
        println!("schema {schema}: role {}", database.role(&schema));
    }
    Ok(())
}

fn parse(url: &str) -> Result<Url> {
    Url::parse(url).map_err(|_| anyhow!("VITRINE_DATABASE_URL is not a URL"))
}

async fn start_server(settings: &Settings, data_dir: &DataDir) -> Result<Server> {
    let folder = data_dir.postgres();
    let installation =
        match postgres::find_for(&folder).or_else(|| postgres::find_fetched(&data_dir.fetched())) {
            Some(installation) => installation,
            None if settings.options.fetch_postgres => {
                eprintln!("Downloading PostgreSQL.");
                postgres::fetch(&data_dir.fetched(), settings.postgres_mirror.as_deref()).await?
            }
            None => return Err(anyhow!(postgres::install_hint())),
        };
    let options = Options { data_dir: folder, profile: Profile::Durable, installation, port: None };
    Ok(tokio::task::spawn_blocking(|| Server::start(options)).await??)
}

/// A text literal (PostgreSQL manual, 4.1.2.1).
fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

async fn create_database(url: &str) -> Result<()> {
    let mut connection = PgConnection::connect(url).await?;
    let exists: bool =
        sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
            .bind(DATABASE)
            .fetch_one(&mut connection)
            .await?;
    if !exists {
        connection.execute(AssertSqlSafe(format!("create database {DATABASE}"))).await?;
    }
    connection.close().await?;
    Ok(())
}
