//! One process of a service, and the connections to it that lie ready.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use arc_swap::ArcSwapOption;
use hyper::client::conn::http1::{Builder, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::{body::RequestBody, circuit::Circuit};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// Services close a connection that was idle for 30 s; we let it go well before.
const IDLE_AT_MOST: Duration = Duration::from_secs(15);
/// Idle connections kept per replica and worker.
const IDLE_CONNECTIONS: usize = 256;
/// How long a replica that is about to end is asked only if there is no other. Then it may have ended, or
/// have been started again.
const LEAVING: Duration = Duration::from_secs(1);
/// Failures in a row after which a replica is not asked for a while.
const FAILURES_IN_A_ROW: u32 = 5;

/// One address that a service answers at.
#[derive(Debug)]
pub(crate) struct Replica {
    pub(crate) address: SocketAddr,
    pub(crate) circuit: Circuit,
    in_flight: AtomicUsize,
    /// When it last said that it is about to end.
    goodbye_at: ArcSwapOption<Instant>,
    /// Per worker: a connection belongs to the runtime that opened it.
    idle: Box<[Mutex<Vec<Idle>>]>,
}

#[derive(Debug)]
struct Idle {
    sender: SendRequest<RequestBody>,
    since: Instant,
}

/// A connection taken for one request; counts as load of its replica until it is dropped.
pub(crate) struct Connection {
    pub(crate) sender: SendRequest<RequestBody>,
    seat: Seat,
}

/// One request's place at a replica.
struct Seat {
    replica: Arc<Replica>,
    worker: usize,
}

impl Replica {
    pub(crate) fn new(address: SocketAddr, workers: usize) -> Arc<Self> {
        Arc::new(Self {
            address,
            circuit: Circuit::new(FAILURES_IN_A_ROW),
            in_flight: AtomicUsize::new(0),
            goodbye_at: ArcSwapOption::empty(),
            idle: (0..workers).map(|_| Mutex::default()).collect(),
        })
    }

    /// Requests it works on for us.
    pub(crate) fn load(&self) -> usize {
        self.in_flight.load(Ordering::Relaxed)
    }

    /// A connection that lies ready, the last used first.
    pub(crate) fn take_idle(self: &Arc<Self>, worker: usize) -> Option<Connection> {
        let mut idle = self.lock(worker);
        for index in (0..idle.len()).rev() {
            let candidate = &idle[index];
            if candidate.sender.is_closed() || candidate.since.elapsed() > IDLE_AT_MOST {
                idle.swap_remove(index);
            } else if candidate.sender.is_ready() {
                let sender = idle.swap_remove(index).sender;
                return Some(Connection { sender, seat: Seat::new(self, worker) });
            }
        }
        None
    }

    /// Lets go of connections that have been idle for long.
    pub(crate) fn close_idle(&self, worker: usize) {
        let is_good = |idle: &Idle| !idle.sender.is_closed() && idle.since.elapsed() < IDLE_AT_MOST;
        self.lock(worker).retain(is_good);
    }

    /// It is about to end: others are better asked, and what lies ready is being closed on its side.
    pub(crate) fn take_leave(&self, now: Instant) {
        self.goodbye_at.store(Some(Arc::new(now)));
        (0..self.idle.len()).for_each(|worker| self.lock(worker).clear());
    }

    /// Whether it said not long ago that it is about to end.
    pub(crate) fn is_leaving(&self, now: Instant) -> bool {
        let goodbye_at = self.goodbye_at.load();
        goodbye_at.as_deref().is_some_and(|at| now.duration_since(*at) < LEAVING)
    }

    /// A new connection.
    pub(crate) async fn connect(self: &Arc<Self>, worker: usize) -> io::Result<Connection> {
        let seat = Seat::new(self, worker);
        let connecting = TcpStream::connect(self.address);
        let stream = tokio::time::timeout(CONNECT_TIMEOUT, connecting).await??;
        stream.set_nodelay(true)?;
        let (sender, connection) =
            Builder::new().handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection to a service ended");
            }
        });
        Ok(Connection { sender, seat })
    }

    fn lock(&self, worker: usize) -> MutexGuard<'_, Vec<Idle>> {
        self.idle[worker].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connection {
    /// Lays the connection ready for the next request.
    pub(crate) fn give_back(self) {
        let Self { sender, seat } = self;
        let mut idle = seat.replica.lock(seat.worker);
        if !sender.is_closed() && idle.len() < IDLE_CONNECTIONS {
            idle.push(Idle { sender, since: Instant::now() });
        }
    }
}

impl Seat {
    fn new(replica: &Arc<Replica>, worker: usize) -> Self {
        replica.in_flight.fetch_add(1, Ordering::Relaxed);
        Self { replica: replica.clone(), worker }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.replica.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}
