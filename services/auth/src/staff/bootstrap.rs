use access::{Subject, scope::GRANTABLE};
use anyhow::{Context, Result, anyhow};
use serde_json::json;
use sqlx::{PgConnection, PgPool};

use super::store;
use crate::{
    account::{self, AccountKind, Email, Profile},
    audit::{self, EventType, Fact},
    config::Config,
    password::{Hasher, Password},
    role::{self, ADMINISTRATOR},
    secret,
};

/// Creates the administrator's role and, as long as there is no staff, the first administrator, or else
/// the secret that creates one by `POST /v1/setup`. Replicas that start at the same time wait for each
/// other.
pub(crate) async fn prepare_staff(db: &PgPool, hasher: &Hasher, config: &Config) -> Result<()> {
    let mut transaction = db.begin().await?;
    store::lock_all(&mut *transaction).await?;
    role::store::upsert_administrator(&mut *transaction, ADMINISTRATOR, GRANTABLE).await?;
    if !store::has_any(&mut *transaction).await? {
        match read_administrator(config)? {
            Some((email, password)) => {
                let hash = hasher.hash(password).await?;
                create_administrator(&mut transaction, &email, &hash)
                    .await
                    .context("the first administrator cannot be created")?;
            }
            None => offer_setup(&mut transaction, config).await?,
        }
    }
    Ok(transaction.commit().await?)
}

/// An administrator; from now on nobody else comes in by a setup secret. The caller holds the lock of
/// all staff.
pub(super) async fn create_administrator(
    transaction: &mut PgConnection,
    email: &Email,
    password_hash: &str,
) -> problem::Result<store::StaffRow> {
    let (kind, profile) = (AccountKind::Staff, Profile::default());
    let account =
        account::store::insert(&mut *transaction, kind, email, password_hash, &profile).await?;
    let roles = [ADMINISTRATOR.to_owned()];
    store::set_roles(&mut *transaction, account.account_id, &roles).await?;
    store::delete_setup_secret(&mut *transaction).await?;
    let data = json!({ "staff_id": account.account_id, "roles": roles, "disabled": false });
    let subject = Subject::Staff(account.account_id);
    audit::record(transaction, Fact::new(EventType::StaffCreated, subject, data)).await?;
    tracing::info!(staff.id = %account.account_id, "the first administrator was created");
    let staff = store::find(&mut *transaction, account.account_id).await?;
    staff.ok_or_else(|| problem::Problem::internal(anyhow!("the new administrator is gone")))
}

/// Takes the configured secret, or makes one and prints it: the one secret that stands in a log,
/// because whoever installs the system has no other way to learn it.
async fn offer_setup(transaction: &mut PgConnection, config: &Config) -> Result<()> {
    let hash = match &config.setup_secret {
        Some(configured) => {
            tracing::warn!("there is no staff yet: POST /v1/setup with VITRINE_SETUP_SECRET");
            secret::hash(configured.expose())
        }
        None => {
            let setup_secret = secret::random_secret();
            tracing::warn!(setup_secret, "there is no staff yet: POST /v1/setup with this secret");
            secret::hash(&setup_secret)
        }
    };
    Ok(store::set_setup_secret(&mut *transaction, &hash).await?)
}

fn read_administrator(config: &Config) -> Result<Option<(Email, Password)>> {
    let Some(admin) = &config.admin else { return Ok(None) };
    let email = Email::parse(&admin.email)
        .map_err(|rule| anyhow!("the variable VITRINE_ADMIN_EMAIL {rule}"))?;
    let password = Password::new(admin.password.expose());
    password.check_new("", email.as_str()).map_err(|problem| {
        let rule = problem.violations().first().map_or("", |violation| &violation.detail);
        anyhow!("the variable VITRINE_ADMIN_PASSWORD {rule}")
    })?;
    Ok(Some((email, password)))
}
