use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio_util::sync::CancellationToken;

/// What a process tells the outside about its life: started, ready, draining, stopping.
#[derive(Clone, Default)]
pub struct Lifecycle(Arc<State>);

#[derive(Default)]
struct State {
    ready: AtomicBool,
    started: AtomicBool,
    draining: AtomicBool,
    stop: CancellationToken,
}

impl Lifecycle {
    /// A process that has not started yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// From now on traffic is welcome.
    pub fn set_ready(&self) {
        self.0.started.store(true, Ordering::Release);
        self.0.ready.store(true, Ordering::Release);
    }

    /// Until [`set_ready`](Self::set_ready) is called again, traffic is better sent elsewhere.
    pub fn set_unready(&self) {
        self.0.ready.store(false, Ordering::Release);
    }

    /// Whether traffic is welcome.
    pub fn is_ready(&self) -> bool {
        self.0.ready.load(Ordering::Acquire) && !self.is_draining()
    }

    /// Whether the start is over.
    pub fn is_started(&self) -> bool {
        self.0.started.load(Ordering::Acquire)
    }

    /// Not ready any more, still serving.
    pub fn drain(&self) {
        self.0.draining.store(true, Ordering::Release);
    }

    /// Whether the end is near.
    pub fn is_draining(&self) -> bool {
        self.0.draining.load(Ordering::Acquire)
    }

    /// Stop accepting and end what runs in the background.
    pub fn stop(&self) {
        self.drain();
        self.0.stop.cancel();
    }

    /// Resolves when [`stop`](Self::stop) was called.
    pub async fn stopped(&self) {
        self.0.stop.cancelled().await;
    }

    /// Whether [`stop`](Self::stop) was called.
    pub fn is_stopped(&self) -> bool {
        self.0.stop.is_cancelled()
    }

    /// Runs a background task until it ends or the process stops.
    pub fn spawn<F>(&self, task: F) -> tokio::task::JoinHandle<()>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let stop = self.0.stop.clone();
        tokio::spawn(async move {
            stop.run_until_cancelled(task).await;
        })
    }
}
