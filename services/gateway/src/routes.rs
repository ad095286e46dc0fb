//! Which service answers which path: the one list.

/// A service behind the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    Auth,
    Catalog,
    Order,
    Payment,
    Recommendation,
    Events,
}

impl Service {
    /// All of them, in the order of their discriminants.
    pub(crate) const ALL: [Self; 6] =
        [Self::Auth, Self::Catalog, Self::Order, Self::Payment, Self::Recommendation, Self::Events];

    /// Its name, as in messages and metrics.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::Catalog => "catalog",
            Self::Order => "order",
            Self::Payment => "payment",
            Self::Recommendation => "recommendation",
            Self::Events => "events",
        }
    }
}

/// Who answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// A service, over the network.
    Service(Service),
    /// The gateway itself.
    Gateway,
}

/// How large and slow the requests of a route may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// JSON of modest size, answered soon.
    Ordinary,
    /// Bulk writes, uploads and exports.
    Bulk,
    /// Imports that are one long upload, answered at its end.
    Import,
}

/// One entry of the list.
#[derive(Debug)]
pub(crate) struct Route {
    /// The path itself and everything below it.
    pub(crate) prefix: &'static str,
    pub(crate) target: Target,
    pub(crate) class: Class,
}

const fn to(service: Service, prefix: &'static str) -> Route {
    Route { prefix, target: Target::Service(service), class: Class::Ordinary }
}

const fn bulk(service: Service, prefix: &'static str) -> Route {
    Route { prefix, target: Target::Service(service), class: Class::Bulk }
}

const fn import(service: Service, prefix: &'static str) -> Route {
    Route { prefix, target: Target::Service(service), class: Class::Import }
}

const fn own(prefix: &'static str) -> Route {
    Route { prefix, target: Target::Gateway, class: Class::Ordinary }
}

/// Every public path. The longest prefix that ends at a `/` of the path wins; `/internal` is not here.
pub(crate) const ROUTES: &[Route] = &[
    to(Service::Auth, "/v1/customers"),
    to(Service::Auth, "/v1/login"),
    to(Service::Auth, "/v1/me"),
    to(Service::Auth, "/v1/password-resets"),
    to(Service::Auth, "/v1/email-verifications"),
    to(Service::Auth, "/v1/setup"),
    to(Service::Auth, "/v1/staff"),
    to(Service::Auth, "/v1/roles"),
    to(Service::Auth, "/v1/audit"),
    to(Service::Auth, "/v1/applications"),
    to(Service::Auth, "/v1/connections"),
    to(Service::Auth, "/v1/signing-keys"),
    to(Service::Auth, "/oauth"),
    to(Service::Auth, "/.well-known"),
    to(Service::Auth, "/api/oauth"),
    bulk(Service::Catalog, "/api/rest"),
    import(Service::Catalog, "/api/rest/v1/jobs/import"),
    to(Service::Catalog, "/v1/products"),
    to(Service::Catalog, "/v1/categories"),
    to(Service::Catalog, "/v1/suggest"),
    to(Service::Catalog, "/v1/sync"),
    bulk(Service::Catalog, "/feeds"),
    bulk(Service::Catalog, "/media"),
    to(Service::Order, "/v1/me/cart"),
    to(Service::Order, "/v1/carts"),
    to(Service::Order, "/v1/orders"),
    bulk(Service::Order, "/v1/stock"),
    to(Service::Order, "/v1/promotions"),
    to(Service::Order, "/v1/coupons"),
    to(Service::Order, "/v1/shipping-methods"),
    to(Service::Order, "/v1/tax-rates"),
    to(Service::Order, "/v1/locations"),
    to(Service::Payment, "/v1/payments"),
    to(Service::Recommendation, "/v1/recommendations"),
    bulk(Service::Recommendation, "/v1/recommendations/models"),
    to(Service::Recommendation, "/v1/interactions"),
    bulk(Service::Recommendation, "/v1/interactions/import"),
    // Whoever asks for changes may wait for them longer than an ordinary answer takes.
    bulk(Service::Events, "/v1/changes"),
    to(Service::Events, "/v1/webhooks"),
    own("/v1/pages"),
    own("/openapi.json"),
    own("/docs"),
    own("/livez"),
    own("/readyz"),
];

/// The entry for this path and its place in [`ROUTES`]; `None` if the path is not public.
pub(crate) fn find(path: &str) -> Option<(usize, &'static Route)> {
    if !is_plain(path) {
        return None;
    }
    ROUTES
        .iter()
        .enumerate()
        .filter(|(_, route)| covers(route.prefix, path))
        .max_by_key(|(_, route)| route.prefix.len())
}

fn covers(prefix: &str, path: &str) -> bool {
    path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether the path means what it says: no segment is empty (but the last may be), `.` or `..`, plain
/// or percent-encoded, and no control character hides in it. Servers disagree on what the others
/// mean, and that is how closed doors are walked around.
fn is_plain(path: &str) -> bool {
    let Some(rest) = path.strip_prefix('/') else { return false };
    let (folders, last) = rest.rsplit_once('/').unwrap_or(("", rest));
    let mut inner = folders.split('/');
    (folders.is_empty() || inner.all(|segment| !segment.is_empty() && is_plain_segment(segment)))
        && !rest.starts_with('/')
        && (last.is_empty() || is_plain_segment(last))
}

fn is_plain_segment(segment: &str) -> bool {
    if !segment.contains(['%', '\\']) {
        return !matches!(segment, "." | "..");
    }
    let Some(decoded) = decode(segment) else { return false };
    decoded.iter().all(|byte| !byte.is_ascii_control())
        && decoded.split(|byte| b"/\\".contains(byte)).all(|part| part != b"." && part != b"..")
}

fn decode(segment: &str) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(segment.len());
    let mut bytes = segment.bytes();
    while let Some(byte) = bytes.next() {
        let hexadecimal = |byte: u8| char::from(byte).to_digit(16);
        decoded.push(if byte == b'%' {
            let (high, low) = (hexadecimal(bytes.next()?)?, hexadecimal(bytes.next()?)?);
            u8::try_from(high * 16 + low).ok()?
        } else {
            byte
        });
    }
    Some(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(path: &str) -> Option<Target> {
        find(path).map(|(_, route)| route.target)
    }

    #[test]
    fn the_longest_prefix_wins() {
        assert_eq!(target("/v1/me"), Some(Target::Service(Service::Auth)));
        assert_eq!(target("/v1/me/addresses/1"), Some(Target::Service(Service::Auth)));
        assert_eq!(target("/v1/me/cart"), Some(Target::Service(Service::Order)));
        assert_eq!(find("/v1/interactions/import").unwrap().1.class, Class::Bulk);
        assert_eq!(find("/v1/interactions").unwrap().1.class, Class::Ordinary);
    }

    #[test]
    fn a_prefix_ends_at_a_slash() {
        assert_eq!(target("/v1/metrics"), None);
        assert_eq!(target("/v1/products/"), Some(Target::Service(Service::Catalog)));
        assert_eq!(target("/"), None);
        assert_eq!(target(""), None);
        assert_eq!(target("*"), None);
    }

    #[test]
    fn no_spelling_reaches_internal_paths() {
        for path in [
            "/internal",
            "/internal/feed",
            "//internal/feed",
            "/v1/products//internal",
            "/v1/products/../../internal/feed",
            "/v1/products/./x",
            "/v1/products/..",
            "/v1/products/.",
            "/v1/products/%2e%2e/%2E./internal",
            "/v1/products/.%2e/internal",
            "/v1/products/..%2f..%2Finternal",
            "/v1/products/x%2f..%5c..%2finternal",
            "/v1/products/..\\..\\internal",
            "/v1%2Finternal",
            "/v1/products%2f..",
            "/v1/products/%00",
            "/v1/products/%zz",
            "/v1/products/%2",
            "/Internal/feed",
        ] {
            assert_eq!(target(path), None, "{path}");
        }
    }

    #[test]
    fn odd_names_are_still_names() {
        for path in
            ["/v1/products/a%2Fb", "/v1/products/100%25", "/v1/products/a.b..c", "/media/x.png"]
        {
            assert_eq!(target(path), Some(Target::Service(Service::Catalog)), "{path}");
        }
    }

    #[test]
    fn every_entry_finds_itself() {
        for (index, route) in ROUTES.iter().enumerate() {
            assert_eq!(find(route.prefix).map(|(found, _)| found), Some(index));
        }
        for (index, service) in Service::ALL.into_iter().enumerate() {
            assert_eq!(service as usize, index);
        }
    }
}
