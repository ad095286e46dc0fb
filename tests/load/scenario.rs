//! What shoppers do.

use anyhow::{Context, Result};
use bytes::Bytes;
use http::Method;
use load::{
    Answer, Client, System,
    engine::{Plan, Requests, Spec},
};
use serde_json::{Value, json};
use uuid::Uuid;

/// Carts that a run of checkouts has ready, per connection and second: more than are used up.
const CHECKOUTS: usize = 15;
/// Carts that lines are added to.
const CARTS: usize = 64;
/// What is bought, in turn.
const SKUS: [&str; 5] =
    ["KETTLE", "MUG-red-small", "MUG-red-large", "MUG-blue-small", "MUG-blue-large"];
/// More than is sold in all runs.
const ON_HAND: i64 = 1_000_000;

/// Something that shoppers do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scenario {
    /// One product's document.
    Product,
    /// A product screen: product, availability, recommendations.
    ProductPage,
    /// A list with a filter and facets.
    List,
    /// A line into a cart.
    AddToCart,
    /// A cart into an order, paid.
    Checkout,
}

impl Scenario {
    /// All of them.
    pub(crate) const ALL: [Self; 5] =
        [Self::Product, Self::ProductPage, Self::List, Self::AddToCart, Self::Checkout];

    /// What it is called in the table.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::ProductPage => "product page",
            Self::List => "list with facets",
            Self::AddToCart => "add to cart",
            Self::Checkout => "checkout",
        }
    }

    /// The requests of a run, with everything made that they need.
    pub(crate) async fn requests(self, system: &System, plan: Plan) -> Result<Requests> {
        match self {
            Self::Product => {
                Ok(repeat(slugs(system).await?, |slug| format!("/v1/products/{slug}")))
            }
            Self::ProductPage => {
                Ok(repeat(slugs(system).await?, |slug| format!("/v1/pages/product/{slug}")))
            }
            Self::List => Ok(repeat(["red", "blue"], |color| {
                format!("/v1/products?filter[color]={color}&facets=color,size&limit=20")
            })),
            Self::AddToCart => add_to_cart(system).await,
            Self::Checkout => checkouts(system, plan).await,
        }
    }

    /// The bytes of one answer, for the bare handler.
    pub(crate) async fn sample(self, system: &System, requests: &Requests) -> Result<Bytes> {
        let spec = requests.list.last().context("there are requests")?;
        Ok(Bytes::from(send(spec, system).await?.text))
    }
}

/// Sends a request once; fails unless the answer is good.
pub(crate) async fn send(spec: &Spec, system: &System) -> Result<Answer> {
    let mut client = system.client();
    if let Some(token) = &spec.token {
        client = client.bearer(token);
    }
    if let Some(key) = &spec.key {
        client = client.key(key);
    }
    let answer = match spec.method {
        Method::GET => client.get(&spec.path).await?,
        _ => client.post(&spec.path, serde_json::from_slice(&spec.body)?).await?,
    };
    anyhow::ensure!(answer.status < 300, "{} answered {}", spec.path, answer.text);
    Ok(answer)
}

fn repeat<T>(items: impl IntoIterator<Item = T>, path: impl Fn(T) -> String) -> Requests {
    let list = items.into_iter().map(|item| Spec::get(path(item))).collect();
    Requests { list, repeat: true }
}

async fn slugs(system: &System) -> Result<Vec<String>> {
    let list = system.client().get("/v1/products?limit=100").await?.json();
    let items = list["items"].as_array().context("the list has items")?;
    Ok(items.iter().filter_map(|item| item["slug"].as_str()).map(str::to_owned).collect())
}

async fn add_to_cart(system: &System) -> Result<Requests> {
    let mut list = Vec::new();
    for _ in 0..CARTS {
        let (shopper, cart) = new_cart(system).await?;
        // Few enough for the largest quantity that a line may have.
        list.push(Spec {
            method: Method::POST,
            path: format!("/v1/carts/{cart}/lines"),
            token: Some(shopper.token().to_owned()),
            key: None,
            body: Bytes::from(json!({ "sku": "KETTLE", "quantity": 1 }).to_string()),
        });
    }
    Ok(Requests { list, repeat: true })
}

async fn checkouts(system: &System, plan: Plan) -> Result<Requests> {
    let staff = system.staff().await?;
    let stock: Vec<Value> = SKUS
        .iter()
        .map(|sku| json!({ "sku": sku, "location": "main", "on_hand": ON_HAND }))
        .collect();
    staff.patch("/v1/stock", Value::Array(stock)).await?;
    let seconds = usize::try_from(plan.duration.as_secs())?;
    let mut list = Vec::new();
    for number in 0..CHECKOUTS * plan.connections * seconds {
        let (shopper, cart) = new_cart(system).await?;
        fill(&shopper, &cart, SKUS[number % SKUS.len()]).await?;
        list.push(Spec {
            method: Method::POST,
            path: format!("/v1/carts/{cart}/checkout"),
            token: Some(shopper.token().to_owned()),
            key: Some(Uuid::now_v7().to_string()),
            body: Bytes::from(json!({ "payment": { "token": "tok_success" } }).to_string()),
        });
    }
    Ok(Requests { list, repeat: false })
}

async fn new_cart(system: &System) -> Result<(Client, String)> {
    let shopper = system.client().anonymous().await?;
    let cart =
        shopper.post("/v1/carts", json!({ "currency": "EUR", "country": "DE" })).await?.json();
    Ok((shopper, cart["id"].as_str().context("the cart has an id")?.to_owned()))
}

async fn fill(shopper: &Client, cart: &str, sku: &str) -> Result<()> {
    let address: Value = json!({
        "first_name": "Ada", "last_name": "Beispiel", "street": "Hafenstraße 1",
        "city": "Hamburg", "postal_code": "20095", "country": "DE",
    });
    let path = |rest: &str| format!("/v1/carts/{cart}/{rest}");
    shopper.post(&path("lines"), json!({ "sku": sku, "quantity": 1 })).await?;
    shopper.put(&path("email"), json!({ "email": "ada@example.com" })).await?;
    shopper.put(&path("shipping-address"), address.clone()).await?;
    shopper.put(&path("billing-address"), address).await?;
    shopper.put(&path("shipping-method"), json!({ "code": "standard" })).await?;
    Ok(())
}
