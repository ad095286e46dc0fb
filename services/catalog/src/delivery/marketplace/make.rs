//! From a document to what the feeds have of it, and what marketplaces would not take.
//!
//! The rules are those of Google's product data specification; Meta's are the same or wider.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::{
    field::{AGE_GROUPS, AVAILABILITIES, CONDITIONS, Field, GENDERS},
    finding::{Findings, Rule},
    gtin,
    item::{Group, Item, Listing, Price, Weight},
    link::{MAX_LINK, Placeholder},
    offer::{Found, Offer},
    settings::{Settings, known},
    text::{in_one_line, without_markup},
};
use crate::delivery::{
    document::{AttributeValue, Card, CategoryPath, Detail, Image},
    projection::{minor_digits, shorten},
    structure::{Structure, convert, decimal, language_of},
    view::View,
};

/// Characters of an id.
const MAX_ID: usize = 50;
/// Most pictures beside the main one.
const MAX_IMAGES: usize = 10;
/// Characters of a category path.
const MAX_PRODUCT_TYPE: usize = 750;
/// Units of weight that marketplaces know.
const WEIGHT_UNITS: [(&str, &str); 4] =
    [("KILOGRAM", "kg"), ("GRAM", "g"), ("POUND", "lb"), ("OUNCE", "oz")];

/// Makes items.
pub(super) struct Maker {
    pub settings: Settings,
    pub view: View,
    pub structure: Arc<Structure>,
    /// Public address of the installation, without a slash at its end.
    pub public_url: String,
}

impl Maker {
    /// What the feeds have of a page; `is_excluded` if staff left out its family.
    pub(super) fn make(&self, card: &Card, detail: &Detail, is_excluded: bool) -> Listing {
        let (mut items, mut findings) = (Vec::new(), Vec::new());
        for variant in &detail.variants {
            let mut found = Findings { page_id: card.id, sku: &variant.sku, list: Vec::new() };
            items.extend(self.item(Offer { card, detail, variant }, is_excluded, &mut found));
            findings.append(&mut found.list);
        }
        let group = is_model(card, detail).then(|| self.group(card, detail));
        let left_out = detail.variants.len() - items.len();
        Listing { page_id: card.id, group, items, left_out, findings }
    }

    /// `None` if it is left out; everything that is wrong with it is told.
    fn item(&self, offer: Offer<'_>, is_excluded: bool, found: &mut Findings<'_>) -> Option<Item> {
        let Offer { card, detail, variant } = offer;
        // What staff left out is left out, whatever else may be wrong with it.
        if self.excludes(detail, is_excluded, found) {
            return None;
        }
        let id = limited("id", variant.sku.to_string(), MAX_ID, found);
        let link = limited("link", self.link(offer), MAX_LINK, found);
        let title = required("title", self.title(offer, found), found);
        let description = required("description", self.description(offer, found), found);
        let image = variant.image.as_ref().map(|image| self.image_link(image));
        let image_link = required("image_link", image, found);
        let prices = self.prices(offer, found);
        let gtin = self.gtin(offer, found);
        let brand = self.text(offer, Field::Brand, found);
        if brand.is_none() {
            found.warn("brand", Rule::Missing, "there is none");
        }
        let mpn = self.text(offer, Field::Mpn, found);
        let is_identified = gtin.is_some() || (brand.is_some() && mpn.is_some());
        let availability = self.choice(offer, Field::Availability, &AVAILABILITIES, found);
        let condition = self.choice(offer, Field::Condition, &CONDITIONS, found);
        let (price, sale_price) = prices?;
        let item = Item {
            id,
            title: title?,
            description: description?,
            link,
            image_link: image_link?,
            additional_image_link: self.more_images(offer, found),
            availability: availability.unwrap_or(AVAILABILITIES[0]),
            price,
            sale_price,
            brand,
            gtin,
            mpn,
            identifier_exists: if is_identified { "yes" } else { "no" },
            condition: condition.unwrap_or(self.settings.condition),
            google_product_category: self.google_product_category(&detail.categories),
            product_type: product_type(card),
            color: self.text(offer, Field::Color, found),
            size: self.text(offer, Field::Size, found),
            material: self.text(offer, Field::Material, found),
            pattern: self.text(offer, Field::Pattern, found),
            gender: self.choice(offer, Field::Gender, &GENDERS, found),
            age_group: self.choice(offer, Field::AgeGroup, &AGE_GROUPS, found),
            item_group_id: is_model(card, detail).then_some(card.id),
            shipping_weight: self.weight(offer, found),
        };
        (!found.has_refused()).then_some(item)
    }

    fn excludes(&self, detail: &Detail, is_excluded: bool, found: &mut Findings<'_>) -> bool {
        if is_excluded {
            found.refuse("family", Rule::ExcludedFamily, "the product's family is left out");
        }
        let codes = detail.categories.iter().flat_map(|category| self.ways_up(category));
        let mut excluded = codes.filter(|code| self.settings.excluded_categories.contains(*code));
        if let Some(category) = excluded.next() {
            let detail = format!("the category {category} is left out");
            found.refuse("product_type", Rule::ExcludedCategory, detail);
        }
        found.has_refused()
    }

    /// Codes from a category up to the root of the tree, both included.
    fn ways_up<'a>(&'a self, category: &'a CategoryPath) -> impl Iterator<Item = &'a str> {
        let steps = category.path.iter().rev().map(|step| step.code.as_str());
        let channel = self.structure.channels.get(&self.view.channel);
        steps.chain(channel.map(|channel| channel.tree.as_str()))
    }

    /// What is said of the nearest category: of its own ones, else of the next above.
    fn google_product_category(&self, categories: &[CategoryPath]) -> Option<String> {
        let said = &self.settings.google_product_categories;
        let nearest = |category| {
            let mut ways_up = self.ways_up(category).enumerate();
            ways_up.find_map(|(distance, code)| Some((distance, said.get(code)?)))
        };
        let found = categories.iter().filter_map(nearest).min_by_key(|(distance, _)| *distance);
        found.map(|(_, category)| category.clone())
    }

    fn link(&self, Offer { card, variant, .. }: Offer<'_>) -> String {
        let View { channel, locale, currency, .. } = &self.view;
        self.settings.link.render(|placeholder| match placeholder {
            Placeholder::Slug => card.slug.as_str().into(),
            Placeholder::Sku => variant.sku.as_str().into(),
            Placeholder::Id => variant.id.to_string().into(),
            Placeholder::Channel => channel.as_str().into(),
            Placeholder::Locale => locale.code.as_str().into(),
            Placeholder::Language => language_of(&locale.code).into(),
            Placeholder::Currency => currency.as_str().into(),
        })
    }

    fn image_link(&self, image: &Image) -> String {
        format!("{}{}", self.public_url, image.url)
    }

    /// The page's other pictures, where the main one is the page's too: they might show another variant
    /// otherwise.
    fn more_images(&self, offer: Offer<'_>, found: &mut Findings<'_>) -> Vec<String> {
        let images = &offer.detail.images;
        let main = offer.variant.image.as_ref().map(|image| &image.url);
        if images.first().is_none_or(|image| Some(&image.url) != main) {
            return Vec::new();
        }
        let links = images[1..].iter().map(|image| self.image_link(image));
        if images.len() - 1 > MAX_IMAGES {
            let detail = format!("there are more than {MAX_IMAGES}");
            found.warn("additional_image_link", Rule::TooMany, detail);
        }
        links.take(MAX_IMAGES).collect()
    }

    /// What it costs, or the list price and what it costs.
    fn prices(&self, offer: Offer<'_>, found: &mut Findings<'_>) -> Option<(Price, Option<Price>)> {
        let currency = &self.view.currency;
        let prices = offer.variant.prices.as_ref();
        let Some(price) = prices.and_then(|prices| prices.get(currency)).map(|range| range.min)
        else {
            found.refuse("price", Rule::Missing, format!("there is none in {currency}"));
            return None;
        };
        if price <= 0 {
            found.refuse("price", Rule::NotPositive, "is not above zero");
        }
        let money = |minor: i64| Price {
            amount: Decimal::new(minor, minor_digits(currency.as_str())),
            currency: currency.to_string(),
        };
        let list_price = self.list_price(offer).filter(|list_price| *list_price > price);
        Some(match list_price {
            Some(list_price) => (money(list_price), Some(money(price))),
            None => (money(price), None),
        })
    }

    /// Minor units.
    fn list_price(&self, offer: Offer<'_>) -> Option<i64> {
        let entry = self.find(offer, Field::ListPrice)?.entry?;
        let prices = entry.value.as_array()?;
        let own = prices.iter().find(|price| price["currency"] == self.view.currency.as_str())?;
        own["amount"].as_i64()
    }

    fn title(&self, offer: Offer<'_>, found: &mut Findings<'_>) -> Option<String> {
        let own = self.text(offer, Field::Title, found);
        own.or_else(|| cut(in_one_line(&offer.variant.name), Field::Title, found))
    }

    fn description(&self, offer: Offer<'_>, found: &mut Findings<'_>) -> Option<String> {
        let own = self.find(offer, Field::Description).map(|found| found.text);
        let Detail { description, seo, .. } = offer.detail;
        let texts = [own.as_deref(), description.as_deref(), seo.description.as_deref()];
        let text = texts.into_iter().flatten().map(without_markup).find(|text| !text.is_empty());
        cut(text?, Field::Description, found)
    }

    fn gtin(&self, offer: Offer<'_>, found: &mut Findings<'_>) -> Option<String> {
        let text = self.find(offer, Field::Gtin).map(|found| in_one_line(&found.text));
        let Some(text) = text.filter(|text| !text.is_empty()) else {
            found.warn("gtin", Rule::Missing, "there is none");
            return None;
        };
        let fault = match gtin::check(&text) {
            Ok(number) => return Some(number),
            Err(fault) => fault,
        };
        let (rule, what) = match fault {
            gtin::Fault::Invalid => (Rule::Invalid, "is not a GTIN"),
            gtin::Fault::Restricted => (Rule::Restricted, "is a GTIN for use within a company"),
        };
        found.refuse("gtin", rule, format!("{} {what}", shorten(&text, MAX_ID)));
        None
    }

    /// A text in one line; `None` if there is nothing in it.
    fn text(&self, offer: Offer<'_>, field: Field, found: &mut Findings<'_>) -> Option<String> {
        let text = in_one_line(&self.find(offer, field)?.text);
        cut(text, field, found)
    }

    /// One of the values that marketplaces know.
    fn choice(
        &self,
        offer: Offer<'_>,
        field: Field,
        values: &[&'static str],
        found: &mut Findings<'_>,
    ) -> Option<&'static str> {
        let code = self.find(offer, field)?.code;
        let value = known(values, &code);
        if value.is_none() {
            let values = values.join(", ");
            let detail = format!("{} is none of {values}", shorten(&in_one_line(&code), MAX_ID));
            found.warn(field.as_str(), Rule::UnknownValue, detail);
        }
        value
    }

    /// In its own unit if marketplaces know that, else in kilograms.
    fn weight(&self, offer: Offer<'_>, found: &mut Findings<'_>) -> Option<Weight> {
        let entry = self.find(offer, Field::ShippingWeight)?.entry?;
        let weight = self.known_weight(entry);
        if weight.is_none() {
            let detail = format!("{} is not a weight", in_one_line(&entry.formatted));
            found.warn("shipping_weight", Rule::UnknownValue, detail);
        }
        weight
    }

    fn known_weight(&self, entry: &AttributeValue) -> Option<Weight> {
        let (amount, own) = (decimal(&entry.value)?, entry.unit.as_deref()?);
        let known = WEIGHT_UNITS.into_iter().find(|(code, _)| *code == own);
        if let Some((_, unit)) = known {
            return Some(Weight { amount: amount.normalize(), unit });
        }
        let attribute = self.structure.attributes.get(&entry.code)?;
        let units = self.structure.units.get(attribute.metric_family.as_deref()?)?;
        let (code, unit) = WEIGHT_UNITS[0];
        Some(Weight { amount: convert(units, amount, own, code)?.normalize(), unit })
    }

    /// The value that fills a field.
    fn find<'a>(&self, offer: Offer<'a>, field: Field) -> Option<Found<'a>> {
        self.settings.attributes(field).iter().find_map(|code| offer.find(code))
    }

    fn group(&self, card: &Card, detail: &Detail) -> Group {
        let varies_by =
            detail.options.iter().map(|option| match self.settings.field_of(&option.code) {
                Some(field @ (Field::Color | Field::Size | Field::Material | Field::Pattern)) => {
                    format!("https://schema.org/{}", field.as_str())
                }
                _ => option.label.clone(),
            });
        Group {
            name: in_one_line(&card.name),
            description: without_markup(detail.description.as_deref().unwrap_or_default()),
            varies_by: varies_by.collect(),
        }
    }
}

/// A simple product is its own only variant.
fn is_model(card: &Card, detail: &Detail) -> bool {
    detail.variants.iter().any(|variant| variant.id != card.id)
}

fn product_type(card: &Card) -> Option<String> {
    let labels: Vec<String> =
        card.category_path.iter().map(|step| in_one_line(&step.label)).collect();
    let path = shorten(&labels.join(" > "), MAX_PRODUCT_TYPE);
    Some(path).filter(|path| !path.is_empty())
}

/// The text, which is refused if it is longer than marketplaces take.
fn limited(field: &'static str, text: String, most: usize, found: &mut Findings<'_>) -> String {
    if text.chars().count() > most {
        found.refuse(field, Rule::TooLong, format!("has more than {most} characters"));
    }
    text
}

/// The text, without which there is no item.
fn required(field: &'static str, text: Option<String>, found: &mut Findings<'_>) -> Option<String> {
    if text.is_none() {
        found.refuse(field, Rule::Missing, "there is none");
    }
    text
}

/// As much of a text as the field holds; `None` of nothing.
fn cut(text: String, field: Field, found: &mut Findings<'_>) -> Option<String> {
    let most = field.max_characters();
    if text.is_empty() {
        return None;
    }
    let short = shorten(&text, most);
    if short == text {
        return Some(text);
    }
    found.warn(field.as_str(), Rule::Cut, format!("has more than {most} characters"));
    // A part of a number is another number.
    Some(short).filter(|_| field != Field::Mpn)
}
