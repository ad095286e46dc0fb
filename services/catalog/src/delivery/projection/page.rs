//! Flattens a product or a model with its variants into the document of one channel and locale.

use std::collections::{BTreeSet, HashMap};

use rust_decimal::prelude::ToPrimitive;
use serde_json::Value;
use types::Sku;
use uuid::Uuid;

use super::{
    super::{
        conventions::CONVENTIONS,
        document::{
            AttributeValue, Card, CategoryPath, CategoryRef, Choice, ChoiceValue, Detail, Image,
            Prices, Seo, Variant,
        },
        structure::{Family, Kind, Structure},
    },
    entity::{Entity, Line, Root},
    link::Links,
    plain::{media_url, shorten, without_tags},
    price::{prices, span},
    value::Reading,
};

/// Characters of a description that search engines show.
const SEO_DESCRIPTION: usize = 160;

/// Width and height of pictures, by their code.
pub(super) type Pictures = HashMap<String, (u32, u32)>;

/// A document without its address.
pub(super) struct Draft {
    pub card: Card,
    pub detail: Detail,
    /// Pages that associations lead to, published or not.
    pub related: Vec<Uuid>,
}

/// What is needed besides the product itself.
pub(super) struct Context<'a> {
    pub reading: Reading<'a>,
    pub links: &'a Links,
    pub pictures: &'a Pictures,
}

/// A leaf that is published.
struct Leaf<'a> {
    entity: &'a Entity,
    line: Line<'a>,
    sku: Sku,
}

impl Context<'_> {
    /// The page, or `None` if nothing of it is published here: a product is when it is enabled, has
    /// an sku, is classified in the channel's tree, by itself or by what it inherits from, and has
    /// everything that its family requires, be it in a locale that stands in for this one.
    pub(super) fn draft(&self, root: &Root) -> Option<Draft> {
        let axes = self.axes(root);
        let mut leaves = self.published_leaves(root);
        leaves.sort_by_cached_key(|leaf| self.axis_order(&axes, leaf));
        let first = leaves.first()?;
        let top = root.top_line();
        let main = if root.is_model() { &top } else { &first.line };
        let name = self.name(root, main).unwrap_or_else(|| root.top.code.clone());
        let images = self.images(root, main, &leaves, &name);
        let categories = self.categories(&leaves);
        let tax_class = self.tax_class(main);
        let variants = self.variants(root, &axes, &leaves, &name, images.first());
        let description = self.text(main, CONVENTIONS.description);
        let brand = self.text(main, CONVENTIONS.brand);
        let (associations, related) = self.links.of_page(root, &self.reading);
        let updated = leaves.iter().map(|leaf| leaf.entity.updated_at).max()?;
        let card = Card {
            id: root.top.id,
            sku: first.sku.clone(),
            slug: String::new(),
            price: None,
            price_range: None,
            prices: Some(span(variants.iter().filter_map(|variant| variant.prices.as_ref()))),
            image: images.first().cloned(),
            category_path: categories.first().map(|c| c.path.clone()).unwrap_or_default(),
            variant_count: variants.len(),
            updated: updated.max(root.top.updated_at),
            name,
            brand,
        };
        let detail = Detail {
            seo: self.seo(main, &card, description.as_deref()),
            description,
            images,
            attributes: self.attributes(root, main, &main.attributes()),
            options: self.choices(&axes, &leaves),
            variants,
            categories,
            associations,
            completeness: self.completeness(root, &leaves),
            tax_class,
            created: root.top.created_at,
        };
        Some(Draft { card, detail, related })
    }

    fn structure(&self) -> &Structure {
        self.reading.structure
    }

    fn raw<'v>(&self, line: &Line<'v>, attribute: &str) -> Option<&'v Value> {
        let channel = &self.reading.channel.code;
        self.reading.locale.chain().find_map(|locale| line.value(attribute, channel, locale))
    }

    fn text(&self, line: &Line<'_>, attribute: &str) -> Option<String> {
        self.reading.text(attribute, self.raw(line, attribute)?)
    }

    fn family(&self, root: &Root) -> Option<&Family> {
        let code = match &root.top.family_variant {
            Some(variant) => &self.structure().family_variants.get(variant)?.family,
            None => root.top.family.as_ref()?,
        };
        self.structure().families.get(code)
    }

    fn axes(&self, root: &Root) -> Vec<String> {
        let variant = root.top.family_variant.as_ref();
        variant
            .and_then(|code| self.structure().family_variants.get(code))
            .map(|variant| variant.axes.clone())
            .unwrap_or_default()
    }

    fn published_leaves<'r>(&self, root: &'r Root) -> Vec<Leaf<'r>> {
        let tree = &self.reading.channel.tree;
        let required = self.required(root);
        let is_classified = |line: &Line<'_>| {
            line.categories().any(|code| self.structure().categories.path_in(tree, code).is_some())
        };
        root.leaves()
            .iter()
            .filter(|entity| entity.enabled)
            .filter_map(|entity| {
                let sku = Sku::parse(entity.sku.as_deref()?).ok()?;
                let line = root.line(entity);
                let is_complete = required.iter().all(|code| self.raw(&line, code).is_some());
                (is_complete && is_classified(&line)).then_some(Leaf { entity, line, sku })
            })
            .collect()
    }

    /// Variants stand in the order of their options.
    fn axis_order(&self, axes: &[String], leaf: &Leaf<'_>) -> (Vec<(i32, String)>, Sku) {
        let place = |axis: &String| {
            let key = self.axis_value(axis, leaf).map(|value| value.code).unwrap_or_default();
            let options = self.structure().attributes.get(axis).map(|found| &found.options);
            let order = options.and_then(|options| options.get(&key)).map(|o| o.sort_order);
            (order.unwrap_or(i32::MAX), key)
        };
        (axes.iter().map(place).collect(), leaf.sku.clone())
    }

    fn axis_value(&self, axis: &str, leaf: &Leaf<'_>) -> Option<ChoiceValue> {
        let entry = self.reading.entry(axis, self.raw(&leaf.line, axis)?)?;
        let code = match (&entry.value, &entry.unit) {
            (Value::String(code), _) => code.clone(),
            (Value::Array(codes), _) => {
                codes.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(",")
            }
            (value, Some(unit)) => format!("{value} {unit}"),
            (value, None) => value.to_string(),
        };
        Some(ChoiceValue { code, label: entry.formatted })
    }

    fn name(&self, root: &Root, line: &Line<'_>) -> Option<String> {
        let by_family = self.family(root).map(|family| family.label_attribute.as_str());
        by_family
            .into_iter()
            .chain([CONVENTIONS.name])
            .find_map(|attribute| self.text(line, attribute))
            .map(|name| name.trim().to_owned())
    }

    fn images(&self, root: &Root, main: &Line<'_>, leaves: &[Leaf<'_>], name: &str) -> Vec<Image> {
        let lines = std::iter::once(main).chain(leaves.iter().map(|leaf| &leaf.line));
        lines
            .map(|line| self.images_of(root, line, name))
            .find(|images| !images.is_empty())
            .unwrap_or_default()
    }

    /// Pictures of a line: that of the family's image attribute first.
    fn images_of(&self, root: &Root, line: &Line<'_>, name: &str) -> Vec<Image> {
        let first = self.family(root).and_then(|family| family.image_attribute.as_deref());
        let mut attributes: Vec<_> = line
            .attributes()
            .into_iter()
            .filter_map(|code| Some((code, self.structure().attributes.get(code)?)))
            .filter(|(_, attribute)| attribute.kind == Kind::Image)
            .map(|(code, attribute)| (Some(code) != first, attribute.order, code))
            .collect();
        attributes.sort_unstable();
        attributes
            .into_iter()
            .filter_map(|(_, _, code)| self.raw(line, code)?.as_str())
            .map(|code| self.image(code, name))
            .collect()
    }

    fn image(&self, code: &str, name: &str) -> Image {
        let (width, height) = self.pictures.get(code).copied().unzip();
        Image { url: media_url(code), alt: name.to_owned(), width, height, srcset: None }
    }

    fn categories(&self, leaves: &[Leaf<'_>]) -> Vec<CategoryPath> {
        let codes: BTreeSet<&str> = leaves.iter().flat_map(|leaf| leaf.line.categories()).collect();
        let mut paths: Vec<CategoryPath> =
            codes.into_iter().filter_map(|code| self.category(code)).collect();
        paths.sort_by_key(|category| std::cmp::Reverse(category.path.len()));
        paths
    }

    /// The root of the tree is not shown: every product is in it.
    fn category(&self, code: &str) -> Option<CategoryPath> {
        let path = self.structure().categories.path_in(&self.reading.channel.tree, code)?;
        let label = |code: &str| self.structure().categories.label(code, self.reading.locale);
        let path: Vec<CategoryRef> = path[1..]
            .iter()
            .map(|code| CategoryRef { code: (*code).to_owned(), label: label(code) })
            .collect();
        Some(CategoryPath { code: code.to_owned(), label: label(code), path })
    }

    /// The code of the tax class: a select's option or a text.
    fn tax_class(&self, line: &Line<'_>) -> Option<String> {
        Some(self.raw(line, CONVENTIONS.tax_class)?.as_str()?.to_owned())
    }

    fn variants(
        &self,
        root: &Root,
        axes: &[String],
        leaves: &[Leaf<'_>],
        name: &str,
        image: Option<&Image>,
    ) -> Vec<Variant> {
        leaves.iter().map(|leaf| self.variant(root, axes, leaf, name, image)).collect()
    }

    fn variant(
        &self,
        root: &Root,
        axes: &[String],
        leaf: &Leaf<'_>,
        name: &str,
        image: Option<&Image>,
    ) -> Variant {
        let options: Vec<(String, ChoiceValue)> = axes
            .iter()
            .filter_map(|axis| Some((axis.clone(), self.axis_value(axis, leaf)?)))
            .collect();
        let mut full_name = self.own_name(root, leaf).unwrap_or_else(|| name.to_owned());
        for (_, value) in &options {
            full_name.push_str(", ");
            full_name.push_str(&value.label);
        }
        let is_model = root.is_model();
        let own = if is_model { self.images_of(root, &leaf.line, name) } else { Vec::new() };
        let tax_class = self.tax_class(&leaf.line).filter(|_| is_model);
        Variant {
            id: leaf.entity.id,
            sku: leaf.sku.clone(),
            name: full_name,
            options: options.into_iter().map(|(axis, value)| (axis, value.code)).collect(),
            price: None,
            prices: Some(self.leaf_prices(leaf)),
            image: own.into_iter().next().or_else(|| image.cloned()),
            attributes: if is_model { self.own_attributes(root, axes, leaf) } else { Vec::new() },
            tax_class: tax_class
                .filter(|class| Some(class) != self.tax_class(&root.top_line()).as_ref()),
        }
    }

    /// The name that a variant has in place of the root's.
    fn own_name(&self, root: &Root, leaf: &Leaf<'_>) -> Option<String> {
        let inherited = self.name(root, &root.top_line())?;
        self.name(root, &leaf.line).filter(|own| *own != inherited)
    }

    fn leaf_prices(&self, leaf: &Leaf<'_>) -> Prices {
        let collection = self.raw(&leaf.line, CONVENTIONS.price);
        prices(collection, &self.reading.channel.currencies)
    }

    /// What a variant has and its root does not have so, beside the axes.
    fn own_attributes(&self, root: &Root, axes: &[String], leaf: &Leaf<'_>) -> Vec<AttributeValue> {
        let top = root.top_line();
        let is_own = |code: &str| self.raw(&leaf.line, code) != self.raw(&top, code);
        let own: Vec<&str> = leaf
            .line
            .attributes()
            .into_iter()
            .filter(|code| is_own(code) && !axes.iter().any(|axis| axis == code))
            .collect();
        self.attributes(root, &leaf.line, &own)
    }

    /// Entries in display order, without what has a place of its own.
    fn attributes(&self, root: &Root, line: &Line<'_>, codes: &[&str]) -> Vec<AttributeValue> {
        let label = self.family(root).map(|family| family.label_attribute.as_str());
        let placed = [
            CONVENTIONS.name,
            CONVENTIONS.description,
            CONVENTIONS.price,
            CONVENTIONS.tax_class,
            CONVENTIONS.meta_title,
            CONVENTIONS.meta_description,
        ];
        let mut entries: Vec<_> = codes
            .iter()
            .filter(|code| !placed.contains(code) && Some(**code) != label)
            .filter_map(|code| {
                let order = self.structure().attributes.get(*code)?.order;
                Some((order, self.reading.entry(code, self.raw(line, code)?)?))
            })
            .collect();
        entries.sort_by(|(order, entry), (other_order, other)| {
            (order, &entry.code).cmp(&(other_order, &other.code))
        });
        entries.into_iter().map(|(_, entry)| entry).collect()
    }

    fn choices(&self, axes: &[String], leaves: &[Leaf<'_>]) -> Vec<Choice> {
        axes.iter()
            .map(|axis| {
                let mut values: Vec<ChoiceValue> = Vec::new();
                for value in leaves.iter().filter_map(|leaf| self.axis_value(axis, leaf)) {
                    if !values.contains(&value) {
                        values.push(value);
                    }
                }
                self.sort_values(axis, &mut values);
                let label = self.structure().attribute_label(axis, self.reading.locale);
                Choice { code: axis.clone(), label, values }
            })
            .collect()
    }

    fn sort_values(&self, axis: &str, values: &mut [ChoiceValue]) {
        let Some(attribute) = self.structure().attributes.get(axis) else { return };
        values.sort_by_key(|value| attribute.options.get(&value.code).map(|o| o.sort_order));
    }

    /// What the family requires here, without the sku, which stands beside the values.
    fn required(&self, root: &Root) -> Vec<&str> {
        let family = self.family(root);
        let codes = family.and_then(|family| family.requirements.get(&self.reading.channel.code));
        let is_asked_for = |code: &&str| {
            self.structure().attributes.get(*code).is_some_and(|attribute| {
                let available = &attribute.available_locales;
                attribute.kind != Kind::Identifier
                    && (available.is_empty() || available.contains(&self.reading.locale.code))
            })
        };
        codes.into_iter().flatten().map(String::as_str).filter(is_asked_for).collect()
    }

    /// The share of it that is there in this very locale; the least complete variant decides.
    fn completeness(&self, root: &Root, leaves: &[Leaf<'_>]) -> u8 {
        let required = self.required(root);
        let (channel, locale) = (&self.reading.channel.code, &self.reading.locale.code);
        let percentage = |leaf: &Leaf<'_>| {
            let is_there = |code: &&&str| leaf.line.value(code, channel, locale).is_some();
            let filled = 1 + required.iter().filter(is_there).count();
            (filled * 100 / (1 + required.len())).to_u8().unwrap_or(100)
        };
        leaves.iter().map(percentage).min().unwrap_or(0)
    }

    fn seo(&self, line: &Line<'_>, card: &Card, description: Option<&str>) -> Seo {
        let title = self.text(line, CONVENTIONS.meta_title).unwrap_or_else(|| match &card.brand {
            Some(brand) if !card.name.to_lowercase().contains(&brand.to_lowercase()) => {
                format!("{} – {brand}", card.name)
            }
            _ => card.name.clone(),
        });
        let description = self
            .text(line, CONVENTIONS.meta_description)
            .or_else(|| description.map(|text| shorten(&without_tags(text), SEO_DESCRIPTION)));
        Seo { title, description, slug: String::new(), canonical: String::new() }
    }
}
