use std::{
    fs::File,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{LazyLock, Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

/// A binary of this workspace, running; killed when dropped.
pub struct Process {
    name: &'static str,
    child: Child,
    log: PathBuf,
    /// What earlier ones printed into the log, in bytes.
    earlier: usize,
}

impl Process {
    /// Starts a binary with these arguments and variables, and no others of ours. What it prints goes
    /// to a file in `folder`, after what an earlier one printed.
    pub fn start(
        name: &'static str,
        arguments: &[&str],
        variables: &[(&str, String)],
        folder: &Path,
    ) -> Result<Self> {
        let log = folder.join(format!("{name}.log"));
        let output = File::options().create(true).append(true).open(&log)?;
        let earlier = usize::try_from(output.metadata()?.len())?;
        let child = Command::new(binary(name)?)
            .args(arguments)
            .envs(variables.iter().map(|(name, value)| (name, value.as_str())))
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        Ok(Self { name, child, log, earlier })
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The memory that it has, and the most that it had, in MB.
    pub fn memory(&self) -> Result<(u64, u64)> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let field = |name: &str| {
            let value = status.lines().find_map(|line| line.strip_prefix(name));
            let kilobytes = value.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
            let kilobytes: u64 =
                kilobytes.with_context(|| format!("the system tells no {name}"))?;
            anyhow::Ok(kilobytes / 1024)
        };
        Ok((field("VmRSS:")?, field("VmHWM:")?))
    }

    /// What it and earlier ones printed.
    pub(crate) fn whole_log(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    /// What it printed so far.
    pub fn output(&self) -> String {
        let log = std::fs::read(&self.log).unwrap_or_default();
        String::from_utf8_lossy(log.get(self.earlier..).unwrap_or_default()).into_owned()
    }

    /// Sends a signal, such as `TERM` or `STOP`.
    pub fn signal(&self, signal: &str) -> Result<()> {
        send_signal(signal, self.child.id()).with_context(|| format!("{} is gone", self.name))
    }

    /// Ends it at once, as a crash would.
    pub fn kill(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Waits for its end; the exit code.
    pub async fn wait(&mut self, limit: Duration) -> Result<Option<i32>> {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status.code());
            }
            if started.elapsed() > limit {
                bail!("{} did not end within {limit:?}: {}", self.name, self.output());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Fails if it ended.
    pub fn check(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => bail!("{} ended with {status}: {}", self.name, self.output()),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Sends a signal, such as `TERM` or `KILL`, to a process; an error if it is gone.
pub(crate) fn send_signal(signal: &str, id: u32) -> Result<()> {
    let status = Command::new("kill").args([format!("-{signal}"), id.to_string()]).status()?;
    if status.success() { Ok(()) } else { bail!("process {id} takes no signal") }
}

/// The binary of this name, built with the running test or tool.
pub fn binary(name: &str) -> Result<PathBuf> {
    let this = std::env::current_exe()?;
    let folder = this
        .ancestors()
        .skip(1)
        .find(|folder| folder.join(name).is_file())
        .with_context(|| format!("{name} is not built: cargo build --workspace"))?;
    Ok(folder.join(name))
}

/// An address on loopback that nobody listens on.
pub fn free_port() -> Result<SocketAddr> {
    Ok(free_ports(1)?[0])
}

/// As many of them, each given away once. They lie below those that systems give to outgoing connections,
/// so that none of these takes one before its service does.
pub(crate) fn free_ports(count: usize) -> Result<Vec<SocketAddr>> {
    static ORDER: LazyLock<Mutex<Vec<u16>>> = LazyLock::new(|| {
        let mut ports: Vec<u16> = (20_000..32_000).collect();
        fastrand::shuffle(&mut ports);
        Mutex::new(ports)
    });
    let mut ports = ORDER.lock().unwrap_or_else(PoisonError::into_inner);
    let mut free = Vec::new();
    while free.len() < count {
        let port = ports.pop().context("every port was given away")?;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            free.push(SocketAddr::from(([127, 0, 0, 1], port)));
        }
    }
    Ok(free)
}
