use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{ConnectInfo, Request, State},
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use http::{HeaderValue, Version, header};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::timeout,
};
use tower::ServiceExt;

use crate::Lifecycle;

/// A client must send its request head within this time; an idle connection is closed after it.
const HEADER_READ_TIMEOUT: Duration = Duration::from_secs(30);
/// Largest request head, in bytes.
const MAX_HEAD_BYTES: usize = 32 * 1024;
/// Connections served at the same time; more wait in the kernel's queue.
const MAX_CONNECTIONS: usize = 10_000;

/// Serves until the lifecycle stops, then lets requests in flight end within `grace`.
pub async fn serve(listener: TcpListener, app: Router, lifecycle: Lifecycle, grace: Duration) {
    let app = app.layer(from_fn_with_state(lifecycle.clone(), part_while_draining));
    let graceful = GracefulShutdown::new();
    let builder = Arc::new(connection_builder());
    let slots = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let Ok(slot) = slots.clone().acquire_owned().await else { break };
        let stream = tokio::select! {
            () = lifecycle.stopped() => break,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match stream {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let watcher = graceful.watcher();
        let (app, builder) = (app.clone(), builder.clone());
        tokio::spawn(async move {
            stream.set_nodelay(true).ok();
            let app = app.map_request(move |mut request: http::Request<hyper::body::Incoming>| {
                request.extensions_mut().insert(ConnectInfo(peer));
                request.map(axum::body::Body::new)
            });
            let service = TowerToHyperService::new(app);
            let connection = builder.serve_connection(TokioIo::<TcpStream>::new(stream), service);
            // A broken connection is the client's business.
            let _ = watcher.watch(connection.into_owned()).await;
            drop(slot);
        });
    }
    drop(listener);
    if timeout(grace, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests in flight did not end in time and are cut");
    }
}

/// Clients that hear in time that the end is near send nothing on a connection that is just being closed:
/// whether that was acted on, they could not tell.
async fn part_while_draining(
    State(lifecycle): State<Lifecycle>,
    request: Request,
    next: Next,
) -> Response {
    let has_connection_header = request.version() < Version::HTTP_2;
    let mut response = next.run(request).await;
    if has_connection_header && lifecycle.is_draining() {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

fn connection_builder() -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_READ_TIMEOUT)
        .max_buf_size(MAX_HEAD_BYTES);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(HEADER_READ_TIMEOUT);
    builder
}
