use std::time::Duration;

use contracts::PeerConfig;
use payment::{Config, ConnectorNames, MIGRATOR, SCHEMA};
use sqlx::PgPool;
use tokio::net::TcpListener;
use uuid::Uuid;
use web::{Lifecycle, LogFormat, Secret, ServerConfig};

fn config(database_url: Secret, listener: &TcpListener) -> Config {
    let address = listener.local_addr().unwrap();
    Config {
        server: ServerConfig {
            listen: address,
            admin_listen: address,
            log_format: LogFormat::Json,
            log_filter: "info".to_owned(),
            drain: Duration::ZERO,
            grace: Duration::from_secs(5),
        },
        database_url,
        max_connections: 5,
        region: None,
        schema: SCHEMA.to_owned(),
        peers: PeerConfig {
            auth_url: "http://127.0.0.1:1".to_owned(),
            issuer: "http://shop.test".to_owned(),
            client_id: "service-payment".to_owned(),
            client_secret: Secret::new("test"),
        },
        public_url: "http://shop.test".to_owned(),
        connector_timeout: Duration::from_secs(3),
        connectors: ConnectorNames::default(),
        stripe: None,
        sandbox_webhook_secret: Secret::new("whsec_test"),
        sandbox_webhook_url: None,
    }
}

/// What another process left behind when it was killed: an attempt of which the provider knows
/// nothing, due now; and one that waits for a webhook which the provider has yet to send.
const LEFT_BEHIND: &str = "
    insert into payment (payment_id, order_id, amount, currency, capture_method) values
        ('0198c0de-0000-7000-8000-000000000001', gen_random_uuid(), 5, 'EUR', 'automatic'),
        ('0198c0de-0000-7000-8000-000000000002', gen_random_uuid(), 7, 'EUR', 'automatic');
    insert into attempt (attempt_id, payment_id, connector, status, requested_by, request_key,
                         next_check_at) values
        ('0198c0de-0000-7000-8000-00000000000a', '0198c0de-0000-7000-8000-000000000001',
         'sandbox', 'sent', 'service-order', 'k', now()),
        ('0198c0de-0000-7000-8000-00000000000b', '0198c0de-0000-7000-8000-000000000002',
         'sandbox', 'pending', 'service-order', 'k', now() + interval '1 day');
    insert into sandbox_charge (charge_id, token, amount, currency, captures_now, status) values
        ('0198c0de-0000-7000-8000-00000000000b', 'tok_webhook_only', 7, 'EUR', true, 'pending');
    insert into sandbox_event (event_id, charge_id, copies, due_at) values
        (gen_random_uuid(), '0198c0de-0000-7000-8000-00000000000b', 1, now());";

async fn statuses(db: &PgPool) -> Vec<String> {
    let query = "select status from attempt order by attempt_id";
    sqlx::query_scalar(query).fetch_all(db).await.unwrap()
}

#[tokio::test]
async fn the_running_service_finishes_what_another_left_and_stops_when_told() {
    let database = testing::database(SCHEMA, &MIGRATOR).await;
    sqlx::raw_sql(LEFT_BEHIND).execute(&database.pool).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let config = config(database.url.clone(), &listener);
    let address = config.server.listen;
    let lifecycle = Lifecycle::new();
    let service = tokio::spawn(payment::run(config, listener, lifecycle.clone()));

    let finished = async {
        while statuses(&database.pool).await != ["failed", "captured"] {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), finished).await.expect("both are finished");
    assert!(lifecycle.is_ready());
    let action = format!("http://{address}/v1/payments/sandbox/actions/{}", Uuid::now_v7());
    let answer = contracts::http_client().get(action).send().await.unwrap();
    assert_eq!(answer.status(), 404);
    lifecycle.stop();
    service.await.unwrap().unwrap();
}

#[test]
fn a_variable_that_is_missing_or_wrong_is_named() {
    let read = |values: &[(&str, &str)]| {
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::from_env(&mut web::Env::from_values(values)).unwrap_err().to_string()
    };
    let known = [("VITRINE_CLIENT_SECRET", "s"), ("VITRINE_DATABASE_URL", "postgres://x")];
    assert!(read(&[]).contains("VITRINE_CLIENT_SECRET"));
    assert!(read(&known[..1]).contains("VITRINE_DATABASE_URL"));
    let bad = ("VITRINE_DATABASE_CONNECTIONS", "many");
    assert!(read(&[known[0], known[1], bad]).contains("VITRINE_DATABASE_CONNECTIONS"));
    let elsewhere = ("VITRINE_SANDBOX_WEBHOOK_URL", "http://shop.test/hook");
    let message = read(&[known[0], known[1], elsewhere]);
    assert!(message.contains("VITRINE_SANDBOX_WEBHOOK_SECRET"));
    let message = read(&[known[0], known[1], ("VITRINE_CONNECTORS", "sandbox,stripe")]);
    assert!(message.contains("VITRINE_STRIPE_SECRET_KEY"));
    for bad in [",", "paypal", "stripe,main=stripe", "sandbox,sandbox", "A=sandbox"] {
        let message = read(&[known[0], known[1], ("VITRINE_CONNECTORS", bad)]);
        assert!(message.contains("VITRINE_CONNECTORS"), "{bad}: {message}");
    }
}
