use serde_json::{Value, json};

use crate::shop::{Shop, path_of};

#[tokio::test]
async fn an_order_ships_in_parts_and_is_then_completed() {
    let shop = Shop::open().await;
    let client = shop.customer();
    let order = shop.order(&client, &[("mug", 3), ("lamp", 1)], "tok_success").await;
    let staff = shop.staff();
    let path = format!("{}/shipments", path_of(&order));
    let parcel = json!({"lines": [{"sku": "mug", "quantity": 2}], "carrier": "DHL"});
    let part = staff.post(&path, parcel).await.assert_status(201).json();
    assert_eq!(
        (&part["status"], &part["fulfilment_status"]),
        (&json!("confirmed"), &json!("partially_shipped"))
    );
    assert_eq!(shop.level("mug").await, (8, 0, 1));
    let cancel = format!("{}/cancel", path_of(&order));
    client.post(&cancel, json!({})).await.assert_problem(409, "already_shipped");
    let all = staff.post(&path, json!({})).await.assert_status(201).json();
    assert_eq!(
        (&all["status"], &all["fulfilment_status"]),
        (&json!("completed"), &json!("shipped"))
    );
    assert_eq!(all["shipments"].as_array().unwrap().len(), 2);
    assert_eq!(shop.level("mug").await, (7, 0, 0));
    assert_eq!(shop.level("lamp").await, (9, 0, 0));
    staff.post(&path, json!({})).await.assert_problem(409, "order_not_confirmed");
    let facts = shop.facts().await;
    assert_eq!(facts.iter().filter(|kind| *kind == "order.shipped").count(), 2);
    assert_eq!(shop.broken_invariants().await, Vec::<String>::new());
}

#[tokio::test]
async fn no_more_is_shipped_than_was_bought() {
    let shop = Shop::open().await;
    let order = shop.order(&shop.customer(), &[("mug", 2)], "tok_success").await;
    let staff = shop.staff();
    let path = format!("{}/shipments", path_of(&order));
    for (lines, pointer) in [
        (json!([{"sku": "lamp", "quantity": 1}]), "/lines/0/line"),
        (json!([{"sku": "mug", "quantity": 3}]), "/lines/0/quantity"),
        (json!([{"sku": "mug", "quantity": 1}, {"sku": "mug", "quantity": 1}]), "/lines/1/line"),
    ] {
        let answer = staff.post(&path, json!({"lines": lines})).await;
        let answer = answer.assert_problem(422, "invalid");
        assert_eq!(answer.json()["errors"][0]["pointer"], pointer);
    }
    let one = json!({"lines": [{"line": order["lines"][0]["id"], "quantity": 1}]});
    staff.post(&path, one).await.assert_status(201);
    let two = json!({"lines": [{"sku": "mug", "quantity": 2}]});
    staff.post(&path, two).await.assert_problem(409, "already_shipped");
}

#[tokio::test]
async fn a_keyed_shipment_happens_once() {
    let shop = Shop::open().await;
    let order = shop.order(&shop.customer(), &[("mug", 2)], "tok_success").await;
    let staff = shop.staff().key("parcel");
    let path = format!("{}/shipments", path_of(&order));
    let parcel = json!({"lines": [{"sku": "mug", "quantity": 1}]});
    let first = staff.post(&path, parcel.clone()).await.assert_status(201);
    let again = staff.post(&path, parcel).await.assert_status(201);
    assert_eq!(first.body, again.body);
    assert_eq!(shop.level("mug").await, (9, 0, 1));
}

#[tokio::test]
async fn what_is_not_paid_for_is_not_shipped() {
    let shop = Shop::open().await;
    let order = shop.order(&shop.customer(), &[("mug", 1)], "tok_action").await;
    let path = format!("{}/shipments", path_of(&order));
    shop.staff().post(&path, json!({})).await.assert_problem(409, "order_not_confirmed");
}

#[tokio::test]
async fn shipping_returning_and_refunding_are_for_staff() {
    let shop = Shop::open().await;
    let client = shop.customer();
    let order = shop.order(&client, &[("mug", 1)], "tok_success").await;
    let lines = json!({"lines": [{"sku": "mug", "quantity": 1}]});
    for (act, body) in
        [("shipments", lines.clone()), ("returns", lines), ("refunds", json!({"amount": 1}))]
    {
        let path = format!("{}/{act}", path_of(&order));
        let keyed = client.key("k");
        keyed.post(&path, body.clone()).await.assert_problem(403, "insufficient_scope");
        let reader = shop.client(&shop.tokens.staff(&["orders:read"])).key("k");
        reader.post(&path, body).await.assert_problem(403, "insufficient_scope");
    }
}

#[tokio::test]
async fn what_came_back_can_be_sold_again_if_staff_say_so() {
    let shop = Shop::open().await;
    let order = shop.order(&shop.customer(), &[("mug", 3)], "tok_success").await;
    let staff = shop.staff();
    let path = format!("{}/returns", path_of(&order));
    let one = json!({"lines": [{"sku": "mug", "quantity": 1}], "reason": "too blue"});
    staff.post(&path, one.clone()).await.assert_problem(409, "not_shipped");
    let shipments = format!("{}/shipments", path_of(&order));
    staff.post(&shipments, json!({})).await.assert_status(201);
    let order = staff.post(&path, one).await.assert_status(201).json();
    assert_eq!(order["fulfilment_status"], "partially_returned");
    assert_eq!(order["returns"][0]["lines"][0]["restocked"], true);
    assert_eq!(shop.level("mug").await, (8, 0, 0));
    let broken = json!({"lines": [{"sku": "mug", "quantity": 2}], "restock": false});
    let order = staff.post(&path, broken.clone()).await.assert_status(201).json();
    assert_eq!(order["fulfilment_status"], "returned");
    assert_eq!(shop.level("mug").await, (8, 0, 0));
    staff.post(&path, broken).await.assert_problem(409, "not_shipped");
    staff.post(&path, json!({"lines": []})).await.assert_problem(422, "invalid");
    let moon = json!({"lines": [{"sku": "mug", "quantity": 1}], "location": "moon"});
    let status = staff.post(&path, moon).await.status.as_u16();
    assert!([409, 422].contains(&status), "{status}");
    let order: Value = staff.get(&path_of(&order)).await.json();
    assert_eq!(order["status"], "completed");
}
