//! What reviewers do with proposals.

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sqlx::PgConnection;
use uuid::Uuid;
use web::{IfMatch, etag, idempotency::Started};

use super::{
    PATH, Proposal, Status,
    change::find as find_change,
    draft::apply,
    store::{self, Filter},
    target::{Noun, Target},
};
use crate::{
    App,
    management::{
        access::{Editor, ProposalReader},
        associations::Naming,
        error::{Refusal, Result},
        fields::Fields,
        hal::{Item, PageRequest},
        history::{Change, Writer},
        links::Links,
        removal,
        report::Report,
        resource::answer_recorded,
    },
};

/// Choices of one approval.
const MAX_CHOICES: usize = 1_000;
/// Characters of a comment.
const MAX_COMMENT: usize = 1_000;

/// One page of what waits and of the caller's own, the oldest first.
pub(super) async fn list(
    app: &App,
    reader: &ProposalReader,
    parameters: &[(String, String)],
) -> Result<Response> {
    let page = PageRequest::read_cursors_only(parameters)?;
    let after = page.after().map(read_cursor).transpose()?;
    let filter = read_filter(reader, &page)?;
    let mut connection = app.db.acquire().await?;
    let proposals = store::find_page(&mut connection, &filter, after, page.limit).await?;
    let links = Links::new(&app.config.public_url)?;
    let item = |proposal: Proposal| {
        let id = proposal.id.to_string();
        Item { link: links.of([PATH, &id]), body: proposal.represent(), key: id }
    };
    let items = proposals.into_iter().map(item).collect();
    Ok(page.answer(&links.of([PATH]), items, None))
}

fn read_filter(reader: &ProposalReader, page: &PageRequest) -> Result<Filter> {
    let text = |name: &str| page.parameter(name).map(str::to_owned);
    let status = page.parameter("status").map(|given| {
        Status::deserialize(json!(given)).map_err(|_| {
            Refusal::unprocessable(format!(
                "Parameter \"status\" expects \"draft\" or \"proposed\", \"{given}\" given."
            ))
        })
    });
    let product = page.parameter("uuid").map(|given| {
        Uuid::parse_str(given).map_err(|_| {
            Refusal::unprocessable(format!("Parameter \"uuid\" expects a UUID, \"{given}\" given."))
        })
    });
    Ok(Filter {
        subject: reader.caller.subject.to_string(),
        is_reviewer: reader.is_reviewer,
        status: status.transpose()?,
        author: text("author"),
        product: product.transpose()?,
        identifier: text("identifier"),
        model: text("code"),
    })
}

fn read_cursor(text: &str) -> Result<Uuid> {
    Uuid::parse_str(text).map_err(|_| {
        Refusal::unprocessable("The \"search_after\" parameter is not a cursor of this list.")
    })
}

/// One proposal with what it changes, and what is there now.
pub(super) async fn get(app: &App, reader: &ProposalReader, id: &str) -> Result<Response> {
    let mut transaction = app.db.begin().await?;
    let found = find(&mut transaction, id).await?;
    let is_own = found.author.subject == reader.caller.subject.to_string();
    let is_visible = is_own || (reader.is_reviewer && found.status == Status::Proposed);
    if !is_visible {
        return Err(missing(id));
    }
    let (target, proposal) = lock(&mut transaction, id, &found).await?;
    transaction.rollback().await?;
    let changes = proposal.changes.iter().map(|change| {
        let mut told = json!(change);
        told["current"] = json!(find_change(change, &target.state));
        told
    });
    let mut body = proposal.represent();
    body.insert("changes".into(), changes.collect());
    let mut response = web::Json(body).into_response();
    response.headers_mut().insert(header::ETAG, etag(proposal.version));
    Ok(response)
}

/// Makes the changes of a proposal, or those that are chosen, by today's rules.
pub(super) async fn approve(
    app: &App,
    reviewer: &Editor,
    id: &str,
    body: &Map<String, Value>,
    if_match: &IfMatch,
) -> Result<Response> {
    let choices = read_choices(body)?;
    let mut transaction = app.db.begin().await?;
    let record = match reviewer.start(&mut transaction, body).await? {
        Started::First(record) => record,
        Started::Replay(answer) => return Ok(answer),
    };
    removal::hold_off(&mut transaction).await?;
    let (target, proposal) = lock_proposed(&mut transaction, id, if_match).await?;
    let (chosen, left) = split(proposal.changes.0, choices.as_deref())?;
    let writer = Writer {
        author: proposal.author.0,
        reviewer: Some(reviewer.author.clone()),
        restored_version: None,
    };
    let saved = apply(&mut transaction, &writer, &target, &chosen).await?;
    match left.is_empty() {
        true => store::delete(&mut transaction, proposal.id).await?,
        false => store::set_changes(&mut transaction, proposal.id, &left).await?,
    }
    let answer = answer_recorded(app, record, &mut transaction, saved, target.path()).await?;
    transaction.commit().await?;
    Ok(answer)
}

/// Gives a proposal back to its author, with the reason.
pub(super) async fn reject(
    app: &App,
    reviewer: &Editor,
    id: &str,
    body: &Map<String, Value>,
    if_match: &IfMatch,
) -> Result<Response> {
    let comment = read_comment(body)?;
    let mut transaction = app.db.begin().await?;
    let record = match reviewer.start(&mut transaction, body).await? {
        Started::First(record) => record,
        Started::Replay(answer) => return Ok(answer),
    };
    let (_, proposal) = lock_proposed(&mut transaction, id, if_match).await?;
    store::reject(&mut transaction, proposal.id, &reviewer.author, &comment).await?;
    let location = Links::new(&app.config.public_url)?.of([PATH, id]);
    let answer = record
        .finish_empty(&mut transaction, StatusCode::NO_CONTENT, Some(location.as_str()))
        .await?;
    transaction.commit().await?;
    Ok(answer)
}

async fn find(connection: &mut PgConnection, id: &str) -> Result<Proposal> {
    let key = Uuid::parse_str(id).map_err(|_| missing(id))?;
    store::find(connection, key).await?.ok_or_else(|| missing(id))
}

/// The thing and the proposal, locked in the order in which authors do.
async fn lock(
    connection: &mut PgConnection,
    id: &str,
    found: &Proposal,
) -> Result<(Target, Proposal)> {
    let target = match (found.product_id, &found.name) {
        (Some(id), _) => Noun::Product(Naming::Uuid).lock(connection, &id.to_string()).await?,
        (None, code) => Noun::Model.lock(connection, code.as_deref().unwrap_or_default()).await?,
    };
    let proposal = store::lock(connection, found.id).await?.ok_or_else(|| missing(id))?;
    Ok((target, proposal))
}

/// The same of a proposal that waits, in the version that the reviewer saw.
async fn lock_proposed(
    connection: &mut PgConnection,
    id: &str,
    if_match: &IfMatch,
) -> Result<(Target, Proposal)> {
    let found = find(connection, id).await?;
    let (target, proposal) = lock(connection, id, &found).await?;
    if proposal.status != Status::Proposed {
        return Err(missing(id));
    }
    if_match.check(proposal.version)?;
    Ok((target, proposal))
}

fn missing(id: &str) -> Refusal {
    Refusal::not_found(format!("Proposal \"{id}\" does not exist or does not wait for approval."))
}

/// Changes are chosen by any of `property`, `attribute`, `locale` and `scope`; none for all of them.
fn read_choices(body: &Map<String, Value>) -> Result<Option<Vec<Map<String, Value>>>> {
    let mut report = Report::default();
    let mut fields = Fields::new(body, &mut report);
    fields.ignore(&["changes"]);
    fields.finish();
    let given = body.get("changes").filter(|given| !given.is_null());
    let choices = given.map(|given| {
        let choices: Option<Vec<_>> = given.as_array().and_then(|choices| {
            choices
                .iter()
                .map(|choice| choice.as_object().filter(|c| is_choice(c)).cloned())
                .collect()
        });
        if choices.as_ref().is_none_or(|choices| choices.is_empty() || choices.len() > MAX_CHOICES)
        {
            report.format(
                "changes",
                format!(
                    "Property \"changes\" expects an array of 1 to {MAX_CHOICES} objects with \
                     \"property\", \"attribute\", \"locale\" or \"scope\"."
                ),
            );
        }
        choices.unwrap_or_default()
    });
    report.into_result()?;
    Ok(choices)
}

fn is_choice(choice: &Map<String, Value>) -> bool {
    let names = ["property", "attribute", "locale", "scope"];
    !choice.is_empty() && choice.keys().all(|name| names.contains(&name.as_str()))
}

/// The chosen changes, and the others. 422 if a choice fits none.
fn split(
    changes: Vec<Change>,
    choices: Option<&[Map<String, Value>]>,
) -> Result<(Vec<Change>, Vec<Change>)> {
    let Some(choices) = choices else { return Ok((changes, Vec::new())) };
    let fits = |change: &Change, choice: &Map<String, Value>| {
        let told = json!(change);
        choice.iter().all(|(name, value)| told.get(name) == Some(value))
    };
    let misses = |choice: &&Map<String, Value>| !changes.iter().any(|change| fits(change, choice));
    if let Some(choice) = choices.iter().find(misses) {
        let mut report = Report::default();
        let choice = Value::Object(choice.clone());
        report.rule("changes", format!("The proposal has no change {choice}."));
        return Err(report.into());
    }
    Ok(changes.into_iter().partition(|change| choices.iter().any(|choice| fits(change, choice))))
}

fn read_comment(body: &Map<String, Value>) -> Result<String> {
    let mut report = Report::default();
    let mut comment = String::new();
    let mut fields = Fields::new(body, &mut report);
    fields.text("comment", &mut comment);
    fields.finish();
    let comment = comment.trim();
    if report.is_empty() && comment.is_empty() {
        report.rule("comment", "This value should not be blank.");
    }
    if comment.chars().count() > MAX_COMMENT {
        report.rule(
            "comment",
            format!("This value is too long. It should have {MAX_COMMENT} characters or less."),
        );
    }
    report.into_result()?;
    Ok(comment.to_owned())
}
