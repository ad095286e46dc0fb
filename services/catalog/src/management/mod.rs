//! The management side: the PIM API under `/api/rest/v1`.

use utoipa_axum::router::OpenApiRouter;

use crate::App;

/// The routes of the management API.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
}
