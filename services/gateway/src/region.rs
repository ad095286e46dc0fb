//! In which region a request to the payment service is answered.

use http::Uri;
use problem::Problem;
use types::Region;
use uuid::Uuid;

/// The parameter that names a region.
const PARAMETER: &str = "region";

/// The region that the query names, or else the first id in the path is marked with; `None` if neither
/// says anything. 422 for what is no region.
pub(crate) fn of_request(uri: &Uri) -> Result<Option<Region>, Problem> {
    let query = uri.query().unwrap_or_default();
    let mut named = query.split('&').filter_map(|pair| pair.split_once('='));
    if let Some((_, region)) = named.rfind(|(name, _)| *name == PARAMETER) {
        let detail = "must be one to four of a-z and 0-9, beginning with a letter";
        let invalid = |_| Problem::invalid_parameter(PARAMETER, "invalid_value", detail);
        return region.parse().map(Some).map_err(invalid);
    }
    let id = uri.path().split('/').find_map(|segment| Uuid::parse_str(segment).ok());
    Ok(id.and_then(Region::of))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region_of(uri: &str) -> Option<Region> {
        of_request(&uri.parse().unwrap()).unwrap()
    }

    #[test]
    fn an_id_says_where_its_payment_is() {
        let eu: Region = "eu".parse().unwrap();
        let id = eu.mark(Uuid::now_v7());
        assert_eq!(region_of(&format!("/v1/payments/{id}/refunds?limit=5")), Some(eu));
        assert_eq!(region_of(&format!("/v1/payments/sandbox/actions/{id}")), Some(eu));
        assert_eq!(region_of(&format!("/v1/payments/{}", Uuid::now_v7())), None);
        assert_eq!(region_of("/v1/payments"), None);
    }

    #[test]
    fn the_query_names_a_region_where_there_is_no_id() {
        let us: Region = "us".parse().unwrap();
        assert_eq!(region_of("/v1/payments/webhooks/stripe?region=us"), Some(us));
        assert_eq!(region_of("/v1/payments?limit=5&region=us"), Some(us));
        assert!(of_request(&"/v1/payments?region=Europe".parse().unwrap()).is_err());
    }
}
