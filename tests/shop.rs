use anyhow::Result;
use serde_json::{Value, json};

use crate::{Client, System};

/// A small shop, made through the management API as a connector would: mugs in two sizes and two
/// colours, and a kettle.
pub struct Shop;

impl Shop {
    /// Fills the catalog, the stock and the rules of sale, and waits until it can be bought from.
    pub async fn open(system: &System) -> Result<Self> {
        let staff = system.staff().await?;
        fill_structure(&staff).await?;
        fill_products(&staff).await?;
        fill_sale(&staff).await?;
        staff.eventually("/v1/products?limit=10", |answer| answer.json()["total"] == 2).await?;
        Ok(Self)
    }

    /// Adds so many kettles, `KETTLE-1` and on, with plenty of each; returns their skus.
    pub async fn widen(&self, system: &System, count: usize) -> Result<Vec<String>> {
        let staff = system.staff().await?;
        let skus: Vec<String> = (1..=count).map(|n| format!("{KETTLE}-{n}")).collect();
        for skus in skus.chunks(100) {
            let kettles: Vec<Value> = skus.iter().map(|sku| kettle(sku)).collect();
            staff.upsert("products", &kettles).await?;
            let line = |sku| json!({ "sku": sku, "location": "main", "on_hand": 1_000_000 });
            let lines: Vec<Value> = skus.iter().map(line).collect();
            staff.patch("/v1/stock", json!(lines)).await?.assert_status(200);
        }
        let total = count + 2;
        staff.eventually("/v1/products?limit=1", |answer| answer.json()["total"] == total).await?;
        Ok(skus)
    }
}

const KETTLE: &str = "KETTLE";

fn kettle(sku: &str) -> Value {
    json!({
        "identifier": sku, "family": "drinkware", "categories": ["kitchen"],
        "values": {
            "name": text("Steel kettle"), "description": text("Boils a litre in three minutes."),
            "price": price("49.00"),
        },
    })
}

fn label(text: &str) -> Value {
    json!({ "en_US": text })
}

async fn fill_structure(staff: &Client) -> Result<()> {
    staff
        .upsert(
            "categories",
            &[
                json!({ "code": "master", "labels": label("Shop") }),
                json!({ "code": "kitchen", "parent": "master", "labels": label("Kitchen") }),
                json!({ "code": "mugs", "parent": "kitchen", "labels": label("Mugs") }),
            ],
        )
        .await?;
    staff
        .upsert(
            "channels",
            &[json!({
                "code": "ecommerce", "category_tree": "master", "currencies": ["EUR"],
                "locales": ["en_US"], "labels": label("Shop"),
            })],
        )
        .await?;
    staff.upsert("attribute-groups", &[json!({ "code": "main", "labels": label("Main") })]).await?;
    let attribute = |code: &str, kind: &str, more: Value| {
        let mut body = json!({
            "code": code, "type": format!("pim_catalog_{kind}"), "group": "main",
            "labels": label(code),
        });
        if let (Some(body), Some(more)) = (body.as_object_mut(), more.as_object()) {
            body.extend(more.clone());
        }
        body
    };
    staff
        .upsert(
            "attributes",
            &[
                attribute("sku", "identifier", json!({})),
                attribute("name", "text", json!({ "localizable": true })),
                attribute("description", "textarea", json!({ "localizable": true })),
                attribute("price", "price_collection", json!({ "decimals_allowed": true })),
                attribute("color", "simpleselect", json!({})),
                attribute("size", "simpleselect", json!({})),
            ],
        )
        .await?;
    for (attribute, options) in [("color", ["red", "blue"]), ("size", ["small", "large"])] {
        let lines = options.map(|code| json!({ "code": code, "labels": label(code) }));
        staff.upsert(&format!("attributes/{attribute}/options"), &lines).await?;
    }
    let attributes = ["sku", "name", "description", "price", "color", "size"];
    staff
        .upsert("families", &[json!({
            "code": "drinkware", "attributes": attributes, "attribute_as_label": "name",
            "attribute_requirements": { "ecommerce": ["sku", "name"] }, "labels": label("Drinkware"),
        })])
        .await?;
    staff
        .upsert(
            "families/drinkware/variants",
            &[json!({
                "code": "by_color_and_size", "labels": {},
                "variant_attribute_sets": [{
                    "level": 1, "axes": ["color", "size"],
                    "attributes": ["color", "size", "sku", "price"],
                }],
            })],
        )
        .await
}

fn text(data: &str) -> Value {
    json!([{ "locale": "en_US", "scope": null, "data": data }])
}

fn plain(data: Value) -> Value {
    json!([{ "locale": null, "scope": null, "data": data }])
}

fn price(amount: &str) -> Value {
    plain(json!([{ "amount": amount, "currency": "EUR" }]))
}

async fn fill_products(staff: &Client) -> Result<()> {
    staff
        .upsert("product-models", &[json!({
            "code": "MUG", "family_variant": "by_color_and_size", "categories": ["mugs"],
            "values": { "name": text("Harbour mug"), "description": text("A mug of stoneware.") },
        })])
        .await?;
    let mut products = vec![kettle(KETTLE)];
    for color in ["red", "blue"] {
        for (size, amount) in [("small", "9.50"), ("large", "12.00")] {
            products.push(json!({
                "identifier": format!("MUG-{color}-{size}"), "parent": "MUG",
                "values": {
                    "color": plain(json!(color)), "size": plain(json!(size)), "price": price(amount),
                },
            }));
        }
    }
    staff.upsert("products", &products).await
}

async fn fill_sale(staff: &Client) -> Result<()> {
    let location = json!({ "code": "main", "name": "Main warehouse" });
    let status = staff.key("location-main").post("/v1/locations", location).await?.status;
    assert!(matches!(status, 201 | 409), "the location is there");
    let skus = [KETTLE, "MUG-red-small", "MUG-red-large", "MUG-blue-small", "MUG-blue-large"];
    let lines: Vec<Value> =
        skus.iter().map(|sku| json!({ "sku": sku, "location": "main", "on_hand": 10 })).collect();
    staff.patch("/v1/stock", Value::Array(lines)).await?.assert_status(200);
    let method = json!({
        "code": "standard", "name": "Standard", "countries": ["DE"],
        "prices": [{ "amount": 490, "currency": "EUR" }],
    });
    staff.key("standard").post("/v1/shipping-methods", method).await?.assert_status(201);
    let rate =
        json!({ "name": "VAT 19 %", "country": "DE", "rate_ppm": 190_000, "included": true });
    staff.key("de").post("/v1/tax-rates", rate).await?.assert_status(201);
    Ok(())
}
