//! A gateway under test, the services behind it, and ways to call it.

use std::{net::SocketAddr, time::Duration};

use axum::{Router, body::Body, extract::Request, response::IntoResponse};
use gateway::Config;
use http::StatusCode;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use web::{Env, Lifecycle};

/// A gateway that runs until it is dropped.
pub(crate) struct Gateway {
    pub(crate) address: SocketAddr,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) running: JoinHandle<anyhow::Result<()>>,
    http: reqwest::Client,
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.lifecycle.stop();
    }
}

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: http::HeaderMap,
    pub(crate) text: String,
}

/// Starts a gateway with these variables besides the defaults of a test.
pub(crate) async fn start(variables: &[(&str, &str)]) -> Gateway {
    web::install_tls();
    let nowhere = format!("http://{}", closed_address().await);
    let mut values = vec![("VITRINE_GATEWAY_THREADS", "2"), ("VITRINE_GRACE_SECONDS", "5")];
    for name in ["AUTH", "CATALOG", "ORDER", "PAYMENT", "RECOMMENDATION"] {
        values.push((Box::leak(format!("VITRINE_{name}_URL").into_boxed_str()), &nowhere));
    }
    values.extend(variables);
    let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let config = Config::from_env(&mut Env::from_values(values)).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, lifecycle) = (listener.local_addr().unwrap(), Lifecycle::new());
    let running = tokio::spawn(gateway::run(config, listener, lifecycle.clone()));
    let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(30)).build();
    Gateway { address, lifecycle, running, http: http.unwrap() }
}

/// Serves a router on loopback; its address as a variable's value.
pub(crate) async fn serve(routes: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, routes).await });
    format!("http://{address}")
}

/// An address at which nobody listens.
pub(crate) async fn closed_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

/// A service that answers every request with what it saw of it.
pub(crate) fn echo(name: &'static str) -> Router {
    Router::new().fallback(move |request: Request| async move {
        let (head, body) = request.into_parts();
        let body = match body.collect().await {
            Ok(body) => body.to_bytes(),
            Err(_) => return StatusCode::BAD_REQUEST.into_response(),
        };
        let headers: serde_json::Map<String, Value> = head
            .headers
            .iter()
            .map(|(name, value)| {
                (name.to_string(), json!(String::from_utf8_lossy(value.as_bytes())))
            })
            .collect();
        let seen = json!({
            "service": name,
            "method": head.method.as_str(),
            "uri": head.uri.to_string(),
            "headers": headers,
            "body_bytes": body.len(),
        });
        ([("content-type", "application/json"), ("x-service", name)], seen.to_string())
            .into_response()
    })
}

/// A service that answers this JSON to everything.
pub(crate) fn json_service(body: Value) -> Router {
    Router::new().fallback(move || async move {
        ([("content-type", "application/json")], body.to_string()).into_response()
    })
}

/// A service that takes every request and never answers.
pub(crate) fn silent() -> Router {
    Router::new().fallback(|| async { std::future::pending::<Body>().await })
}

impl Gateway {
    /// A request to this path.
    pub(crate) fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let url = format!("http://{}{path}", self.address);
        self.http.request(method.parse().unwrap(), url)
    }

    /// The answer to a GET.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request("GET", path)).await
    }

    /// Sends these bytes and reads what comes until the connection is closed.
    pub(crate) async fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        let mut answer = Vec::new();
        // A connection may be reset after its answer: what came before counts.
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// The status of a GET of this path, exactly as it is spelled.
    pub(crate) async fn raw_status(&self, path: &str) -> u16 {
        let answer = self
            .raw(format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").as_bytes())
            .await;
        answer.split(' ').nth(1).unwrap_or_default().parse().unwrap()
    }
}

impl Answer {
    pub(crate) async fn of(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Self { status, headers, text: response.text().await.unwrap() }
    }

    #[track_caller]
    pub(crate) fn assert_status(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }

    #[track_caller]
    pub(crate) fn assert_problem(self, status: u16, code: &str) -> Self {
        let answer = self.assert_status(status);
        assert_eq!(answer.headers["content-type"], "application/problem+json");
        assert_eq!(answer.json()["code"], code);
        answer
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {}", self.text))
    }
}
