use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use object_store::ObjectStoreExt;

use super::file::path_of;
use crate::{
    App,
    management::{
        error::{Refusal, Result},
        job::{Job, Request, act},
    },
    media_store::unavailable,
};

/// The file of an export, as an attachment. 404 before it is whole, 410 when its time is over.
pub(in super::super) async fn download(app: &App, id: &str) -> Result<Response> {
    let job = act::find(&mut *app.db.acquire().await?, id).await?;
    let Request::Export(request) = &job.request.0 else {
        return Err(Refusal::not_found(format!("Job \"{id}\" is not an export.")));
    };
    let Some(bytes) = job.file_bytes else {
        return Err(Refusal::not_found(format!("Job \"{id}\" has no file (yet).")));
    };
    let file = job.file_id.filter(|_| !is_over(&job)).ok_or_else(|| gone(&job))?;
    let object = app.media.get(&path_of(file)).await.map_err(|error| match error {
        object_store::Error::NotFound { .. } => gone(&job),
        other => unavailable(other).into(),
    })?;
    let mut response = Body::from_stream(object.into_stream()).into_response();
    let name = format!("{}.{}", request.resource.as_str(), request.format.as_str());
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""))
        .expect("names of resources and formats are plain");
    let headers = response.headers_mut();
    let media_type = HeaderValue::from_static(request.format.media_type());
    headers.insert(header::CONTENT_TYPE, media_type);
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes));
    headers.insert(header::CONTENT_DISPOSITION, disposition);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Ok(response)
}

fn is_over(job: &Job) -> bool {
    job.file_until.is_none_or(|until| until < chrono::Utc::now())
}

fn gone(job: &Job) -> Refusal {
    let until = job.file_until.map(|until| until.to_rfc3339()).unwrap_or_default();
    Refusal::new(StatusCode::GONE, "file_removed", format!("The file was kept until {until}."))
}
