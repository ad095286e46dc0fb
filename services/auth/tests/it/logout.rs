use serde_json::{Value, json};

use crate::{
    authorization::{exchange, partner, sign_in},
    browser::{Browser, form, request, sent_back},
    shop::{Shop, assert_oauth_error, refresh},
};

const ADA: &str = "ada@example.com";
const AFTER: &str = "https://shop.example/bye";

/// A browser where somebody signed in to the storefront, and the storefront's tokens.
async fn signed_in(shop: &Shop, email: &str) -> (Browser, Value) {
    shop.sign_up(email).await;
    let mut browser = Browser::new(shop);
    let back = sent_back(&sign_in(&mut browser, &request(&[]), email).await);
    let tokens = exchange(shop, &back["code"], &[]).await.assert_status(200).json();
    (browser, tokens)
}

async fn allow_return(shop: &Shop) {
    let patch = json!({ "post_logout_redirect_uris": [AFTER] });
    shop.admin().await.patch("/v1/applications/storefront", patch).await.assert_status(200);
}

fn logout(fields: &[(&str, &str)]) -> String {
    format!("/oauth/logout?{}", form(fields))
}

async fn is_signed_in(browser: &mut Browser) -> bool {
    sent_back(&browser.get(&request(&[("prompt", "none")])).await).contains_key("code")
}

#[tokio::test]
async fn a_browser_signs_out() {
    let shop = Shop::open().await;
    let (mut browser, tokens) = signed_in(&shop, ADA).await;
    let page = browser.get("/oauth/logout").await.assert_status(200);
    assert!(is_signed_in(&mut browser).await);
    browser.fill_in(&page, &[]).await.assert_status(200);
    assert!(!is_signed_in(&mut browser).await);
    // What other applications have is theirs.
    refresh(&shop.client, tokens["refresh_token"].as_str().unwrap()).await.assert_status(200);
}

#[tokio::test]
async fn an_application_signs_its_person_out_and_gets_them_back() {
    let shop = Shop::open().await;
    allow_return(&shop).await;
    let (mut browser, tokens) = signed_in(&shop, ADA).await;
    let hint = tokens["id_token"].as_str().unwrap();
    let fields = [("id_token_hint", hint), ("post_logout_redirect_uri", AFTER), ("state", "a b&c")];
    let back = browser.get(&logout(&fields)).await.assert_status(303);
    assert_eq!(back.header("location"), format!("{AFTER}?state=a+b%26c"));
    assert!(!is_signed_in(&mut browser).await);
    let refreshed = refresh(&shop.client, tokens["refresh_token"].as_str().unwrap()).await;
    assert_oauth_error(refreshed, 400, "invalid_grant");
    // Again, and by form: there is nothing left to ask about.
    browser.submit("/oauth/logout", &fields).await.assert_status(303);
    browser.get(&logout(&[("id_token_hint", hint)])).await.assert_status(200);
}

#[tokio::test]
async fn without_an_id_token_of_the_person_a_page_asks() {
    let shop = Shop::open().await;
    allow_return(&shop).await;
    let (mut browser, tokens) = signed_in(&shop, ADA).await;
    let (_, others) = signed_in(&shop, "bob@example.com").await;
    let good = tokens["id_token"].as_str().unwrap();
    let forged = format!("{}{}", &good[..good.len() - 4], "AAAA");
    for hint in ["", "x", &forged, text(&tokens["access_token"]), text(&others["id_token"])] {
        let fields = [
            ("id_token_hint", hint),
            ("client_id", "storefront"),
            ("post_logout_redirect_uri", AFTER),
            ("state", "a b&c"),
        ];
        let page = browser.get(&logout(&fields)).await.assert_status(200);
        let policy = page.header("content-security-policy");
        assert!(policy.contains("form-action 'self' https://shop.example;"), "{policy}");
        browser.submit("/oauth/logout", &fields).await.assert_status(200);
        assert!(is_signed_in(&mut browser).await, "{hint}");
    }
    let fields = [("client_id", "storefront"), ("post_logout_redirect_uri", AFTER), ("state", "s")];
    let page = browser.get(&logout(&fields)).await.assert_status(200);
    let back = browser.fill_in(&page, &[]).await.assert_status(303);
    assert_eq!(back.header("location"), format!("{AFTER}?state=s"));
    assert!(!is_signed_in(&mut browser).await);
}

#[tokio::test]
async fn nobody_is_sent_on_to_an_address_that_the_application_has_not_registered() {
    let shop = Shop::open().await;
    allow_return(&shop).await;
    let other = partner(&shop, json!({})).await;
    let (mut browser, tokens) = signed_in(&shop, ADA).await;
    let hint = tokens["id_token"].as_str().unwrap();
    let long = "x".repeat(1001);
    for wrong in [
        vec![("id_token_hint", hint), ("post_logout_redirect_uri", "https://evil.example/")],
        vec![("id_token_hint", hint), ("post_logout_redirect_uri", "https://shop.example/bye/x")],
        vec![("id_token_hint", hint), ("client_id", text(&other["client_id"]))],
        vec![("client_id", text(&other["client_id"])), ("post_logout_redirect_uri", AFTER)],
        vec![("client_id", "nobody"), ("post_logout_redirect_uri", AFTER)],
        vec![("post_logout_redirect_uri", AFTER)],
        vec![("id_token_hint", hint), ("state", &long)],
        vec![("id_token_hint", hint), ("id_token_hint", hint)],
    ] {
        let page = browser.get(&logout(&wrong)).await.assert_status(400);
        assert!(page.header("content-type").starts_with("text/html"), "{wrong:?}");
        assert!(is_signed_in(&mut browser).await);
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}
