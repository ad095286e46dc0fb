use access::{KeySource, Verifier};
use serde_json::json;

use crate::shop::Shop;

#[tokio::test]
async fn every_service_can_check_our_tokens_with_the_published_keys() {
    let shop = Shop::open().await;
    let tokens = shop.sign_up("ada@example.com").await;
    let answer = shop.client.get("/.well-known/jwks.json").await.assert_status(200);
    assert_eq!(answer.header("cache-control"), "public, max-age=60");
    let keys = answer.json()["keys"].clone();
    let key = keys.as_array().unwrap().iter().find(|key| key["alg"] == "EdDSA").unwrap();
    for (member, value) in [("kty", "OKP"), ("crv", "Ed25519"), ("use", "sig"), ("alg", "EdDSA")] {
        assert_eq!(key[member], value);
    }
    assert_eq!(key.get("d"), None);
    let set = serde_json::from_value(answer.json()).unwrap();
    let http = contracts::http_client();
    let verifier = Verifier::new("http://shop.test", KeySource::Fixed(set), http);
    let caller = verifier.verify(tokens["access_token"].as_str().unwrap()).await.unwrap();
    assert!(caller.customer_id().is_some());
}

#[tokio::test]
async fn replicas_share_their_keys() {
    let shop = Shop::open().await;
    let replica = shop.replica().await;
    let path = "/.well-known/jwks.json";
    assert_eq!(shop.client.get(path).await.json(), replica.get(path).await.json());
    let tokens = shop.sign_up("ada@example.com").await;
    let token = tokens["access_token"].as_str().unwrap();
    replica.bearer(token).get("/v1/me").await.assert_status(200);
}

#[tokio::test]
async fn the_metadata_says_what_is_true_now() {
    let shop = Shop::open().await;
    let metadata = shop.client.get("/.well-known/oauth-authorization-server").await;
    let metadata = metadata.assert_status(200).json();
    assert_eq!(metadata["issuer"], "http://shop.test");
    assert_eq!(metadata["token_endpoint"], "http://shop.test/oauth/token");
    assert_eq!(
        metadata["grant_types_supported"],
        json!([
            "authorization_code",
            "client_credentials",
            "refresh_token",
            "urn:vitrine:grant:anonymous"
        ])
    );
    assert_eq!(metadata["authorization_endpoint"], "http://shop.test/oauth/authorize");
    assert_eq!(metadata["code_challenge_methods_supported"], json!(["S256"]));
    let algorithms = &metadata["id_token_signing_alg_values_supported"];
    assert!(algorithms.as_array().unwrap().contains(&json!("RS256")));
    assert_eq!(metadata["authorization_response_iss_parameter_supported"], true);
    let openid = shop.client.get("/.well-known/openid-configuration").await.assert_status(200);
    assert_eq!(openid.json(), metadata);
}
