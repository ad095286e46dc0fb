use serde_json::Value;
use testing::Answer;

use crate::{
    browser::{Browser, request, sent_back},
    shop::{PASSWORD, Shop},
};

const ADA: &str = "ada@example.com";
const NEW: &str = "another long sentence";

/// The registration page, reached from the sign-in page as a person would.
async fn registration(browser: &mut Browser) -> Answer {
    let page = browser.get(&request(&[])).await.assert_status(200);
    let query = request(&[]).split_once('?').unwrap().1.to_owned();
    let link = format!("/oauth/register?{query}");
    assert!(page.text().contains(&link.replace('&', "&#38;")), "{}", page.text());
    browser.get(&link).await.assert_status(200)
}

#[tokio::test]
async fn a_person_registers_on_the_way_into_an_application() {
    let shop = Shop::open().await;
    let mut browser = Browser::new(&shop);
    let page = registration(&mut browser).await;
    let fields = [("email", ADA), ("password", PASSWORD), ("first_name", "Ada"), ("last_name", "")];
    assert!(sent_back(&browser.fill_in(&page, &fields).await).contains_key("code"));
    let tokens = shop.log_in(ADA, PASSWORD).await.assert_status(200).json();
    let me = shop.as_holder(&tokens).get("/v1/me").await.json();
    assert_eq!((&me["first_name"], me.get("last_name")), (&Value::from("Ada"), None));
    let asked = browser.get(&request(&[("prompt", "create login")])).await.assert_status(200);
    assert!(asked.text().contains("name=\"first_name\""));
}

#[tokio::test]
async fn a_bad_registration_says_what_is_wrong_and_keeps_what_was_typed() {
    let shop = Shop::open().await;
    shop.sign_up("bob@example.com").await;
    let mut browser = Browser::new(&shop);
    let page = registration(&mut browser).await;
    for (email, password, first_name, said) in [
        ("bob@example.com", PASSWORD, "Ada", "There is an account"),
        ("nobody", PASSWORD, "Ada", "not an e-mail address"),
        (ADA, "short", "Ada", "8 to 256 characters"),
        (ADA, PASSWORD, "a\u{1b}", "cannot be shown"),
    ] {
        let fields = [("email", email), ("password", password), ("first_name", first_name)];
        let page = browser.fill_in(&page, &fields).await.assert_status(422);
        assert!(page.text().contains(said), "{}", page.text());
        assert!(page.text().contains(&format!("value=\"{email}\"")));
        assert!(!page.text().contains(password), "a password is never shown again");
    }
}

#[tokio::test]
async fn where_addresses_are_proved_first_the_page_tells_nobody_who_has_an_account() {
    let shop = Shop::open_with(&[("VITRINE_REGISTRATION", "prove_email")]).await;
    let mut browser = Browser::new(&shop);
    let page = registration(&mut browser).await;
    let first = browser.fill_in(&page, &[("email", ADA), ("password", PASSWORD)]).await;
    let first = first.assert_status(200);
    let token = shop.last_mail().await.token("verify-email");
    let proof = browser.get(&format!("/oauth/verify-email?token={token}")).await.assert_status(200);
    let done = browser.fill_in(&proof, &[("token", &token)]).await.assert_status(200);
    assert!(done.text().contains("Your account is ready"), "{}", done.text());
    shop.log_in(ADA, PASSWORD).await.assert_status(200);
    let again = browser.fill_in(&page, &[("email", ADA), ("password", NEW)]).await;
    assert_eq!(again.assert_status(200).body, first.body);
    shop.log_in(ADA, NEW).await.assert_problem(401, "invalid_credentials");
}

#[tokio::test]
async fn a_forgotten_password_is_reset_on_the_pages() {
    let shop = Shop::open().await;
    shop.sign_up(ADA).await;
    let mut browser = Browser::new(&shop);
    let page = browser.get("/oauth/forgot-password").await.assert_status(200);
    let known = browser.fill_in(&page, &[("email", ADA)]).await.assert_status(200);
    let unknown = browser.fill_in(&page, &[("email", "bob@example.com")]).await.assert_status(200);
    assert_eq!(known.body, unknown.body);
    browser.fill_in(&page, &[("email", "nobody")]).await.assert_status(422);
    let token = shop.last_mail().await.token("reset-password");
    let page = browser.get(&format!("/oauth/reset-password?token={token}")).await;
    let page = page.assert_status(200);
    let weak = [("token", token.as_str()), ("password", "short")];
    browser.fill_in(&page, &weak).await.assert_status(422);
    let good = [("token", token.as_str()), ("password", NEW)];
    browser.fill_in(&page, &good).await.assert_status(200);
    shop.log_in(ADA, NEW).await.assert_status(200);
    let used = browser.fill_in(&page, &good).await.assert_status(422);
    assert!(used.text().contains("used before"), "{}", used.text());
}

#[tokio::test]
async fn an_address_is_confirmed_by_a_click_and_not_by_a_visit() {
    let shop = Shop::open().await;
    let tokens = shop.sign_up(ADA).await;
    let token = shop.last_mail().await.token("verify-email");
    let mut browser = Browser::new(&shop);
    let page = browser.get(&format!("/oauth/verify-email?token={token}")).await.assert_status(200);
    let me = shop.as_holder(&tokens);
    assert_eq!(me.get("/v1/me").await.json()["email_verified"], false);
    browser.fill_in(&page, &[("token", &token)]).await.assert_status(200);
    assert_eq!(me.get("/v1/me").await.json()["email_verified"], true);
    browser.fill_in(&page, &[("token", &token)]).await.assert_status(422);
}
