//! Imports: whatever the order of the lines, all of them are written, and the same comes of it.

use serde_json::{Value, json};

use super::start;
use crate::{
    import::line,
    pim::{Pim, value},
};

const SHUFFLES: usize = 6;

/// A small catalog in which nearly everything refers to something, some of it in circles.
fn catalog() -> Vec<Value> {
    let attribute = |code: &str, kind: &str| json!({"code": code, "type": format!("pim_catalog_{kind}"), "group": "looks"});
    let with = |mut data: Value, more: Value| {
        data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        data
    };
    let linked = |to: &str| json!([{"locale": null, "channel": null, "data": to}]);
    let uuid = "0197f000-0000-7000-8000-000000000001";
    let mut lines = vec![
        line("categories", json!({"code": "root"})),
        line("categories", json!({"code": "lamps", "parent": "root"})),
        line("categories", json!({"code": "desk", "parent": "lamps"})),
        line(
            "channels",
            json!({"code": "web", "category_tree": "root", "locales": ["en_US"],
            "currencies": ["EUR"], "conversion_units": {"height": "METER"}}),
        ),
        line(
            "attribute-groups",
            json!({"code": "looks", "attributes": ["color", "glow", "height", "maker", "size"]}),
        ),
        line(
            "measurement-families",
            json!({"code": "Glow", "standard_unit_code": "GLOW", "units":
            {"GLOW": {"code": "GLOW", "convert_from_standard": [{"operator": "mul", "value": "1"}]}}}),
        ),
        line("attributes", attribute("color", "simpleselect")),
        line("attributes", attribute("size", "simpleselect")),
        line(
            "attributes",
            with(
                attribute("height", "metric"),
                json!({"metric_family": "Length",
            "default_metric_unit": "CENTIMETER", "decimals_allowed": true, "negative_allowed": false}),
            ),
        ),
        line(
            "attributes",
            with(
                attribute("glow", "metric"),
                json!({"metric_family": "Glow",
            "default_metric_unit": "GLOW", "decimals_allowed": false, "negative_allowed": false}),
            ),
        ),
        line(
            "attributes",
            with(
                json!({"code": "maker", "type": "akeneo_reference_entity", "group": "looks"}),
                json!({"reference_data_name": "maker"}),
            ),
        ),
        line(
            "families",
            json!({"code": "lamp", "attributes": ["color", "size", "height", "glow", "maker"],
            "attribute_requirements": {"web": ["maker"]}}),
        ),
        line(
            "families/lamp/variants",
            json!({"code": "by_both", "variant_attribute_sets": [
            {"level": 1, "axes": ["color"], "attributes": ["color"]},
            {"level": 2, "axes": ["size"], "attributes": ["size", "height"]}]}),
        ),
        line("reference-entities", json!({"code": "maker"})),
        line(
            "reference-entities/maker/attributes",
            json!({"code": "parent",
            "type": "reference_entity_single_link", "reference_entity_code": "maker"}),
        ),
        line(
            "reference-entities/maker/attributes",
            json!({"code": "land", "type": "single_option"}),
        ),
        line("reference-entities/maker/attributes/land/options", json!({"code": "it"})),
        line(
            "reference-entities/maker/records",
            json!({"code": "flos", "values":
            {"parent": linked("artemide"), "land": linked("it")}}),
        ),
        line(
            "reference-entities/maker/records",
            json!({"code": "artemide", "values":
            {"parent": linked("flos")}}),
        ),
        line("asset-families", json!({"code": "plans", "attribute_as_main_media": "sheet"})),
        line("asset-families/plans/attributes", json!({"code": "sheet", "type": "media_link"})),
        line(
            "asset-families/plans/assets",
            json!({"code": "plan", "values": {"sheet": linked("a.pdf")}}),
        ),
        line("association-types", json!({"code": "FITS", "is_two_way": true})),
        line("association-types", json!({"code": "SET", "is_quantified": true})),
        line("groups", json!({"code": "gifts"})),
        line(
            "product-models",
            json!({"code": "arco", "family_variant": "by_both", "categories": ["desk"],
            "values": {"maker": value("flos")}, "associations": {"PACK": {"products": ["ARCO-U"]}}}),
        ),
        line(
            "products-uuid",
            json!({"uuid": uuid, "parent": "arco-red", "values": {"sku": value("ARCO-U"),
            "size": value("m")}, "associations": {"PACK": {"product_models": ["arco-blue"]}}}),
        ),
        line(
            "products",
            json!({"identifier": "BULB", "groups": ["gifts"],
            "associations": {"FITS": {"products": ["TUBE"], "product_models": ["arco"]}}}),
        ),
        line(
            "products",
            json!({"identifier": "TUBE", "family": "lamp", "categories": ["lamps"],
            "values": {"glow": value(json!({"amount": 3, "unit": "GLOW"}))},
            "quantified_associations": {"SET": {"products": [{"identifier": "BULB", "quantity": 2}]}}}),
        ),
    ];
    for color in ["red", "blue"] {
        lines.push(line("attributes/color/options", json!({"code": color})));
        let code = format!("arco-{color}");
        lines.push(line(
            "product-models",
            json!({"code": code, "parent": "arco",
            "family_variant": "by_both", "values": {"color": value(color)}}),
        ));
        for size in ["s", "l"] {
            let identifier = format!("ARCO-{color}-{size}");
            lines.push(line("products", json!({"identifier": identifier, "parent": code, "values":
                {"size": value(size), "height": value(json!({"amount": "30", "unit": "CENTIMETER"}))}})));
        }
    }
    lines
        .extend(["s", "m", "l"].map(|size| line("attributes/size/options", json!({"code": size}))));
    lines
}

/// Everything as clients read it, without what differs by when it was written.
async fn read(pim: &Pim) -> String {
    let mut told = Vec::new();
    for path in [
        "categories?limit=100",
        "channels?limit=100",
        "attribute-groups?limit=100",
        "measurement-families",
        "attributes?limit=100",
        "attributes/color/options?limit=100",
        "families?limit=100",
        "families/lamp/variants?limit=100",
        "reference-entities/maker/attributes",
        "reference-entities/maker/records",
        "asset-families",
        "asset-families/plans/assets",
        "association-types?limit=100",
        "groups?limit=100",
        "product-models?limit=100&pagination_type=search_after",
        "products?limit=100",
    ] {
        let mut list = pim.get(path).await.assert_status(200).json();
        forget_times(&mut list);
        let is_page = list.is_object();
        let items = if is_page { list.pointer_mut("/_embedded/items") } else { Some(&mut list) };
        items.unwrap().as_array_mut().unwrap().sort_by_key(Value::to_string);
        told.push(format!("{path}: {list:#}"));
    }
    told.join("\n")
}

fn forget_times(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for name in ["created", "updated", "uuid", "_links"] {
                members.remove(name);
            }
            members.values_mut().for_each(forget_times);
        }
        Value::Array(items) => items.iter_mut().for_each(forget_times),
        _ => {}
    }
}

#[tokio::test]
async fn whatever_the_order_of_its_lines_an_import_leads_to_the_same() {
    let mut random = start();
    let mut lines = catalog();
    let mut expected: Option<String> = None;
    for _ in 0..SHUFFLES {
        let pim = Pim::open().await;
        let first = pim.import(&lines).await;
        let told: Vec<String> = lines.iter().map(Value::to_string).collect();
        assert_eq!(first["refused_count"], 0, "{first}\n{}", told.join("\n"));
        let found = read(&pim).await;
        let again = pim.import(&lines).await;
        assert_eq!(again["unchanged_count"], lines.len(), "{again}\n{}", told.join("\n"));
        assert_eq!(read(&pim).await, found);
        assert_eq!(&found, expected.get_or_insert_with(|| found.clone()), "{}", told.join("\n"));
        random.shuffle(&mut lines);
    }
}
