use chrono::{DateTime, Utc};
use problem::Result;
use sqlx::PgConnection;

use crate::{
    account::store::Credentials,
    app::App,
    client::Client,
    oauth::TokenAnswer,
    scopes,
    session::{self, Authentication, Device, NewSession},
};

/// Opens the session of somebody who was found to be who they are, with all that they may.
pub(crate) async fn open_session(
    app: &App,
    connection: &mut PgConnection,
    account: &Credentials,
    client: &Client,
    authentication: Authentication,
    device: Device,
    now: DateTime<Utc>,
) -> Result<TokenAnswer> {
    let subject = account.kind.subject(account.account_id);
    let scopes = scopes::of_person(app, &mut *connection, &subject).await?;
    let session =
        NewSession { client, subject, scopes, asked: None, authentication, nonce: None, device };
    let (answer, _) = session::open(app, connection, session, now).await?;
    Ok(answer)
}
