//! Listens in between a service and PostgreSQL: which statements it runs, with which values, and how
//! many rows each finds or changes (PostgreSQL manual, "Frontend/Backend Protocol").

use std::{
    collections::{HashMap, VecDeque},
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context, Result, bail};
use bytes::{Buf, Bytes};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// The first message of a client that would like TLS.
const TLS_REQUEST: u32 = 80_877_103;
/// No message of ours is longer.
const LIMIT_BYTES: usize = 64 * 1024 * 1024;

/// A value of a statement, in PostgreSQL's binary format.
#[derive(Debug, Clone)]
pub(crate) struct Value {
    /// The type's object id.
    pub(crate) kind: u32,
    /// `None` is null.
    pub(crate) bytes: Option<Bytes>,
}

/// A statement that was run.
#[derive(Debug, Clone)]
pub(crate) struct Heard {
    pub(crate) schema: &'static str,
    pub(crate) sql: Arc<str>,
    /// Unlike `begin` and the like.
    pub(crate) prepared: bool,
    pub(crate) values: Vec<Value>,
    /// How many it found or changed.
    pub(crate) rows: u64,
}

/// The statements of one transaction, `begin` and `commit` included; or one that ran without.
pub(crate) type Transaction = Vec<Heard>;

/// Every transaction that was heard, in the order in which they ended.
#[derive(Debug, Clone, Default)]
pub(crate) struct Record(Arc<Mutex<Vec<Transaction>>>);

impl Record {
    /// Those after the first so many.
    pub(crate) fn since(&self, mark: usize) -> Vec<Transaction> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)[mark..].to_vec()
    }

    fn push(&self, transaction: Transaction) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(transaction);
    }
}

/// An address that stands in for PostgreSQL's, until it is dropped.
pub(crate) struct Tap {
    pub(crate) address: SocketAddr,
    task: JoinHandle<()>,
}

impl Tap {
    /// Passes on what comes for `database`, and notes it as of this schema.
    pub(crate) async fn open(
        schema: &'static str,
        database: SocketAddr,
        record: Record,
    ) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let session = Session::new(schema, record.clone());
                tokio::spawn(async move {
                    if let Err(error) = pass_on(client, database, session).await {
                        eprintln!("listening in on {schema} ended: {error:#}");
                    }
                });
            }
        });
        Ok(Self { address, task })
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn pass_on(mut client: TcpStream, database: SocketAddr, session: Session) -> Result<()> {
    let mut server = TcpStream::connect(database).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let hello = read_hello(&mut client).await?;
    server.write_all(&hello).await?;
    let (client_in, mut client_out) = client.split();
    let (server_in, mut server_out) = server.split();
    let session = Mutex::new(session);
    let hear = |from_client: bool, kind: u8, body: Bytes| {
        let mut session = session.lock().unwrap_or_else(PoisonError::into_inner);
        if from_client { session.hear_client(kind, body) } else { session.hear_server(kind, body) }
    };
    // Whoever hangs up first ends both.
    tokio::select! {
        ended = copy(client_in, &mut server_out, |kind, body| hear(true, kind, body)) => ended,
        ended = copy(server_in, &mut client_out, |kind, body| hear(false, kind, body)) => ended,
    }
}

/// The message that opens a session, the only one without a kind.
async fn read_hello(client: &mut TcpStream) -> Result<Vec<u8>> {
    loop {
        let length = client.read_u32().await?;
        let mut rest = vec![0; usize::try_from(length)?.saturating_sub(4).min(LIMIT_BYTES)];
        client.read_exact(&mut rest).await?;
        if rest != TLS_REQUEST.to_be_bytes() {
            return Ok([&length.to_be_bytes(), rest.as_slice()].concat());
        }
        client.write_all(b"N").await?;
    }
}

async fn copy(
    from: impl AsyncRead + Unpin,
    to: &mut (impl AsyncWrite + Unpin),
    mut hear: impl FnMut(u8, Bytes) -> Result<()>,
) -> Result<()> {
    let mut from = BufReader::new(from);
    loop {
        let Ok(kind) = from.read_u8().await else { return Ok(()) };
        let length = from.read_u32().await?;
        let size = usize::try_from(length)?.saturating_sub(4);
        if size > LIMIT_BYTES {
            bail!("a message has {size} bytes");
        }
        let mut message = vec![0; size + 5];
        message[0] = kind;
        message[1..5].copy_from_slice(&length.to_be_bytes());
        from.read_exact(&mut message[5..]).await?;
        // First heard, then passed on: who has an answer finds it noted.
        hear(kind, Bytes::copy_from_slice(&message[5..]))?;
        to.write_all(&message).await?;
    }
}

/// What is known of a connection.
struct Session {
    schema: &'static str,
    record: Record,
    /// By name: text and types of values.
    prepared: HashMap<String, (Arc<str>, Vec<u32>)>,
    bound: Option<Heard>,
    sent: VecDeque<Heard>,
    transaction: Transaction,
}

impl Session {
    fn new(schema: &'static str, record: Record) -> Self {
        Self {
            schema,
            record,
            prepared: HashMap::new(),
            bound: None,
            sent: VecDeque::new(),
            transaction: Transaction::new(),
        }
    }

    fn hear_client(&mut self, kind: u8, mut body: Bytes) -> Result<()> {
        match kind {
            b'P' => {
                let (name, sql) = (take_text(&mut body)?, take_text(&mut body)?);
                let count = body.try_get_u16()?;
                let kinds: Result<Vec<u32>, _> = (0..count).map(|_| body.try_get_u32()).collect();
                self.prepared.insert(name, (sql.into(), kinds?));
            }
            b'B' => self.bound = Some(self.bind(&mut body)?),
            b'E' => self.sent.extend(self.bound.clone()),
            b'Q' => {
                let sql = take_text(&mut body)?.into();
                self.sent.push_back(Heard { prepared: false, ..self.statement(sql, Vec::new()) });
            }
            _ => {}
        }
        Ok(())
    }

    fn statement(&self, sql: Arc<str>, values: Vec<Value>) -> Heard {
        Heard { schema: self.schema, sql, prepared: true, values, rows: 0 }
    }

    fn bind(&self, body: &mut Bytes) -> Result<Heard> {
        let _portal = take_text(body)?;
        let name = take_text(body)?;
        let (sql, kinds) = self.prepared.get(&name).context("a statement was not prepared")?;
        for _ in 0..body.try_get_u16()? {
            anyhow::ensure!(body.try_get_u16()? == 1, "a value is not in binary format");
        }
        let count = usize::from(body.try_get_u16()?);
        anyhow::ensure!(count == kinds.len(), "a value has no declared type: {sql}");
        let value = |kind: &u32| Ok(Value { kind: *kind, bytes: take_value(body)? });
        let values = kinds.iter().map(value).collect::<Result<_>>()?;
        Ok(self.statement(sql.clone(), values))
    }

    fn hear_server(&mut self, kind: u8, mut body: Bytes) -> Result<()> {
        match kind {
            b'C' => {
                let tag = take_text(&mut body)?;
                let rows = tag.rsplit(' ').next().and_then(|count| count.parse().ok()).unwrap_or(0);
                let done = self.sent.pop_front();
                self.transaction.extend(done.map(|done| Heard { rows, ..done }));
            }
            b'Z' => self.settle(body.try_get_u8()? != b'I'),
            _ => {}
        }
        Ok(())
    }

    /// The server waits for the next statement. One that failed is not noted.
    fn settle(&mut self, in_transaction: bool) {
        self.sent.clear();
        if !in_transaction && !self.transaction.is_empty() {
            self.record.push(std::mem::take(&mut self.transaction));
        }
    }
}

fn take_text(body: &mut Bytes) -> Result<String> {
    let end = body.iter().position(|byte| *byte == 0).context("a text has no end")?;
    let text = body.split_to(end);
    body.advance(1);
    Ok(String::from_utf8(text.to_vec())?)
}

fn take_value(body: &mut Bytes) -> Result<Option<Bytes>> {
    let Ok(length) = usize::try_from(body.try_get_i32()?) else { return Ok(None) };
    anyhow::ensure!(length <= body.len(), "a value is cut");
    Ok(Some(body.split_to(length)))
}
