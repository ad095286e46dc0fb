//! Every scope there is. A scope is a type, so that a handler's signature names it.

/// One permission.
pub trait Scope: Send + Sync + 'static {
    /// The scope as it stands in tokens.
    const NAME: &'static str;
}

/// Every scope that a role or a connection may be given.
pub const GRANTABLE: &[&str] = &[
    CatalogRead::NAME,
    CatalogWrite::NAME,
    CatalogPropose::NAME,
    CatalogPublish::NAME,
    OrdersRead::NAME,
    OrdersWrite::NAME,
    StockRead::NAME,
    StockWrite::NAME,
    PaymentsRead::NAME,
    PaymentsWrite::NAME,
    RecommendationsRead::NAME,
    RecommendationsWrite::NAME,
    StaffRead::NAME,
    StaffWrite::NAME,
    EventsRead::NAME,
    WebhooksWrite::NAME,
];

/// Read the management side of the catalog.
pub enum CatalogRead {}
impl Scope for CatalogRead {
    const NAME: &'static str = "catalog:read";
}

/// Write products, families, attributes and the rest of the catalog.
pub enum CatalogWrite {}
impl Scope for CatalogWrite {
    const NAME: &'static str = "catalog:write";
}

/// Propose changes of products and product models, which somebody else approves.
pub enum CatalogPropose {}
impl Scope for CatalogPropose {
    const NAME: &'static str = "catalog:propose";
}

/// Publish and unpublish products, and decide on proposals.
pub enum CatalogPublish {}
impl Scope for CatalogPublish {
    const NAME: &'static str = "catalog:publish";
}

/// Read every order.
pub enum OrdersRead {}
impl Scope for OrdersRead {
    const NAME: &'static str = "orders:read";
}

/// Ship, cancel and change orders, promotions, shipping and taxes.
pub enum OrdersWrite {}
impl Scope for OrdersWrite {
    const NAME: &'static str = "orders:write";
}

/// Read stock per location.
pub enum StockRead {}
impl Scope for StockRead {
    const NAME: &'static str = "stock:read";
}

/// Set stock.
pub enum StockWrite {}
impl Scope for StockWrite {
    const NAME: &'static str = "stock:write";
}

/// Read payments and their ledger.
pub enum PaymentsRead {}
impl Scope for PaymentsRead {
    const NAME: &'static str = "payments:read";
}

/// Create, capture, cancel and refund payments.
pub enum PaymentsWrite {}
impl Scope for PaymentsWrite {
    const NAME: &'static str = "payments:write";
}

/// Read models and ask for another customer's recommendations.
pub enum RecommendationsRead {}
impl Scope for RecommendationsRead {
    const NAME: &'static str = "recommendations:read";
}

/// Import interactions, activate models, write rules.
pub enum RecommendationsWrite {}
impl Scope for RecommendationsWrite {
    const NAME: &'static str = "recommendations:write";
}

/// Read staff, roles and connections.
pub enum StaffRead {}
impl Scope for StaffRead {
    const NAME: &'static str = "staff:read";
}

/// Write staff, roles and connections.
pub enum StaffWrite {}
impl Scope for StaffWrite {
    const NAME: &'static str = "staff:write";
}

/// Read the public feed of changes.
pub enum EventsRead {}
impl Scope for EventsRead {
    const NAME: &'static str = "events:read";
}

/// Subscribe to webhooks.
pub enum WebhooksWrite {}
impl Scope for WebhooksWrite {
    const NAME: &'static str = "webhooks:write";
}

/// Call `/internal` routes: given to our own services only, never to people or connections.
pub enum Internal {}
impl Scope for Internal {
    const NAME: &'static str = "internal";
}
