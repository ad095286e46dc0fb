use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, anyhow};
use argon2::{
    Algorithm, Argon2, Block, Params, PasswordHasher, Version,
    password_hash::phc::{Output, PasswordHash},
};
use problem::{Kind, Problem, Result};
use rayon::{ThreadPool, ThreadPoolBuilder};
use tokio::sync::{Semaphore, oneshot};

use super::Password;

/// Hashes that may wait for each one that runs; a wait of about a second.
const QUEUE_PER_THREAD: usize = 32;

/// Hashes passwords with Argon2id (OWASP parameters: 19 MiB, two passes), one at a time per thread: a
/// storm of logins costs neither memory nor the runtime, and what cannot soon be done is refused.
///
/// The threads are its own: one that has finished takes the next hash from the queue without a word
/// to anybody, where blocking tasks of the runtime lose a quarter of the time between two hashes. Memory
/// that was used is kept for the next hash, as much as there are threads: 19 MiB from the system come page
/// by page, which takes time too.
#[derive(Clone)]
pub(crate) struct Hasher {
    threads: Arc<ThreadPool>,
    /// Taken by every hash, waiting or running.
    room: Arc<Semaphore>,
    /// What no hash works in at the moment.
    memory: Arc<Mutex<Vec<Vec<Block>>>>,
    /// A hash of nothing anybody knows.
    decoy: Arc<str>,
}

impl Hasher {
    /// The threads end with the last clone.
    pub(crate) fn new(threads: usize) -> anyhow::Result<Self> {
        let room = Arc::new(Semaphore::new(threads * (1 + QUEUE_PER_THREAD)));
        let builder = ThreadPoolBuilder::new().num_threads(threads);
        let builder = builder.thread_name(|index| format!("password-{index}"));
        // Its client learns of a panic by the answer that never comes.
        let threads = Arc::new(builder.panic_handler(|_| {}).build()?);
        let decoy = compute_hash(&crate::secret::random_secret())?.into();
        Ok(Self { threads, room, memory: Arc::default(), decoy })
    }

    /// The hash to keep, as a PHC string; 503 when too many wait.
    pub(crate) async fn hash(&self, password: Password) -> Result<String> {
        self.run(move || compute_hash(password.expose())).await?.map_err(Problem::internal)
    }

    /// Whether it is the password of this hash. Without a hash the answer is no, after the same time:
    /// an account that does not exist cannot be told from a wrong password. 503 when too many wait.
    pub(crate) async fn verify(&self, password: Password, hash: Option<&str>) -> Result<bool> {
        let exists = hash.is_some();
        let hash = hash.unwrap_or(&self.decoy).to_owned();
        let memory = self.memory.clone();
        let check =
            move || with_memory(&memory, |blocks| check_hash(password.expose(), &hash, blocks));
        let matches = self.run(check).await?;
        matches.map(|matches| matches && exists).map_err(Problem::internal)
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let admitted = self.room.clone().try_acquire_owned().map_err(|_| busy())?;
        let (reply, answer) = oneshot::channel();
        self.threads.spawn_fifo(move || {
            let _admitted = admitted;
            // A client that has gone away makes room for the next.
            if !reply.is_closed() {
                let _ = reply.send(work());
            }
        });
        answer.await.map_err(Problem::internal)
    }
}

fn busy() -> Problem {
    let detail = "too many passwords are being checked, try again";
    Problem::new(Kind::Unavailable, "busy", detail).retry_after(1)
}

fn compute_hash(password: &str) -> anyhow::Result<String> {
    Ok(Argon2::default()
        .hash_password(password.as_bytes())
        .map_err(|error| anyhow!("hashing failed: {error}"))?
        .to_string())
}

fn check_hash(password: &str, hash: &str, memory: &mut Vec<Block>) -> anyhow::Result<bool> {
    let hash = PasswordHash::new(hash).map_err(|error| anyhow!("a stored hash is bad: {error}"))?;
    let bad = |error: argon2::password_hash::Error| anyhow!("a stored hash is bad: {error}");
    let (salt, expected) = hash.salt.zip(hash.hash).context("a stored hash is incomplete")?;
    let algorithm = Algorithm::try_from(hash.algorithm.as_str()).map_err(bad)?;
    let version = hash.version.map(Version::try_from).transpose();
    let version = version.map_err(|error| anyhow!("a stored hash is bad: {error}"))?;
    let params = Params::try_from(&hash).map_err(bad)?;
    memory.resize(params.block_count(), Block::new());
    let mut output = [0; Output::MAX_LENGTH];
    let output = output.get_mut(..expected.len()).context("a stored hash is too long")?;
    Argon2::new(algorithm, version.unwrap_or_default(), params)
        .hash_password_into_with_memory(password.as_bytes(), &salt, output, memory)
        .map_err(|error| anyhow!("verifying failed: {error}"))?;
    let output = Output::new(output).map_err(|error| anyhow!("verifying failed: {error}"))?;
    // Outputs are compared in constant time.
    Ok(output == expected)
}

/// Does the work in memory that was used before, if there is any.
fn with_memory<T>(memory: &Mutex<Vec<Vec<Block>>>, work: impl FnOnce(&mut Vec<Block>) -> T) -> T {
    let kept = || memory.lock().unwrap_or_else(PoisonError::into_inner);
    let mut blocks = kept().pop().unwrap_or_default();
    let done = work(&mut blocks);
    kept().push(blocks);
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_recognised_and_no_other() {
        let hasher = Hasher::new(1).unwrap();
        let hash = hasher.hash(Password::new("right")).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(hasher.verify(Password::new("right"), Some(&hash)).await.unwrap());
        assert!(!hasher.verify(Password::new("wrong"), Some(&hash)).await.unwrap());
        assert!(!hasher.verify(Password::new("right"), None).await.unwrap());
    }

    #[tokio::test]
    async fn what_cannot_wait_is_told_to_come_back() {
        let hasher = Hasher::new(1).unwrap();
        let room = hasher.room.available_permits();
        let _all = hasher.room.clone().acquire_many_owned(room.try_into().unwrap()).await.unwrap();
        let problem = hasher.hash(Password::new("any")).await.unwrap_err();
        assert_eq!((problem.status().as_u16(), problem.code()), (503, "busy"));
    }

    #[tokio::test]
    async fn a_hash_that_fails_badly_takes_no_thread_along() {
        let hasher = Hasher::new(1).unwrap();
        let failed = hasher.run(|| panic!("a fault of the test")).await;
        assert_eq!(failed.map(|()| 0).unwrap_err().status().as_u16(), 500);
        assert_eq!(hasher.run(|| 7).await.unwrap(), 7);
    }
}
