//! The folders of throwaway servers: a name for a new one, and an end for those of dead runs.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::folder::remove_within;
use crate::pid_file::is_alive;

const PREFIX: &str = "throwaway-";

/// Numbers the folders of this process.
static COUNTER: AtomicU32 = AtomicU32::new(1);

/// A name in `parent` that no other run and no other server of this run has.
pub(crate) fn unused_folder(parent: &Path) -> PathBuf {
    loop {
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let folder = parent.join(format!("{PREFIX}{}-{number}", std::process::id()));
        // Left by an earlier process of the same number, as in containers.
        let _ = remove_within(&folder, Duration::ZERO);
        if folder.symlink_metadata().is_err() {
            return folder;
        }
    }
}

/// Deletes the folders in `parent` whose run is dead and whose server has ended.
pub(crate) fn sweep(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    for entry in entries.flatten() {
        let owner = entry.file_name().to_str().and_then(owner_of);
        if owner.is_some_and(|process| !is_alive(process)) {
            // Another run may sweep the same, or its server be just ending: then the next one does.
            let _ = remove_within(&entry.path(), Duration::ZERO);
        }
    }
}

/// The process in the name of a throwaway folder.
fn owner_of(name: &str) -> Option<u32> {
    name.strip_prefix(PREFIX)?.split_once('-')?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_differ_and_tell_their_process() {
        let names = [unused_folder(Path::new("/t")), unused_folder(Path::new("/t"))];
        assert_ne!(names[0], names[1]);
        let name = names[0].file_name().and_then(|it| it.to_str()).unwrap();
        assert_eq!(owner_of(name), Some(std::process::id()));
        assert_eq!(owner_of("keep"), None);
    }
}
