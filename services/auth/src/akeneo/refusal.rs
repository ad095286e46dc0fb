use axum::response::{IntoResponse, Response};
use http::StatusCode;
use problem::Problem;
use serde::Serialize;
use utoipa::ToSchema;

use crate::oauth::OauthError;

/// A refused request, as these clients read it.
#[derive(Serialize, ToSchema)]
pub(crate) struct RefusalBody {
    /// The status.
    #[schema(example = 422)]
    code: u16,
    #[schema(example = "No user found for the given username and password")]
    message: String,
}

/// Why no token is given.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// 422
    Client,
    /// 422
    Parameters,
    /// 422
    User,
    /// 422
    Grant,
    /// 422
    RefreshToken,
    /// 400
    Json,
    /// 413
    TooLarge { max_bytes: usize },
    /// 415
    MediaType(Option<String>),
    /// Anything that is not the client's fault.
    Problem(Problem),
}

impl Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::Json => StatusCode::BAD_REQUEST,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::MediaType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Problem(problem) => problem.status(),
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    fn message(&self) -> String {
        match self {
            Self::Client => "Parameter \"client_id\" is missing or does not match any client, \
                             or secret is invalid"
                .to_owned(),
            Self::Parameters => "Parameter \"grant_type\", \"username\" or \"password\" is \
                                 missing, empty or invalid"
                .to_owned(),
            Self::User => "No user found for the given username and password".to_owned(),
            Self::Grant => "This grant type is not authorized for this client".to_owned(),
            Self::RefreshToken => "Refresh token is invalid or has expired".to_owned(),
            Self::Json => "Invalid json message received".to_owned(),
            Self::TooLarge { max_bytes } => {
                format!("Request content exceeded the maximum allowed size of {max_bytes} bytes")
            }
            Self::MediaType(None) => "The \"Content-Type\" header is missing. \
                \"application/json\" or \"application/x-www-form-urlencoded\" has to be specified \
                as value."
                .to_owned(),
            Self::MediaType(Some(given)) => format!(
                "\"{given}\" in \"Content-Type\" header is not valid. Only \"application/json\" or \
                 \"application/x-www-form-urlencoded\" are allowed."
            ),
            Self::Problem(problem) => problem.detail().to_owned(),
        }
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<sqlx::Error> for Refusal {
    fn from(error: sqlx::Error) -> Self {
        Self::Problem(error.into())
    }
}

impl From<OauthError> for Refusal {
    /// What a refresh can meet: our own fault, or a token that is of no use.
    fn from(error: OauthError) -> Self {
        error.into_cause().map_or(Self::RefreshToken, Self::Problem)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = RefusalBody { code: self.status().as_u16(), message: self.message() };
        let mut response = (self.status(), web::Json(body)).into_response();
        if let Self::Problem(problem) = self {
            problem.log();
            problem.add_headers(response.headers_mut());
        }
        response
    }
}
