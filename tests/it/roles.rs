use load::System;
use sqlx::{Connection, PgConnection};

const SCHEMAS: [&str; 6] = ["auth", "catalog", "orders", "payment", "recommendation", "events"];

#[tokio::test]
async fn a_services_role_cannot_read_another_services_schema() {
    let system = System::start().await.unwrap();
    for own in SCHEMAS {
        let mut connection = PgConnection::connect(&system.database_url(own)).await.unwrap();
        for schema in SCHEMAS {
            let statement = format!("select count(*) from {schema}.idempotency_key");
            let result = sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut connection).await;
            if schema == own {
                result.unwrap();
            } else {
                let error = result.unwrap_err().into_database_error().unwrap();
                assert_eq!(error.code().as_deref(), Some("42501"), "{own} reads {schema}");
            }
        }
        let result = sqlx::query("create table public.leak ()").execute(&mut connection).await;
        assert!(result.is_err(), "{own} makes a table outside its schema");
    }
}
