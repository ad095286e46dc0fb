//! What to tell someone whose machine has no PostgreSQL.

use std::env;
use std::path::Path;

use crate::fetch::can_fetch;
use crate::find::OLDEST_MAJOR;

/// Package managers by their program, with the command that installs a PostgreSQL server.
const MANAGERS: [(&str, &str); 6] = [
    ("brew", "brew install postgresql@17"),
    ("apt-get", "apt-get install postgresql"),
    ("dnf", "dnf install postgresql-server"),
    ("apk", "apk add postgresql"),
    ("pacman", "pacman -S postgresql"),
    ("zypper", "zypper install postgresql-server"),
];

/// One sentence that says how to get PostgreSQL on this platform.
pub fn install_hint() -> String {
    let by_hand = match MANAGERS.iter().find(|(program, _)| is_on_path(program)) {
        Some((program, command)) => format!("install it with `{}{command}`", sudo_for(program)),
        None => "install it".to_owned(),
    };
    let by_us = match can_fetch() {
        true => ", or add `--fetch-postgres` to download one for Vitrine alone",
        false => "",
    };
    format!("PostgreSQL {OLDEST_MAJOR} or newer was not found: {by_hand}{by_us}.")
}

fn sudo_for(program: &str) -> &'static str {
    let needed = program != "brew" && !rustix::process::geteuid().is_root();
    if needed { "sudo " } else { "" }
}

fn is_on_path(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder: std::path::PathBuf| Path::is_file(&folder.join(program)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hint_is_one_sentence_with_a_way_out() {
        let hint = install_hint();
        assert!(hint.starts_with("PostgreSQL 15 or newer was not found: install it"), "{hint}");
        assert!(hint.ends_with('.') && !hint.contains('\n'), "{hint}");
    }
}
