use super::{
    data_dir::{Admin, Secrets},
    settings::Settings,
};

/// Tells where everything is and what to try.
pub(super) fn print(settings: &Settings, secrets: &Secrets, url: &str) {
    let Admin { email, password } = secrets.admin();
    println!("\n  Vitrine is running at {url}");
    println!("  Documentation          {url}/docs\n");
    println!("  Try:");
    for command in commands(url, settings.wants_demo()) {
        println!("    {command}");
    }
    println!("\n  Staff                  {email} / {password}");
    if settings.wants_demo() {
        let (email, password) = crate::seed::DEMO_CUSTOMER;
        println!("  Customer               {email} / {password}");
    }
    println!("\n  Ctrl-C stops everything.\n");
}

fn commands(url: &str, demo: bool) -> Vec<String> {
    if !demo {
        return vec![format!("curl -s {url}/readyz"), format!("curl -s {url}/v1/categories")];
    }
    vec![
        format!("curl -s '{url}/v1/products?q=chair&facets=color,material&limit=3'"),
        format!("curl -s '{url}/v1/suggest?q=cof'"),
        format!(
            "curl -s -d grant_type=urn:vitrine:grant:anonymous -d client_id=storefront {url}/oauth/token"
        ),
    ]
}
