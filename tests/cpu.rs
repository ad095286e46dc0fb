//! Processor time, as `/proc` tells it.

use std::path::Path;

/// `/proc` counts in these on every machine that we know.
const TICKS_PER_SECOND: f64 = 100.0;

/// Seconds of processor that a process took so far; none where there is no `/proc`.
pub fn of_process(id: u32) -> Option<f64> {
    Some(read(id)?.seconds)
}

/// The same of a PostgreSQL server, all its processes together.
pub fn of_postgres(data_dir: &Path) -> Option<f64> {
    let file = std::fs::read_to_string(data_dir.join("cluster/postmaster.pid")).ok()?;
    let postmaster: u32 = file.lines().next()?.trim().parse().ok()?;
    let ids = std::fs::read_dir("/proc").ok()?.flatten();
    let ids = ids.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let processes = ids.filter_map(|id: u32| Some((id, read(id)?)));
    let own = processes.filter(|(id, process)| *id == postmaster || process.parent == postmaster);
    Some(own.map(|(_, process)| process.seconds).sum())
}

struct Stat {
    parent: u32,
    /// With those of its children that ended.
    seconds: f64,
}

fn read(id: u32) -> Option<Stat> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name in brackets may hold anything; what follows it begins with the state.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: Option<Vec<f64>> = (11..15).map(|place| fields.get(place)?.parse().ok()).collect();
    let seconds = ticks?.iter().sum::<f64>() / TICKS_PER_SECOND;
    Some(Stat { parent: fields.get(1)?.parse().ok()?, seconds })
}
