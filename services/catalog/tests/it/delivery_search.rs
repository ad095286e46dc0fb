use serde_json::json;

use crate::shop::{NewProduct, Shop, mug};

fn catalog() -> Vec<NewProduct> {
    vec![
        mug("1001", "Acme bluetooth headphones black").value("ean", "4006381333931"),
        mug("1002", "Wireless headphones").localized("description", "en_US", "With bluetooth."),
        mug("1003", "Bluetooth speaker").value("brand", "nordlicht"),
        mug("1004", "Audio cable 0.5 m").value("ean", "P5N32-E SLI"),
        mug("1005", "Audio cable 1.8 m").value("capacity", 2),
        mug("1006", "Camera bag"),
        mug("1007", "Camera").localized("name", "de_DE", "Kamera für Stühle"),
    ]
}

async fn shop() -> Shop {
    let shop = Shop::open().await;
    shop.put_all(&catalog()).await;
    shop
}

async fn search(shop: &Shop, q: &str) -> (Vec<String>, Option<String>) {
    let list = shop.get(&format!("/v1/products?q={}", q.replace(' ', "%20"))).await;
    let corrected = list["query"]["corrected"].as_str().map(str::to_owned);
    (crate::shop::skus(&list), corrected)
}

#[tokio::test]
async fn all_words_must_match_and_the_name_counts_most() {
    let shop = shop().await;
    assert_eq!(search(&shop, "bluetooth headphones").await.0[..2], ["1001", "1002"]);
    assert_eq!(search(&shop, "Headphone").await.0.len(), 2);
    assert_eq!(search(&shop, "nordlicht").await.0, ["1003"]);
}

#[tokio::test]
async fn a_measure_is_found_however_it_is_written() {
    let shop = shop().await;
    for q in ["0.5m audio cable", "cable 0.5 meter", "0,5 m cable"] {
        assert_eq!(search(&shop, q).await.0, ["1004"], "{q}");
    }
}

#[tokio::test]
async fn words_that_do_not_match_together_match_in_part() {
    let shop = shop().await;
    let (found, corrected) = search(&shop, "bluetooth camera").await;
    assert_eq!(found.len(), 5);
    assert_eq!(corrected, None);
    let (found, _) = search(&shop, "camera bag bluetooth").await;
    assert_eq!(found[0], "1006");
}

#[tokio::test]
async fn few_results_with_all_words_are_followed_by_those_with_some() {
    let shop = shop().await;
    let (found, corrected) = search(&shop, "bluetooth headphones").await;
    assert_eq!(found, ["1001", "1002", "1003"]);
    assert_eq!(corrected, None);
    for q in ["0.5m audio cable", "1002 headphones"] {
        assert_eq!(search(&shop, q).await.0.len(), 1, "measures and codes mean what they say: {q}");
    }
    let many: Vec<NewProduct> =
        (0..10).map(|n| mug(&format!("20{n:02}"), "Bluetooth headphones")).collect();
    shop.put_all(&many).await;
    assert_eq!(search(&shop, "bluetooth headphones").await.0.len(), 12, "these are enough");
}

#[tokio::test]
async fn pages_of_few_results_go_on_as_they_began() {
    let shop = shop().await;
    let first = shop.get("/v1/products?q=bluetooth%20headphones&limit=2").await;
    let cursor = first["next_cursor"].as_str().unwrap();
    let path = format!("/v1/products?q=bluetooth%20headphones&limit=2&cursor={cursor}");
    assert_eq!(crate::shop::skus(&shop.get(&path).await), ["1003"]);
}

#[tokio::test]
async fn a_mistyped_word_finds_each_that_may_have_been_meant() {
    let shop = shop().await;
    shop.put_all(&[mug("3001", "Extension cord"), mug("3002", "Extension card")]).await;
    shop.put_all(&[mug("3003", "Patch cord"), mug("3004", "Patch cord")]).await;
    let (found, corrected) = search(&shop, "extension cxrd").await;
    assert_eq!(found, ["3001", "3002"], "the more frequent word first");
    assert_eq!(corrected.as_deref(), Some("extension cord"));
}

#[tokio::test]
async fn words_side_by_side_in_the_name_come_before_words_apart() {
    let shop = shop().await;
    shop.put_all(&[mug("4001", "Player for cd shelf"), mug("4002", "Shelf for cd player")]).await;
    assert_eq!(search(&shop, "cd player").await.0, ["4002", "4001"]);
}

#[tokio::test]
async fn mistyped_words_are_replaced_by_known_ones() {
    let shop = shop().await;
    let (found, corrected) = search(&shop, "bluetoth headhpones").await;
    assert_eq!(found, ["1001", "1002"]);
    assert_eq!(corrected.as_deref(), Some("bluetooth headphones"));
    assert_eq!(search(&shop, "bluetooth headphones").await.1, None);
}

#[tokio::test]
async fn an_identifier_is_found_whole_in_part_and_with_other_separators() {
    let shop = shop().await;
    for (q, sku) in [
        ("1003", "1003"),
        ("4006381333931", "1001"),
        ("400638133", "1001"),
        ("P5N32-E SLI", "1004"),
        ("p5n32e", "1004"),
        ("p5n32 esli", "1004"),
        ("p5n23esli", "1004"),
        ("p5n", "1004"),
        ("p5m3", "1004"),
    ] {
        assert_eq!(search(&shop, q).await.0.first().map(String::as_str), Some(sku), "{q}");
    }
}

#[tokio::test]
async fn a_locale_is_searched_in_its_own_language() {
    let shop = shop().await;
    assert_eq!(shop.skus("/v1/products?locale=de_DE&q=stuhl").await, ["1007"]);
    assert_eq!(shop.skus("/v1/products?locale=en_US&q=kamera").await.len(), 2);
}

#[tokio::test]
async fn what_is_nowhere_is_not_found() {
    let shop = shop().await;
    let list = shop.get("/v1/products?q=zzzzzz&facets=color").await;
    assert_eq!(list["total"], 0);
    for q in ["%22", "-", "%00", "a%20AND%20(", "%F0%9F%98%80", "*"] {
        shop.answer(&format!("/v1/products?q={q}")).await.assert_status(200);
    }
}

#[tokio::test]
async fn filters_do_not_widen_a_search() {
    let shop = shop().await;
    let list = shop.get("/v1/products?q=headphones&filter[capacity]=2").await;
    assert_eq!(list["total"], 0);
}

#[tokio::test]
async fn what_was_searched_for_is_marked_where_that_is_asked_for() {
    let shop = Shop::open().await;
    let blue = mug("A", "Blue mug").localized("description", "en_US", "<p>Fine & blue.</p>");
    shop.put_all(&[blue, mug("B", "Red <b>mugs</b>").euros("3")]).await;
    shop.say("synonyms/mug", json!({"input": "beaker", "words": ["mug"]})).await;
    let found = shop.get("/v1/products?q=blue+mug&highlight=true").await;
    let marked = json!({"name": "<em>Blue</em> <em>mug</em>",
                        "description": "Fine &amp; <em>blue</em>."});
    assert_eq!(found["items"][0]["highlights"], marked);
    for typed in ["mugs", "beaker", "mgu"] {
        let path = format!("/v1/products?q={typed}&highlight=true&fields=sku,price&sort=-name");
        let item = &shop.get(&path).await["items"][0];
        let name = "Red &lt;b&gt;<em>mugs</em>&lt;/b&gt;";
        assert_eq!(item["highlights"], json!({"name": name}), "{typed}");
        assert_eq!((item.as_object().unwrap().len(), &item["sku"]), (4, &json!("B")));
    }
    for query in ["q=mug", "q=mug&highlight=false", "highlight=true", "skus=A&highlight=true"] {
        let list = shop.get(&format!("/v1/products?{query}")).await;
        assert!(list["items"][0].get("highlights").is_none(), "{query}");
    }
    let answer = shop.answer("/v1/products?q=mug&highlight=yes").await;
    answer.assert_problem(422, "invalid");
}

#[tokio::test]
async fn a_german_word_finds_the_compounds_that_end_in_it_after_itself() {
    let shop = Shop::open().await;
    let products = [
        ("1", "Holztisch Runa"),
        ("2", "Tisch aus Holz"),
        ("3", "Praktisch verpackt"),
        ("4", "Esstische im Satz"),
        ("5", "Esszimmer und Zimmer"),
        ("6", "Tischdecke"),
    ];
    let products = products.map(|(sku, name)| mug(sku, name).localized("name", "de_DE", name));
    shop.put_all(&products).await;
    for q in ["tisch", "Tische"] {
        let found = shop.skus(&format!("/v1/products?locale=de_DE&q={q}")).await;
        assert_eq!(found[0], "2", "{found:?}");
        let mut found = found;
        found.sort();
        assert_eq!(found, ["1", "2", "4"], "{q}");
    }
    assert_eq!(shop.skus("/v1/products?locale=de_DE&q=esstisch").await, ["4"]);
    assert_eq!(shop.skus("/v1/products?locale=en_US&q=tisch").await, ["2"]);
}
