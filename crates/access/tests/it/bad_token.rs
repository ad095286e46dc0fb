use std::sync::LazyLock;

use access::Verifier;
use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, Mac};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::forge::{Forge, ISSUER, header, message, now, payload, text, with};

/// What is wrong, and a token of that sort.
type Bad = (String, String);

fn named(kind: &str, tokens: impl IntoIterator<Item = (Value, String)>) -> Vec<Bad> {
    tokens.into_iter().map(|(what, token)| (format!("{kind} {what}"), token)).collect()
}

/// An algorithm that is not the key's (RFC 8725 §3.1, §3.2).
fn algorithms(forge: &Forge) -> Vec<Bad> {
    let names = [
        "none", "None", "NONE", "nOnE", "none ", "", "HS256", "HS384", "HS512", "RS256", "RS384",
        "RS512", "PS256", "ES256", "ES384", "eddsa", "EDDSA", "Ed25519", "Ed448",
    ];
    let mut bad =
        named("alg", names.map(|name| (json!(name), forge.header_with("alg", json!(name)))));
    let others = [Value::Null, json!(0), json!(["EdDSA"])];
    bad.extend(named("alg", others.map(|alg| (alg.clone(), forge.header_with("alg", alg)))));
    for name in ["none", "None", "NONE"] {
        let unsigned = message(&with(header(), "alg", json!(name)), &payload().to_string());
        bad.push((format!("alg {name} without signature"), format!("{unsigned}.")));
        bad.push((format!("alg {name} without its dot"), unsigned));
    }
    bad
}

/// The public key as the secret of an HMAC (RFC 8725 §2.1), in the forms a library might take it.
fn confusions(forge: &Forge) -> Vec<Bad> {
    let public = forge.ed_public();
    let set = forge.key_set();
    let secrets: [Vec<u8>; 5] = [
        public.to_vec(),
        text(&public).into_bytes(),
        BASE64_STANDARD.encode(public).into_bytes(),
        forge.ed_jwk().to_string().into_bytes(),
        set["keys"][1]["n"].as_str().unwrap().as_bytes().to_vec(),
    ];
    let kids = ["ed", "ed", "ed", "ed", "rsa"];
    let sign = |(at, secret): (usize, Vec<u8>)| {
        let header = json!({ "typ": "at+jwt", "alg": "HS256", "kid": kids[at] });
        let message = message(&header.to_string(), &payload().to_string());
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&secret).unwrap();
        mac.update(message.as_bytes());
        (json!(at), format!("{message}.{}", text(&mac.finalize().into_bytes())))
    };
    let mut bad = named("HMAC by public key", secrets.into_iter().enumerate().map(sign));
    let (ed, rsa) = (header().to_string(), with(header(), "kid", json!("rsa")));
    let rs256 = with(header(), "alg", json!("RS256"));
    bad.push(("EdDSA signed by the RSA key".into(), forge.sign_rsa(&ed, &payload().to_string())));
    bad.push(("EdDSA of the RSA key".into(), forge.sign(&rsa, &payload().to_string())));
    bad.push(("RS256 of the Ed25519 key".into(), forge.sign_rsa(&rs256, &payload().to_string())));
    bad
}

/// Keys that the token brings along (RFC 8725 §3.10), and extensions that must be understood.
fn injections() -> Vec<Bad> {
    let thief = Forge::new(66);
    let url = json!("http://127.0.0.1:9/keys");
    let mut own_key = thief.ed_jwk();
    own_key["kid"] = json!("theirs");
    let members = [
        ("jwk", own_key),
        ("jku", url.clone()),
        ("x5u", url),
        ("x5c", json!([BASE64_STANDARD.encode(b"a certificate")])),
        ("x5t", json!("dGh1bWI")),
        ("x5t#S256", json!("dGh1bWI")),
    ];
    let mut bad = Vec::new();
    for (name, value) in members {
        for kid in [json!("ed"), json!("theirs"), Value::Null] {
            let mut header = header();
            header[name] = value.clone();
            let token = thief.sign(&with(header, "kid", kid.clone()), &payload().to_string());
            bad.push((format!("{name} beside kid {kid}"), token));
        }
    }
    bad
}

fn headers(forge: &Forge) -> Vec<Bad> {
    let values = [
        ("crit", json!(["exp"])),
        ("crit", json!(["b64"])),
        ("crit", json!([])),
        ("crit", json!("b64")),
        ("zip", json!("DEF")),
        ("enc", json!("A128GCM")),
        ("typ", Value::Null),
        ("typ", json!("JWT")),
        ("typ", json!("id+jwt")),
        ("typ", json!("at+jwt ")),
        ("typ", json!("application/jwt")),
        ("typ", json!(["at+jwt"])),
        ("kid", Value::Null),
        ("kid", json!("")),
        ("kid", json!("unknown")),
        ("kid", json!("ED")),
        ("kid", json!("../ed")),
        ("kid", json!("ed' or '1'='1")),
        ("kid", json!(["ed"])),
        ("kid", json!(0)),
        ("kid", json!("rsa")),
    ];
    values
        .into_iter()
        .map(|(name, value)| (format!("header {name} {value}"), forge.header_with(name, value)))
        .collect()
}

fn claims(forge: &Forge) -> Vec<Bad> {
    let values = [
        (
            "iss",
            vec![
                Value::Null,
                json!(""),
                json!("https://other.test"),
                json!("https://shop.test/"),
                json!("https://shop.tes"),
                json!("https://shop.test.evil.test"),
                json!("http://shop.test"),
                json!("HTTPS://SHOP.TEST"),
                json!([ISSUER]),
                json!(7),
            ],
        ),
        (
            "aud",
            vec![
                Value::Null,
                json!(""),
                json!("storefront"),
                json!("Vitrine"),
                json!("vitrine "),
                json!("vitrine other"),
                json!([]),
                json!(["other"]),
                json!([["vitrine"]]),
                json!({ "0": "vitrine" }),
                json!(true),
            ],
        ),
        (
            "exp",
            vec![
                Value::Null,
                json!(0),
                json!(-1),
                json!(now() - 60),
                json!((now() + 600).to_string()),
                json!(now() as f64 + 600.5),
                json!(1e300),
                json!(u64::MAX),
                json!([now() + 600]),
            ],
        ),
        (
            "iat",
            vec![
                Value::Null,
                json!(-1),
                json!(now() + 600),
                json!(now().to_string()),
                json!(1e300),
                json!(u64::MAX),
                json!(i64::MAX),
            ],
        ),
        ("nbf", vec![json!(now() + 60), json!(now().to_string()), json!(-1), json!(i64::MAX)]),
        ("sub", vec![Value::Null, json!(""), json!(7), json!(["a"])]),
        ("client_id", vec![Value::Null, json!(""), json!(7)]),
        ("jti", vec![Value::Null, json!(""), json!(7)]),
        ("scope", vec![json!(7), json!(["internal"])]),
        ("sid", vec![json!("no uuid"), json!(7)]),
        ("rate_limit", vec![json!("1"), json!(-1)]),
    ];
    let tokens = values
        .into_iter()
        .flat_map(|(name, values)| values.into_iter().map(move |value| (name, value)));
    tokens
        .map(|(name, value)| (format!("claim {name} {value}"), forge.claim(name, value)))
        .collect()
}

/// What happened to a good token on its way.
fn damages(forge: &Forge) -> Vec<Bad> {
    let good = forge.good();
    let parts: Vec<&str> = good.split('.').collect();
    let [header, payload, signature] = parts[..] else { panic!("a token has three parts") };
    let richer = text(with(crate::forge::payload(), "scope", json!("internal")).as_bytes());
    let other_header = text(br#"{"typ":"at+jwt","alg":"EdDSA","kid":"ed","x":1}"#);
    let twice =
        |object: &Value, member: &str| object.to_string().replacen('{', &format!("{{{member},"), 1);
    let (head, body) = (crate::forge::header(), crate::forge::payload());
    let scope_first = twice(&json!({ "scope": "internal" }), r#""scope":"orders:read""#);
    let damaged = [
        ("nothing", String::new()),
        ("a dot", ".".into()),
        ("two dots", "..".into()),
        ("one part", header.into()),
        ("two parts", format!("{header}.{payload}")),
        ("no signature", format!("{header}.{payload}.")),
        ("no payload", format!("{header}..{signature}")),
        ("no header", format!(".{payload}.{signature}")),
        ("a part more", format!("{good}.{signature}")),
        ("a part before", format!("{header}.{good}")),
        ("five parts, as encrypted ones have", format!("{good}.{payload}.{signature}")),
        ("padding", format!("{good}==")),
        ("padded parts", format!("{header}=.{payload}=.{signature}=")),
        ("a truncated signature", good[..good.len() - 1].into()),
        ("half of it", good[..good.len() / 2].into()),
        ("a longer signature", format!("{good}AA")),
        ("another payload", format!("{header}.{richer}.{signature}")),
        ("another header", format!("{other_header}.{payload}.{signature}")),
        ("a zero signature", format!("{header}.{payload}.{}", text(&[0; 64]))),
        ("a quoted token", format!("\"{good}\"")),
        ("a scheme within", format!("Bearer {good}")),
        ("two tokens", format!("{good},{good}")),
        (
            "plain base64",
            format!("{header}.{payload}.{}", signature.replace(['-', '_'], "+")) + "+",
        ),
        ("over-long", forge.claim("scope", json!("x".repeat(9000)))),
        ("a JSON array for a header", forge.sign("[]", &body.to_string())),
        ("a JSON array for claims", forge.sign(&head.to_string(), "[]")),
        ("claims that are not JSON", forge.sign(&head.to_string(), "claims")),
        ("claims with more behind", forge.sign(&head.to_string(), &format!("{body} {body}"))),
        ("two alg", forge.sign(&twice(&head, r#""alg":"none""#), &body.to_string())),
        ("two kid", forge.sign(&twice(&head, r#""kid":"other""#), &body.to_string())),
        ("two typ", forge.sign(&twice(&head, r#""typ":"JWT""#), &body.to_string())),
        ("two sub", forge.sign(&head.to_string(), &twice(&body, r#""sub":"staff""#))),
        ("two exp", forge.sign(&head.to_string(), &twice(&body, r#""exp":1"#))),
        ("two aud", forge.sign(&head.to_string(), &twice(&body, r#""aud":"vitrine""#))),
        (
            "two scope",
            forge.sign(&head.to_string(), &twice(&body, &scope_first[1..scope_first.len() - 1])),
        ),
        ("a stranger's key with our kid", Forge::new(66).good()),
    ];
    damaged.into_iter().map(|(what, token)| (what.to_owned(), token)).collect()
}

#[tokio::test]
async fn a_token_that_is_wrong_in_any_way_is_refused() {
    let forge = Forge::new(1);
    let verifier = forge.verifier();
    let bad: Vec<Bad> = [
        algorithms(&forge),
        confusions(&forge),
        injections(),
        headers(&forge),
        claims(&forge),
        damages(&forge),
    ]
    .concat();
    assert!(bad.len() >= 150, "{}", bad.len());
    // With the good one known as well as before.
    for _ in 0..2 {
        for (what, token) in &bad {
            match verifier.verify(token).await {
                Ok(caller) => panic!("{what}: taken for {}", caller.subject),
                Err(problem) => assert_eq!(
                    (problem.status().as_u16(), problem.code()),
                    (401, "unauthenticated"),
                    "{what}"
                ),
            }
        }
        verifier.verify(&forge.good()).await.unwrap();
    }
}

proptest! {
    #[test]
    fn bytes_of_any_sort_neither_pass_nor_panic(
        text in ".*",
        parts in "[A-Za-z0-9_-]{0,40}(\\.[A-Za-z0-9_-]{0,90}){0,4}",
        header in "\\{\"alg\":\"EdDSA\",\"kid\":\"ed\"(,\"[a-z5]{3}\":(1|null|\"[a-z+]*\"))*\\}",
        payload in ".*",
    ) {
        let signed = known_forge().sign(&header, &payload);
        for token in [text, parts, signed] {
            prop_assert!(!passes(&token), "{token}");
        }
    }

    #[test]
    fn a_good_token_with_any_one_byte_changed_does_not_pass(
        at in 0..10_000_usize,
        to in "[A-Za-z0-9_.=-]",
    ) {
        let good = known_forge().good();
        let at = at % good.len();
        let changed = format!("{}{to}{}", &good[..at], &good[at + 1..]);
        prop_assume!(changed != good);
        prop_assert!(!passes(&changed), "{changed}");
    }
}

/// One for all cases: its RSA key takes a while to make.
fn known_forge() -> &'static Forge {
    static FORGE: LazyLock<Forge> = LazyLock::new(|| Forge::new(1));
    &FORGE
}

fn passes(token: &str) -> bool {
    static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| known_forge().verifier());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(VERIFIER.verify(token)).is_ok()
}
