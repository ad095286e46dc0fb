//! What all workers share, and what each has of its own.

use std::{net::IpAddr, sync::Arc, time::Instant};

use axum::Router;
use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use problem::Problem;
use web::Lifecycle;

use crate::{
    app,
    body::{RequestBody, ServiceBody},
    config::{Config, Limits},
    connection::Connections,
    document,
    meter::Meters,
    pages::Memory,
    quota::{Pace, Quota, Quotas, network_of},
    routes::{Class, Service},
    send,
    upstream::Upstream,
};

/// What all workers share.
pub(crate) struct Gateway {
    pub(crate) config: Config,
    pub(crate) lifecycle: Lifecycle,
    /// Of client addresses.
    pub(crate) quotas: Quotas,
    pub(crate) connections: Connections,
    pub(crate) meters: Meters,
    /// `/openapi.json`.
    pub(crate) document: Bytes,
    /// What pages remember.
    pub(crate) memory: Memory,
    upstreams: [Arc<Upstream>; Service::ALL.len()],
}

/// One worker: a thread with connections of its own.
#[derive(Clone)]
pub(crate) struct Worker {
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) index: usize,
    /// What the gateway answers itself.
    pub(crate) own: Router,
}

impl Gateway {
    pub(crate) fn new(config: Config, lifecycle: Lifecycle) -> Self {
        let (workers, now) = (config.worker_count(), Instant::now());
        let upstreams = Service::ALL.map(|service| {
            let origins = config.upstreams.of(service);
            Arc::new(Upstream::new(service.name(), origins, config.max_in_flight, workers))
        });
        Self {
            quotas: Quotas::new(now),
            connections: Connections::new(&config, now),
            meters: Meters::new(),
            document: document::public_document(&config.public_url).into(),
            memory: Memory::new(),
            config,
            lifecycle,
            upstreams,
        }
    }

    /// Every service behind the gateway.
    pub(crate) fn upstreams(&self) -> impl Iterator<Item = &Arc<Upstream>> {
        self.upstreams.iter()
    }

    /// Takes one request out of the buckets of its address and, if a connection sends it, of the
    /// connection. With an empty bucket the next is not asked.
    pub(crate) async fn take_quotas(
        &self,
        address: IpAddr,
        headers: &HeaderMap,
        now: Instant,
    ) -> [Option<Quota>; 2] {
        let pace = Pace::new("default", self.config.rate_limit);
        let quota = pace.map(|pace| self.quotas.take(network_of(address), pace, now));
        if quota.is_some_and(|quota| quota.retry_after.is_some()) {
            return [quota, None];
        }
        [quota, self.connections.take(headers, now).await]
    }

    /// What requests of this class may take.
    pub(crate) fn limits(&self, class: Class) -> Limits {
        match class {
            Class::Ordinary => self.config.ordinary,
            Class::Bulk => self.config.bulk,
            Class::Import => self.config.import,
        }
    }
}

impl Worker {
    pub(crate) fn new(gateway: Arc<Gateway>, index: usize) -> Self {
        let own = app::router(app::App { gateway: gateway.clone(), worker: index });
        Self { gateway, index, own }
    }
}

impl Gateway {
    /// Sends a request to a service over the connections of this worker.
    pub(crate) async fn send(
        &self,
        worker: usize,
        service: Service,
        request: Request<RequestBody>,
        patience: std::time::Duration,
    ) -> Result<Response<ServiceBody>, Problem> {
        let upstream = &self.upstreams[service as usize];
        let answer = send::send(upstream, worker, request, patience).await;
        answer.map_err(|failure| {
            failure.count(service.name());
            failure.into_problem(service.name())
        })
    }
}
