//! What clients do with things that are kept by a code; every handler of structure is one of these.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::{Map, Value};
use sqlx::{Connection, PgConnection};
use web::{IfMatch, etag};

use super::{Kept, Resource, store};
use crate::{
    App,
    management::{
        body::Line,
        bulk::{self, Saved, read_key},
        error::{Refusal, Result},
        fields::Fields,
        hal::{Item, PageRequest},
        links::Links,
        report::Report,
        search::read_search,
    },
};

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

/// One thing, with its version as ETag.
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
    owner: &str,
    object: &Map<String, Value>,
) -> Result<Response> {
    let code = match object.get("code") {
        Some(Value::String(code)) => code.as_str(),
        None | Some(Value::Null) => "",
        Some(other) => return Err(wrong_code_type(other)),
    };
    let mut transaction = app.db.begin().await?;
    R::check_owner(owner, &mut transaction).await?;
    if store::find::<R>(&mut transaction, owner, code).await?.is_some() {
        let mut report = Report::default();
        report.rule("code", "This value is already used.");
        return Err(report.into());
    }
    save::<R>(&mut transaction, owner, code, object, &IfMatch::default()).await?;
    transaction.commit().await?;
    answer_saved(app, Saved::Created, R::list_path(owner).into_iter().chain([code]))
}

/// Changes a thing, or makes it.
pub async fn update<R: Resource>(
    app: &App,
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
    R::check_owner(owner, &mut transaction).await?;
    let saved = save::<R>(&mut transaction, owner, code, object, if_match).await?;
    transaction.commit().await?;
    answer_saved(app, saved, R::list_path(owner).into_iter().chain([code]))
}

/// Changes or makes up to a hundred things, each on its own.
pub async fn update_many<R: Resource>(
    app: &App,
    owner: &str,
    lines: Vec<Line>,
) -> Result<Vec<Map<String, Value>>> {
    let mut transaction = app.db.begin().await?;
    R::check_owner(owner, &mut transaction).await?;
    let mut answers = Vec::with_capacity(lines.len());
    for line in lines {
        let keyed = match read_key(line, "code") {
            Ok(keyed) => keyed,
            Err(refusal) => {
                answers.push(bulk::describe("code", None, &Err(refusal)));
                continue;
            }
        };
        let mut attempt = transaction.begin().await?;
        let if_match = IfMatch::default();
        let result = save::<R>(&mut attempt, owner, &keyed.key, &keyed.object, &if_match).await;
        match &result {
            Ok(_) => attempt.commit().await?,
            Err(_) => attempt.rollback().await?,
        }
        match result {
            Err(refusal) if refusal.is_ours() => return Err(refusal),
            result => answers.push(bulk::describe("code", Some(&keyed.key), &result)),
        }
    }
    transaction.commit().await?;
    Ok(answers)
}

/// Removes a thing that nothing needs any more; 422 names those who need it.
pub async fn delete<R: Resource>(
    app: &App,
    owner: &str,
    code: &str,
    if_match: &IfMatch,
) -> Result<StatusCode> {
    let mut transaction = app.db.begin().await?;
    R::check_owner(owner, &mut transaction).await?;
    let thing: R = store::find_for_update(&mut transaction, owner, code)
        .await?
        .ok_or_else(|| R::missing(owner, code))?;
    if_match.check(thing.version().unwrap_or_default())?;
    let users = store::find_users::<R>(&mut transaction, owner, code).await?;
    if !users.is_empty() {
        return Err(still_needed(thing.noun(), code, &users));
    }
    store::delete::<R>(&mut transaction, owner, code).await?;
    thing.after_delete(&mut transaction).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 422: others need the thing.
pub fn still_needed(noun: &str, code: &str, users: &[String]) -> Refusal {
    let mut report = Report::default();
    report.rule("code", format!("{noun} \"{code}\" is still needed by {}.", users.join(", ")));
    report.into()
}

/// Applies a body to what is there, checks it and writes it if it changed.
async fn save<R: Resource>(
    connection: &mut PgConnection,
    owner: &str,
    code: &str,
    object: &Map<String, Value>,
    if_match: &IfMatch,
) -> Result<Saved> {
    let before: Option<R> = store::find_for_update(connection, owner, code).await?;
    if let Some(before) = &before {
        if_match.check(before.version().unwrap_or_default())?;
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
    after.write(before.as_ref(), connection).await?;
    Ok(if before.is_some() { Saved::Changed } else { Saved::Created })
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

/// 201 or 204 with the address of the thing; a write that changed nothing says so in a header.
pub fn answer_saved<'a>(
    app: &App,
    saved: Saved,
    path: impl IntoIterator<Item = &'a str>,
) -> Result<Response> {
    let mut headers = HeaderMap::new();
    headers.insert(header::LOCATION, Links::new(&app.config.public_url)?.header(path));
    if saved == Saved::Unchanged {
        headers.insert("vitrine-changed", HeaderValue::from_static("false"));
    }
    let status = match saved {
        Saved::Created => StatusCode::CREATED,
        Saved::Changed | Saved::Unchanged => StatusCode::NO_CONTENT,
    };
    Ok((status, headers).into_response())
}

fn wrong_code_type(given: &Value) -> Refusal {
    let given = crate::management::fields::type_name(given);
    Refusal::documented(format!(
        "Property \"code\" expects a string as data, \"{given}\" given. Check the expected format on the API documentation."
    ))
}
