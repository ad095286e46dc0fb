use serde_json::{Value, json};

use crate::shop::{NewProduct, Shop, mug, skus};

fn mugs() -> Vec<NewProduct> {
    vec![
        mug("A", "Alpha mug").euros("10").value("color", "red").value("brand", "acme"),
        mug("B", "Beta mug").euros("20").value("color", "blue").value("brand", "acme"),
        mug("C", "Gamma mug").euros("30").value("color", "red").value("brand", "nordlicht"),
        mug("D", "Delta mug").euros("40").value("color", "green").value("capacity", 300),
        mug("E", "Epsilon kettle").categories(&["kettles"]).value("dishwasher_safe", true),
    ]
}

async fn shop() -> Shop {
    let shop = Shop::open().await;
    shop.put_all(&mugs()).await;
    shop
}

fn counts(list: &Value, facet: usize) -> Vec<(String, u64, bool)> {
    let values = list["facets"][facet]["values"].as_array().unwrap();
    let mut counts: Vec<_> = values
        .iter()
        .map(|value| {
            let text = value["value"].as_str().unwrap().to_owned();
            (text, value["count"].as_u64().unwrap(), value["selected"].as_bool().unwrap())
        })
        .collect();
    counts.sort();
    counts
}

#[tokio::test]
async fn a_list_is_sorted_as_asked() {
    let shop = shop().await;
    for (sort, expected) in [
        ("price", ["A", "B", "C", "D", "E"]),
        ("-price", ["D", "C", "B", "A", "E"]),
        ("name", ["A", "B", "D", "E", "C"]),
        ("-name", ["C", "E", "D", "B", "A"]),
        ("newest", ["E", "D", "C", "B", "A"]),
    ] {
        assert_eq!(shop.skus(&format!("/v1/products?sort={sort}")).await, expected, "{sort}");
    }
}

#[tokio::test]
async fn pages_of_a_list_show_everything_once_in_every_order() {
    let shop = shop().await;
    for query in ["sort=price", "sort=-price", "sort=name", "sort=-name", "sort=newest", "q=mug"] {
        let whole = shop.get(&format!("/v1/products?{query}")).await;
        let (mut paged, mut cursor) = (Vec::new(), String::new());
        loop {
            let list = shop.get(&format!("/v1/products?{query}&limit=2{cursor}")).await;
            assert_eq!(list["total"], whole["total"]);
            paged.extend(skus(&list));
            match list["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(paged, skus(&whole), "{query}");
    }
}

#[tokio::test]
async fn a_category_has_its_subtree() {
    let shop = shop().await;
    for (category, total) in [("mugs", 4), ("kettles", 1), ("kitchen", 5), ("master", 5)] {
        let list = shop.get(&format!("/v1/products?category={category}")).await;
        assert_eq!(list["total"], total, "{category}");
    }
}

#[tokio::test]
async fn values_of_one_filter_add_up_and_filters_narrow_each_other() {
    let shop = shop().await;
    for (query, expected) in [
        ("filter[color]=red", vec!["A", "C"]),
        ("filter[color]=red,blue", vec!["A", "B", "C"]),
        ("filter[color]=red,blue&filter[brand]=acme", vec!["A", "B"]),
        ("filter[price]=2000..3000", vec!["B", "C"]),
        ("filter[price]=..1000,4000..", vec!["A", "D"]),
        ("filter[dishwasher_safe]=true", vec!["E"]),
        ("filter[capacity]=200..400", vec!["D"]),
        ("filter[color]=purple", vec![]),
    ] {
        let list = shop.skus(&format!("/v1/products?sort=name&{query}")).await;
        let mut list = list;
        list.sort();
        assert_eq!(list, expected, "{query}");
    }
}

#[tokio::test]
async fn counts_of_a_facet_leave_its_own_filter_aside() {
    let shop = shop().await;
    let list = shop.get("/v1/products?facets=color,brand&filter[color]=red").await;
    assert_eq!(list["total"], 2);
    let of = |value: &str, count, selected| (value.to_owned(), count, selected);
    assert_eq!(counts(&list, 0), [of("blue", 1, false), of("green", 1, false), of("red", 2, true)]);
    assert_eq!(counts(&list, 1), [of("acme", 1, false), of("nordlicht", 1, false)]);
    let list =
        shop.get("/v1/products?facets=color,brand&filter[color]=red&filter[brand]=acme").await;
    assert_eq!(counts(&list, 0), [of("blue", 1, false), of("red", 1, true)]);
    assert_eq!(counts(&list, 1), [of("acme", 1, true), of("nordlicht", 1, false)]);
    assert_eq!(list["facets"][0]["label"], "Color");
    assert_eq!(list["facets"][0]["type"], "select");
}

#[tokio::test]
async fn a_range_leaves_its_own_filter_aside_too() {
    let shop = shop().await;
    let list = shop.get("/v1/products?facets=price,color&filter[price]=1500..2500").await;
    assert_eq!(list["facets"][0]["range"], json!({"min": 1000.0, "max": 4000.0}));
    assert_eq!(counts(&list, 1), [("blue".to_owned(), 1, false)]);
}

#[tokio::test]
async fn relevant_facets_are_those_that_results_have() {
    let shop = shop().await;
    let list = shop.get("/v1/products?facets=*&category=mugs").await;
    let facets = list["facets"].as_array().unwrap();
    let names: Vec<_> = facets.iter().map(|facet| facet["attribute"].as_str().unwrap()).collect();
    assert_eq!(names, ["price", "color", "brand", "capacity"]);
    assert_eq!(shop.get("/v1/products").await["facets"], json!([]));
}

#[tokio::test]
async fn named_pages_come_in_the_order_asked_for() {
    let shop = shop().await;
    assert_eq!(shop.skus("/v1/products?skus=C,A,nothing,B").await, ["C", "A", "B"]);
    let list = shop.get("/v1/products?skus=D,B").await;
    let ids: Vec<_> =
        list["items"].as_array().unwrap().iter().map(|i| i["id"].as_str().unwrap()).collect();
    let list = shop.skus(&format!("/v1/products?ids={},{}", ids[1], ids[0])).await;
    assert_eq!(list, ["B", "D"]);
}

#[tokio::test]
async fn only_chosen_fields_are_answered() {
    let shop = shop().await;
    let list = shop.get("/v1/products?skus=A&fields=sku,price").await;
    let item = list["items"][0].as_object().unwrap();
    assert_eq!(item.keys().collect::<Vec<_>>(), ["id", "price", "sku"]);
    let list = shop.get("/v1/products?skus=A&fields=sku,attributes").await;
    assert_eq!(list["items"][0]["attributes"][0]["code"], "brand");
}

#[tokio::test]
async fn a_bad_parameter_is_named() {
    let shop = shop().await;
    let long = "x".repeat(201);
    let many = vec!["x"; 101].join(",");
    for (query, parameter, code) in [
        ("limit=0", "limit", "out_of_range"),
        ("limit=101", "limit", "out_of_range"),
        ("limit=x", "limit", "out_of_range"),
        ("cursor=nonsense", "cursor", "invalid_cursor"),
        ("sort=color", "sort", "unknown_sort"),
        ("facets=nonsense", "facets", "unknown_attribute"),
        ("facets=description", "facets", "not_a_facet"),
        ("filter[nonsense]=1", "filter[nonsense]", "unknown_attribute"),
        ("filter[price]=cheap", "filter[price]", "invalid_value"),
        ("filter[dishwasher_safe]=yes", "filter[dishwasher_safe]", "invalid_value"),
        ("filter[color]=", "filter[color]", "out_of_range"),
        ("category=nonsense", "category", "unknown_category"),
        ("category=other_tree", "category", "unknown_category"),
        ("fields=nonsense", "fields", "unknown_field"),
        ("ids=1", "ids", "invalid_value"),
        (&format!("skus={many}"), "skus", "too_many"),
        (&format!("q={long}"), "q", "too_long"),
        ("ids=&skus=", "skus", "contradiction"),
    ] {
        let problem = shop
            .answer(&format!("/v1/products?{query}"))
            .await
            .assert_problem(422, "invalid")
            .json();
        assert_eq!(problem["errors"][0]["parameter"], parameter, "{query}");
        assert_eq!(problem["errors"][0]["code"], code, "{query}");
    }
}

#[tokio::test]
async fn a_cursor_belongs_to_its_sort() {
    let shop = shop().await;
    let list = shop.get("/v1/products?sort=price&limit=1").await;
    let cursor = list["next_cursor"].as_str().unwrap();
    shop.answer(&format!("/v1/products?sort=name&cursor={cursor}"))
        .await
        .assert_problem(422, "invalid");
}
