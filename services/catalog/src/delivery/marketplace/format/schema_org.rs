//! Products and groups of products as schema.org describes them, one JSON-LD object a line.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::delivery::marketplace::item::{Group, Item, Listing, Weight};

const CONTEXT: &str = "https://schema.org";

/// One line for a page; nothing if all of it is left out.
pub(super) fn write(listing: &Listing, out: &mut impl Write) -> io::Result<()> {
    let mut lines: Vec<Value> = listing.items.iter().map(product).collect();
    if let Some(group) = listing.group.as_ref().filter(|_| !lines.is_empty()) {
        lines = vec![product_group(listing, group, lines)];
    }
    for mut line in lines {
        line["@context"] = CONTEXT.into();
        serde_json::to_writer(&mut *out, &line)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

fn product_group(listing: &Listing, group: &Group, variants: Vec<Value>) -> Value {
    without_nulls(json!({
        "@type": "ProductGroup",
        "productGroupID": listing.page_id,
        "name": group.name,
        "description": Some(&group.description).filter(|text| !text.is_empty()),
        "brand": brand(listing.items.first().and_then(|item| item.brand.as_deref())),
        "variesBy": group.varies_by,
        "hasVariant": variants,
    }))
}

fn product(item: &Item) -> Value {
    let images = std::iter::once(&item.image_link).chain(&item.additional_image_link);
    without_nulls(json!({
        "@type": "Product",
        "sku": item.id,
        "name": item.title,
        "description": item.description,
        "image": images.collect::<Vec<_>>(),
        "brand": brand(item.brand.as_deref()),
        "gtin": item.gtin,
        "mpn": item.mpn,
        "category": item.product_type,
        "color": item.color,
        "size": item.size,
        "material": item.material,
        "pattern": item.pattern,
        "audience": audience(item),
        "inProductGroupWithID": item.item_group_id,
        "weight": item.shipping_weight.as_ref().map(weight),
        "offers": offer(item),
    }))
}

fn offer(item: &Item) -> Value {
    let price = item.sale_price.as_ref().unwrap_or(&item.price);
    let list_price = item.sale_price.as_ref().map(|_| {
        json!({
            "@type": "UnitPriceSpecification",
            "priceType": "https://schema.org/ListPrice",
            "price": item.price.amount.to_string(),
            "priceCurrency": item.price.currency,
        })
    });
    without_nulls(json!({
        "@type": "Offer",
        "url": item.link,
        "price": price.amount.to_string(),
        "priceCurrency": price.currency,
        "priceSpecification": list_price,
        "availability": availability(item.availability),
        "itemCondition": condition(item.condition),
    }))
}

fn availability(value: &str) -> &'static str {
    match value {
        "out_of_stock" => "https://schema.org/OutOfStock",
        "preorder" => "https://schema.org/PreOrder",
        "backorder" => "https://schema.org/BackOrder",
        _ => "https://schema.org/InStock",
    }
}

fn condition(value: &str) -> &'static str {
    match value {
        "refurbished" => "https://schema.org/RefurbishedCondition",
        "used" => "https://schema.org/UsedCondition",
        _ => "https://schema.org/NewCondition",
    }
}

fn brand(name: Option<&str>) -> Option<Value> {
    name.map(|name| json!({ "@type": "Brand", "name": name }))
}

/// Ages in years as Google's groups have them: toddlers are up to 5, children up to 13.
fn audience(item: &Item) -> Option<Value> {
    let (least, most) = match item.age_group {
        Some("newborn") => (Some(0.0), Some(0.25)),
        Some("infant") => (Some(0.25), Some(1.0)),
        Some("toddler") => (Some(1.0), Some(5.0)),
        Some("kids") => (Some(5.0), Some(13.0)),
        Some("adult") => (Some(13.0), None),
        _ => (None, None),
    };
    (item.gender.is_some() || least.is_some()).then(|| {
        without_nulls(json!({
            "@type": "PeopleAudience",
            "suggestedGender": item.gender,
            "suggestedMinAge": least,
            "suggestedMaxAge": most,
        }))
    })
}

/// With the unit as UN/CEFACT codes it.
fn weight(Weight { amount, unit }: &Weight) -> Value {
    let code = match *unit {
        "g" => "GRM",
        "lb" => "LBR",
        "oz" => "ONZ",
        _ => "KGM",
    };
    json!({ "@type": "QuantitativeValue", "value": amount.to_string(), "unitCode": code })
}

fn without_nulls(mut object: Value) -> Value {
    if let Some(members) = object.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
    object
}
