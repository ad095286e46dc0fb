//! Folders that cannot be used are refused with a sentence.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use postgres::Error;

use crate::scratch::{Scratch, start};

#[tokio::test]
async fn a_folder_in_use_is_refused_with_process_and_port() {
    let scratch = Scratch::new("in-use");
    let server = scratch.start().await.unwrap();
    let error = scratch.start().await.unwrap_err();
    let Error::Running { process, port, .. } = &error else { panic!("{error}") };
    assert_eq!((*process, *port), (std::process::id(), Some(server.port())));
    assert!(error.to_string().starts_with("another vitrine is running on "), "{error}");
    let error = postgres::remove(&scratch.0.join("data")).unwrap_err();
    assert!(matches!(error, Error::Running { .. }), "{error}");
}

#[tokio::test]
async fn a_cluster_of_another_version_is_refused_with_both_ways_out() {
    let scratch = Scratch::new("version");
    let server = scratch.start().await.unwrap();
    let version = server.data_dir().join("cluster/PG_VERSION");
    server.stop().await.unwrap();
    fs::write(version, "14\n").unwrap();
    let error = scratch.start().await.unwrap_err();
    assert!(matches!(&error, Error::OtherVersion { made_by, .. } if made_by == "14"), "{error}");
    let text = error.to_string();
    assert!(text.contains("made by PostgreSQL 14, this is PostgreSQL"), "{text}");
    assert!(text.contains("install PostgreSQL 14") && text.contains("--fresh"), "{text}");
}

#[tokio::test]
async fn a_foreign_folder_is_neither_used_nor_deleted() {
    let scratch = Scratch::new("foreign");
    let data = scratch.0.join("data");
    fs::create_dir(&data).unwrap();
    fs::write(data.join("letter.txt"), "mine").unwrap();
    let error = scratch.start().await.unwrap_err();
    assert!(matches!(error, Error::Foreign { .. }), "{error}");
    let error = postgres::remove(&data).unwrap_err();
    assert!(matches!(error, Error::Foreign { .. }), "{error}");
    assert_eq!(fs::read_to_string(data.join("letter.txt")).unwrap(), "mine");
    assert_eq!(fs::read_dir(&data).unwrap().count(), 1);
}

#[tokio::test]
async fn a_file_in_place_of_the_folder_is_told() {
    let scratch = Scratch::new("file");
    fs::write(scratch.0.join("data"), "").unwrap();
    let error = scratch.start().await.unwrap_err();
    assert!(error.to_string().contains("is in the way"), "{error}");
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_told() {
    let scratch = Scratch::new("no-place");
    let mut options = scratch.options();
    options.data_dir = "/proc/vitrine".into();
    let error = start(options).await.unwrap_err();
    assert!(matches!(error, Error::Folder { .. }), "{error}");
}

#[tokio::test]
async fn what_a_killed_initdb_left_is_no_obstacle() {
    let scratch = Scratch::new("half-done");
    scratch.start().await.unwrap().stop().await.unwrap();
    let data = scratch.0.join("data");
    fs::rename(data.join("cluster"), data.join("cluster.new")).unwrap();
    scratch.start().await.unwrap().stop().await.unwrap();
    assert!(!data.join("cluster.new").exists());
}

#[tokio::test]
async fn a_folder_that_postgres_cannot_enter_is_put_elsewhere_with_a_link() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let scratch = Scratch::new("closed");
    fs::set_permissions(&scratch.0, fs::Permissions::from_mode(0o700)).unwrap();
    let server = scratch.start().await.unwrap();
    let chosen = server.data_dir().to_owned();
    let wanted = scratch.0.join("data");
    assert!(!chosen.starts_with(&scratch.0), "{}", chosen.display());
    assert_eq!(fs::read_link(&wanted).unwrap(), chosen);
    server.stop().await.unwrap();

    let server = scratch.start().await.unwrap();
    assert_eq!(server.data_dir(), chosen);
    server.stop().await.unwrap();
    postgres::remove(&wanted).unwrap();
    assert!(!chosen.exists() && !wanted.is_symlink());
}
