use access::scope::GRANTABLE;
use anyhow::{Context, Result, anyhow};
use sqlx::PgPool;

use super::store;
use crate::{
    account::{self, AccountKind, Email, Profile},
    config::AdminConfig,
    password::{Hasher, Password},
    role::{self, ADMINISTRATOR},
};

/// Creates the administrator's role and, as long as there is no staff, the first administrator.
/// Replicas that start at the same time wait for each other.
pub(crate) async fn create_first_administrator(
    db: &PgPool,
    hasher: &Hasher,
    admin: Option<&AdminConfig>,
) -> Result<()> {
    let mut transaction = db.begin().await?;
    store::lock_all(&mut *transaction).await?;
    role::store::upsert_administrator(&mut *transaction, ADMINISTRATOR, GRANTABLE).await?;
    if store::has_any(&mut *transaction).await? {
        return Ok(transaction.commit().await?);
    }
    let Some(admin) = admin else {
        tracing::warn!(
            "there is no staff yet: start once with VITRINE_ADMIN_EMAIL and VITRINE_ADMIN_PASSWORD"
        );
        return Ok(transaction.commit().await?);
    };
    let (email, password) = read(admin)?;
    let hash = hasher.hash(password).await?;
    let profile = Profile::default();
    let account =
        account::store::insert(&mut *transaction, AccountKind::Staff, &email, &hash, &profile)
            .await
            .context("the first administrator cannot be created")?;
    let roles = [ADMINISTRATOR.to_owned()];
    store::set_roles(&mut transaction, account.account_id, &roles).await?;
    transaction.commit().await?;
    tracing::info!(staff.id = %account.account_id, "the first administrator was created");
    Ok(())
}

fn read(admin: &AdminConfig) -> Result<(Email, Password)> {
    let email = Email::parse(&admin.email)
        .map_err(|rule| anyhow!("the variable VITRINE_ADMIN_EMAIL {rule}"))?;
    let password = Password::new(admin.password.expose());
    password.check_new("", email.as_str()).map_err(|problem| {
        let rule = problem.violations().first().map_or("", |violation| &violation.detail);
        anyhow!("the variable VITRINE_ADMIN_PASSWORD {rule}")
    })?;
    Ok((email, password))
}
