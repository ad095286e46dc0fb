//! `docker-compose.yml` says what the binaries understand, and keeps them on a short leash.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::Command,
    time::Duration,
};

use load::{Process, binary, scratch_folder};
use yaml_serde::{Mapping, Value};

const SERVICES: [&str; 7] =
    ["auth", "catalog", "order", "payment", "recommendation", "events", "gateway"];

fn compose() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docker-compose.yml");
    let text = std::fs::read_to_string(path).unwrap();
    let mut file: Value = yaml_serde::from_str(&text).unwrap();
    file.apply_merge().unwrap();
    file
}

fn keys(mapping: &Value) -> Vec<String> {
    let entries = mapping.as_mapping().map(Mapping::keys).into_iter().flatten();
    entries.map(|key| key.as_str().unwrap().to_owned()).collect()
}

/// `${NAME:?…}`, `${NAME:-default}` and `${NAME}` as compose would fill them in.
fn fill_in(text: &str) -> String {
    let Some((before, rest)) = text.split_once("${") else { return text.to_owned() };
    let (expression, after) = rest.split_once('}').unwrap();
    let value = match expression.split_once(":-") {
        Some((_, default)) => default,
        None if expression.contains("MASTER_KEY") => "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        None if expression.starts_with("VITRINE_ADMIN_EMAIL") => "admin@vitrine.example",
        None => "0123456789abcdef0123456789abcdef",
    };
    format!("{before}{value}{}", fill_in(after))
}

/// The variables of a service, on loopback and with a database that is not there.
fn variables(service: &Value) -> Vec<(String, String)> {
    let entries = service["environment"].as_mapping().unwrap().iter();
    entries
        .map(|(name, value)| {
            let name = name.as_str().unwrap().to_owned();
            let value = match name.as_str() {
                "VITRINE_LISTEN" | "VITRINE_ADMIN_LISTEN" => "127.0.0.1:0".to_owned(),
                "VITRINE_DATABASE_URL" => "postgres://nobody:x@127.0.0.1:1/none".to_owned(),
                "VITRINE_MEDIA_DIR" | "VITRINE_INDEX_DIR" => "./files".to_owned(),
                _ => fill_in(value.as_str().unwrap()),
            };
            (name, value)
        })
        .collect()
}

#[test]
fn every_service_understands_its_environment() {
    let file = compose();
    for name in SERVICES.into_iter().filter(|name| *name != "gateway") {
        let folder = scratch_folder("compose").unwrap();
        let output = Command::new(binary(name).unwrap())
            .envs(variables(&file["services"][name]))
            .current_dir(&folder)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(text.contains("cannot connect to the database"), "{name}: {text}");
        std::fs::remove_dir_all(folder).unwrap();
    }
}

#[tokio::test]
async fn the_gateway_understands_its_environment() {
    let variables = variables(&compose()["services"]["gateway"]);
    let variables: Vec<(&str, String)> =
        variables.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    let folder = scratch_folder("compose").unwrap();
    let mut gateway = Process::start("gateway", &[], &variables, &folder).unwrap();
    for _ in 0..100 {
        gateway.check().unwrap();
        if gateway.output().contains("starting") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    gateway.signal("TERM").unwrap();
    assert_eq!(
        gateway.wait(Duration::from_secs(10)).await.unwrap(),
        Some(0),
        "{}",
        gateway.output()
    );
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn every_service_has_a_secret_of_its_own() {
    let services = &compose()["services"];
    let list = services["auth"]["environment"]["VITRINE_SERVICE_CLIENTS"].as_str().unwrap();
    let known: BTreeMap<&str, &str> =
        list.split(",service-").map(|entry| entry.split_once(':').unwrap()).collect();
    let mut secrets = BTreeSet::new();
    for name in ["service-catalog", "order", "payment", "recommendation", "events"] {
        let service = name.trim_start_matches("service-");
        let own = &services[service]["environment"]["VITRINE_CLIENT_SECRET"];
        assert_eq!(own.as_str(), known.get(name).copied(), "{service}");
        assert!(secrets.insert(own.as_str().unwrap()), "{service} shares its secret");
    }
    assert_eq!(known.len(), secrets.len());
}

#[test]
fn everything_that_is_named_is_there() {
    let file = compose();
    let (services, volumes) = (keys(&file["services"]), keys(&file["volumes"]));
    let networks = keys(&file["networks"]);
    for name in &services {
        let service = &file["services"][name.as_str()];
        for other in keys(&service["depends_on"]) {
            assert!(services.contains(&other), "{name} depends on {other}");
        }
        for network in service["networks"].as_sequence().into_iter().flatten() {
            assert!(
                networks.contains(&network.as_str().unwrap().to_owned()),
                "{name}: {network:?}"
            );
        }
        for volume in service["volumes"].as_sequence().into_iter().flatten() {
            let volume = volume.as_str().unwrap().split(':').next().unwrap();
            assert!(volumes.contains(&volume.to_owned()), "{name} mounts {volume}");
        }
    }
    for name in SERVICES {
        assert!(services.contains(&name.to_owned()), "{name} is missing");
    }
}

#[test]
fn containers_can_do_only_what_they_must() {
    let file = compose();
    for name in keys(&file["services"]) {
        let service = &file["services"][name.as_str()];
        assert_eq!(service["cap_drop"][0], "ALL", "{name}");
        assert_eq!(service["security_opt"][0], "no-new-privileges:true", "{name}");
        for limit in ["mem_limit", "cpus", "pids_limit"] {
            assert!(!service[limit].is_null(), "{name} has no {limit}");
        }
        assert!(service["privileged"].is_null() && service["network_mode"].is_null(), "{name}");
        assert_eq!(service["ports"].is_null(), name != "gateway", "only the gateway has a port");
        assert_eq!(service["healthcheck"].is_null(), name == "setup", "{name}");
        if name != "postgres" {
            assert_eq!(service["read_only"], true, "{name}");
        }
    }
}
