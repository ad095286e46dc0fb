use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    response::{IntoResponse, Response},
    routing::any,
};
use http::{HeaderMap, StatusCode};
use serde_json::Value;
use tokio::net::TcpListener;

/// What the receiver does with one message.
#[derive(Debug, Clone)]
pub enum Reply {
    /// This status.
    Status(u16),
    /// A status with a header.
    With(u16, &'static str, String),
    /// This status, after this time.
    Late(u16, Duration),
    /// None, for ever.
    Silence,
}

/// A message as it came.
#[derive(Debug, Clone)]
pub struct Message {
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, byte for byte.
    pub body: Bytes,
    /// When it came.
    pub at: Instant,
}

impl Message {
    /// One header, empty if absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The id of the message, the same for each time it is sent.
    pub fn id(&self) -> &str {
        self.header("webhook-id")
    }

    /// The body as JSON.
    pub fn event(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }

    /// Whether this secret signed it, by the published library.
    pub fn is_signed_by(&self, secret: &str) -> bool {
        let verifier = standardwebhooks::Webhook::new(secret).expect("it is a secret");
        verifier.verify(&self.body, &self.headers).is_ok()
    }
}

/// Another system that webhooks are sent to: a real socket, with answers as the test wants them.
#[derive(Clone)]
pub struct Receiver {
    /// Where it listens: its address and port.
    pub host: String,
    messages: Arc<Mutex<Vec<Message>>>,
    replies: Arc<Mutex<VecDeque<Reply>>>,
    otherwise: Arc<Mutex<Reply>>,
}

impl Receiver {
    /// One that accepts everything.
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
        let receiver = Self {
            host: listener.local_addr().expect("it is bound").to_string(),
            messages: Arc::default(),
            replies: Arc::default(),
            otherwise: Arc::new(Mutex::new(Reply::Status(204))),
        };
        let routes = Router::new().fallback(any(receive)).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        receiver
    }

    /// The address to send to.
    pub fn url(&self) -> String {
        format!("http://{}/hook", self.host)
    }

    /// Does so with the next messages, one after the other.
    pub fn reply(&self, replies: impl IntoIterator<Item = Reply>) {
        self.replies.lock().unwrap_or_else(PoisonError::into_inner).extend(replies);
    }

    /// Does so with all others.
    pub fn otherwise(&self, reply: Reply) {
        *self.otherwise.lock().unwrap_or_else(PoisonError::into_inner) = reply;
    }

    /// All that came so far.
    pub fn messages(&self) -> Vec<Message> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until so many messages have come.
    pub async fn wait_for(&self, count: usize) -> Vec<Message> {
        let began = Instant::now();
        loop {
            let messages = self.messages();
            if messages.len() >= count {
                return messages;
            }
            assert!(began.elapsed() < Duration::from_secs(30), "only {} came", messages.len());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn receive(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> Response {
    let message = Message { headers, body, at: Instant::now() };
    receiver.messages.lock().unwrap_or_else(PoisonError::into_inner).push(message);
    let next = receiver.replies.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    let reply = next.unwrap_or_else(|| {
        receiver.otherwise.lock().unwrap_or_else(PoisonError::into_inner).clone()
    });
    let status = |status| StatusCode::from_u16(status).expect("the test names a status");
    match reply {
        Reply::Status(code) => status(code).into_response(),
        Reply::With(code, name, value) => (status(code), [(name, value)]).into_response(),
        Reply::Late(code, delay) => {
            tokio::time::sleep(delay).await;
            status(code).into_response()
        }
        Reply::Silence => std::future::pending().await,
    }
}
