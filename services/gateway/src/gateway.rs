//! What all workers share, and what each has of its own.

use std::{sync::Arc, time::Instant};

use axum::Router;
use bytes::Bytes;
use http::{Request, Response};
use problem::Problem;
use web::Lifecycle;

use crate::{
    app,
    body::{RequestBody, ServiceBody},
    config::{Config, Limits},
    document,
    meter::Meters,
    pages::Memory,
    quota::Quotas,
    routes::{Class, Service},
    send,
    upstream::Upstream,
};

/// What all workers share.
pub(crate) struct Gateway {
    pub(crate) config: Config,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) quotas: Option<Quotas>,
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
        let workers = config.worker_count();
        let upstreams = Service::ALL.map(|service| {
            let origins = config.upstreams.of(service);
            Arc::new(Upstream::new(service.name(), origins, config.max_in_flight, workers))
        });
        Self {
            quotas: Quotas::new(config.rate_limit, Instant::now()),
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

    /// What requests of this class may take.
    pub(crate) fn limits(&self, class: Class) -> Limits {
        match class {
            Class::Ordinary => self.config.ordinary,
            Class::Bulk => self.config.bulk,
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
