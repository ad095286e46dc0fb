//! What all workers share, and what each has of its own.

use std::{net::IpAddr, sync::Arc, time::Instant};

use axum::Router;
use bytes::Bytes;
use http::{HeaderMap, Request, Response, Uri};
use problem::Problem;
use types::Region;
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
    region,
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
    /// The payment service of each region.
    cells: Vec<(Region, Arc<Upstream>)>,
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
        let cells = config.upstreams.payment_cells.0.iter().map(|(region, origins)| {
            let name = Service::Payment.name();
            (*region, Arc::new(Upstream::new(name, origins, config.max_in_flight, workers)))
        });
        let cells = cells.collect();
        Self {
            quotas: Quotas::new(now),
            connections: Connections::new(&config, now),
            meters: Meters::new(),
            document: document::public_document(&config.public_url).into(),
            memory: Memory::new(),
            config,
            lifecycle,
            upstreams,
            cells,
        }
    }

    /// Every service behind the gateway.
    pub(crate) fn upstreams(&self) -> impl Iterator<Item = &Arc<Upstream>> {
        let has_cells = !self.cells.is_empty();
        let is_asked = move |service: &&Service| !has_cells || **service != Service::Payment;
        let services = Service::ALL.iter().filter(is_asked);
        services
            .map(|service| &self.upstreams[*service as usize])
            .chain(self.cells.iter().map(|(_, upstream)| upstream))
    }

    /// Who answers this request to a service. 404 for a region that there is not.
    fn upstream(&self, service: Service, uri: &Uri) -> Result<&Arc<Upstream>, Problem> {
        if service != Service::Payment || self.cells.is_empty() {
            return Ok(&self.upstreams[service as usize]);
        }
        let region = region::of_request(uri)?;
        let cell = match region {
            Some(region) => self.cells.iter().find(|(name, _)| *name == region),
            None => self.cells.first(),
        };
        cell.map(|(_, upstream)| upstream).ok_or_else(|| Problem::not_found("region"))
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
        let upstream = self.upstream(service, request.uri())?;
        let answer = send::send(upstream, worker, request, patience).await;
        answer.map_err(|failure| {
            failure.count(service.name());
            failure.into_problem(service.name())
        })
    }
}
