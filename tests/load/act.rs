//! What an act does in the database, ready to be done again: the same statements with the same values,
//! except for the ids that belong to one doing of it.

use std::{collections::HashSet, sync::Arc};

use anyhow::{Context, Result};
use sqlx::{
    Encode, Postgres, Type, encode::IsNull, error::BoxDynError, postgres::PgTypeInfo,
    postgres::types::Oid,
};
use uuid::Uuid;

use crate::tap::{Heard, Transaction, Value};

const TEXT: u32 = 25;
const UUID: u32 = 2950;
const UUID_ARRAY: u32 = 2951;
/// Length of a UUID as text.
const TEXT_LENGTH: usize = 36;
/// Of an order number, `V-2026-7K3M9QXA`: what is after the year.
const CODE_LENGTH: usize = 8;
const CODE_LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A statement of an act.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) schema: &'static str,
    pub(crate) sql: Arc<str>,
    /// Unlike `begin` and the like.
    pub(crate) prepared: bool,
    pub(crate) parameters: Vec<Parameter>,
    /// How many it found or changed when the service ran it.
    pub(crate) rows: u64,
}

/// A value, and where in it there are ids that must be new.
#[derive(Debug, Clone)]
pub(crate) struct Parameter {
    kind: u32,
    bytes: Option<Vec<u8>>,
    new: Vec<(Place, usize)>,
}

/// Where an id stands, and in which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Binary(usize),
    Text(usize),
    Code(usize),
}

/// An act, with the ids it makes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Act {
    pub(crate) steps: Vec<Step>,
    made: Vec<Uuid>,
}

/// An act as it was captured once.
#[derive(Debug, Clone)]
pub(crate) struct Doing {
    pub(crate) done: Vec<Transaction>,
    /// The ids of what it was done to, such as the cart and its lines.
    pub(crate) given: Vec<Uuid>,
    /// The ids that it made.
    pub(crate) made: HashSet<Uuid>,
    /// The number of the order it made.
    pub(crate) number: Option<String>,
}

impl Doing {
    /// How many statements it is.
    pub(crate) fn len(&self) -> usize {
        self.done.iter().map(Vec::len).sum()
    }

    /// The same act, to be done to the things with the ids `given`, with new ids for what it makes.
    pub(crate) fn aim(&self, given: &[Uuid]) -> Result<Act> {
        let mut act = Act::default();
        for heard in self.done.iter().flatten() {
            let parameters = heard.values.iter().map(|value| {
                let mut parameter = Parameter::of(value);
                for (place, id) in find_ids(value) {
                    if let Some(index) = self.given.iter().position(|it| *it == id) {
                        parameter.write(place, *given.get(index).context("an id is missing")?);
                    } else if self.made.contains(&id) {
                        parameter.new.push((place, act.index_of(id)));
                    }
                }
                // An id of its own, that nothing else bears.
                for place in self.find_number(value) {
                    parameter.new.push((place, act.index_of(Uuid::nil())));
                }
                Ok(parameter)
            });
            let parameters = parameters.collect::<Result<_>>()?;
            act.steps.push(Step {
                schema: heard.schema,
                sql: heard.sql.clone(),
                prepared: heard.prepared,
                parameters,
                rows: heard.rows,
            });
        }
        Ok(act)
    }

    fn find_number(&self, value: &Value) -> Vec<Place> {
        let (Some(number), Some(bytes)) = (&self.number, &value.bytes) else { return Vec::new() };
        let found = bytes.windows(number.len()).enumerate();
        let found = found.filter(|(_, window)| *window == number.as_bytes());
        found.map(|(offset, _)| Place::Code(offset + number.len() - CODE_LENGTH)).collect()
    }
}

impl Step {
    /// A statement with texts for values, that finds so many rows.
    pub(crate) fn new(schema: &'static str, sql: &str, texts: &[&str], rows: u64) -> Self {
        let value = |text: &&str| Parameter {
            kind: TEXT,
            bytes: Some(text.as_bytes().to_vec()),
            new: Vec::new(),
        };
        let parameters = texts.iter().map(value).collect();
        Self { schema, sql: sql.into(), prepared: true, parameters, rows }
    }
}

impl Act {
    /// The ids of one more doing.
    pub(crate) fn make_ids(&self) -> Vec<Uuid> {
        // As the services make them: in order of time, or at random.
        let renew = |id: &Uuid| match id.get_version_num() {
            7 => Uuid::now_v7(),
            _ => Uuid::new_v4(),
        };
        self.made.iter().map(renew).collect()
    }

    fn index_of(&mut self, id: Uuid) -> usize {
        let known = self.made.iter().position(|it| *it == id);
        known.unwrap_or_else(|| {
            self.made.push(id);
            self.made.len() - 1
        })
    }
}

impl Parameter {
    fn of(value: &Value) -> Self {
        let bytes = value.bytes.as_ref().map(|bytes| bytes.to_vec());
        Self { kind: value.kind, bytes, new: Vec::new() }
    }

    /// The value with these ids.
    pub(crate) fn with(&self, ids: &[Uuid]) -> Self {
        let mut parameter = self.clone();
        for (place, index) in &self.new {
            parameter.write(*place, ids[*index]);
        }
        parameter
    }

    fn write(&mut self, place: Place, id: Uuid) {
        let Some(bytes) = &mut self.bytes else { return };
        match place {
            Place::Binary(at) => bytes[at..at + 16].copy_from_slice(id.as_bytes()),
            Place::Text(at) => {
                id.hyphenated().encode_lower(&mut bytes[at..at + TEXT_LENGTH]);
            }
            Place::Code(at) => {
                let bits = id.as_u128();
                for (index, byte) in bytes[at..at + CODE_LENGTH].iter_mut().enumerate() {
                    *byte = CODE_LETTERS[(bits >> (5 * index)) as usize & 31];
                }
            }
        }
    }
}

impl Type<Postgres> for Parameter {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(TEXT))
    }
}

impl Encode<'_, Postgres> for Parameter {
    fn encode_by_ref(
        &self,
        buffer: &mut <Postgres as sqlx::Database>::ArgumentBuffer,
    ) -> Result<IsNull, BoxDynError> {
        let Some(bytes) = &self.bytes else { return Ok(IsNull::Yes) };
        buffer.extend_from_slice(bytes);
        Ok(IsNull::No)
    }

    fn produces(&self) -> Option<PgTypeInfo> {
        Some(PgTypeInfo::with_oid(Oid(self.kind)))
    }
}

/// The ids in a statement's values.
pub(crate) fn ids(heard: &Heard) -> impl Iterator<Item = Uuid> {
    heard.values.iter().flat_map(find_ids).map(|(_, id)| id)
}

/// The ids in a value: itself, elements of an array, or parts of a text.
fn find_ids(value: &Value) -> Vec<(Place, Uuid)> {
    let Some(bytes) = &value.bytes else { return Vec::new() };
    match value.kind {
        UUID => vec![(Place::Binary(0), id_at(bytes, 0))],
        // 20 bytes of dimensions, then each with its length before it.
        UUID_ARRAY => {
            let offsets = (24..bytes.len()).step_by(20);
            offsets.map(|offset| (Place::Binary(offset), id_at(bytes, offset))).collect()
        }
        _ => bytes
            .windows(TEXT_LENGTH)
            .enumerate()
            .filter(|(_, window)| [8, 13, 18, 23].iter().all(|hyphen| window[*hyphen] == b'-'))
            .filter_map(|(offset, window)| {
                Some((Place::Text(offset), Uuid::try_parse_ascii(window).ok()?))
            })
            .collect(),
    }
}

fn id_at(bytes: &[u8], offset: usize) -> Uuid {
    Uuid::from_slice(&bytes[offset..offset + 16]).expect("16 bytes are a UUID")
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn heard(values: Vec<Value>) -> Heard {
        Heard { schema: "orders", sql: "select".into(), prepared: true, values, rows: 1 }
    }

    fn text(text: String) -> Value {
        Value { kind: TEXT, bytes: Some(Bytes::from(text)) }
    }

    #[test]
    fn an_act_is_aimed_at_another_cart_and_makes_ids_of_its_own() {
        let [cart, product, order] = [Uuid::new_v4(), Uuid::new_v4(), Uuid::now_v7()];
        let number = "V-2026-7K3M9QXA";
        let binary = Value { kind: UUID, bytes: Some(Bytes::copy_from_slice(order.as_bytes())) };
        let body = text(format!("{{\"order\":\"{order}\",\"of\":\"{product}\",\"{number}\"}}"));
        let doing = Doing {
            done: vec![vec![heard(vec![text(format!("cart {cart}")), binary, body])]],
            given: vec![cart],
            made: HashSet::from([order]),
            number: Some(number.to_owned()),
        };
        let other = Uuid::new_v4();
        let act = doing.aim(&[other]).unwrap();
        let ids = act.make_ids();
        let values: Vec<Vec<u8>> =
            act.steps[0].parameters.iter().map(|it| it.with(&ids).bytes.unwrap()).collect();
        assert_eq!(values[0], format!("cart {other}").as_bytes());
        let new = id_at(&values[1], 0);
        assert_ne!(new, order);
        let body = String::from_utf8(values[2].clone()).unwrap();
        assert!(body.contains(&new.to_string()) && body.contains(&product.to_string()), "{body}");
        assert!(body.contains("V-2026-") && !body.contains(number), "{body}");
    }
}
