use std::{
    io::{self, Write},
    sync::{Arc, LazyLock, Mutex},
};

use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use crate::shop::{PASSWORD, SERVICE_SECRET, Shop, ask_token, refresh};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;
    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// For the whole process: a subscriber of one thread misses what other tests have switched off.
static LOG: LazyLock<Lines> = LazyLock::new(|| {
    let lines = Lines::default();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .with_ansi(false)
        .with_writer(lines.clone())
        .init();
    lines
});

/// What this and other tests logged since the first call.
pub(crate) fn read_log() -> String {
    String::from_utf8_lossy(&LOG.0.lock().unwrap()).into_owned()
}

#[tokio::test]
async fn nothing_secret_is_logged() {
    read_log();
    let shop = Shop::open().await;
    let tokens = shop.sign_up("ada@example.com").await;
    let refresh_token = tokens["refresh_token"].as_str().unwrap();
    refresh(&shop.client, refresh_token).await.assert_status(200);
    let second = refresh(&shop.client, refresh_token).await.json();
    sqlx::query("update refresh_token set rotated_at = rotated_at - interval '1 minute'")
        .execute(&shop.db)
        .await
        .unwrap();
    refresh(&shop.client, refresh_token).await.assert_status(400);
    shop.log_in("ada@example.com", "a wrong password").await.assert_status(401);
    let change = json!({ "current_password": PASSWORD, "new_password": "another long sentence" });
    shop.as_holder(&tokens).post("/v1/me/password", change).await.assert_status(204);
    let connection = shop.connect(&["catalog:read"]).await;
    ask_token(&shop.as_service(), "grant_type=client_credentials").await.assert_status(200);
    let log = read_log();
    assert!(log.contains("answered"), "the log was captured");
    for secret in [
        PASSWORD,
        "a wrong password",
        "another long sentence",
        SERVICE_SECRET,
        "ada@example.com",
        refresh_token,
        tokens["access_token"].as_str().unwrap(),
        second["refresh_token"].as_str().unwrap(),
        connection["client_secret"].as_str().unwrap(),
        connection["password"].as_str().unwrap(),
        crate::shop::MASTER_KEY,
    ] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}
