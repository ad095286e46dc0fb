//! What clients do with things that are kept by a code; every handler of structure is one of these.

use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde_json::{Map, Value};
use sqlx::{Connection, PgConnection};
use web::{
    IfMatch, etag,
    idempotency::{Record, Started},
};

use super::{Kept, Resource, history::state_of, store};
use crate::{
    App,
    management::{
        access::Editor,
        body::Line,
        bulk::{self, Form, Keyed, Saved, Written, read_key},
        error::{Refusal, Result},
        fields::Fields,
        hal::{Item, PageRequest},
        history::{self, Action, Entry, Writer, compare},
        links::Links,
        lock, removal,
        report::Report,
        search::read_search,
    },
};

/// No write is taken to take longer from its begin to its end.
pub const LONGEST_WRITE: TimeDelta = TimeDelta::minutes(10);
/// `false` if a write changed nothing.
const CHANGED: HeaderName = HeaderName::from_static("vitrine-changed");

/// One page of the list.
pub async fn list<R: Kept>(
    app: &App,
    owner: &str,
    parameters: &[(String, String)],
) -> Result<Response> {
    list_page::<R>(app, owner, &PageRequest::read(parameters)?).await
}

/// One page of a list that knows cursors only.
pub async fn list_fixed<R: Kept>(
    app: &App,
    owner: &str,
    parameters: &[(String, String)],
) -> Result<Response> {
    list_page::<R>(app, owner, &PageRequest::read_fixed(parameters)).await
}

async fn list_page<R: Kept>(app: &App, owner: &str, page: &PageRequest) -> Result<Response> {
    let conditions = read_search(page.parameter("search"), None, None)?;
    let mut connection = app.db.acquire().await?;
    R::check_owner(owner, &mut connection).await?;
    let things: Vec<R> = store::find_page(&mut connection, owner, &conditions, page).await?;
    let count = match page.with_count {
        true => Some(store::count::<R>(&mut connection, owner, &conditions).await?),
        false => None,
    };
    let links = Links::new(&app.config.public_url)?;
    let item = |thing: R| Item {
        key: thing.code().to_owned(),
        link: links.of(R::list_path(owner).into_iter().chain([thing.code()])),
        body: represent(&thing, &links),
    };
    let items = things.into_iter().map(item).collect();
    Ok(page.answer(&links.of(R::list_path(owner)), items, count))
}

/// The whole list, where it is short, as a plain array.
pub async fn list_all<R: Kept>(app: &App, owner: &str) -> Result<Response> {
    let mut connection = app.db.acquire().await?;
    R::check_owner(owner, &mut connection).await?;
    let page = PageRequest::read_fixed(&[]);
    let things: Vec<R> = store::find_page(&mut connection, owner, &[], &page).await?;
    let links = Links::new(&app.config.public_url)?;
    let bodies: Vec<_> = things.iter().map(|thing| represent(thing, &links)).collect();
    Ok(web::Json(bodies).into_response())
}

fn represent<R: Kept>(thing: &R, links: &Links) -> Map<String, Value> {
    let mut body = thing.represent();
    body.extend(thing.links(links).map(|links| ("_links".to_owned(), links)));
    body
}

/// One thing, with its version in the ETag.
pub async fn get<R: Kept>(app: &App, owner: &str, code: &str) -> Result<Response> {
    let mut connection = app.db.acquire().await?;
    R::check_owner(owner, &mut connection).await?;
    let thing: R =
        store::find(&mut connection, owner, code).await?.ok_or_else(|| R::missing(owner, code))?;
    let links = Links::new(&app.config.public_url)?;
    let mut response = web::Json(represent(&thing, &links)).into_response();
    if let Some(version) = thing.version() {
        response.headers_mut().insert(header::ETAG, etag(version));
    }
    Ok(response)
}

/// A new thing; refused if its code is taken.
pub async fn create<R: Resource>(
    app: &App,
    editor: &Editor,
    owner: &str,
    object: &Map<String, Value>,
) -> Result<Response> {
    let code = match object.get("code") {
        Some(Value::String(code)) => code.as_str(),
        None | Some(Value::Null) => "",
        Some(other) => return Err(wrong_code_type(other)),
    };
    let mut transaction = app.db.begin().await?;
    let record = match editor.start(&mut transaction, object).await? {
        Started::First(record) => record,
        Started::Replay(answer) => return Ok(answer),
    };
    R::check_owner(owner, &mut transaction).await?;
    if store::find::<R>(&mut transaction, owner, code).await?.is_some() {
        let mut report = Report::default();
        report.rule("code", "This value is already used.");
        return Err(report.into());
    }
    let mut entries = Vec::new();
    let if_match = IfMatch::default();
    save::<R>(&mut transaction, owner, code, object, &if_match, &mut entries).await?;
    history::record(&mut transaction, &editor.writer(), &entries).await?;
    let path = R::list_path(owner).into_iter().chain([code]);
    let answer = answer_recorded(app, record, &mut transaction, Saved::Created, path).await?;
    transaction.commit().await?;
    Ok(answer)
}

/// Changes a thing, or makes it.
pub async fn update<R: Resource>(
    app: &App,
    editor: &Editor,
    owner: &str,
    code: &str,
    object: &Map<String, Value>,
    if_match: &IfMatch,
) -> Result<Response> {
    match object.get("code") {
        Some(Value::String(given)) if given != code => {
            return Err(Refusal::unprocessable(format!(
                "The code \"{given}\" provided in the request body must match the code \"{code}\" provided in the url."
            )));
        }
        None | Some(Value::String(_)) => {}
        Some(other) => return Err(wrong_code_type(other)),
    }
    let mut transaction = app.db.begin().await?;
    let record = match editor.start(&mut transaction, object).await? {
        Started::First(record) => record,
        Started::Replay(answer) => return Ok(answer),
    };
    R::check_owner(owner, &mut transaction).await?;
    let mut entries = Vec::new();
    let saved = save::<R>(&mut transaction, owner, code, object, if_match, &mut entries).await?;
    history::record(&mut transaction, &editor.writer(), &entries).await?;
    let path = R::list_path(owner).into_iter().chain([code]);
    let answer = answer_recorded(app, record, &mut transaction, saved, path).await?;
    transaction.commit().await?;
    Ok(answer)
}

/// Changes or makes up to a hundred things, each on its own or all together.
pub async fn update_many<R: Resource>(
    app: &App,
    editor: &Editor,
    owner: &str,
    body: Vec<Line>,
    form: Form,
) -> Result<Response> {
    let mut transaction = app.db.begin().await?;
    let record = match editor.start(&mut transaction, &body).await? {
        Started::First(record) => record,
        Started::Replay(answer) => return Ok(answer),
    };
    let (mut keys, mut results, mut lines) = (Vec::new(), Vec::new(), Vec::new());
    for line in body {
        match read_key(line, "code") {
            Ok(line) => {
                keys.push(Some(line.key.clone()));
                results.push(Ok(()));
                lines.push(line);
            }
            Err(refusal) => {
                keys.push(None);
                results.push(Err(refusal));
            }
        }
    }
    let saved = save_all::<R>(&mut transaction, &editor.writer(), owner, &lines).await?;
    let written = Written::New(transaction, record, saved);
    let describe = |line: usize, result: &_| bulk::describe("code", keys[line].as_deref(), result);
    bulk::answer(written, results, editor.is_atomic, form, describe).await
}

fn is_move<R: Resource>(body: &Map<String, Value>) -> bool {
    R::PARENT.is_some_and(|property| body.contains_key(property))
}

/// Before the row of the thing that is moved is locked.
pub(super) async fn lock_moves<R: Resource>(connection: &mut PgConnection) -> Result<()> {
    lock::take(connection, &format!("{} moves", R::TABLE)).await
}

/// Writes the lines, each on its own, in the caller's transaction; refused as a whole if there is no such
/// owner.
pub async fn save_all<R: Resource>(
    connection: &mut PgConnection,
    writer: &Writer,
    owner: &str,
    lines: &[Keyed],
) -> Result<Vec<Result<Saved>>> {
    removal::hold_off(connection).await?;
    if lines.iter().any(|line| is_move::<R>(&line.object)) {
        lock_moves::<R>(connection).await?;
    }
    R::check_owner(owner, connection).await?;
    let (mut saved, mut entries) = (Vec::with_capacity(lines.len()), Vec::new());
    for line in lines {
        saved.push(save_line::<R>(connection, owner, line, &mut entries).await?);
    }
    history::record(connection, writer, &entries).await?;
    Ok(saved)
}

/// Writes one line; the inner result is what the client is told.
async fn save_line<R: Resource>(
    connection: &mut PgConnection,
    owner: &str,
    line: &Keyed,
    entries: &mut Vec<Entry>,
) -> Result<Result<Saved>> {
    let mut attempt = connection.begin().await?;
    let (if_match, Keyed { key, object }) = (IfMatch::default(), line);
    let result = save::<R>(&mut attempt, owner, key, object, &if_match, entries).await;
    match result {
        Ok(saved) => {
            attempt.commit().await?;
            Ok(Ok(saved))
        }
        Err(refusal) if refusal.is_ours() => Err(refusal),
        Err(refusal) => {
            attempt.rollback().await?;
            Ok(Err(refusal))
        }
    }
}

/// Removes a thing that nothing needs any more; 422 names those who need it.
pub async fn delete<R: Resource>(
    app: &App,
    editor: &Editor,
    owner: &str,
    code: &str,
    if_match: &IfMatch,
) -> Result<Response> {
    let mut transaction = app.db.begin().await?;
    let record = match editor.start(&mut transaction, &()).await? {
        Started::First(record) => record,
        Started::Replay(answer) => return Ok(answer),
    };
    R::check_owner(owner, &mut transaction).await?;
    store::allow_time(&mut transaction).await?;
    // The first look may take long. Nothing is held up by it; the second one sees what came since.
    let since = store::find_start(&mut transaction).await? - LONGEST_WRITE;
    find_unneeded::<R>(&mut transaction, owner, code, if_match, None).await?;
    removal::begin(&mut transaction).await?;
    let thing: R = find_unneeded(&mut transaction, owner, code, if_match, Some(since)).await?;
    let mut entries = thing.find_removed(&mut transaction).await?;
    entries.push(tell_deletion(owner, &thing));
    store::delete::<R>(&mut transaction, owner, code).await?;
    thing.after_delete(&mut transaction).await?;
    history::record(&mut transaction, &editor.writer(), &entries).await?;
    let answer = record.finish_empty(&mut transaction, StatusCode::NO_CONTENT, None).await?;
    transaction.commit().await?;
    Ok(answer)
}

/// 422: others need the thing.
pub fn still_needed(noun: &str, code: &str, users: &[String]) -> Refusal {
    let mut report = Report::default();
    report.rule("code", format!("{noun} \"{code}\" is still needed by {}.", users.join(", ")));
    report.into()
}

/// Applies a body to what is there, checks it and writes it if it changed. What is to be told of it is
/// added to `entries`.
pub(super) async fn save<R: Resource>(
    connection: &mut PgConnection,
    owner: &str,
    code: &str,
    object: &Map<String, Value>,
    if_match: &IfMatch,
    entries: &mut Vec<Entry>,
) -> Result<Saved> {
    removal::hold_off(connection).await?;
    if is_move::<R>(object) {
        lock_moves::<R>(connection).await?;
    }
    let before: Option<R> = store::find_for_update(connection, owner, code).await?;
    match &before {
        Some(before) => if_match.check(before.version().unwrap_or_default())?,
        None => if_match.check_absent()?,
    }
    let mut after = before.clone().unwrap_or_else(|| R::new(owner, code));
    let mut report = Report::default();
    let mut fields = Fields::new(object, &mut report);
    fields.ignore(&["code", "_links"]);
    after.apply(&mut fields);
    fields.finish();
    if before.as_ref() == Some(&after) {
        report.into_result()?;
        return Ok(Saved::Unchanged);
    }
    if before.is_none() {
        after.check_code(&mut report);
    }
    check_label_locales(&after, &mut report, connection).await?;
    after.check(before.as_ref(), &mut report, connection).await?;
    report.into_result()?;
    // What the rules complete may lead back to what is there.
    if before.as_ref() == Some(&after) {
        return Ok(Saved::Unchanged);
    }
    let followers = after.find_followers(connection).await?;
    after.write(before.as_ref(), connection).await?;
    let mut entry = entry_of(owner, code, before.as_ref(), Some(&after));
    if before.is_none() {
        entry.version = continue_version::<R>(connection, owner, code).await?;
    }
    entries.push(entry);
    entries.extend(followers);
    Ok(if before.is_some() { Saved::Changed } else { Saved::Created })
}

/// The thing, if nothing that changed since needs it; locked at this second look.
async fn find_unneeded<R: Resource>(
    connection: &mut PgConnection,
    owner: &str,
    code: &str,
    if_match: &IfMatch,
    since: Option<DateTime<Utc>>,
) -> Result<R> {
    let thing: R = match since {
        None => store::find(connection, owner, code).await?,
        Some(_) => store::find_for_update(connection, owner, code).await?,
    }
    .ok_or_else(|| R::missing(owner, code))?;
    if_match.check(thing.version().unwrap_or_default())?;
    let users = store::find_users::<R>(connection, owner, code, since).await?;
    if users.is_empty() {
        return Ok(thing);
    }
    Err(still_needed(thing.noun(), code, &users))
}

/// What is told of a thing that is deleted.
pub fn tell_deletion<R: Resource>(owner: &str, thing: &R) -> Entry {
    entry_of(owner, thing.code(), Some(thing), None)
}

fn entry_of<R: Resource>(owner: &str, code: &str, before: Option<&R>, after: Option<&R>) -> Entry {
    let action = match (before, after) {
        (None, _) => Action::Created,
        (_, Some(_)) => Action::Updated,
        (_, None) => Action::Deleted,
    };
    Entry {
        kind: R::TABLE,
        owner: owner.to_owned(),
        code: code.to_owned(),
        identifier: None,
        version: before.and_then(R::version).unwrap_or_default() + 1,
        action,
        changes: compare(&state_of(before), &state_of(after)),
    }
}

/// The version of a thing that was just made: one that was deleted before counts on.
async fn continue_version<R: Resource>(
    connection: &mut PgConnection,
    owner: &str,
    code: &str,
) -> Result<i64> {
    let last = history::find_last_versions(connection, R::TABLE, owner, &[code]).await?;
    let Some(last) = last.get(code) else { return Ok(1) };
    store::set_version::<R>(connection, owner, code, last + 1).await?;
    Ok(last + 1)
}

/// Labels may be written before a channel activates their locale, so that things can be loaded in any
/// order; the locale must exist.
async fn check_label_locales<R: Resource>(
    thing: &R,
    report: &mut Report,
    connection: &mut PgConnection,
) -> Result<()> {
    let Some(labels) = thing.labels().filter(|labels| !labels.is_empty()) else { return Ok(()) };
    let locales: Vec<&str> = labels.keys().map(String::as_str).collect();
    for locale in store::find_unknown_locales(connection, &locales).await? {
        report.rule("labels", format!("The locale \"{locale}\" does not exist."));
    }
    Ok(())
}

/// 201 or 204 with the address of the thing, once for each `Idempotency-Key`; a write that changed nothing
/// says so in a header.
pub async fn answer_recorded<'a>(
    app: &App,
    record: Record,
    transaction: &mut PgConnection,
    saved: Saved,
    path: impl IntoIterator<Item = &'a str>,
) -> Result<Response> {
    let location = Links::new(&app.config.public_url)?.of(path);
    let status = match saved {
        Saved::Created => StatusCode::CREATED,
        Saved::Changed | Saved::Unchanged => StatusCode::NO_CONTENT,
    };
    let mut answer = record.finish_empty(transaction, status, Some(location.as_str())).await?;
    if saved == Saved::Unchanged {
        answer.headers_mut().insert(CHANGED, HeaderValue::from_static("false"));
    }
    Ok(answer)
}

fn wrong_code_type(given: &Value) -> Refusal {
    let given = crate::management::fields::type_name(given);
    Refusal::documented(format!(
        "Property \"code\" expects a string as data, \"{given}\" given. Check the expected format on the API documentation."
    ))
}
