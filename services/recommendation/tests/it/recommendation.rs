use serde_json::{Value, json};

use crate::shop::{Shop, orders, page, product};

async fn items(shop: &Shop, path: &str) -> Vec<Value> {
    let answer = shop.anyone.get(&format!("/v1/recommendations/{path}")).await.assert_status(200);
    answer.json()["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn bought_together_follows_the_baskets_and_says_how_often() {
    let shop = Shop::open("ABCDE").await;
    shop.learn(&orders(&["AB", "AB", "ABC", "DE", "CA"])).await;
    let answer = shop.anyone.get("/v1/recommendations/bought-together?product=A&limit=2").await;
    let answer = answer.assert_status(200);
    assert_eq!(answer.header("cache-control"), "public, max-age=30");
    let body = answer.json();
    assert_eq!(body["surface"], "bought-together");
    assert!(body["model"].is_string());
    assert_eq!(body["items"][0]["sku"], "B");
    assert_eq!(body["items"][0]["product_id"], json!(page('B')));
    assert_eq!(
        body["items"][0]["reason"],
        json!({ "code": "bought_together", "text": "Bought together 3 times",
                "evidence": { "count": 3 } })
    );
    assert_eq!(body["items"][1]["sku"], "C");
    assert_eq!(body["items"][1]["reason"]["evidence"]["count"], 2);
}

#[tokio::test]
async fn a_product_is_named_by_sku_or_id() {
    let shop = Shop::open("AB").await;
    shop.learn(&orders(&["AB"])).await;
    let by_id = format!("bought-together?product={}", page('A'));
    assert_eq!(shop.skus(&by_id).await, "B");
    let unknown = shop.anyone.get("/v1/recommendations/similar?product=nothing").await;
    unknown.assert_problem(404, "not_found");
    let missing = shop.anyone.get("/v1/recommendations/similar").await;
    missing.assert_problem(422, "invalid");
}

#[tokio::test]
async fn the_product_itself_is_never_recommended() {
    let shop = Shop::open("ABC").await;
    shop.learn(&orders(&["AB", "AB", "AC", "BC"])).await;
    for path in [
        "similar?product=A&limit=50",
        "bought-together?product=A&limit=50",
        "cart?products=A&limit=50",
        "session?products=A&limit=50",
    ] {
        let skus = shop.skus(path).await;
        assert!(!skus.contains('A') && skus.contains('B'), "{path}: {skus}");
    }
}

#[tokio::test]
async fn an_unpublished_product_is_never_recommended() {
    let shop = Shop::open("ABC").await;
    shop.learn(&orders(&["AB", "AB", "AB", "AC"])).await;
    shop.unpublish('B').await;
    shop.train().await;
    for path in [
        "similar?product=A",
        "bought-together?product=A",
        "cart?products=A",
        "session?products=A",
        "trending",
        "for-you",
    ] {
        let skus = shop.skus(path).await;
        assert!(!skus.contains('B') && skus.contains('C'), "{path}: {skus}");
    }
    shop.publish([product('B')]).await;
    shop.train().await;
    assert_eq!(shop.skus("bought-together?product=A&limit=1").await, "B");
}

#[tokio::test]
async fn similar_works_from_attributes_before_anybody_came() {
    let shop = Shop::empty().await;
    let described = |letter: char, name: &str, category: &str, feature: &str| {
        let mut product = product(letter);
        product["name"] = json!(name);
        product["categories"] = json!(["all", category]);
        product["features"] = json!([feature]);
        product
    };
    shop.publish([
        described('A', "Oak table", "tables", "material=oak"),
        described('B', "Oak chair", "chairs", "material=oak"),
        described('C', "Steel table", "tables", "material=steel"),
        described('D', "Round oak table", "tables", "material=oak"),
    ])
    .await;
    shop.train().await;
    assert_eq!(shop.skus("similar?product=A").await, "D B C");
    assert_eq!(items(&shop, "similar?product=A").await[0]["reason"]["code"], "similar");
}

#[tokio::test]
async fn what_is_viewed_in_the_same_visits_becomes_similar() {
    let shop = Shop::open("ABCD").await;
    let view = |session: u32, sku: &str| {
        json!({ "type": "view", "sku": sku, "session": format!("s{session}"),
                "at": "2026-11-01T12:00:00Z" })
        .to_string()
    };
    let views: Vec<String> =
        (0..30).flat_map(|visit| [view(visit, "A"), view(visit, "D")]).collect();
    shop.learn(&views.join("\n")).await;
    let first = &items(&shop, "similar?product=A").await[0];
    assert_eq!(first["sku"], "D");
    assert_eq!(first["reason"]["code"], "viewed_together");
    assert_eq!(first["reason"]["evidence"]["count"], 30);
    let next = &items(&shop, "session?products=A").await[0];
    assert_eq!((&next["sku"], &next["reason"]["code"]), (&json!("D"), &json!("viewed_next")));
}

#[tokio::test]
async fn variants_of_a_page_are_one_product() {
    let shop = Shop::open("AC").await;
    let mut shirt = product('S');
    shirt["skus"] = json!(["S-M", "S-L"]);
    shop.publish([shirt]).await;
    let line = |order: &str, sku: &str| {
        json!({ "type": "purchase", "order": order, "sku": sku, "at": "2026-11-01T12:00:00Z" })
            .to_string()
    };
    let lines =
        [line("1", "S-M"), line("1", "S-L"), line("1", "A"), line("2", "S-L"), line("2", "A")];
    shop.learn(&lines.join("\n")).await;
    let list = items(&shop, "bought-together?product=A").await;
    assert_eq!((&list[0]["sku"], &list[0]["product_id"]), (&json!("S-M"), &json!(page('S'))));
    assert_eq!(list[0]["reason"]["evidence"]["count"], 2);
    assert_eq!(shop.skus("bought-together?product=S-L&limit=1").await, "A");
}

#[tokio::test]
async fn a_cart_is_completed_without_what_is_in_it_and_unknown_products_are_ignored() {
    let shop = Shop::open("ABCDE").await;
    shop.learn(&orders(&["ABC", "ABC", "ABC", "DE"])).await;
    let list = items(&shop, "cart?products=A,nothing,B&limit=1").await;
    assert_eq!(
        (&list[0]["sku"], &list[0]["reason"]["code"]),
        (&json!("C"), &json!("goes_with_cart"))
    );
    assert_eq!(list[0]["reason"]["evidence"]["count"], 3);
    let filled = shop.skus("cart?products=A,B&limit=50").await;
    assert_eq!(filled, "C D E", "filled up with what is popular");
    let many = vec!["A"; 501].join(",");
    let answer = shop.anyone.get(&format!("/v1/recommendations/cart?products={many}")).await;
    answer.assert_problem(422, "invalid");
}

#[tokio::test]
async fn what_nobody_bought_yet_goes_with_carts_that_its_likes_go_with() {
    let shop = Shop::open("AB").await;
    let like = |letter: char, feature: &str| {
        let mut product = product(letter);
        product["features"] = json!([feature]);
        product
    };
    shop.publish([like('C', "material=oak"), like('D', "material=tin")]).await;
    shop.learn(&orders(&["AC", "AC", "AC", "BD", "BD", "BD"])).await;
    shop.publish([like('X', "material=oak"), like('Y', "material=tin")]).await;
    shop.train().await;
    assert_eq!(shop.skus("cart?products=A&newcomers=true").await, "X Y");
    assert_eq!(shop.skus("cart?products=B&newcomers=true").await, "Y X");
    assert_eq!(shop.skus("cart?products=?&newcomers=true").await, "Y X", "the newest first");
    shop.keep_learning();
    let bought = orders(&["Y"]).replace("\"order\":\"0\"", "\"order\":\"new\"");
    shop.import(&bought).await.assert_status(200);
    shop.eventually("cart?products=B&newcomers=true", "X").await;
    assert_eq!(shop.skus("cart?products=B&newcomers=true").await, "X", "Y was bought");
}

#[tokio::test]
async fn trending_counts_recent_interest_per_category() {
    let shop = Shop::open("ABC").await;
    let mut lamp = product('L');
    lamp["categories"] = json!(["all", "lamps"]);
    shop.publish([lamp]).await;
    let buy = |order: u32, sku: &str, at: &str| {
        json!({ "type": "purchase", "order": order.to_string(), "sku": sku, "at": at }).to_string()
    };
    let (old, new) = ("2026-08-01T12:00:00Z", "2026-11-01T12:00:00Z");
    let lines =
        [buy(1, "A", old), buy(2, "A", old), buy(3, "A", old), buy(4, "C", new), buy(5, "L", old)];
    shop.learn(&lines.join("\n")).await;
    assert_eq!(shop.skus("trending").await, "C A L B");
    assert_eq!(shop.skus("trending?category=lamps").await, "L");
    let list = items(&shop, "trending").await;
    assert_eq!(list[0]["reason"]["code"], "trending");
    assert_eq!(list[3]["reason"]["code"], "new", "nobody has bought it yet");
}

#[tokio::test]
async fn no_surface_is_empty_in_a_shop_with_products_and_each_item_says_why_it_is_there() {
    let shop = Shop::open("AB").await;
    let mut odd = product('X');
    (odd["name"], odd["categories"], odd["price"]) = (json!(""), json!([]), json!(null));
    shop.publish([odd]).await;
    shop.train().await;
    for (path, shown) in [
        ("similar?product=X", "B A"),
        ("bought-together?product=X", "B A"),
        ("cart?products=X", "B A"),
        ("cart?products=nothing", "X B A"),
        ("session?products=X", "B A"),
        ("session?products=nothing", "X B A"),
        ("for-you", "X B A"),
        ("for-you?session=nobody", "X B A"),
        ("trending", "X B A"),
        ("trending?category=nothing", "X B A"),
        ("recently-viewed?session=nobody&fill=true", "X B A"),
    ] {
        assert_eq!(shop.skus(path).await, shown, "{path}");
        let list = items(&shop, path).await;
        assert!(list.iter().all(|item| item["reason"]["code"] == "new"), "{path}: {list:?}");
    }
    let bought = json!({ "type": "purchase", "sku": "A", "session": "mine" });
    let bought = json!({ "items": [bought] });
    shop.anyone.post("/v1/interactions", bought).await.assert_status(202);
    let list = items(&shop, "recently-viewed?session=mine&fill=true").await;
    let codes: Vec<_> = list.iter().map(|item| &item["reason"]["code"]).collect();
    assert_eq!(codes, ["bought_before", "new", "new"]);
    assert_eq!(shop.skus("recently-viewed?session=mine").await, "A");
}

#[tokio::test]
async fn a_limit_is_within_1_and_200() {
    let shop = Shop::open("ABC").await;
    assert_eq!(shop.skus("trending?limit=1").await, "C");
    for limit in ["0", "201", "-1", "many"] {
        let path = format!("/v1/recommendations/trending?limit={limit}");
        let problem = shop.anyone.get(&path).await.assert_problem(422, "invalid").json();
        assert_eq!(problem["errors"][0]["parameter"], "limit", "{limit}");
    }
}

#[tokio::test]
async fn an_unknown_surface_does_not_exist() {
    let shop = Shop::empty().await;
    shop.anyone.get("/v1/recommendations/horoscope").await.assert_problem(404, "not_found");
    assert_eq!(shop.skus("trending").await, "", "an empty shop has nothing to recommend");
}
