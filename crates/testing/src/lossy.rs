//! A way to the database that breaks off where it hurts.

use std::sync::{Arc, Mutex, PoisonError};

use sqlx::PgPool;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use web::Secret;

use crate::TestDatabase;

/// How a commit ends in a plain query (PostgreSQL manual, "Message Formats").
const COMMIT: &[u8] = b"COMMIT\0";

/// What is lost of a commit, with its connection. Whoever waits for it cannot tell which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// It never arrives.
    Request,
    /// It takes effect.
    Answer,
}

/// Connections to a test's database of which one can be made to break at a commit.
pub struct LossyDatabase {
    /// The connections.
    pub pool: PgPool,
    plan: Plan,
}

/// How many commits are let through before which is lost.
type Plan = Arc<Mutex<Option<(usize, Lost)>>>;

impl LossyDatabase {
    /// A way to this database that loses nothing yet.
    pub async fn open(database: &TestDatabase, schema: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
        let address = listener.local_addr().expect("it is bound");
        let server = database.pool.connect_options();
        let server = format!("{}:{}", server.get_host(), server.get_port());
        let url = database.url.expose().replacen(&server, &address.to_string(), 1);
        let plan = Plan::default();
        tokio::spawn(accept(listener, server, plan.clone()));
        let pool = web::database::connect(&Secret::new(url), schema, 5).await;
        Self { pool: pool.expect("the database answers"), plan }
    }

    /// Loses the commit after this many others.
    pub fn lose(&self, after: usize, lost: Lost) {
        *self.plan.lock().unwrap_or_else(PoisonError::into_inner) = Some((after, lost));
    }

    /// Loses nothing any more; whether that commit has come and was lost.
    pub fn stop(&self) -> bool {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner).take().is_none()
    }
}

async fn accept(listener: TcpListener, server: String, plan: Plan) {
    while let Ok((client, _)) = listener.accept().await {
        let Ok(server) = TcpStream::connect(&server).await else { return };
        tokio::spawn(pass_on(client, server, plan.clone()));
    }
}

/// Passes bytes on until somebody hangs up, or a commit is lost.
async fn pass_on(mut client: TcpStream, mut server: TcpStream, plan: Plan) -> std::io::Result<()> {
    let (mut asked, mut answered) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
    loop {
        tokio::select! {
            read = client.read(&mut asked) => match read? {
                0 => return Ok(()),
                length => match next(&plan, &asked[..length]) {
                    None => server.write_all(&asked[..length]).await?,
                    Some(Lost::Request) => return Ok(()),
                    Some(Lost::Answer) => {
                        server.write_all(&asked[..length]).await?;
                        return server.readable().await;
                    }
                },
            },
            read = server.read(&mut answered) => match read? {
                0 => return Ok(()),
                length => client.write_all(&answered[..length]).await?,
            },
        }
    }
}

/// What is to be lost of these bytes.
fn next(plan: &Plan, bytes: &[u8]) -> Option<Lost> {
    if !bytes.ends_with(COMMIT) {
        return None;
    }
    let mut plan = plan.lock().unwrap_or_else(PoisonError::into_inner);
    match plan.take() {
        Some((0, lost)) => Some(lost),
        Some((after, lost)) => {
            *plan = Some((after - 1, lost));
            None
        }
        None => None,
    }
}
