//! The two ways to run a server, as PostgreSQL settings.

/// What a server is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Keeps what it has acknowledged through any crash, and recovers from one in seconds.
    Durable,
    /// For tests: forgets after a crash, and deletes its folder when it ends.
    Throwaway,
}

/// Holds for both: loopback only, answers and logs that do not depend on the machine's settings.
const COMMON: &[(&str, &str)] = &[
    ("listen_addresses", "127.0.0.1"),
    ("unix_socket_permissions", "0700"),
    ("password_encryption", "scram-sha-256"),
    ("logging_collector", "off"),
    ("log_destination", "stderr"),
    ("log_line_prefix", "%m [%p] %q%u@%d "),
    ("log_checkpoints", "off"),
    ("lc_messages", "C"),
    ("timezone", "UTC"),
    ("log_timezone", "UTC"),
    // Short queries: compiling them costs more than it saves.
    ("jit", "off"),
];

/// A checkpoint a minute and little log between: after a crash seconds of replay, not minutes.
const DURABLE: &[(&str, &str)] = &[
    ("fsync", "on"),
    ("synchronous_commit", "on"),
    ("full_page_writes", "on"),
    ("checkpoint_timeout", "60s"),
    ("max_wal_size", "512MB"),
    ("min_wal_size", "80MB"),
    ("shared_buffers", "256MB"),
    ("effective_cache_size", "1GB"),
    ("work_mem", "8MB"),
    ("maintenance_work_mem", "128MB"),
    // Solid-state disks: a random page costs about what the next one does.
    ("random_page_cost", "1.1"),
    ("max_connections", "200"),
];

/// Nothing waits for the disk, and no background work disturbs hundreds of small databases.
const THROWAWAY: &[(&str, &str)] = &[
    ("fsync", "off"),
    ("synchronous_commit", "off"),
    ("full_page_writes", "off"),
    ("wal_level", "minimal"),
    ("max_wal_senders", "0"),
    ("checkpoint_timeout", "1h"),
    ("max_wal_size", "2GB"),
    ("autovacuum", "off"),
    ("shared_buffers", "128MB"),
    ("max_connections", "300"),
];

/// The settings of a profile, name and value.
pub(crate) fn settings(profile: Profile) -> impl Iterator<Item = (&'static str, &'static str)> {
    let own = match profile {
        Profile::Durable => DURABLE,
        Profile::Throwaway => THROWAWAY,
    };
    COMMON.iter().chain(own).copied()
}
