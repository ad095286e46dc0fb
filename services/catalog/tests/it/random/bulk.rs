//! Bodies with one thing per line: what becomes of a line does not depend on the others.

use fastrand::Rng;
use serde_json::{Value, json};

use super::{
    start,
    world::{World, to_json},
};
use crate::pim::Pim;

const LINES: usize = 80;
/// How a line may be spoiled.
const FAULTS: usize = 12;

#[tokio::test]
async fn what_becomes_of_a_line_does_not_depend_on_the_others() {
    let mut random = start();
    let pim = Pim::open().await;
    let world = World::build(&pim, &mut random).await;
    // Twins, so that each line is written twice: among others and alone.
    for name in ["together", "alone"] {
        let lines: Vec<Value> = (0..LINES)
            .step_by(3)
            .map(|number| json!({"identifier": format!("{name} {number}"), "family": "plain"}))
            .collect();
        pim.patch_all("products", &lines).await;
    }
    let lines: Vec<String> =
        (0..LINES).map(|number| draw_line(&world, number, &mut random)).collect();
    let together = lines.iter().map(|line| line.replace("NAME", "together")).collect::<Vec<_>>();
    let together = send(&pim, &together).await;
    for (number, line) in lines.iter().enumerate() {
        let alone = send(&pim, &[line.replace("NAME", "alone")]).await.remove(0);
        let (mut among, mut alone) = (together[number].clone(), alone);
        among["line"] = Value::Null;
        alone["line"] = Value::Null;
        let among = among.to_string().replace("together", "alone");
        assert_eq!(among, alone.to_string(), "{line}");
        assert_eq!(
            read(&pim, "together", number).await,
            read(&pim, "alone", number).await,
            "{line}"
        );
    }
}

async fn send(pim: &Pim, lines: &[String]) -> Vec<Value> {
    send_to(pim, "products", lines).await
}

async fn send_to(pim: &Pim, path: &str, lines: &[String]) -> Vec<Value> {
    let answer = pim.patch_text(path, &lines.join("\n")).await.assert_status(200);
    answer.text().split('\n').map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The product without what is its own; nothing if there is none.
async fn read(pim: &Pim, name: &str, number: usize) -> String {
    let answer = pim.get(&format!("products/{name}%20{number}")).await;
    if answer.status == 404 {
        return String::new();
    }
    let mut product = answer.assert_status(200).json();
    for property in ["uuid", "created", "updated"] {
        product[property] = Value::Null;
    }
    product.to_string().replace(name, "")
}

/// A good line, or one with a fault; `NAME` stands for what tells the twins apart.
fn draw_line(world: &World, number: usize, random: &mut Rng) -> String {
    let product = world.draw_product(number, None, random);
    let mut line = json!({
        "identifier": format!("NAME {number}"), "family": product.family, "enabled": product.enabled,
        "categories": product.categories, "groups": product.groups, "values": to_json(&product.values),
    });
    let everywhere = |data: Value| json!([{"locale": null, "scope": null, "data": data}]);
    match random.usize(0..2 * FAULTS) {
        0 => return "{".to_owned(),
        1 => return "[]".to_owned(),
        2 => return format!("{{\"identifier\":\"{}\"}}", "x".repeat(1_000_000)),
        3 => line["identifier"] = Value::Null,
        4 => line["identifier"] = json!(1),
        5 => line["family"] = json!("ghost"),
        6 => line["categories"] = json!(["ghost"]),
        7 => line["groups"] = json!("party"),
        8 => line["parent"] = json!("ghost"),
        9 => line["extra"] = json!(1),
        10 => line["values"]["ghost"] = everywhere(json!(1)),
        11 => line["values"]["shade"] = everywhere(json!("ghost")),
        _ => {}
    }
    line.to_string()
}

/// Products that want the same identifiers, unique values and axes, in one body and one after the other.
#[tokio::test]
async fn lines_that_want_the_same_are_written_in_their_order() {
    let mut random = start();
    let [together, alone] = [twin().await, twin().await];
    for _ in 0..8 {
        let lines: Vec<String> = (0..40).map(|_| draw_rival(&mut random).to_string()).collect();
        let among = send_to(&together, "products-uuid", &lines).await;
        for (line, among) in lines.iter().zip(among) {
            let mut one = send_to(&alone, "products-uuid", std::slice::from_ref(line)).await;
            let (mut among, mut one) = (among, one.remove(0));
            among["line"] = Value::Null;
            one["line"] = Value::Null;
            assert_eq!(among, one, "{line}\nof\n{}", lines.join("\n"));
        }
    }
}

async fn twin() -> Pim {
    let pim = Pim::stocked().await.with_model().await;
    pim.patch_all("families", &[json!({"code": "plain", "attributes": ["sku", "ean"]})]).await;
    pim
}

fn draw_rival(random: &mut Rng) -> Value {
    let everywhere = |data: Value| json!([{"locale": null, "scope": null, "data": data}]);
    let mut line =
        json!({"uuid": format!("0192f0c1-7c2e-7000-8000-{:012}", random.u32(0..8)), "values": {}});
    match random.u8(0..4) {
        0 => {}
        1 => line["identifier"] = Value::Null,
        _ => line["identifier"] = json!(format!("sku {}", random.u8(0..5))),
    }
    match random.u8(0..4) {
        0 => {}
        1 => line["values"]["ean"] = everywhere(Value::Null),
        _ => line["values"]["ean"] = everywhere(json!(random.u8(0..5).to_string())),
    }
    match random.u8(0..8) {
        0 => line["family"] = json!("ghost"),
        1 => line["family"] = json!("plain"),
        2 | 3 => {
            line["parent"] = json!("amor");
            let color = if random.bool() { "red" } else { "blue" };
            line["values"]["color"] = everywhere(json!(color));
        }
        4 => line["parent"] = Value::Null,
        _ => {}
    }
    line
}
