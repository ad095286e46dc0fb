//! Accepts connections and hands each to the worker that has the fewest.
//!
//! A worker is a thread with a runtime of its own: what belongs to one connection, its connections
//! to the services included, never moves between cores.

use std::{
    convert::Infallible,
    net::{SocketAddr, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, Result};
use futures::{FutureExt, future::join_all};
use hyper::service::service_fn;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
};
use tokio::{
    net::TcpListener,
    runtime,
    sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot},
    time::{sleep, timeout},
};
use web::Lifecycle;

use crate::{
    client::Client,
    gateway::{Gateway, Worker},
    patient::PatientStream,
    proxy,
};

/// A client must send its request head within this time; an idle connection is closed after it.
const HEAD_TIMEOUT: Duration = Duration::from_secs(15);
/// A client must take some of its answer within this time.
const WRITE_TIMEOUT: Duration = Duration::from_secs(15);
/// Largest request head, in bytes.
const MAX_HEAD_BYTES: usize = 32 * 1024;
/// Requests at a time on one HTTP/2 connection.
const MAX_STREAMS: u32 = 128;
/// At the end, the time for connections just accepted to send their first request.
const LAST_CALL: Duration = Duration::from_millis(200);

/// Shorter than any deadline of a request.
const TIDY_UP_EVERY: Duration = Duration::from_millis(250);

/// A connection on its way to a worker.
struct Arrival {
    stream: TcpStream,
    peer: SocketAddr,
    permit: OwnedSemaphorePermit,
}

/// A connection's place at a worker's desk; free again when dropped.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(connections: &Arc<AtomicUsize>) -> Self {
        connections.fetch_add(1, Ordering::Relaxed);
        Self(connections.clone())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A worker as the accepting side sees it.
struct Desk {
    arrivals: mpsc::UnboundedSender<(Arrival, Place)>,
    connections: Arc<AtomicUsize>,
    closed: oneshot::Receiver<()>,
}

/// Serves until the lifecycle stops, then lets requests in flight end within the grace.
pub(crate) async fn serve(
    gateway: Arc<Gateway>,
    listener: TcpListener,
    lifecycle: Lifecycle,
) -> Result<()> {
    let count = gateway.config.worker_count();
    let desks = (0..count).map(|index| open_desk(&gateway, index)).collect::<Result<Vec<_>>>()?;
    lifecycle.set_ready();
    accept(&gateway, &listener, &lifecycle, &desks).await;
    drop(listener);
    let closing = desks.into_iter().map(|Desk { arrivals, closed, .. }| {
        drop(arrivals);
        closed
    });
    join_all(closing).await;
    Ok(())
}

async fn accept(gateway: &Gateway, listener: &TcpListener, lifecycle: &Lifecycle, desks: &[Desk]) {
    let permits = Arc::new(Semaphore::new(gateway.config.max_connections));
    loop {
        let accepted = tokio::select! {
            biased;
            () = lifecycle.stopped() => break,
            accepted = accept_one(listener, &permits) => accepted,
        };
        match accepted {
            Ok(arrival) => hand_over(arrival, desks),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                sleep(Duration::from_millis(50)).await;
            }
        }
    }
    // Who already waits in the kernel's queue would be reset when the listener closes.
    while let Some(Ok(arrival)) = accept_one(listener, &permits).now_or_never() {
        hand_over(arrival, desks);
    }
}

async fn accept_one(listener: &TcpListener, permits: &Arc<Semaphore>) -> Result<Arrival> {
    let permit = permits.clone().acquire_owned().await.context("the semaphore is never closed")?;
    let (stream, peer) = listener.accept().await?;
    Ok(Arrival { stream: stream.into_std()?, peer, permit })
}

fn hand_over(arrival: Arrival, desks: &[Desk]) {
    let least_busy = desks.iter().min_by_key(|desk| desk.connections.load(Ordering::Relaxed));
    if let Some(desk) = least_busy {
        // A worker takes arrivals until this sender is dropped.
        let _ = desk.arrivals.send((arrival, Place::take(&desk.connections)));
    }
}

fn open_desk(gateway: &Arc<Gateway>, index: usize) -> Result<Desk> {
    let (arrivals, incoming) = mpsc::unbounded_channel();
    let (done, closed) = oneshot::channel();
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    let grace = gateway.config.server.grace;
    let gateway = gateway.clone();
    std::thread::Builder::new()
        .name(format!("gateway-{index}"))
        .spawn(move || {
            runtime.block_on(work(Worker::new(gateway, index), incoming, grace));
            // Nobody may be waiting any more.
            let _ = done.send(());
        })
        .context("a worker thread cannot be started")?;
    Ok(Desk { arrivals, connections: Arc::default(), closed })
}

async fn work(
    worker: Worker,
    mut arrivals: mpsc::UnboundedReceiver<(Arrival, Place)>,
    grace: Duration,
) {
    let graceful = GracefulShutdown::new();
    let builder = Arc::new(connection_builder());
    let worker = Arc::new(worker);
    tokio::spawn(tidy_up(worker.clone()));
    while let Some((arrival, place)) = arrivals.recv().await {
        let (worker, builder, watcher) = (worker.clone(), builder.clone(), graceful.watcher());
        tokio::spawn(async move {
            let Ok(stream) = prepare(arrival.stream) else { return };
            let client = Arc::new(Client::of_connection(arrival.peer));
            let service = service_fn(move |request| {
                let (worker, client) = (worker.clone(), client.clone());
                async move { Ok::<_, Infallible>(proxy::handle(&worker, &client, request).await) }
            });
            let connection = builder.serve_connection(TokioIo::new(stream), service);
            // A broken connection is the client's business.
            let _ = watcher.watch(connection.into_owned()).await;
            drop((arrival.permit, place));
        });
    }
    sleep(LAST_CALL).await;
    if timeout(grace, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests in flight did not end in time and are cut");
    }
}

/// Lets go of idle connections to services.
///
/// That a timer always ends soon has a second use: tokio wakes its own thread, by a system call, when
/// a timer is set that ends before all others, which else the deadline of almost every request would.
async fn tidy_up(worker: Arc<Worker>) {
    loop {
        sleep(TIDY_UP_EVERY).await;
        for upstream in worker.gateway.upstreams() {
            for replica in upstream.replicas.load().iter() {
                replica.close_idle(worker.index);
            }
        }
    }
}

fn prepare(stream: TcpStream) -> std::io::Result<PatientStream> {
    stream.set_nodelay(true)?;
    Ok(PatientStream::new(tokio::net::TcpStream::from_std(stream)?, WRITE_TIMEOUT))
}

fn connection_builder() -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(MAX_HEAD_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(HEAD_TIMEOUT)
        .max_header_list_size(MAX_HEAD_BYTES as u32)
        .max_concurrent_streams(MAX_STREAMS);
    builder
}
