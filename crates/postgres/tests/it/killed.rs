//! The server ends when its process is killed. The test runs itself a second time as that process.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use postgres::{Options, Server};

use crate::scratch::{Scratch, ask, eventually, kill, postmaster};

const SCRATCH_VARIABLE: &str = "POSTGRES_TEST_SCRATCH";
const THROWAWAY_VARIABLE: &str = "POSTGRES_TEST_THROWAWAY";

/// Not a test: what the tests below kill. It starts a server and a child that lives on, tells the
/// server's port and folder and the child's number, and waits for its end.
#[test]
#[ignore = "run by the tests of this file"]
#[expect(clippy::zombie_processes, reason = "the child has to outlive this process")]
fn holder() {
    let Ok(folder) = std::env::var(SCRATCH_VARIABLE) else { return };
    let folder = Path::new(&folder);
    let installation = postgres::find().unwrap();
    let options = match std::env::var(THROWAWAY_VARIABLE) {
        Ok(_) => Options::throwaway(folder, installation),
        Err(_) => Options {
            data_dir: folder.join("data"),
            profile: postgres::Profile::Durable,
            installation,
            port: None,
        },
    };
    let server = Server::start(options).unwrap();
    let child = Command::new("sleep").arg("60").stdout(Stdio::null()).spawn().unwrap();
    println!("\nholding {} {} {}", server.port(), child.id(), server.data_dir().display());
    std::thread::park();
}

struct Held {
    process: Child,
    port: u16,
    bystander: String,
    folder: std::path::PathBuf,
}

impl Held {
    fn start(scratch: &Scratch, throwaway: bool) -> Held {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--ignored", "--exact", "killed::holder", "--nocapture"]);
        command.env(SCRATCH_VARIABLE, &scratch.0).stdout(Stdio::piped());
        if throwaway {
            command.env(THROWAWAY_VARIABLE, "1");
        }
        let mut process = command.spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let told = lines.map_while(Result::ok).find(|line| line.starts_with("holding ")).unwrap();
        let parts: Vec<&str> = told.splitn(4, ' ').collect();
        let (port, bystander) = (parts[1].parse().unwrap(), parts[2].to_owned());
        Held { process, port, bystander, folder: parts[3].into() }
    }

    /// As by `kill -9`.
    fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    fn postmaster(&self) -> String {
        postmaster(&self.folder)
    }

    fn is_served(&self) -> bool {
        std::net::TcpStream::connect(("127.0.0.1", self.port)).is_ok()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.process.kill();
        kill(&self.bystander);
    }
}

/// The shells in the process group of a server, by their numbers.
#[cfg(target_os = "linux")]
fn shells_around(postmaster: &str) -> Vec<String> {
    let group_and_name = |pid: &str| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let (name, rest) = stat.split_once('(')?.1.rsplit_once(')')?;
        Some((rest.split_whitespace().nth(2)?.to_owned(), name.to_owned()))
    };
    let (group, _) = group_and_name(postmaster).unwrap();
    let processes = std::fs::read_dir("/proc").unwrap();
    let numbers = processes.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    numbers.filter(|pid| group_and_name(pid) == Some((group.clone(), "sh".to_owned()))).collect()
}

#[tokio::test]
async fn postgres_ends_with_a_killed_process_and_the_next_start_works() {
    let scratch = Scratch::new("killed");
    let mut held = Held::start(&scratch, false);
    assert!(held.is_served());
    held.kill();
    // At once, while the old one still ends.
    let server = scratch.start().await.unwrap();
    assert!(!held.is_served());
    assert_eq!(ask(&server.url("postgres"), "select 'well'").await.unwrap(), "well");
}

#[tokio::test]
async fn the_next_start_works_when_everything_was_killed() {
    let scratch = Scratch::new("all-killed");
    let mut held = Held::start(&scratch, false);
    let pid = held.postmaster();
    kill(&pid);
    held.kill();
    let pid_file = held.folder.join("cluster/postmaster.pid");
    // As if the number had been given to a process of someone else meanwhile.
    let text = std::fs::read_to_string(&pid_file).unwrap();
    let reused = text.replacen(&pid, &std::process::id().to_string(), 1);
    std::fs::write(&pid_file, reused).unwrap();
    let server = scratch.start().await.unwrap();
    assert_eq!(ask(&server.url("postgres"), "select 'well'").await.unwrap(), "well");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_server_that_lost_its_guard_too_is_ended_by_the_next_start() {
    let scratch = Scratch::new("guard-killed");
    let mut held = Held::start(&scratch, false);
    let guards = shells_around(&held.postmaster());
    assert_eq!(guards.len(), 2, "the guard and its watcher");
    guards.iter().for_each(|guard| kill(guard));
    held.kill();
    assert!(held.is_served());
    let server = scratch.start().await.unwrap();
    assert!(!held.is_served());
    assert_eq!(ask(&server.url("postgres"), "select 'well'").await.unwrap(), "well");
}

#[tokio::test]
async fn a_throwaway_cluster_goes_with_a_killed_process() {
    let scratch = Scratch::new("throwaway-killed");
    let mut held = Held::start(&scratch, true);
    held.kill();
    // Its emptied folder stays where we are root and its server is not.
    let cluster = held.folder.join("cluster");
    let is_gone = || std::fs::read_dir(&cluster).map_or(true, |mut it| it.next().is_none());
    eventually("the cluster deleted", is_gone).await;
    assert!(!held.is_served());
    // What the guard may not delete goes at the next start.
    let swept = || {
        let _ = Options::throwaway(&scratch.0, postgres::find().unwrap());
        !held.folder.exists()
    };
    eventually("the folder swept", swept).await;
}
