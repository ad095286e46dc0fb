//! Categories, channels, groups, association types, locales and currencies.

use std::time::Duration;

use serde_json::{Value, json};

use catalog::management::removal;

use crate::pim::{Pim, messages, value};

#[tokio::test]
async fn a_category_reads_as_it_was_written() {
    let pim = Pim::open().await;
    let answer = pim
        .post("categories", json!({"code": "master", "labels": {"en_US": "Master"}}))
        .await
        .assert_status(201);
    assert_eq!(answer.header("location"), "https://pim.example/api/rest/v1/categories/master");
    pim.patch("categories/mugs", json!({"parent": "master"})).await.assert_status(201);
    pim.patch("categories/master", json!({"labels": {"de_DE": "Wurzel", "en_US": null}}))
        .await
        .assert_status(204);
    let master = pim.get("categories/master").await.assert_status(200).json();
    assert_eq!(master["labels"], json!({"de_DE": "Wurzel"}));
    assert_eq!(master["parent"], Value::Null);
    assert_eq!(pim.get("categories/mugs").await.json()["parent"], "master");
    let missing = pim.get("categories/x").await.assert_status(404).json();
    assert_eq!(missing["message"], "Category \"x\" does not exist.");
    assert_eq!(missing["code"], 404);
}

#[tokio::test]
async fn a_category_keeps_its_rules() {
    let pim = Pim::open().await;
    pim.post("categories", json!({"code": "a"})).await.assert_status(201);
    pim.post("categories", json!({"code": "b", "parent": "a"})).await.assert_status(201);
    let refused = async |answer: testing::Answer| messages(&answer.assert_status(422).json());
    assert_eq!(
        refused(pim.post("categories", json!({"code": "a"})).await).await,
        ["This value is already used."]
    );
    assert_eq!(
        refused(pim.post("categories", json!({})).await).await,
        ["This value should not be blank."]
    );
    assert_eq!(
        refused(pim.post("categories", json!({"code": "a b"})).await).await,
        ["Category code may contain only letters, numbers and underscores."]
    );
    assert_eq!(
        refused(pim.patch("categories/a", json!({"parent": "b"})).await).await,
        ["A category cannot be moved below itself."]
    );
    assert_eq!(
        refused(
            pim.patch("categories/b", json!({"parent": "ghost", "labels": {"xx_XX": "?"}})).await
        )
        .await,
        [
            "The locale \"xx_XX\" does not exist.",
            "Property \"parent\" expects a valid category code. The category does not exist, \"ghost\" given. Check the expected format on the API documentation.",
        ]
    );
    let answer = pim.patch("categories/b", json!({"code": "a"})).await.assert_status(422).json();
    assert_eq!(
        answer["message"],
        "The code \"a\" provided in the request body must match the code \"b\" provided in the url."
    );
}

#[tokio::test]
async fn what_is_needed_cannot_be_deleted_and_its_users_are_named() {
    let pim = Pim::stocked().await;
    pim.patch_all(
        "products",
        &[json!({"identifier": "A", "categories": ["kitchen"], "family": "mugs"})],
    )
    .await;
    let refused =
        async |path: &str| messages(&pim.delete(path).await.assert_status(422).json())[0].clone();
    assert_eq!(
        refused("categories/master").await,
        "Category \"master\" is still needed by category \"kitchen\", channel \"ecommerce\"."
    );
    assert_eq!(
        refused("categories/kitchen").await,
        "Category \"kitchen\" is still needed by product \"A\"."
    );
    assert_eq!(
        refused("attributes/brand").await,
        "Attribute \"brand\" is still needed by family \"mugs\"."
    );
    assert_eq!(refused("families/mugs").await, "Family \"mugs\" is still needed by product \"A\".");
    assert!(refused("attributes/sku").await.contains("main identifier"));
    pim.delete("products/A").await.assert_status(204);
    pim.delete("families/mugs").await.assert_status(204);
    pim.delete("attributes/brand").await.assert_status(204);
    pim.delete("attributes/color/options/red").await.assert_status(204);
    pim.delete("categories/kitchen").await.assert_status(204);
    pim.delete("categories/kitchen").await.assert_status(404);
}

#[tokio::test]
async fn a_channel_enables_its_locales_and_currencies() {
    let pim = Pim::stocked().await;
    let channel = pim.get("channels/ecommerce").await.assert_status(200).json();
    assert_eq!(
        channel,
        json!({"code": "ecommerce", "category_tree": "master", "locales": ["de_DE", "en_US"],
               "currencies": ["EUR", "USD"], "conversion_units": {}, "labels": {}})
    );
    let enabled = async |path: &str| pim.get(path).await.json()["enabled"].clone();
    assert_eq!(enabled("locales/de_DE").await, true);
    assert_eq!(enabled("locales/fr_FR").await, false);
    assert_eq!(
        pim.get("currencies/EUR").await.json(),
        json!({"code": "EUR", "enabled": true, "label": "EUR (Euro)"})
    );
    pim.patch(
        "channels/ecommerce",
        json!({"locales": ["en_US", "fr_FR"], "conversion_units": {"volume": "LITER"}}),
    )
    .await
    .assert_status(204);
    assert_eq!(enabled("locales/de_DE").await, false);
    assert_eq!(enabled("locales/fr_FR").await, true);
    let search = r#"locales?search={"enabled":[{"operator":"=","value":true}]}"#
        .replace('"', "%22")
        .replace('{', "%7B")
        .replace('}', "%7D");
    let list = pim.get(&search).await.assert_status(200).json();
    let codes: Vec<_> = list["_embedded"]["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["code"].clone())
        .collect();
    assert_eq!(codes, ["en_US", "fr_FR"]);
}

#[tokio::test]
async fn a_channel_keeps_its_rules() {
    let pim = Pim::stocked().await;
    let refused =
        async |body: Value| messages(&pim.post("channels", body).await.assert_status(422).json());
    assert_eq!(
        refused(json!({"code": "mobile"})).await,
        [
            "This collection should contain 1 element or more.",
            "This collection should contain 1 element or more.",
            "This value should not be blank.",
        ]
    );
    let found = refused(json!({"code": "mobile", "category_tree": "kitchen", "locales": ["xx_XX"], "currencies": ["EUR"]})).await;
    assert_eq!(found[0], "The category \"kitchen\" has to be the root of a tree.");
    assert!(found[1].starts_with("Property \"locales\" expects a valid locale code. The locale does not exist, \"xx_XX\" given."));
}

#[tokio::test]
async fn a_channel_names_the_locales_that_stand_in() {
    let pim = Pim::stocked().await;
    let give = async |body: Value| pim.patch("channels/ecommerce", body).await;
    let fallbacks = async || pim.get("channels/ecommerce").await.json()["fallback_locales"].clone();
    give(json!({"locales": ["de_DE", "en_US", "fr_FR"],
                "fallback_locales": {"fr_FR": "de_DE", "de_DE": "en_US"}}))
    .await
    .assert_status(204);
    assert_eq!(fallbacks().await, json!({"de_DE": "en_US", "fr_FR": "de_DE"}));
    for (given, message) in [
        (json!({"en_US": "fr_FR"}), "The fallbacks of \"de_DE\" lead back to it."),
        (json!({"en_US": "en_US"}), "The fallbacks of \"en_US\" lead back to it."),
        (json!({"en_US": "sv_SE"}), "\"sv_SE\" is not a locale of the channel."),
        (json!({"sv_SE": "en_US"}), "\"sv_SE\" is not a locale of the channel."),
        (json!({"en_US": 1}), "Property \"fallback_locales\" expects an array of strings"),
    ] {
        let answer = give(json!({"fallback_locales": given})).await.assert_status(422).json();
        let said = answer.to_string().replace("\\\"", "\"");
        assert!(said.contains(message), "{said}");
    }
    give(json!({"locales": ["en_US", "fr_FR"], "fallback_locales": {"fr_FR": "en_US"}}))
        .await
        .assert_status(204);
    assert_eq!(fallbacks().await, json!({"fr_FR": "en_US"}));
    give(json!({"fallback_locales": {"fr_FR": null}})).await.assert_status(204);
    assert_eq!(fallbacks().await, Value::Null);
}

#[tokio::test]
async fn attributes_move_between_groups() {
    let pim = Pim::stocked().await;
    pim.post("attribute-groups", json!({"code": "marketing", "attributes": ["name", "brand"]}))
        .await
        .assert_status(201);
    assert_eq!(pim.get("attributes/name").await.json()["group"], "marketing");
    pim.patch("attribute-groups/marketing", json!({"attributes": ["name"]}))
        .await
        .assert_status(204);
    assert_eq!(pim.get("attributes/brand").await.json()["group"], "other");
    assert_eq!(pim.get("attribute-groups/marketing").await.json()["attributes"], json!(["name"]));
    pim.patch("attribute-groups/other", json!({"attributes": []})).await.assert_status(422);
}

#[tokio::test]
async fn the_flags_of_an_association_type_never_change() {
    let pim = Pim::open().await;
    pim.post("association-types", json!({"code": "BUNDLE", "is_quantified": true}))
        .await
        .assert_status(201);
    let answer = pim
        .patch("association-types/BUNDLE", json!({"is_quantified": false}))
        .await
        .assert_status(422)
        .json();
    assert_eq!(
        answer["errors"],
        json!([{"property": "is_quantified", "message": "This property cannot be changed."}])
    );
}

#[tokio::test]
async fn bulk_lines_of_structure_are_independent_and_idempotent() {
    let pim = Pim::open().await;
    let body = "{\"code\":\"a\"}\n{\"code\":\"b c\"}\n{\n{}\n{\"code\":\"a\"}";
    let answer = pim.patch_text("categories", body).await.assert_status(200).text();
    let lines: Vec<Value> =
        answer.split('\n').map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0], json!({"line": 1, "code": "a", "status_code": 201}));
    assert_eq!(lines[1]["status_code"], 422);
    assert_eq!(lines[1]["message"], "Validation failed.");
    assert_eq!(
        lines[2],
        json!({"line": 3, "status_code": 400, "message": "Invalid json message received"})
    );
    assert_eq!(lines[3], json!({"line": 4, "status_code": 422, "message": "Code is missing."}));
    assert_eq!(lines[4], json!({"line": 5, "code": "a", "status_code": 204, "changed": false}));
    let answer = pim
        .client
        .send(
            http::Method::PATCH,
            "/api/rest/v1/categories",
            Some("application/json"),
            b"{}".to_vec(),
        )
        .await;
    let answer = answer.assert_status(415).json();
    assert_eq!(
        answer["message"],
        "\"application/json\" in \"Content-Type\" header is not valid. Only \"application/vnd.akeneo.collection+json\" is allowed."
    );
}

#[tokio::test]
async fn a_channel_is_not_deleted_while_something_is_written_for_it() {
    let pim = Pim::stocked().await;
    let channel = json!({"code": "mobile", "category_tree": "master", "locales": ["en_US"], "currencies": ["EUR"]});
    pim.patch_all("channels", &[channel]).await;
    let blurb = |data: Value| json!([{"locale": null, "scope": "mobile", "data": data}]);
    let of_record = |data: Value| json!([{"locale": null, "channel": "mobile", "data": data}]);
    pim.patch("products/A", json!({})).await.assert_status(201);
    let pim = pim.with_model().await;
    pim.patch("reference-entities/brand", json!({})).await.assert_status(201);
    let slogan = json!({"type": "text", "value_per_channel": true});
    pim.patch("reference-entities/brand/attributes/slogan", slogan).await.assert_status(201);
    pim.patch("reference-entities/brand/records/acme", json!({})).await.assert_status(201);
    let rule = json!({"code": "r", "query": "mug", "pin": ["A"]});
    pim.patch_all("search-rules", &[rule]).await;
    pim.patch("asset-families/photos", json!({})).await.assert_status(201);
    let clip = json!({"type": "media_file", "value_per_channel": true, "media_type": "image"});
    pim.patch("asset-families/photos/attributes/clip", clip).await.assert_status(201);
    let naming = |source: Value| {
        json!({"naming_convention": {"source": source, "pattern": "/(?P<label>.+)/",
                                     "abort_asset_creation_on_error": false}})
    };
    let publisher = pim.tokens.issue("chief", &["catalog:read", "catalog:publish"]);
    let requirements = |codes: &[&str]| json!({"attribute_requirements": {"mobile": codes}});
    let values = |attribute: &str, data: Value| json!({"values": {attribute: data}});
    let of_category = |data: Value| json!({"values": [{"attribute_code": "text", "channel": "mobile", "locale": null, "data": data}]});
    for (path, user, needs, lets_go) in [
        ("families/mugs", "family \"mugs\"", requirements(&["brand"]), requirements(&[])),
        (
            "search-rules/r",
            "search rule \"r\"",
            json!({"channels": ["mobile"]}),
            json!({"channels": []}),
        ),
        (
            "categories/kitchen",
            "category \"kitchen\"",
            of_category("x".into()),
            of_category(Value::Null),
        ),
        (
            "reference-entities/brand/records/acme",
            "record \"brand/acme\"",
            values("slogan", of_record("x".into())),
            values("slogan", of_record(Value::Null)),
        ),
        (
            "products/A/publication",
            "publication of product \"A\"",
            json!({"channels": {"mobile": {"state": "draft"}}}),
            json!({"channels": {"mobile": null}}),
        ),
        (
            "product-models/amor/publication",
            "publication of product model \"amor\"",
            json!({"channels": {"mobile": {"state": "draft"}}}),
            json!({"channels": {"mobile": null}}),
        ),
        (
            "asset-families/photos",
            "asset family \"photos\"",
            naming(json!({"property": "clip", "channel": "mobile", "locale": null})),
            naming(json!({"property": "code", "channel": null, "locale": null})),
        ),
        (
            "product-models/amor",
            "product model \"amor\"",
            values("blurb", blurb("x".into())),
            values("blurb", blurb(Value::Null)),
        ),
        (
            "products/A",
            "product \"A\"",
            values("blurb", blurb("x".into())),
            values("blurb", blurb(Value::Null)),
        ),
    ] {
        let patch = async |body: Value| match path.ends_with("/publication") {
            true => {
                let path = format!("/api/rest/v1/{path}");
                pim.client.bearer(&publisher).patch(&path, body).await.assert_status(204)
            }
            false => pim.patch(path, body).await.assert_status(204),
        };
        patch(needs).await;
        let answer = pim.delete("channels/mobile").await.assert_status(422).json();
        let expected = format!("Channel \"mobile\" is still needed by {user}.");
        assert_eq!(messages(&answer), [expected]);
        patch(lets_go).await;
    }
    let author = pim.client.bearer(&pim.tokens.issue("ann", &["catalog:read", "catalog:propose"]));
    let draft = values("blurb", blurb("x".into()));
    author.patch("/api/rest/v1/products/A", draft).await.assert_status(204);
    let answer = pim.delete("channels/mobile").await.assert_status(422).json();
    assert!(messages(&answer)[0].contains("needed by proposal"), "{answer}");
    author.delete("/api/rest/v1/products/A/draft").await.assert_status(204);
    let hidden = json!({"channels": {"mobile": {"state": "draft"}}});
    pim.client
        .bearer(&publisher)
        .patch("/api/rest/v1/products/A/publication", hidden)
        .await
        .assert_status(204);
    pim.delete("products/A").await.assert_status(204);
    pim.delete("channels/mobile").await.assert_status(204);
}

/// Until so many transactions wait for a lock.
async fn wait_for_waiters(pim: &Pim, waiters: i64) {
    let count = "select count(*) from pg_locks l join pg_database d on d.oid = l.database
                 where d.datname = current_database() and l.locktype = 'advisory' and not granted";
    while sqlx::query_scalar::<_, i64>(count).fetch_one(&pim.db).await.unwrap() < waiters {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_removal_waits_for_writes_and_holds_up_those_that_come() {
    let pim = Pim::stocked().await;
    let mut write = pim.db.begin().await.unwrap();
    removal::hold_off(&mut write).await.unwrap();
    let finish = async {
        wait_for_waiters(&pim, 1).await;
        let late = json!({"values": {"color": value("red")}});
        let commit = async {
            wait_for_waiters(&pim, 2).await;
            write.commit().await.unwrap();
        };
        tokio::join!(pim.patch("products/LATE", late), commit).0
    };
    let both = async { tokio::join!(pim.delete("attributes/color/options/red"), finish) };
    let both = tokio::time::timeout(Duration::from_secs(60), both);
    let (delete, late) = both.await.expect("both wait, and both are answered");
    delete.assert_status(204);
    late.assert_status(422);
}

#[tokio::test]
async fn what_is_deleted_and_brought_back_at_the_same_time_is_never_in_the_way_of_itself() {
    let pim = Pim::stocked().await;
    for _ in 0..10 {
        let path = "categories/spare";
        pim.patch(path, json!({"parent": "master"})).await.assert_status(201);
        let restore = "categories/spare/versions/1/restore";
        let (delete, restore) = tokio::join!(pim.delete(path), pim.post(restore, json!({})));
        delete.assert_status(204);
        assert!([201, 204].contains(&restore.status.as_u16()), "{}", restore.text());
        pim.delete(path).await;
    }
}

#[tokio::test]
async fn what_a_search_rule_is_about_is_not_deleted() {
    let pim = Pim::stocked().await;
    let attribute = json!({"code": "mood", "type": "pim_catalog_boolean", "group": "other", "useable_as_grid_filter": true});
    pim.patch_all("attributes", &[attribute]).await;
    let rule =
        json!({"code": "r", "query": "mug", "boost": [{"attribute": "mood", "values": ["true"]}]});
    pim.patch_all("search-rules", &[rule]).await;
    let answer = pim.delete("attributes/mood").await.assert_status(422).json();
    assert_eq!(messages(&answer), ["Attribute \"mood\" is still needed by search rule \"r\"."]);
}

#[tokio::test]
async fn the_tree_of_a_channel_stays_a_tree() {
    let pim = Pim::stocked().await;
    pim.patch_all("categories", &[json!({"code": "other"})]).await;
    let answer = pim.patch("categories/master", json!({"parent": "other"})).await;
    assert_eq!(
        messages(&answer.assert_status(422).json()),
        ["The category is the tree of the channel \"ecommerce\" and cannot be moved."]
    );
}

#[tokio::test]
async fn categories_that_move_at_the_same_time_make_no_circle() {
    let pim = Pim::open().await;
    for round in 0..10 {
        let code = |name: &str| format!("{name}{round}");
        let category = |name: &str, parent: Option<&str>| json!({"code": code(name), "parent": parent.map(code)});
        let tree = [
            category("root", None),
            category("a", Some("root")),
            category("b", Some("root")),
            category("below_a", Some("a")),
            category("below_b", Some("b")),
        ];
        pim.patch_all("categories", &tree).await;
        let move_below = async |name: &str, parent: &str| {
            let lines = [
                json!({"code": code("root"), "position": 1}),
                json!({"code": code(name), "parent": code(parent)}),
            ];
            pim.patch_lines("categories", &lines).await[1]["status_code"].as_u64().unwrap()
        };
        let (one, other) = tokio::join!(move_below("a", "below_b"), move_below("b", "below_a"));
        assert_ne!((one, other), (204, 204), "both moved");
        let roots = "with recursive below as (
                select code from category where parent is null
                union select c.code from category c join below on c.parent = below.code)
            select (select count(*) from category) - (select count(*) from below)";
        let lost: i64 = sqlx::query_scalar(roots).fetch_one(&pim.db).await.unwrap();
        assert_eq!(lost, 0, "every category hangs on a root");
    }
}

#[tokio::test]
async fn what_a_write_names_is_not_deleted_at_the_same_time() {
    let pim = Pim::stocked().await;
    pim.patch("reference-entities/brand", json!({})).await.assert_status(201);
    let maker = json!({"code": "maker", "type": "akeneo_reference_entity", "group": "other",
                       "reference_data_name": "brand"});
    pim.patch_all("attributes", &[maker]).await;
    for round in 0..20 {
        let (option, record) =
            ("attributes/color/options/teal", "reference-entities/brand/records/teal");
        pim.patch(option, json!({})).await.assert_status(201);
        pim.patch(record, json!({})).await.assert_status(201);
        for (path, attribute) in [(option, "color"), (record, "maker")] {
            let product = format!("products/{attribute}{round}");
            let patch = json!({"values": {attribute: value("teal")}});
            let (write, delete) = tokio::join!(pim.patch(&product, patch), pim.delete(path));
            let is_there = pim.get(path).await.status == 200;
            assert_eq!(write.status == 201, is_there, "{path}: {} {}", write.status, delete.status);
            pim.delete(&product).await;
            pim.delete(path).await;
        }
    }
}
