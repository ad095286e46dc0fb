use auth::Config;
use base64::{Engine, prelude::BASE64_STANDARD};
use chrono::Utc;
use http::Method;
use serde_json::{Value, json};
use sqlx::PgPool;
use testing::{Answer, Client, TestDatabase};
use web::Env;

use crate::mail_folder::{Mail, MailFolder};

pub(crate) const ADMIN_EMAIL: &str = "admin@example.com";
pub(crate) const PASSWORD: &str = "quite a long sentence";
pub(crate) const SERVICE_SECRET: &str = "0123456789abcdef0123456789abcdef";
pub(crate) const MASTER_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// A fresh installation with one administrator and the service `service-order`.
pub(crate) struct Shop {
    pub(crate) client: Client,
    pub(crate) db: PgPool,
    pub(crate) app: auth::App,
    mail: MailFolder,
    database: TestDatabase,
}

impl Shop {
    pub(crate) async fn open() -> Self {
        Self::open_with(&[]).await
    }

    /// With these variables replaced or added. Mails go to a folder unless they say otherwise.
    pub(crate) async fn open_with(more: &[(&str, &str)]) -> Self {
        let database = testing::database(auth::SCHEMA, &auth::MIGRATOR).await;
        let db = database.pool.clone();
        let mail = MailFolder::new();
        let mut variables = vec![("VITRINE_MAIL_DIR", mail.path())];
        variables.extend(more);
        let app = prepare(&database, &variables).await.expect("the service starts");
        Self { client: Client::new(auth::router(app.clone())), db, app, mail, database }
    }

    /// Sends what is due and reads every mail so far, oldest first.
    pub(crate) async fn mails(&self) -> Vec<Mail> {
        auth::deliver_due(&self.app, Utc::now()).await.unwrap();
        self.mail.read()
    }

    /// The newest mail.
    pub(crate) async fn last_mail(&self) -> Mail {
        self.mails().await.pop().expect("there is a mail")
    }

    /// Another replica of the same installation.
    pub(crate) async fn replica(&self) -> Client {
        start(&self.database, &[]).await.expect("a second replica starts")
    }

    /// A customer's first tokens.
    pub(crate) async fn sign_up(&self, email: &str) -> Value {
        let new = json!({ "email": email, "password": PASSWORD });
        self.client.post("/v1/customers", new).await.assert_status(201);
        self.log_in(email, PASSWORD).await.assert_status(200).json()
    }

    /// A new customer's client.
    pub(crate) async fn customer(&self, email: &str) -> Client {
        self.as_holder(&self.sign_up(email).await)
    }

    pub(crate) async fn log_in(&self, email: &str, password: &str) -> Answer {
        self.client.post("/v1/login", json!({ "email": email, "password": password })).await
    }

    /// The administrator's client.
    pub(crate) async fn admin(&self) -> Client {
        self.as_holder(&self.log_in(ADMIN_EMAIL, PASSWORD).await.assert_status(200).json())
    }

    pub(crate) fn as_holder(&self, tokens: &Value) -> Client {
        self.client.bearer(tokens["access_token"].as_str().unwrap())
    }

    /// A new connection, with its secrets.
    pub(crate) async fn connect(&self, scopes: &[&str]) -> Value {
        let new = json!({ "label": "ERP Berlin", "scopes": scopes });
        self.admin().await.post("/v1/connections", new).await.assert_status(201).json()
    }

    /// A client with Basic credentials.
    pub(crate) fn as_client(&self, client_id: &str, client_secret: &str) -> Client {
        let encoded = BASE64_STANDARD.encode(format!("{client_id}:{client_secret}"));
        self.client.header("authorization", &format!("Basic {encoded}"))
    }

    pub(crate) fn as_service(&self) -> Client {
        self.as_client("service-order", SERVICE_SECRET)
    }
}

/// Starts a replica on this database; `more` replaces or adds variables.
pub(crate) async fn start(
    database: &TestDatabase,
    more: &[(&str, &str)],
) -> anyhow::Result<Client> {
    Ok(Client::new(auth::router(prepare(database, more).await?)))
}

/// The same, with its inside.
async fn prepare(database: &TestDatabase, more: &[(&str, &str)]) -> anyhow::Result<auth::App> {
    auth::prepare(&configure(database, more)?, database.pool.clone()).await
}

/// The configuration of a replica; `more` replaces or adds variables.
pub(crate) fn configure(database: &TestDatabase, more: &[(&str, &str)]) -> anyhow::Result<Config> {
    let services = format!("service-order:{SERVICE_SECRET}");
    let usual = [
        ("VITRINE_DATABASE_URL", database.url.expose()),
        ("VITRINE_ISSUER", "http://shop.test"),
        ("VITRINE_MASTER_KEY", MASTER_KEY),
        ("VITRINE_SERVICE_CLIENTS", &services),
        ("VITRINE_ADMIN_EMAIL", ADMIN_EMAIL),
        ("VITRINE_ADMIN_PASSWORD", PASSWORD),
    ];
    let values = usual.iter().chain(more).map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
    Config::from_env(&mut Env::from_values(values))
}

/// Sends a form, as OAuth clients do.
pub(crate) async fn post_form(client: &Client, path: &str, body: &str) -> Answer {
    let content_type = "application/x-www-form-urlencoded";
    client.send(Method::POST, path, Some(content_type), body.as_bytes().to_vec()).await
}

/// Asks the token endpoint.
pub(crate) async fn ask_token(client: &Client, body: &str) -> Answer {
    post_form(client, "/oauth/token", body).await
}

/// Refreshes as the storefront.
pub(crate) async fn refresh(client: &Client, refresh_token: &str) -> Answer {
    let body =
        format!("grant_type=refresh_token&client_id=storefront&refresh_token={refresh_token}");
    ask_token(client, &body).await
}

/// The claims of a token, unverified.
pub(crate) fn claims(token: &Value) -> Value {
    let payload = token.as_str().unwrap().split('.').nth(1).unwrap();
    let decoded = base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(payload).unwrap();
    serde_json::from_slice(&decoded).unwrap()
}

/// Fails unless the answer is an OAuth error and not to be cached.
#[track_caller]
pub(crate) fn assert_oauth_error(answer: Answer, status: u16, error: &str) -> Answer {
    let answer = answer.assert_status(status);
    assert_eq!(answer.json()["error"], error, "{}", answer.text());
    assert!(answer.json()["error_description"].is_string(), "{}", answer.text());
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("content-type"), "application/json");
    answer
}
