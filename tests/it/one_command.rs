//! The one-command run, as a user starts and ends it.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use load::{Client, Process, binary, free_port, scratch_folder};
use serde_json::json;

const START: Duration = Duration::from_secs(600);
const STOP: Duration = Duration::from_secs(10);

/// `vitrine` on a folder and a port of its own.
pub(crate) struct Run {
    process: Process,
    client: Client,
    url: String,
}

impl Run {
    pub(crate) async fn start(folder: &Path, arguments: &[&str]) -> Self {
        let address = free_port().unwrap().to_string();
        let data = folder.join("data").display().to_string();
        let mut all = vec!["--data-dir", data.as_str(), "--listen", address.as_str()];
        all.extend(arguments);
        let process = Process::start("vitrine", &all, &[], folder).unwrap();
        let url = format!("http://{address}");
        let mut run = Self { process, client: Client::new(url.clone()), url };
        run.wait_for_banner().await;
        run
    }

    async fn wait_for_banner(&mut self) {
        let started = std::time::Instant::now();
        while !self.process.output().contains("Ctrl-C stops everything") {
            self.process.check().unwrap();
            assert!(started.elapsed() < START, "no banner: {}", self.process.output());
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    /// Address of the installation.
    pub(crate) fn url(&self) -> String {
        self.url.clone()
    }

    /// The commands that the banner suggests.
    pub(crate) fn suggestions(&self) -> Vec<String> {
        let output = self.process.output();
        let lines = output.lines().map(str::trim);
        let commands: Vec<String> =
            lines.filter(|l| l.starts_with("curl")).map(str::to_owned).collect();
        assert_eq!(commands.len(), 3, "{output}");
        commands
    }

    /// The staff account that the banner names.
    async fn staff(&self) -> Client {
        let output = self.process.output();
        let line = output.lines().rev().find(|line| line.trim().starts_with("Staff")).unwrap();
        let words: Vec<&str> = line.split_whitespace().collect();
        self.client.log_in(words[1], words[3]).await.unwrap()
    }

    pub(crate) async fn stop(mut self) {
        self.process.signal("TERM").unwrap();
        assert_eq!(self.process.wait(STOP).await.unwrap(), Some(0), "{}", self.process.output());
    }
}

fn clean_up(folder: &Path) {
    std::fs::remove_dir_all(folder).unwrap();
}

/// What `vitrine` says when it cannot start, and that it says it with exit code 1 and without a panic.
fn refusal(data_dir: &Path, listen: &str) -> String {
    let output = Command::new(binary("vitrine").unwrap())
        .args(["--no-demo", "--data-dir", &data_dir.display().to_string(), "--listen", listen])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(!text.contains("panicked"), "{text}");
    text
}

#[tokio::test]
async fn data_is_kept_over_a_stop_and_over_a_kill_and_fresh_starts_over() {
    let folder = scratch_folder("run").unwrap();
    let run = Run::start(&folder, &["--no-demo"]).await;
    let category = json!({ "code": "kept", "labels": {} });
    run.staff().await.upsert("categories", &[category]).await.unwrap();
    run.stop().await;

    let mut run = Run::start(&folder, &["--no-demo"]).await;
    let path = "/api/rest/v1/categories/kept";
    run.staff().await.get(path).await.unwrap().assert_status(200);
    run.process.kill();

    let run = Run::start(&folder, &["--no-demo"]).await;
    run.staff().await.get(path).await.unwrap().assert_status(200);
    run.stop().await;

    let run = Run::start(&folder, &["--no-demo", "--fresh"]).await;
    run.staff().await.get(path).await.unwrap().assert_status(404);
    run.stop().await;
    clean_up(&folder);
}

#[tokio::test]
async fn a_taken_port_is_told_in_a_sentence() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let folder = scratch_folder("taken").unwrap();
    let text = refusal(&folder, &address);
    assert!(text.contains(&address) && text.contains("--listen"), "{text}");
    clean_up(&folder);
}

#[tokio::test]
async fn a_folder_with_other_files_is_told_in_a_sentence() {
    let folder = scratch_folder("foreign").unwrap();
    std::fs::write(folder.join("letter.txt"), "dear").unwrap();
    let text = refusal(&folder, "127.0.0.1:0");
    assert!(text.contains("--data-dir"), "{text}");
    clean_up(&folder);
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_told_in_a_sentence() {
    let folder = scratch_folder("file").unwrap();
    let file: PathBuf = folder.join("file");
    std::fs::write(&file, "").unwrap();
    let text = refusal(&file.join("below"), "127.0.0.1:0");
    assert!(text.contains("cannot write to the folder"), "{text}");
    clean_up(&folder);
}

#[tokio::test]
async fn an_unknown_variable_is_told_in_a_sentence() {
    let output =
        Command::new(binary("vitrine").unwrap()).env("VITRINE_DATABSE_URL", "x").output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("VITRINE_DATABSE_URL"), "{text}");
}
