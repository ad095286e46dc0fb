use axum::{Router, routing::post};
use contracts::{Credentials, Peer};
use serde_json::json;
use tokio::net::TcpListener;
use web::Secret;

/// Serves a router on loopback as if it were the service of this name, for tests of the services that
/// call it. Its own `/oauth/token` hands out `token`. Ends with the test.
pub async fn serve_peer(name: &'static str, routes: Router, token: String) -> Peer {
    let answer = json!({ "access_token": token, "token_type": "Bearer", "expires_in": 600 });
    let routes = routes.route("/oauth/token", post(|| async move { axum::Json(answer) }));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
    let address = listener.local_addr().expect("the listener has an address");
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let base_url = format!("http://{address}");
    let token_url = format!("{base_url}/oauth/token");
    let credentials = Credentials::new(token_url, "test".to_owned(), Secret::new("test"));
    Peer::new(name, &base_url, credentials)
}
