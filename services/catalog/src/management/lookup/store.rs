use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use serde_json::{Map, Value};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use super::{
    AssociationShape, ChannelShape, LevelShape, Lookup, ModelNode, Needs, VariantShape,
    known::{Known, KnownAttribute, find},
    needs::ValueNeeds,
};
use crate::management::{
    associations::Associations, attribute::Attribute, error::Result,
    measurement_family::MeasurementFamily, media_file, score::Rules, values::Values,
};

impl Lookup {
    /// Loads what these bodies refer to, and what else is needed.
    pub async fn load(
        connection: &mut PgConnection,
        mut needs: Needs,
        bodies: &[&Map<String, Value>],
    ) -> Result<Self> {
        for body in bodies {
            needs.add_body(body);
        }
        let known = Known::now(connection).await?;
        let mut lookup = Self::default();
        lookup.load_channels(connection).await?;
        lookup.load_codes(connection, &needs).await?;
        if !bodies.is_empty() {
            lock_models(connection, &needs).await?;
        }
        lookup.load_models(connection, &needs).await?;
        // What is inherited may become a product's own.
        lookup.models.values().for_each(|model| needs.add_units(&model.values));
        lookup.load_variants(connection, &needs).await?;
        lookup.load_defaults(connection, &known, &mut needs).await?;
        lookup.load_attributes(connection, &known, &needs).await?;
        lookup.load_rules(connection, &known, &needs).await?;
        lookup.load_value_needs(connection, &known, bodies).await?;
        Ok(lookup)
    }

    /// Loads what the values of a record refer to; the attributes are those of its family.
    pub async fn load_for_record(
        connection: &mut PgConnection,
        owner: &str,
        attributes: Vec<Attribute>,
        values: &Value,
    ) -> Result<Self> {
        let mut lookup = Self::default();
        lookup.load_channels(connection).await?;
        lookup.add_attributes(attributes);
        let mut needs = ValueNeeds::default();
        needs.add_values(Some(values), &lookup);
        lookup.load_record_options(connection, owner, &needs).await?;
        lookup.load_files_and_records(connection, needs).await?;
        Ok(lookup)
    }

    async fn load_channels(&mut self, connection: &mut PgConnection) -> Result<()> {
        let channels: Vec<(String, Vec<String>, Vec<String>)> = sqlx::query_as(
            "select code,
                    array(select locale from channel_locale where channel = code),
                    array(select currency from channel_currency where channel = code)
             from channel",
        )
        .fetch_all(connection)
        .await?;
        self.channels = channels
            .into_iter()
            .map(|(code, locales, currencies)| {
                let locales = locales.into_iter().collect();
                (code, ChannelShape { locales, currencies: currencies.into_iter().collect() })
            })
            .collect();
        Ok(())
    }

    async fn load_attributes(
        &mut self,
        connection: &mut PgConnection,
        known: &Known,
        needs: &Needs,
    ) -> Result<()> {
        let identifier = known.main_identifier.get();
        let codes = needs.attributes.iter().chain(identifier).cloned();
        let (attributes, missing) = find(&known.attributes, codes);
        self.attributes = attributes;
        self.main_identifier = identifier.cloned();
        if identifier.is_none() || !missing.is_empty() {
            let attributes: Vec<Attribute> = sqlx::query_as(
                "select code, type, attribute_group, sort_order, localizable, scopable, is_unique,
                        is_main_identifier, metric_family, available_locales, properties, labels,
                        version, '{}'::jsonb as group_labels
                 from attribute where code = any($1) or is_main_identifier",
            )
            .bind(missing)
            .fetch_all(&mut *connection)
            .await?;
            for (code, attribute) in self.add_attributes(attributes) {
                if attribute.attribute.is_main_identifier {
                    let code = known.main_identifier.get_or_init(|| code.clone());
                    self.main_identifier = Some(code.clone());
                }
                known.attributes.insert(code, attribute);
            }
        }
        self.load_measurements(connection, known).await
    }

    /// Those of the attributes.
    async fn load_measurements(
        &mut self,
        connection: &mut PgConnection,
        known: &Known,
    ) -> Result<()> {
        let families = self.attributes.values().map(|known| known.attribute.metric_family.clone());
        let families: BTreeSet<String> = families.flatten().collect();
        let (measurements, missing) = find(&known.measurements, families);
        self.measurements = measurements;
        if missing.is_empty() {
            return Ok(());
        }
        let measurements: Vec<MeasurementFamily> = sqlx::query_as(
            "select code, labels, standard_unit_code, units, version
             from measurement_family where code = any($1)",
        )
        .bind(missing)
        .fetch_all(connection)
        .await?;
        for family in measurements.into_iter().map(Arc::new) {
            known.measurements.insert(family.code.clone(), family.clone());
            self.measurements.insert(family.code.clone(), family);
        }
        Ok(())
    }

    /// Answers what was added.
    fn add_attributes(&mut self, attributes: Vec<Attribute>) -> Vec<(String, Arc<KnownAttribute>)> {
        let known = |attribute: Attribute| (attribute.code.clone(), Arc::new(attribute.into()));
        let added: Vec<_> = attributes.into_iter().map(known).collect();
        self.attributes.extend(added.iter().cloned());
        added
    }

    /// Codes of which only the existence matters, in one statement.
    async fn load_codes(&mut self, connection: &mut PgConnection, needs: &Needs) -> Result<()> {
        type Row = (String, String, Option<Uuid>, Option<bool>, Option<bool>);
        let rows: Vec<Row> = sqlx::query_as(
            "select 'family', code, null::uuid, null::boolean, null::boolean from family where code = any($1)
             union all
             select 'category', code, null, null, null from category where code = any($2)
             union all
             select 'product', coalesce(identifier, ''), id, null, null from product
             where id = any($3) or identifier = any($4)
             union all
             select 'group', code, null, null, null from product_group where code = any($5)
             union all
             select 'association_type', code, null, is_quantified, is_two_way from association_type",
        )
        .bind(needs.families.iter().collect::<Vec<_>>())
        .bind(needs.categories.iter().collect::<Vec<_>>())
        .bind(needs.product_ids.iter().copied().collect::<Vec<_>>())
        .bind(needs.identifiers.iter().collect::<Vec<_>>())
        .bind(needs.groups.iter().collect::<Vec<_>>())
        .fetch_all(connection)
        .await?;
        for (kind, code, id, is_quantified, is_two_way) in rows {
            match (kind.as_str(), id) {
                ("family", _) => drop(self.families.insert(code)),
                ("category", _) => drop(self.categories.insert(code)),
                ("group", _) => drop(self.groups.insert(code)),
                ("product", Some(id)) => {
                    self.products.insert(id);
                    self.product_ids.insert(code, id);
                }
                _ => {
                    let shape = AssociationShape {
                        is_quantified: is_quantified.unwrap_or(false),
                        is_two_way: is_two_way.unwrap_or(false),
                    };
                    self.association_types.insert(code, shape);
                }
            }
        }
        Ok(())
    }

    async fn load_models(&mut self, connection: &mut PgConnection, needs: &Needs) -> Result<()> {
        if needs.models.is_empty() && needs.model_ids.is_empty() {
            return Ok(());
        }
        type Row =
            (Uuid, String, String, Option<Uuid>, Json<Values>, Json<Associations>, Vec<String>);
        let rows: Vec<Row> = sqlx::query_as(
            "with named as (select id, parent_id from product_model where code = any($1) or id = any($2))
             select m.id, m.code, m.family_variant, m.parent_id, m.values, m.associations,
                    array(select category from product_model_category where product_model_id = m.id)
             from product_model m
             where m.id in (select id from named union select parent_id from named)",
        )
        .bind(needs.models.iter().collect::<Vec<_>>())
        .bind(needs.model_ids.iter().copied().collect::<Vec<_>>())
        .fetch_all(connection)
        .await?;
        for (id, code, family_variant, parent_id, Json(values), associations, categories) in rows {
            self.model_ids.insert(code.clone(), id);
            let node = ModelNode {
                id,
                code,
                family_variant,
                parent_id,
                values,
                associations: associations.0,
                categories: categories.into_iter().collect(),
            };
            self.models.insert(id, node);
        }
        Ok(())
    }

    async fn load_variants(&mut self, connection: &mut PgConnection, needs: &Needs) -> Result<()> {
        let mut codes: BTreeSet<&String> = needs.variants.iter().collect();
        codes.extend(self.models.values().map(|model| &model.family_variant));
        if codes.is_empty() {
            return Ok(());
        }
        type Row = (String, String, Vec<String>, Option<Vec<String>>, Option<Vec<String>>);
        let rows: Vec<Row> = sqlx::query_as(
            "select v.code, v.family,
                    array(select attribute from family_attribute where family = v.family),
                    l.axes, l.attributes
             from family_variant v left join family_variant_level l on l.family_variant = v.code
             where v.code = any($1) order by v.code, l.level",
        )
        .bind(codes.into_iter().collect::<Vec<_>>())
        .fetch_all(connection)
        .await?;
        for (code, family, family_attributes, axes, attributes) in rows {
            let shape = self.variants.entry(code).or_insert_with(|| VariantShape {
                family,
                attributes: family_attributes.into_iter().collect(),
                levels: Vec::new(),
            });
            if let (Some(axes), Some(attributes)) = (axes, attributes) {
                shape
                    .levels
                    .push(LevelShape { axes, attributes: attributes.into_iter().collect() });
            }
        }
        Ok(())
    }

    /// Those of the families; their attributes are needed then.
    async fn load_defaults(
        &mut self,
        connection: &mut PgConnection,
        known: &Known,
        needs: &mut Needs,
    ) -> Result<()> {
        let (defaults, missing) = find(&known.defaults, self.needed_families(needs));
        self.defaults = defaults;
        if !missing.is_empty() {
            let found: Vec<(String, Vec<String>)> = sqlx::query_as(
                "select given.family,
                        array(select f.attribute from family_attribute f
                              join attribute a on a.code = f.attribute
                              where f.family = given.family and a.type = 'pim_catalog_boolean'
                                and a.properties ->> 'default_value' is not null)
                 from unnest($1::text[]) as given (family)",
            )
            .bind(missing)
            .fetch_all(connection)
            .await?;
            for (family, attributes) in found {
                let attributes = Arc::new(attributes);
                known.defaults.insert(family.clone(), attributes.clone());
                self.defaults.insert(family, attributes);
            }
        }
        needs.attributes.extend(self.defaults.values().flat_map(|codes| codes.iter().cloned()));
        Ok(())
    }

    /// Families of the things, themselves and by how they vary.
    fn needed_families(&self, needs: &Needs) -> BTreeSet<String> {
        let of_variants = self.variants.values().map(|variant| &variant.family);
        needs.families.iter().chain(of_variants).cloned().collect()
    }

    /// Those of the families.
    async fn load_rules(
        &mut self,
        connection: &mut PgConnection,
        known: &Known,
        needs: &Needs,
    ) -> Result<()> {
        let (rules, missing) = find(&known.rules, self.needed_families(needs));
        self.rules = rules;
        if missing.is_empty() {
            return Ok(());
        }
        let missing: Vec<&str> = missing.iter().map(String::as_str).collect();
        for (family, rules) in Rules::load(connection, &missing).await? {
            let rules = Arc::new(rules);
            known.rules.insert(family.clone(), rules.clone());
            self.rules.insert(family, rules);
        }
        Ok(())
    }

    async fn load_value_needs(
        &mut self,
        connection: &mut PgConnection,
        known: &Known,
        bodies: &[&Map<String, Value>],
    ) -> Result<()> {
        let mut needs = ValueNeeds::default();
        bodies.iter().for_each(|body| needs.add_values(body.get("values"), self));
        self.load_options(connection, known, &needs).await?;
        self.load_files_and_records(connection, needs).await
    }

    async fn load_options(
        &mut self,
        connection: &mut PgConnection,
        known: &Known,
        needs: &ValueNeeds,
    ) -> Result<()> {
        let (found, missing) = find(&known.options, needs.options.iter().cloned());
        self.add_options(found.into_iter().map(|((attribute, _), code)| (attribute, code)));
        if missing.is_empty() {
            return Ok(());
        }
        let (attributes, codes): (Vec<String>, Vec<String>) = missing.into_iter().unzip();
        let options: Vec<(String, String)> = sqlx::query_as(
            "select o.attribute, o.code from attribute_option o
             join unnest($1::text[], $2::text[]) as given (attribute, code)
               on given.attribute = o.attribute and given.code = lower(o.code)",
        )
        .bind(attributes)
        .bind(codes)
        .fetch_all(connection)
        .await?;
        for (attribute, code) in &options {
            known.options.insert((attribute.clone(), code.to_lowercase()), code.clone());
        }
        self.add_options(options);
        Ok(())
    }

    async fn load_record_options(
        &mut self,
        connection: &mut PgConnection,
        owner: &str,
        needs: &ValueNeeds,
    ) -> Result<()> {
        if needs.options.is_empty() {
            return Ok(());
        }
        let (attributes, codes): (Vec<&String>, Vec<&String>) =
            needs.options.iter().map(|(attribute, code)| (attribute, code)).unzip();
        let options: Vec<(String, String)> = sqlx::query_as(
            "select o.attribute, o.code from record_option o
             join unnest($2::text[], $3::text[]) as given (attribute, code)
               on o.owner = $1 || '/' || given.attribute and given.code = lower(o.code)",
        )
        .bind(owner)
        .bind(attributes)
        .bind(codes)
        .fetch_all(connection)
        .await?;
        self.add_options(options);
        Ok(())
    }

    fn add_options(&mut self, options: impl IntoIterator<Item = (String, String)>) {
        for (attribute, code) in options {
            let options: &mut HashMap<_, _> = self.options.entry(attribute).or_default();
            options.insert(code.to_lowercase(), code);
        }
    }

    async fn load_files_and_records(
        &mut self,
        connection: &mut PgConnection,
        needs: ValueNeeds,
    ) -> Result<()> {
        if !needs.records.is_empty() {
            let records: Vec<(String, String)> = sqlx::query_as(
                "select owner, code from record where owner = any($1) and code = any($2)",
            )
            .bind(&needs.record_owners)
            .bind(&needs.records)
            .fetch_all(&mut *connection)
            .await?;
            self.records = records.into_iter().collect();
        }
        if !needs.media_files.is_empty() {
            let files = media_file::find_all(connection, &needs.media_files).await?;
            self.media_files = files.into_iter().map(|file| (file.code.clone(), file)).collect();
        }
        Ok(())
    }
}

/// Models that something is written below, which do not change until the transaction ends: the scores of a new
/// product are of their values, and nobody who scores products anew sees it before.
async fn lock_models(connection: &mut PgConnection, needs: &Needs) -> Result<()> {
    if needs.models.is_empty() && needs.model_ids.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "with named as (select id, parent_id from product_model where code = any($1) or id = any($2))
         select from product_model
         where id in (select id from named union select parent_id from named)
         order by id for key share",
    )
    .bind(needs.models.iter().collect::<Vec<_>>())
    .bind(needs.model_ids.iter().copied().collect::<Vec<_>>())
    .execute(connection)
    .await?;
    Ok(())
}
