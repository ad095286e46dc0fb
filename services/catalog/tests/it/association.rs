//! Associations beside those of others: what is inherited, what holds in both directions, what is deleted.

use serde_json::{Value, json};

use crate::pim::{Pim, value};

/// `A`, `B`, the model `amor` and its variant `V`; `FITS` holds in both directions.
async fn shop() -> Pim {
    let pim = Pim::stocked().await.with_model().await;
    pim.patch_all(
        "association-types",
        &[
            json!({"code": "FITS", "is_two_way": true}),
            json!({"code": "SET", "is_quantified": true}),
        ],
    )
    .await;
    pim.patch_all("groups", &[json!({"code": "party"})]).await;
    pim.patch_all(
        "products",
        &[
            json!({"identifier": "A"}),
            json!({"identifier": "B"}),
            json!({"identifier": "V", "parent": "amor", "values": {"color": value("red")}}),
        ],
    )
    .await;
    pim
}

fn links(products: &[&str], models: &[&str], groups: &[&str]) -> Value {
    json!({"products": products, "product_models": models, "groups": groups})
}

async fn associations(pim: &Pim, path: &str, code: &str) -> Value {
    pim.get(path).await.assert_status(200).json()["associations"][code].clone()
}

#[tokio::test]
async fn the_other_side_keeps_all_that_is_not_of_the_association() {
    let pim = shop().await;
    let own = json!({"UPSELL": {"groups": ["party"]}});
    pim.patch("products/B", json!({"associations": own})).await.assert_status(204);
    for products in [&["B"][..], &[]] {
        let fits = json!({"associations": {"FITS": {"products": products}}});
        pim.patch("products/A", fits).await.assert_status(204);
        assert_eq!(associations(&pim, "products/B", "UPSELL").await, links(&[], &[], &["party"]));
    }
}

#[tokio::test]
async fn what_a_variant_inherits_does_not_become_its_own_when_it_is_written_back() {
    let pim = shop().await;
    let above = json!({"associations": {"UPSELL": links(&["A"], &[], &["party"])},
                       "quantified_associations": {"SET": {"products": [{"identifier": "A", "quantity": 2}]}}});
    pim.patch("product-models/amor", above).await.assert_status(204);
    let read = pim.get("products/V").await.json();
    assert_eq!(read["associations"]["UPSELL"], links(&["A"], &[], &["party"]));
    let answer = pim.patch("products/V", read).await.assert_status(204);
    assert_eq!(answer.header("vitrine-changed"), "false");
    let more = json!({"associations": {"UPSELL": {"products": ["A", "B"]}}});
    pim.patch("products/V", more).await.assert_status(204);
    let none = json!({"associations": {"UPSELL": links(&[], &[], &[])}});
    pim.patch("product-models/amor", none).await.assert_status(204);
    assert_eq!(associations(&pim, "products/V", "UPSELL").await, links(&["B"], &[], &[]));
}

#[tokio::test]
async fn a_variant_that_loses_its_parent_keeps_the_associations_it_inherited() {
    let pim = shop().await;
    let above =
        json!({"associations": {"UPSELL": {"products": ["A"]}, "FITS": {"products": ["B"]}}});
    pim.patch("product-models/amor", above).await.assert_status(204);
    pim.patch("products/V", json!({"parent": null})).await.assert_status(204);
    assert_eq!(associations(&pim, "products/V", "UPSELL").await, links(&["A"], &[], &[]));
    assert_eq!(associations(&pim, "products/V", "FITS").await, links(&["B"], &[], &[]));
    assert_eq!(associations(&pim, "products/B", "FITS").await, links(&["V"], &["amor"], &[]));
}

#[tokio::test]
async fn what_is_deleted_disappears_from_all_associations() {
    let pim = shop().await;
    pim.patch_all("product-models", &[json!({"code": "other", "family_variant": "mugs_by_color"})])
        .await;
    let set = json!({"SET": {"products": [{"identifier": "B", "quantity": 2}, {"identifier": "V", "quantity": 1}],
                             "product_models": [{"identifier": "other", "quantity": 3}]}});
    let upsell = json!({"UPSELL": links(&["B", "V"], &["other"], &["party"])});
    for path in ["products/A", "product-models/amor"] {
        let body = json!({"associations": upsell, "quantified_associations": set});
        pim.patch(path, body).await.assert_status(204);
    }
    let fits = json!({"associations": {"FITS": {"products": ["A"]}}});
    pim.patch("products/B", fits).await.assert_status(204);
    assert_eq!(associations(&pim, "products/A", "FITS").await, links(&["B"], &[], &[]));
    pim.take_tasks().await;
    pim.delete("products/B").await.assert_status(204);
    assert_eq!(pim.take_tasks().await.len(), 3, "the pages of B, of A and of the model");
    pim.delete("product-models/other").await.assert_status(204);
    for path in ["products/A", "product-models/amor"] {
        let thing = pim.get(path).await.json();
        assert_eq!(thing["associations"]["UPSELL"], links(&["V"], &[], &["party"]), "{path}");
        let set = json!({"products": [{"identifier": "V", "quantity": 1}], "product_models": []});
        assert_eq!(thing["quantified_associations"]["SET"], set, "{path}");
        pim.patch(path, thing).await.assert_status(204);
        let told = &pim.get(&format!("{path}/versions")).await.json()["_embedded"]["items"][0]["changes"]
            [0];
        assert_eq!(told["property"], "associations", "{path}");
    }
    assert_eq!(associations(&pim, "products/A", "FITS").await, links(&[], &[], &[]));
    pim.patch("products/A", json!({"associations": {"UPSELL": links(&[], &[], &["party"])}}))
        .await
        .assert_status(204);
    pim.delete("association-types/FITS").await.assert_status(204);
}

/// As a version of the service does that keeps no terms of them.
#[tokio::test]
async fn associations_written_without_terms_are_found_when_what_they_lead_to_is_deleted() {
    let pim = shop().await;
    for made in [false, true] {
        pim.patch_all("products", &[json!({"identifier": "GONE"})]).await;
        for (table, column, code) in
            [("product", "identifier", "A"), ("product_model", "code", "amor")]
        {
            let statement = format!(
                "update {table} set version = version + 1, terms_version = version + 1,
                     associations = jsonb_build_object('UPSELL', jsonb_build_object('products',
                         (select jsonb_agg(id) from product where identifier = 'GONE')))
                 where {column} = '{code}'"
            );
            sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&pim.db).await.unwrap();
        }
        if made {
            catalog::management::terms::keep(&pim.db).await.unwrap();
        }
        assert_eq!(associations(&pim, "products/A", "UPSELL").await["products"], json!(["GONE"]));
        pim.delete("products/GONE").await.assert_status(204);
        for path in ["products/A", "product-models/amor"] {
            let history = pim.get(&format!("{path}/versions")).await.json();
            let told = &history["_embedded"]["items"][0]["changes"][0];
            assert_eq!((&told["property"], &told["new"]), (&json!("associations"), &Value::Null));
        }
    }
}
