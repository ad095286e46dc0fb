//! What every service's `main` needs: configuration from the environment, telemetry, a server that
//! drains, health, the database, and the extractors and answers that all APIs share.

mod admin;
mod conditional;
pub mod config;
pub mod database;
mod extract;
pub mod idempotency;
mod layers;
mod lifecycle;
pub mod merge_patch;
pub mod openapi;
mod page;
mod run;
mod serve;
mod telemetry;
pub mod trace;
mod version;

pub use admin::{Metrics, admin_router};
pub use conditional::{if_none_match, tag_answers};
pub use config::{Env, Secret, ServerConfig};
pub use extract::{Json, Path, Query, parse_json};
pub use layers::{Limits, with_layers};
pub use lifecycle::Lifecycle;
pub use page::{Cursor, Page, PageQuery};
pub use run::{install_tls, run_service};
pub use serve::serve;
pub use telemetry::{LogFormat, init_telemetry};
pub use version::{IfMatch, etag, same_code, with_etag};

/// Of every binary that links this crate.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
