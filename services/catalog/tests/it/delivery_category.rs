use serde_json::json;

use crate::shop::{Shop, mug};

#[tokio::test]
async fn the_tree_of_a_channel_has_labels_and_counts_of_subtrees() {
    let shop = Shop::open().await;
    let mug = |sku: &str| mug(sku, "Mug").localized("name", "de_DE", "Becher");
    shop.put_all(&[mug("1"), mug("2"), mug("3").categories(&["kitchen"])]).await;
    assert_eq!(
        shop.get("/v1/categories?locale=de_DE").await,
        json!({"items": [
            {"code": "kitchen", "label": "Küche", "product_count": 3, "children": [
                {"code": "mugs", "label": "Becher", "product_count": 2, "children": []},
                {"code": "kettles", "label": "Kettles", "product_count": 0, "children": []},
            ]},
            {"code": "clothes", "label": "Clothes", "product_count": 0, "children": []},
        ]})
    );
}

#[tokio::test]
async fn a_category_knows_the_way_to_it() {
    let shop = Shop::open().await;
    shop.put(&mug("1", "One")).await;
    let category = shop.get("/v1/categories/mugs").await;
    assert_eq!(category["product_count"], 1);
    assert_eq!(
        category["path"],
        json!([{"code": "kitchen", "label": "Kitchen"}, {"code": "mugs", "label": "Mugs"}])
    );
    for code in ["nothing", "other_tree"] {
        let answer = shop.answer(&format!("/v1/categories/{code}")).await;
        answer.assert_problem(404, "not_found");
    }
}
