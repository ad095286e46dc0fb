//! Measure families: measurement families in the form of older clients.

use serde_json::json;

use crate::pim::Pim;

#[tokio::test]
async fn they_are_listed_in_pages_and_read_one_by_one() {
    let pim = Pim::open().await;
    let list = pim.get("measure-families?limit=2&with_count=true").await.assert_status(200).json();
    assert_eq!(list["_embedded"]["items"].as_array().unwrap().len(), 2);
    assert!(list["items_count"].as_i64().unwrap() > 10);
    assert!(list["_links"]["next"]["href"].is_string());
    let family = pim.get("measure-families/Weight").await.assert_status(200).json();
    assert_eq!(family["standard"], "KILOGRAM");
    let units = family["units"].as_array().unwrap();
    assert!(
        units.contains(&json!({"code": "GRAM", "convert": {"mul": "0.001"}, "symbol": "g"})),
        "{units:?}"
    );
    let missing = pim.get("measure-families/x").await.assert_status(404).json();
    assert_eq!(missing["message"], "Measure family \"x\" does not exist.");
    pim.patch("measure-families/Weight", json!({})).await.assert_status(405);
}
