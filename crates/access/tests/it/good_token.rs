use access::Subject;
use serde_json::json;

use crate::forge::{Forge, SUBJECT, header, now, payload};

#[tokio::test]
async fn a_good_token_says_who_calls() {
    let forge = Forge::new(1);
    let mut claims = payload();
    claims["scope"] = json!("orders:read stock:read");
    claims["sid"] = json!(SUBJECT);
    claims["rate_limit"] = json!(20);
    let token = forge.sign(&header().to_string(), &claims.to_string());
    let verifier = forge.verifier();
    // The second time it is known.
    for _ in 0..2 {
        let caller = verifier.verify(&token).await.unwrap();
        assert_eq!(caller.subject, Subject::Customer(SUBJECT.parse().unwrap()));
        assert_eq!(caller.client_id, "storefront");
        assert!(caller.may("orders:read") && caller.may("stock:read") && !caller.may("internal"));
        assert_eq!(caller.session_id, Some(SUBJECT.parse().unwrap()));
        assert_eq!(caller.rate_limit_per_second, Some(20));
    }
}

#[tokio::test]
async fn what_the_rules_leave_open_is_accepted() {
    let forge = Forge::new(1);
    let rs256 = json!({ "typ": "at+jwt", "alg": "RS256", "kid": "rsa" });
    for (what, token) in [
        ("RS256", forge.sign_rsa(&rs256.to_string(), &payload().to_string())),
        ("the long form of typ", forge.header_with("typ", json!("application/at+jwt"))),
        ("an audience among others", forge.claim("aud", json!(["other", "vitrine"]))),
        ("a clock that is a little behind", forge.claim("exp", json!(now() - 20))),
        ("a clock that is a little ahead", forge.claim("nbf", json!(now() + 20))),
        ("claims that we do not know", forge.claim("tenant", json!({ "a": 1 }))),
        ("header members that we do not know", forge.header_with("tenant", json!("a"))),
    ] {
        assert!(forge.verifier().verify(&token).await.is_ok(), "{what}");
    }
}

#[tokio::test]
async fn a_token_is_for_the_audience_it_names_also_when_it_is_known() {
    let forge = Forge::new(1);
    let ours = forge.verifier();
    let theirs = ours.for_audience("other");
    let token = forge.claim("aud", json!("other"));
    theirs.verify(&token).await.unwrap();
    assert_eq!(ours.verify(&token).await.unwrap_err().code(), "unauthenticated");
    theirs.verify(&token).await.unwrap();
}
