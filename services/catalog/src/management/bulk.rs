//! Answers of bulk writes: one line per line, in order.

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde_json::{Map, Value};
use sqlx::{Postgres, Transaction};
use web::idempotency::Record;

use super::{
    body::Line,
    error::{Refusal, Result},
    resource::answer_recorded,
};
use crate::App;

/// What a write did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// The thing is new.
    Created,
    /// The thing changed.
    Changed,
    /// The thing was already so; nothing was written.
    Unchanged,
}

/// A bulk write.
pub enum Written {
    /// Done, not yet committed: what became of the lines that could be read.
    New(Transaction<'static, Postgres>, Record, Vec<Result<Saved>>),
    /// It was done before: the answer.
    Replay(Response),
}

/// In an atomic write one refused line refuses all others: each says 424 and names it. Answers whether
/// to commit.
fn settle(is_atomic: bool, results: &mut [Result<Saved>]) -> bool {
    let Some(refused) = results.iter().position(Result::is_err).filter(|_| is_atomic) else {
        return true;
    };
    for result in results.iter_mut().filter(|result| result.is_ok()) {
        *result = Err(Refusal::new(
            StatusCode::FAILED_DEPENDENCY,
            "failed_dependency",
            format!(
                "Not written: line {} was refused, and the request asks for all lines or none.",
                refused + 1
            ),
        ));
    }
    false
}

/// A line with the key of the thing it is about.
pub struct Keyed {
    /// The key.
    pub key: String,
    /// The whole object, key included.
    pub object: Map<String, Value>,
}

/// Finds the key of a line; `property` is `code`, `identifier` or `uuid`.
pub fn read_key(line: Line, property: &str) -> Result<Keyed> {
    let object = match line {
        Line::Object(object) => object,
        Line::NotJson => return Err(Refusal::not_json()),
        Line::TooLong => return Err(Refusal::too_large("Line is too long.")),
    };
    match object.get(property) {
        Some(Value::String(key)) if !key.trim().is_empty() => {
            Ok(Keyed { key: key.trim().to_owned(), object })
        }
        None | Some(Value::Null | Value::String(_)) => {
            let mut name = property.to_owned();
            name[..1].make_ascii_uppercase();
            Err(Refusal::unprocessable(format!("{name} is missing.")))
        }
        Some(_) => Err(Refusal::unprocessable(format!("{property} must be of type string."))),
    }
}

/// Says what became of one line.
pub fn describe(property: &str, key: Option<&str>, result: &Result<Saved>) -> Map<String, Value> {
    let mut answer = Map::new();
    if let Some(key) = key {
        answer.insert(property.to_owned(), key.into());
    }
    let status = match result {
        Ok(Saved::Created) => StatusCode::CREATED,
        Ok(_) => StatusCode::NO_CONTENT,
        Err(refusal) => refusal.status(),
    };
    answer.insert("status_code".into(), status.as_u16().into());
    match result {
        Ok(Saved::Unchanged) => drop(answer.insert("changed".into(), false.into())),
        Ok(_) => {}
        Err(refusal) => answer.extend(refusal.members()),
    }
    answer
}

/// How a bulk answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One JSON object per line, numbered, without a newline at the end.
    Lines,
    /// One JSON array on one line.
    Array,
}

/// Answers with what became of each line, those included that could not be `read`, and keeps what is to be kept.
pub async fn answer(
    written: Written,
    read: Vec<Result<()>>,
    is_atomic: bool,
    form: Form,
    describe: impl Fn(usize, &Result<Saved>) -> Map<String, Value>,
) -> Result<Response> {
    let (mut transaction, record, saved) = match written {
        Written::New(transaction, record, saved) => (transaction, record, saved),
        Written::Replay(answer) => return Ok(answer),
    };
    let mut saved = saved.into_iter();
    let mut next = |()| saved.next().unwrap_or(Ok(Saved::Unchanged));
    let mut results: Vec<_> = read.into_iter().map(|read| read.and_then(&mut next)).collect();
    let is_kept = settle(is_atomic, &mut results);
    let answers = results.iter().enumerate().map(|(line, result)| describe(line, result));
    let (content_type, body) = write(form, answers.collect());
    if !is_kept {
        transaction.rollback().await?;
        return Ok(([(header::CONTENT_TYPE, content_type)], body).into_response());
    }
    let answer = record.finish_as(&mut transaction, content_type, body.into_bytes()).await?;
    transaction.commit().await?;
    Ok(answer)
}

/// Answers a write of one line: with the address of the thing, or why it was refused.
pub async fn answer_one<'a>(
    app: &App,
    written: Written,
    path: impl IntoIterator<Item = &'a str>,
) -> Result<Response> {
    let (mut transaction, record, saved) = match written {
        Written::New(transaction, record, saved) => (transaction, record, saved),
        Written::Replay(answer) => return Ok(answer),
    };
    let saved = saved.into_iter().next().transpose()?.unwrap_or(Saved::Unchanged);
    let answer = answer_recorded(app, record, &mut transaction, saved, path).await?;
    transaction.commit().await?;
    Ok(answer)
}

fn write(form: Form, answers: Vec<Map<String, Value>>) -> (&'static str, String) {
    if form == Form::Array {
        return ("application/json", Value::from(answers).to_string());
    }
    let number = |(index, mut answer): (usize, Map<String, Value>)| {
        answer.insert("line".into(), (index + 1).into());
        Value::Object(answer).to_string()
    };
    let lines: Vec<String> = answers.into_iter().enumerate().map(number).collect();
    ("application/vnd.akeneo.collection+json", lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refusal_of(body: Value) -> String {
        let line = body.as_object().cloned().map_or(Line::NotJson, Line::Object);
        let refusal = read_key(line, "code").err().unwrap();
        refusal.members()["message"].as_str().unwrap().to_owned()
    }

    #[test]
    fn one_refused_line_refuses_the_others_only_if_asked_for() {
        let results = || [Ok(Saved::Created), Err(Refusal::not_json()), Ok(Saved::Unchanged)];
        assert!(settle(false, &mut results()));
        let mut atomic = results();
        assert!(!settle(true, &mut atomic));
        let statuses = atomic.map(|result| result.unwrap_err().status().as_u16());
        assert_eq!(statuses, [424, 400, 424]);
        assert!(settle(true, &mut [Ok(Saved::Created)]));
    }

    #[test]
    fn a_line_without_key_is_refused_in_words() {
        for body in [json!({}), json!({"code": null}), json!({"code": ""}), json!({"code": "  "})] {
            assert_eq!(refusal_of(body), "Code is missing.");
        }
        assert_eq!(refusal_of(json!({"code": 1})), "code must be of type string.");
        assert_eq!(refusal_of(json!([])), "Invalid json message received");
    }
}
