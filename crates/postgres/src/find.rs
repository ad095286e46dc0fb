//! Finds the PostgreSQL installations of the machine.

use std::collections::BTreeSet;
use std::env;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The oldest major version Vitrine works with.
pub const OLDEST_MAJOR: u32 = 15;

/// Where distributions and installers put their programs; `*` stands for one version.
const USUAL_PLACES: [&str; 9] = [
    "/usr/lib/postgresql/*/bin",
    "/usr/lib/postgresql*/bin",
    "/usr/libexec/postgresql*",
    "/usr/pgsql-*/bin",
    "/usr/local/pgsql/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
];

/// A PostgreSQL version as its programs print it; ordered, newest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// 15, 16, …: clusters are compatible within one.
    pub major: u32,
    /// The bug-fix release; 0 for previews.
    pub minor: u32,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// The programs of one PostgreSQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installation {
    /// The folder that holds `initdb` and `postgres`.
    pub bin: PathBuf,
    /// What `postgres --version` says.
    pub version: Version,
}

impl Installation {
    /// The installation whose programs lie in `bin`; `None` if one is missing or does not run.
    pub fn at(bin: &Path) -> Option<Installation> {
        if !bin.join("initdb").is_file() {
            return None;
        }
        let version = parse_version(&first_line(&bin.join("postgres"), "--version")?)?;
        Some(Installation { bin: bin.to_owned(), version })
    }
}

/// The newest installation on the machine that Vitrine works with.
pub fn find() -> Option<Installation> {
    find_all().into_iter().max_by_key(|found| found.version)
}

/// The installation for the cluster in `data_dir`: the one of the major version that made it, else
/// the newest, as where there is no cluster yet.
pub fn find_for(data_dir: &Path) -> Option<Installation> {
    let made_by = crate::cluster::made_by(&data_dir.join("cluster"));
    let fits = |found: &Installation| Some(found.version.major.to_string()) == made_by;
    find_all().into_iter().max_by_key(|found| (fits(found), found.version))
}

fn find_all() -> Vec<Installation> {
    candidate_folders()
        .iter()
        .filter_map(|bin| Installation::at(bin))
        .filter(|found| found.version.major >= OLDEST_MAJOR)
        .collect()
}

/// Folders that may hold the programs, each once and free of links: `/usr/local/bin/postgres` is
/// often a link, and only beside its target are the other programs.
fn candidate_folders() -> BTreeSet<PathBuf> {
    let on_path = env::var_os("PATH")
        .map(|path| env::split_paths(&path).collect::<Vec<_>>())
        .unwrap_or_default()
        .into_iter()
        .filter_map(|folder| fs::canonicalize(folder.join("postgres")).ok())
        .filter_map(|program| program.parent().map(Path::to_owned));
    let told = first_line(Path::new("pg_config"), "--bindir").map(PathBuf::from);
    on_path
        .chain(told)
        .chain(USUAL_PLACES.iter().flat_map(|pattern| expand(pattern)))
        .filter_map(|folder| fs::canonicalize(folder).ok())
        .collect()
}

/// The folders a pattern with at most one `*`, inside one path segment, stands for.
fn expand(pattern: &str) -> Vec<PathBuf> {
    let Some((before, after)) = pattern.split_once('*') else { return vec![pattern.into()] };
    let (parent, prefix) = before.rsplit_once('/').unwrap_or(("", before));
    let Ok(entries) = fs::read_dir(parent) else { return Vec::new() };
    entries
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix))
        .map(|entry| entry.path().join(after.trim_start_matches('/')))
        .collect()
}

/// Why the programs in `bin` do not run, in their words: such as that a shared library is missing.
pub(crate) fn complaint(bin: &Path) -> String {
    let programs = ["postgres", "initdb"];
    let reason = programs.iter().find_map(|program| failure(&bin.join(program)));
    reason.unwrap_or_else(|| "its version is unknown".to_owned())
}

fn failure(program: &Path) -> Option<String> {
    let answer = Command::new(program).arg("--version").stdin(Stdio::null()).output();
    let answer = match answer {
        Ok(answer) if answer.status.success() => return None,
        Ok(answer) => answer,
        Err(error) => return Some(format!("{}: {error}", program.display())),
    };
    let text = String::from_utf8_lossy(&answer.stderr);
    let said = text.lines().map(str::trim).find(|line| !line.is_empty()).map(str::to_owned);
    Some(said.unwrap_or_else(|| format!("{}: {}", program.display(), answer.status)))
}

fn first_line(program: &Path, argument: &str) -> Option<String> {
    let mut command = Command::new(program);
    let answer = command.arg(argument).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(answer.stdout).ok()?;
    Some(text.lines().next()?.trim().to_owned()).filter(|_| answer.status.success())
}

/// Reads `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)` or `… 18beta1`.
fn parse_version(line: &str) -> Option<Version> {
    let number = line.split_once("(PostgreSQL)")?.1.trim_start();
    let (major, rest) = leading_number(number)?;
    let minor = rest.strip_prefix('.').and_then(leading_number).map_or(0, |(minor, _)| minor);
    Some(Version { major, minor })
}

fn leading_number(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    Some((text[..end].parse().ok()?, &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_distributions_and_previews_are_understood() {
        let read = |line| parse_version(line).map(|it| (it.major, it.minor));
        assert_eq!(read("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"), Some((15, 18)));
        assert_eq!(read("postgres (PostgreSQL) 18beta1"), Some((18, 0)));
        assert_eq!(read("postgres (PostgreSQL) 17.2"), Some((17, 2)));
        assert_eq!(read("bash: postgres: not found"), None);
        assert_eq!(read("postgres (PostgreSQL) devel"), None);
    }

    #[test]
    fn the_machine_has_an_installation_with_all_programs() {
        let found = find().expect("the tests need PostgreSQL 15 or newer");
        assert!(found.bin.join("initdb").is_file());
        assert!(found.version.major >= OLDEST_MAJOR);
    }

    #[test]
    fn a_folder_without_programs_is_no_installation() {
        assert_eq!(Installation::at(Path::new("/")), None);
    }
}
