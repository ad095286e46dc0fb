//! What all OpenAPI documents have in common.

use utoipa::{
    Modify,
    openapi::{
        OpenApi,
        security::{Http, HttpAuthScheme, SecurityScheme},
    },
};

/// Adds the security scheme `bearer`: an access token in the `Authorization` header.
pub struct BearerAuth;

impl Modify for BearerAuth {
    fn modify(&self, document: &mut OpenApi) {
        let mut scheme = Http::new(HttpAuthScheme::Bearer);
        scheme.bearer_format = Some("JWT".to_owned());
        scheme.description = Some("An access token of this installation (RFC 9068).".to_owned());
        document
            .components
            .get_or_insert_default()
            .add_security_scheme("bearer", SecurityScheme::Http(scheme));
    }
}

/// The document as it is committed: pretty JSON with a newline at its end.
pub fn to_text(document: &OpenApi) -> String {
    let mut text = document.to_pretty_json().expect("an OpenAPI document is plain data");
    text.push('\n');
    text
}
