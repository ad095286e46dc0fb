use serde_json::{Value, json};
use testing::Answer;

use crate::{
    browser::{Browser, CALLBACK, CHALLENGE, VERIFIER, form, request, sent_back, ticket},
    shop::{
        ADMIN_EMAIL, PASSWORD, Shop, ask_token, assert_oauth_error, claims, post_form, refresh,
    },
};

const ADA: &str = "ada@example.com";

/// Signs in on the page that the request leads to.
pub(crate) async fn sign_in(browser: &mut Browser, address: &str, email: &str) -> Answer {
    let page = browser.get(address).await.assert_status(200);
    browser.fill_in(&page, &[("email", email), ("password", PASSWORD)]).await
}

pub(crate) async fn exchange(shop: &Shop, code: &str, more: &[(&str, &str)]) -> Answer {
    let mut fields = std::collections::BTreeMap::from([
        ("grant_type", "authorization_code"),
        ("client_id", "storefront"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ]);
    fields.extend(more.iter().copied());
    let fields: Vec<_> = fields.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    ask_token(&shop.client, &form(&fields)).await
}

/// A code for Ada and the storefront.
async fn code(shop: &Shop, more: &[(&str, &str)]) -> String {
    shop.sign_up(ADA).await;
    let mut browser = Browser::new(shop);
    sent_back(&sign_in(&mut browser, &request(more), ADA).await)["code"].clone()
}

/// A new application of somebody else.
pub(crate) async fn partner(shop: &Shop, more: Value) -> Value {
    let mut new =
        json!({ "label": "Price watch", "redirect_uris": ["https://partner.example/cb"] });
    new.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    shop.admin().await.post("/v1/applications", new).await.assert_status(201).json()
}

fn partner_request(partner: &Value, more: &[(&str, &str)]) -> String {
    let mut fields = vec![
        ("client_id", partner["client_id"].as_str().unwrap()),
        ("redirect_uri", "https://partner.example/cb"),
    ];
    fields.extend(more);
    request(&fields)
}

/// The tokens of a partner whom somebody allowed these scopes.
async fn partner_tokens(shop: &Shop, partner: &Value, scope: &str, email: &str) -> Value {
    let mut browser = Browser::new(shop);
    let address = partner_request(partner, &[("scope", scope)]);
    let consent = sign_in(&mut browser, &address, email).await.assert_status(200);
    let back = sent_back(&browser.fill_in(&consent, &[("decision", "allow")]).await);
    let id = partner["client_id"].as_str().unwrap();
    let more = [("client_id", id), ("redirect_uri", "https://partner.example/cb")];
    exchange(shop, &back["code"], &more).await.assert_status(200).json()
}

#[tokio::test]
async fn a_person_signs_in_and_the_application_gets_tokens() {
    let shop = Shop::open().await;
    shop.sign_up(ADA).await;
    let mut browser = Browser::new(&shop);
    let back = sent_back(&sign_in(&mut browser, &request(&[]), ADA).await);
    assert_eq!(back["state"], "a b&c");
    assert_eq!(back["iss"], "http://shop.test");
    let tokens = exchange(&shop, &back["code"], &[]).await.assert_status(200).json();
    assert_eq!(tokens["scope"], "openid");
    let (access, id) = (claims(&tokens["access_token"]), claims(&tokens["id_token"]));
    assert_eq!(access["sub"], id["sub"]);
    assert_eq!(access["sid"], id["sid"]);
    assert_eq!(access["aud"], "vitrine");
    assert_eq!(id["aud"], "storefront");
    assert_eq!(id["iss"], "http://shop.test");
    assert_eq!(id["nonce"], "n-1");
    assert_eq!(id["amr"], json!(["pwd"]));
    assert!(id["auth_time"].as_i64().unwrap() <= id["iat"].as_i64().unwrap());
    shop.as_holder(&tokens).get("/v1/me").await.assert_status(200);
    let next = refresh(&shop.client, tokens["refresh_token"].as_str().unwrap()).await;
    let next = next.assert_status(200).json();
    assert_eq!(claims(&next["id_token"])["auth_time"], id["auth_time"]);
    assert_eq!(claims(&next["id_token"]).get("nonce"), None);
}

#[tokio::test]
async fn an_id_token_is_no_access_token() {
    let shop = Shop::open().await;
    let code = code(&shop, &[]).await;
    let tokens = exchange(&shop, &code, &[]).await.assert_status(200).json();
    let client = shop.client.bearer(tokens["id_token"].as_str().unwrap());
    client.get("/v1/me").await.assert_problem(401, "unauthenticated");
    client.get("/oauth/userinfo").await.assert_problem(401, "unauthenticated");
}

#[tokio::test]
async fn without_openid_there_is_no_id_token() {
    let shop = Shop::open().await;
    let code = code(&shop, &[("scope", "")]).await;
    let tokens = exchange(&shop, &code, &[]).await.assert_status(200).json();
    assert_eq!(tokens.get("id_token"), None);
    assert!(tokens["refresh_token"].is_string());
}

#[tokio::test]
async fn a_code_is_for_one_exchange_and_coming_again_ends_what_it_opened() {
    let shop = Shop::open().await;
    let code = code(&shop, &[]).await;
    let tokens = exchange(&shop, &code, &[]).await.assert_status(200).json();
    assert_oauth_error(exchange(&shop, &code, &[]).await, 400, "invalid_grant");
    let refreshed = refresh(&shop.client, tokens["refresh_token"].as_str().unwrap()).await;
    assert_oauth_error(refreshed, 400, "invalid_grant");
    let question = format!("token={}", tokens["access_token"].as_str().unwrap());
    let state = post_form(&shop.as_service(), "/oauth/introspect", &question).await.json();
    assert_eq!(state, json!({ "active": false }));
    let facts: i64 = sqlx::query_scalar(
        "select count(*) from outbox where type = 'session.code_reuse_detected'",
    )
    .fetch_one(&shop.db)
    .await
    .unwrap();
    assert_eq!(facts, 1);
}

#[tokio::test]
async fn of_many_exchanges_at_once_one_is_answered() {
    let shop = Shop::open().await;
    let code = code(&shop, &[]).await;
    let answers = futures::future::join_all((0..8).map(|_| exchange(&shop, &code, &[]))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
}

#[tokio::test]
async fn a_code_is_worth_nothing_without_its_verifier_address_and_client() {
    let shop = Shop::open().await;
    let code = code(&shop, &[]).await;
    let other = partner(&shop, json!({})).await;
    for wrong in [
        [("code_verifier", "")],
        [("code_verifier", "x")],
        [("code_verifier", CHALLENGE)],
        [("redirect_uri", "http://127.0.0.1:51005/callback")],
        [("client_id", other["client_id"].as_str().unwrap())],
        [("code", "x")],
        [("code", &code[..63])],
    ] {
        assert_oauth_error(exchange(&shop, &code, &wrong).await, 400, "invalid_grant");
    }
    exchange(&shop, &code, &[]).await.assert_status(200);
}

#[tokio::test]
async fn a_code_expires_after_a_minute() {
    let shop = Shop::open().await;
    let code = code(&shop, &[]).await;
    let lifetime: bool = sqlx::query_scalar(
        "select expires_at between now() + interval '50 s' and now() + interval '60 s'
         from authorization_code",
    )
    .fetch_one(&shop.db)
    .await
    .unwrap();
    assert!(lifetime);
    sqlx::query("update authorization_code set expires_at = now()")
        .execute(&shop.db)
        .await
        .unwrap();
    assert_oauth_error(exchange(&shop, &code, &[]).await, 400, "invalid_grant");
}

#[tokio::test]
async fn whom_nobody_knows_where_to_send_back_sees_a_page() {
    let shop = Shop::open().await;
    let mut browser = Browser::new(&shop);
    for wrong in [
        vec![("client_id", "")],
        vec![("client_id", "nobody")],
        vec![("client_id", "service-order")],
        vec![("client_id", "<script>")],
        vec![("redirect_uri", "https://evil.example/callback")],
        vec![("redirect_uri", "http://127.0.0.1:51004/other")],
        vec![("redirect_uri", "http://127.0.0.1:51004/callback?x")],
        // The storefront has two.
        vec![("redirect_uri", "")],
    ] {
        let page = browser.get(&request(&wrong)).await.assert_status(400);
        assert!(page.header("content-type").starts_with("text/html"), "{wrong:?}");
        assert_eq!(page.header("location"), "");
    }
    let twice = format!("{}&redirect_uri=https%3A%2F%2Fevil.example", request(&[]));
    browser.get(&twice).await.assert_status(400);
}

#[tokio::test]
async fn a_bad_request_is_told_to_the_application() {
    let shop = Shop::open().await;
    let mut browser = Browser::new(&shop);
    for (wrong, error) in [
        (("response_type", ""), "invalid_request"),
        (("response_type", "token"), "unsupported_response_type"),
        (("response_type", "code id_token"), "unsupported_response_type"),
        (("response_mode", "fragment"), "invalid_request"),
        (("code_challenge", ""), "invalid_request"),
        (("code_challenge", "short"), "invalid_request"),
        (("code_challenge_method", ""), "invalid_request"),
        (("code_challenge_method", "plain"), "invalid_request"),
        (("scope", "openid world:rule"), "invalid_scope"),
        (("scope", "internal"), "invalid_scope"),
        (("prompt", "dance"), "invalid_request"),
        (("prompt", "none login"), "invalid_request"),
        (("max_age", "-1"), "invalid_request"),
        (("request", "x"), "request_not_supported"),
        (("request_uri", "https://x"), "request_uri_not_supported"),
        (("prompt", "none"), "login_required"),
    ] {
        let back = sent_back(&browser.get(&request(&[wrong])).await);
        assert_eq!(back["error"], error, "{wrong:?}");
        assert_eq!((&*back["state"], &*back["iss"]), ("a b&c", "http://shop.test"));
        assert!(!back.contains_key("code"));
    }
    let twice = format!("{}&scope=email", request(&[]));
    assert_eq!(sent_back(&browser.get(&twice).await)["error"], "invalid_request");
}

#[tokio::test]
async fn a_request_may_come_by_form() {
    let shop = Shop::open().await;
    let mut browser = Browser::new(&shop);
    let address = request(&[]);
    let (path, query) = address.split_once('?').unwrap();
    let fields: Vec<(String, String)> =
        form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let fields: Vec<_> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let page = browser.submit(path, &fields).await.assert_status(200);
    assert!(page.text().contains("name=\"password\""));
}

#[tokio::test]
async fn a_browser_that_is_signed_in_is_not_asked_again_unless_it_must() {
    let shop = Shop::open().await;
    shop.sign_up(ADA).await;
    let mut browser = Browser::new(&shop);
    sent_back(&sign_in(&mut browser, &request(&[]), ADA).await);
    for silent in [vec![], vec![("prompt", "none")], vec![("max_age", "60")]] {
        assert!(sent_back(&browser.get(&request(&silent)).await).contains_key("code"));
    }
    let page = browser.get(&request(&[("prompt", "login")])).await.assert_status(200);
    assert!(page.text().contains("name=\"password\""));
    sqlx::query(
        "update browser_session set authenticated_at = authenticated_at - interval '2 min'",
    )
    .execute(&shop.db)
    .await
    .unwrap();
    let stale = browser.get(&request(&[("max_age", "60"), ("prompt", "none")])).await;
    assert_eq!(sent_back(&stale)["error"], "login_required");
    let again = sign_in(&mut browser, &request(&[("max_age", "60")]), ADA).await;
    assert!(sent_back(&again).contains_key("code"));
}

#[tokio::test]
async fn a_new_password_signs_every_browser_out() {
    let shop = Shop::open().await;
    let tokens = shop.sign_up(ADA).await;
    let mut browser = Browser::new(&shop);
    sent_back(&sign_in(&mut browser, &request(&[]), ADA).await);
    let change = json!({ "current_password": PASSWORD, "new_password": "another long sentence" });
    shop.as_holder(&tokens).post("/v1/me/password", change).await.assert_status(204);
    let back = sent_back(&browser.get(&request(&[("prompt", "none")])).await);
    assert_eq!(back["error"], "login_required");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_account_show_the_same_page() {
    let shop = Shop::open().await;
    shop.sign_up(ADA).await;
    let mut pages = Vec::new();
    for email in [ADA, "bob@example.com"] {
        let mut browser = Browser::new(&shop);
        let page = browser.get(&request(&[])).await.assert_status(200);
        let fields = [("email", email), ("password", "wrong")];
        let page = browser.fill_in(&page, &fields).await.assert_status(401);
        pages.push(page.text().replace(&ticket(&page), "").replace(email, ""));
    }
    assert_eq!(pages[0], pages[1]);
    assert!(pages[0].contains("role=\"alert\""));
}

#[tokio::test]
async fn guessing_on_the_page_is_throttled_like_guessing_elsewhere() {
    let shop = Shop::open().await;
    shop.sign_up(ADA).await;
    let mut browser = Browser::new(&shop);
    let page = browser.get(&request(&[])).await.assert_status(200);
    let guess = [("email", ADA), ("password", "wrong")];
    for _ in 0..10 {
        browser.fill_in(&page, &guess).await.assert_status(401);
    }
    let refused = browser.fill_in(&page, &guess).await.assert_status(429);
    assert_ne!(refused.header("retry-after"), "");
    assert!(refused.header("content-type").starts_with("text/html"));
}

#[tokio::test]
async fn a_form_of_another_browser_or_site_is_refused() {
    let shop = Shop::open().await;
    shop.sign_up(ADA).await;
    let (mut attacker, mut victim) = (Browser::new(&shop), Browser::new(&shop));
    let theirs = attacker.get(&request(&[])).await.assert_status(200);
    let right = [("email", ADA), ("password", PASSWORD)];
    // Without any cookie, and with the cookie of another browser.
    victim.fill_in(&theirs, &right).await.assert_status(400);
    victim.get(&request(&[])).await.assert_status(200);
    victim.fill_in(&theirs, &right).await.assert_status(400);
    victim.submit("/oauth/sign-in", &right).await.assert_status(400);
    victim.submit("/oauth/consent", &[("decision", "allow")]).await.assert_status(400);
    victim.submit("/oauth/logout", &[("ticket", "x")]).await.assert_status(400);
}

#[tokio::test]
async fn pages_run_no_script_load_nothing_and_stand_in_no_frame() {
    let shop = Shop::open().await;
    let mut browser = Browser::new(&shop);
    let page = browser.get(&request(&[])).await.assert_status(200);
    let policy = page.header("content-security-policy");
    for part in [
        "default-src 'none'",
        "style-src 'sha256-",
        "form-action 'self' http://127.0.0.1:51004",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ] {
        assert!(policy.contains(part), "{policy}");
    }
    assert_eq!(page.header("x-frame-options"), "DENY");
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("referrer-policy"), "same-origin");
    let cookie = page.header("set-cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    for foreign in ["<script", "http://", "https://", "onclick", "style=\""] {
        assert!(!page.text().contains(foreign), "{foreign}");
    }
    assert!(page.text().contains("<html lang=\"en\">"));
    let german = request(&[("ui_locales", "de"), ("login_hint", "\"><script>alert(1)</script>")]);
    let page = browser.get(&german).await.assert_status(200);
    assert!(page.text().contains("<html lang=\"de\">"));
    assert!(!page.text().contains("<script"), "{}", page.text());
}

#[tokio::test]
async fn an_application_of_others_is_agreed_to_once_and_knows_only_that() {
    let shop = Shop::open().await;
    shop.sign_up(ADA).await;
    let partner = partner(&shop, json!({ "confidential": true })).await;
    let address = partner_request(&partner, &[("scope", "openid email")]);
    let mut browser = Browser::new(&shop);
    let consent = sign_in(&mut browser, &address, ADA).await.assert_status(200);
    assert!(consent.text().contains("Price watch"), "{}", consent.text());
    assert!(consent.text().contains("see your e-mail address"));
    let back = sent_back(&browser.fill_in(&consent, &[("decision", "allow")]).await);
    // Without its secret nobody exchanges the code.
    let id = partner["client_id"].as_str().unwrap();
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &back["code"]),
        ("redirect_uri", "https://partner.example/cb"),
        ("code_verifier", VERIFIER),
    ];
    let bare = form(&[&fields[..], &[("client_id", id)]].concat());
    assert_oauth_error(ask_token(&shop.client, &bare).await, 401, "invalid_client");
    let client = shop.as_client(id, partner["client_secret"].as_str().unwrap());
    let tokens = ask_token(&client, &form(&fields)).await.assert_status(200).json();
    assert_eq!(claims(&tokens["id_token"])["aud"], id);
    assert_eq!(claims(&tokens["access_token"])["aud"], "http://shop.test/oauth/userinfo");
    let holder = shop.as_holder(&tokens);
    holder.get("/v1/me").await.assert_problem(401, "unauthenticated");
    let info = holder.get("/oauth/userinfo").await.assert_status(200).json();
    assert_eq!(info["email"], ADA);
    assert_eq!(info.get("given_name"), None);
    // The second time nobody asks; for more they do.
    assert!(sent_back(&browser.get(&address).await).contains_key("code"));
    let more = partner_request(&partner, &[("scope", "openid email profile")]);
    browser.get(&more).await.assert_status(200);
    let silent = partner_request(&partner, &[("scope", "openid profile"), ("prompt", "none")]);
    assert_eq!(sent_back(&browser.get(&silent).await)["error"], "consent_required");
}

#[tokio::test]
async fn who_does_not_agree_is_sent_back_without_a_code() {
    let shop = Shop::open().await;
    shop.sign_up(ADA).await;
    let partner = partner(&shop, json!({})).await;
    let mut browser = Browser::new(&shop);
    let address = partner_request(&partner, &[]);
    let consent = sign_in(&mut browser, &address, ADA).await.assert_status(200);
    let back = sent_back(&browser.fill_in(&consent, &[("decision", "deny")]).await);
    assert_eq!(back["error"], "access_denied");
    assert!(!back.contains_key("code"));
}

#[tokio::test]
async fn a_consent_is_listed_and_taken_back() {
    let shop = Shop::open().await;
    let ada = shop.customer(ADA).await;
    let partner = partner(&shop, json!({})).await;
    let tokens = partner_tokens(&shop, &partner, "openid", ADA).await;
    let id = partner["client_id"].as_str().unwrap();
    let list = ada.get("/v1/me/consents").await.assert_status(200).json();
    assert_eq!(list["items"][0]["label"], "Price watch");
    ada.delete(&format!("/v1/me/consents/{id}")).await.assert_status(204);
    ada.delete(&format!("/v1/me/consents/{id}")).await.assert_problem(404, "not_found");
    let export = ada.get("/v1/me/export").await.assert_status(200).json();
    let audit: Vec<_> =
        export["audit"].as_array().unwrap().iter().map(|entry| &entry["type"]).collect();
    assert_eq!(audit[..3], ["consent.withdrawn", "session.opened", "consent.given"]);
    let token = tokens["refresh_token"].as_str().unwrap();
    let body =
        form(&[("grant_type", "refresh_token"), ("client_id", id), ("refresh_token", token)]);
    assert_oauth_error(ask_token(&shop.client, &body).await, 400, "invalid_grant");
}

#[tokio::test]
async fn staff_give_an_application_no_more_than_both_may() {
    let shop = Shop::open().await;
    let partner = partner(&shop, json!({ "scopes": ["orders:read"] })).await;
    let tokens = partner_tokens(&shop, &partner, "openid orders:read", ADMIN_EMAIL).await;
    assert_eq!(tokens["scope"], "openid orders:read");
    shop.as_holder(&tokens).get("/v1/staff").await.assert_problem(403, "insufficient_scope");
    let mut browser = Browser::new(&shop);
    let beyond = partner_request(&partner, &[("scope", "openid staff:write")]);
    assert_eq!(sent_back(&browser.get(&beyond).await)["error"], "invalid_scope");
}

#[tokio::test]
async fn what_concerns_the_account_itself_is_not_for_applications_of_others() {
    let shop = Shop::open().await;
    shop.sign_up(ADA).await;
    let partner = partner(&shop, json!({ "scopes": ["orders:read"] })).await;
    let tokens = partner_tokens(&shop, &partner, "openid shop", ADA).await;
    let holder = shop.as_holder(&tokens);
    holder.get("/v1/me").await.assert_status(200);
    holder.get("/v1/me/addresses").await.assert_status(200);
    for path in ["sessions", "consents", "totp", "export"] {
        let answer = holder.get(&format!("/v1/me/{path}")).await;
        answer.assert_problem(403, "first_party_required");
    }
    let change = json!({ "current_password": PASSWORD, "new_password": "another long sentence" });
    holder.post("/v1/me/password", change).await.assert_problem(403, "first_party_required");
    holder.delete("/v1/me").await.assert_problem(403, "first_party_required");
    // Who may read orders need not know who reads them.
    let tokens = partner_tokens(&shop, &partner, "orders:read", ADMIN_EMAIL).await;
    let holder = shop.as_holder(&tokens);
    holder.get("/v1/me").await.assert_problem(403, "first_party_required");
    let info = holder.get("/oauth/userinfo").await.assert_status(200).json();
    assert_eq!(info.as_object().unwrap().keys().collect::<Vec<_>>(), ["sub"]);
}
