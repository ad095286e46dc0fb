//! One change of a cart: the cart is locked, its owner and state are checked, and what comes back is the
//! cart after the change.

use access::Caller;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use problem::{Problem, Result};
use sqlx::{Postgres, Transaction};
use uuid::Uuid;
use web::{IfMatch, idempotency::Record};

use super::{
    Loaded, StoredCart,
    rules::{self, RuleCache},
    store, view,
};
use crate::{
    App,
    answer::{owner_of, with_etag},
};

/// A change under way; dropped without [`finish`](Self::finish), it never happened.
pub(crate) struct Change {
    pub(crate) tx: Transaction<'static, Postgres>,
    pub(crate) cart: StoredCart,
    rules: RuleCache,
}

impl Change {
    /// Locks the caller's cart. 404 if it is not theirs, 409 `cart_closed` if it is not open any more,
    /// 412 if `If-Match` names another version.
    pub(crate) async fn begin(
        app: &App,
        caller: &Caller,
        cart_id: Uuid,
        if_match: &IfMatch,
    ) -> Result<Self> {
        Self::begin_in(app.db.begin().await?, app, caller, cart_id, if_match).await
    }

    /// The same in a transaction that was begun before.
    pub(crate) async fn begin_in(
        mut tx: Transaction<'static, Postgres>,
        app: &App,
        caller: &Caller,
        cart_id: Uuid,
        if_match: &IfMatch,
    ) -> Result<Self> {
        let cart = store::lock_to_change(&mut tx, &owner_of(caller), cart_id).await?;
        let cart = cart.ok_or_else(|| Problem::not_found("cart"))?;
        check_open(&cart)?;
        if_match.check(cart.version - 1)?;
        Ok(Self { tx, cart, rules: app.rules.clone() })
    }

    /// Commits, and answers with the cart as it is now.
    pub(crate) async fn finish(mut self) -> Result<Response> {
        let loaded = self.load().await?;
        let cart = view::view(&mut self.tx, &loaded).await?.cart;
        self.tx.commit().await?;
        Ok(with_etag(cart.version, cart))
    }

    /// Commits with the record of a keyed request.
    pub(crate) async fn finish_keyed(
        mut self,
        loaded: &Loaded,
        record: Record,
    ) -> Result<Response> {
        let cart = view::view(&mut self.tx, loaded).await?.cart;
        let mut response = record.finish(&mut self.tx, StatusCode::OK, None, &cart).await?;
        self.tx.commit().await?;
        let etag: HeaderValue = web::etag(cart.version);
        response.headers_mut().insert(header::ETAG, etag);
        Ok(response)
    }

    /// The cart as it is now.
    pub(crate) async fn load(&mut self) -> Result<Loaded> {
        let StoredCart { cart_id, owner, .. } = &self.cart;
        let loaded = rules::load_cart(&mut self.tx, &self.rules, owner, *cart_id).await?;
        loaded.ok_or_else(|| Problem::not_found("cart"))
    }
}

/// 409 `cart_closed` unless the cart can be changed.
pub(crate) fn check_open(cart: &StoredCart) -> Result<()> {
    match cart.status.as_str() {
        "open" => Ok(()),
        status => Err(Problem::conflict("cart_closed", format!("the cart is {status}"))),
    }
}
