//! Pages of lists: for each rule of them a test.

use serde_json::{Value, json};

use crate::pim::Pim;

const ROOT: &str = "https://pim.example/api/rest/v1/";

/// 25 categories, in order of their codes.
async fn shelves() -> Pim {
    let pim = Pim::open().await;
    let lines: Vec<Value> =
        (10..35).map(|number| json!({"code": format!("shelf_{number}")})).collect();
    pim.patch_all("categories", &lines).await;
    pim
}

async fn page(pim: &Pim, path: &str) -> Value {
    pim.get(path).await.assert_status(200).json()
}

fn link(page: &Value, name: &str) -> String {
    let href = page["_links"][name]["href"].as_str().unwrap_or_default();
    href.strip_prefix(ROOT).unwrap_or_default().to_owned()
}

fn length(page: &Value) -> usize {
    page["_embedded"]["items"].as_array().unwrap().len()
}

async fn refused(pim: &Pim, path: &str) -> String {
    let refused = pim.get(path).await.assert_status(422).json();
    assert_eq!(refused["code"], 422);
    refused["message"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_page_has_ten_items_unless_asked_otherwise() {
    let pim = shelves().await;
    assert_eq!(length(&page(&pim, "categories").await), 10);
    assert_eq!(length(&page(&pim, "categories?limit=100").await), 25);
}

#[tokio::test]
async fn the_first_page_links_to_itself_the_first_and_the_next() {
    let pim = shelves().await;
    let first = page(&pim, "categories?limit=10").await;
    assert_eq!(link(&first, "self"), "categories?page=1&with_count=false&limit=10");
    assert_eq!(link(&first, "first"), link(&first, "self"));
    assert_eq!(link(&first, "next"), "categories?page=2&with_count=false&limit=10");
    assert_eq!(first["_links"].get("previous"), None);
    assert_eq!(first["current_page"], 1);
    assert_eq!(first.get("items_count"), None);
}

#[tokio::test]
async fn a_later_page_links_to_the_one_before() {
    let pim = shelves().await;
    let second = page(&pim, "categories?page=2&limit=10").await;
    assert_eq!(link(&second, "previous"), "categories?page=1&with_count=false&limit=10");
    assert_eq!(second["current_page"], 2);
}

#[tokio::test]
async fn a_page_that_is_not_full_is_the_last() {
    let pim = shelves().await;
    let last = page(&pim, "categories?page=3&limit=10").await;
    assert_eq!(length(&last), 5);
    assert_eq!(last["_links"].get("next"), None);
}

#[tokio::test]
async fn a_full_last_page_links_to_an_empty_one() {
    let pim = shelves().await;
    let last = page(&pim, "categories?page=5&limit=5").await;
    assert_eq!(link(&last, "next"), "categories?page=6&with_count=false&limit=5");
    let empty = page(&pim, &link(&last, "next")).await;
    assert_eq!(length(&empty), 0);
    assert_eq!(empty["_links"].get("next"), None);
}

#[tokio::test]
async fn the_whole_list_is_counted_when_asked() {
    let pim = shelves().await;
    let counted = page(&pim, "categories?with_count=true&limit=2").await;
    assert_eq!(counted["items_count"], 25);
    assert!(link(&counted, "next").contains("with_count=true"));
}

#[tokio::test]
async fn links_keep_every_parameter() {
    let pim = Pim::stocked().await;
    pim.patch_all("products", &[json!({"identifier": "A"})]).await;
    let query = "products?limit=1&attributes=sku&locales=en_US&with_completenesses=true&page=1";
    assert_eq!(
        link(&page(&pim, query).await, "next"),
        "products?page=2&with_count=false&pagination_type=page&limit=1&attributes=sku&locales=en_US&with_completenesses=true"
    );
}

#[tokio::test]
async fn each_item_links_to_itself() {
    let pim = shelves().await;
    let first = page(&pim, "categories?limit=1").await;
    let href = &first["_embedded"]["items"][0]["_links"]["self"]["href"];
    assert_eq!(href, "https://pim.example/api/rest/v1/categories/shelf_10");
}

#[tokio::test]
async fn a_wrong_page_number_is_refused() {
    let pim = Pim::open().await;
    for number in ["string", "0", "-1"] {
        assert_eq!(
            refused(&pim, &format!("categories?page={number}")).await,
            format!("\"{number}\" is not a valid page number.")
        );
    }
}

#[tokio::test]
async fn a_wrong_limit_is_refused() {
    let pim = Pim::open().await;
    assert_eq!(refused(&pim, "categories?limit=x").await, "\"x\" is not a valid limit number.");
    assert_eq!(
        refused(&pim, "categories?limit=101").await,
        "You cannot request more than 100 items."
    );
}

#[tokio::test]
async fn a_wrong_pagination_type_is_refused() {
    let pim = Pim::open().await;
    assert_eq!(
        refused(&pim, "categories?pagination_type=x").await,
        "Pagination type does not exist."
    );
}

#[tokio::test]
async fn a_wrong_with_count_is_refused() {
    let pim = Pim::open().await;
    assert_eq!(
        refused(&pim, "categories?with_count=x").await,
        "Parameter \"with_count\" has to be a boolean. Only \"true\" or \"false\" allowed, \"x\" given."
    );
}

#[tokio::test]
async fn products_end_at_ten_thousand_rows_by_page() {
    let pim = Pim::open().await;
    page(&pim, "products?page=100&limit=100").await;
    for path in ["products", "products-uuid", "product-models"] {
        let message = refused(&pim, &format!("{path}?page=101&limit=100")).await;
        assert_eq!(
            message,
            "You have reached the maximum number of pages you can retrieve with the \"page\" pagination type. Please use the search after pagination type instead"
        );
    }
    let refused = pim.get("products?page=101&limit=100").await.json();
    assert!(refused["_links"]["documentation"]["href"].is_string());
}

#[tokio::test]
async fn a_cursor_page_has_no_number_no_count_and_nothing_before() {
    let pim = Pim::stocked().await;
    pim.patch_all("products", &[json!({"identifier": "A"}), json!({"identifier": "B"})]).await;
    let mut path = "products?pagination_type=search_after&limit=1&with_count=true".to_owned();
    let mut found = Vec::new();
    while !path.is_empty() {
        let page = page(&pim, &path).await;
        for absent in ["current_page", "items_count"] {
            assert_eq!(page.get(absent), None);
        }
        assert_eq!(page["_links"].get("previous"), None);
        assert!(!link(&page, "first").contains("search_after="), "{page}");
        let items = page["_embedded"]["items"].as_array().unwrap();
        found.extend(items.iter().map(|item| item["identifier"].as_str().unwrap().to_owned()));
        path = link(&page, "next");
    }
    found.sort();
    assert_eq!(found, ["A", "B"]);
}

#[tokio::test]
async fn parameters_that_nobody_knows_are_ignored_and_lists_trimmed() {
    let pim = Pim::stocked().await;
    pim.patch_all("products", &[json!({"identifier": "A", "values": {"brand": [{"locale": null, "scope": null, "data": "x"}]}})]).await;
    let list =
        page(&pim, "products?unknown=1&attributes=sku,%20brand&locales=en_US,%20de_DE").await;
    assert_eq!(list["_embedded"]["items"][0]["values"].as_object().unwrap().len(), 2);
}
