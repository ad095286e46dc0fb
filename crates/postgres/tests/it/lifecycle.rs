//! Start, stop, start again.

use std::os::unix::fs::PermissionsExt;

use postgres::{Options, SUPERUSER};
use sqlx::{Connection, PgConnection};

use crate::scratch::{Scratch, ask, eventually, kill, postmaster, start};

#[tokio::test]
async fn a_restart_keeps_what_was_written() {
    let scratch = Scratch::new("restart");
    let server = scratch.start().await.unwrap();
    let url = server.url("postgres");
    ask(&url, "create table note (text text)").await;
    ask(&url, "insert into note values ('kept')").await;
    assert!(server.is_running());
    server.stop().await.unwrap();

    let server = scratch.start().await.unwrap();
    assert_eq!(ask(&server.url("postgres"), "select text from note").await.unwrap(), "kept");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn its_socket_leads_to_it_unless_the_path_is_too_long_for_one() {
    let scratch = Scratch::new("socket");
    let server = scratch.start().await.unwrap();
    let url = server.local_url("postgres");
    let is_over_socket = url.contains("?host=");
    let question = "select (inet_server_addr() is null)::text";
    assert_eq!(ask(&url, question).await.unwrap(), is_over_socket.to_string());
    assert_eq!(
        ask(&url, "select current_setting('port')").await.unwrap(),
        server.port().to_string()
    );
}

#[tokio::test]
async fn a_killed_server_comes_back_at_its_port_with_what_it_acknowledged() {
    let scratch = Scratch::new("killed-alone");
    let server = scratch.start().await.unwrap();
    let options = Options { port: Some(server.port()), ..scratch.options() };
    let url = server.url("postgres");
    ask(&url, "create table note (text text)").await;
    ask(&url, "insert into note values ('kept')").await;
    kill(&server.process_id().unwrap().to_string());
    eventually("it ends", || !server.is_running()).await;
    drop(server);

    let server = start(options).await.unwrap();
    assert_eq!(server.url("postgres"), url);
    assert_eq!(ask(&url, "select text from note").await.unwrap(), "kept");
}

#[tokio::test]
async fn a_stopped_server_closes_its_port_and_frees_its_folder() {
    let scratch = Scratch::new("stopped");
    let server = scratch.start().await.unwrap();
    let port = server.port();
    let held_open = PgConnection::connect(&server.url("postgres")).await.unwrap();
    server.stop().await.unwrap();
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
    drop(held_open);
    postgres::remove(&scratch.0.join("data")).unwrap();
    assert!(!scratch.0.join("data").exists());
}

#[tokio::test]
async fn a_durable_server_waits_for_the_disk_and_knows_every_script() {
    let scratch = Scratch::new("durable");
    let server = scratch.start().await.unwrap();
    let url = server.url("postgres");
    assert_eq!(ask(&url, "show fsync").await.unwrap(), "on");
    assert_eq!(ask(&url, "show synchronous_commit").await.unwrap(), "on");
    assert_eq!(ask(&url, "show checkpoint_timeout").await.unwrap(), "1min");
    assert_eq!(ask(&url, "show server_encoding").await.unwrap(), "UTF8");
    assert_eq!(ask(&url, "select lower('ÄÉØ')").await.unwrap(), "äéø");
    assert_eq!(ask(&url, "select current_user::text").await.unwrap(), SUPERUSER);
}

#[tokio::test]
async fn nobody_gets_in_without_the_password() {
    let scratch = Scratch::new("password");
    let server = scratch.start().await.unwrap();
    let url = format!("postgres://{SUPERUSER}:guess@127.0.0.1:{}/postgres", server.port());
    let refused = PgConnection::connect(&url).await.unwrap_err();
    let code = refused.as_database_error().and_then(|error| error.code()).unwrap().into_owned();
    assert_eq!(code, "28P01");
    let password = server.data_dir().join("password").metadata().unwrap();
    assert_eq!(password.permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn a_throwaway_server_leaves_nothing() {
    let scratch = Scratch::new("throwaway");
    let installation = postgres::find().unwrap();
    let server = start(Options::throwaway(&scratch.0, installation)).await.unwrap();
    let folder = server.data_dir().to_owned();
    assert_eq!(ask(&server.url("postgres"), "show fsync").await.unwrap(), "off");
    tokio::task::spawn_blocking(|| drop(server)).await.unwrap();
    assert!(!folder.exists());
    assert_eq!(std::fs::read_dir(&scratch.0).unwrap().count(), 0);
}

#[tokio::test]
async fn what_a_guard_left_of_a_throwaway_server_is_no_obstacle() {
    let scratch = Scratch::new("left");
    let options = Options::throwaway(&scratch.0, postgres::find().unwrap());
    let server = start(options.clone()).await.unwrap();
    kill(&postmaster(server.data_dir()));
    // The guard has deleted the data, and where we are root not the folder.
    server.wait().await;
    std::mem::forget(server);
    let again = start(options).await.unwrap();
    assert_eq!(ask(&again.url("postgres"), "select 'well'").await.unwrap(), "well");
    tokio::task::spawn_blocking(|| drop(again)).await.unwrap();
}

#[tokio::test]
async fn we_notice_when_postgres_ends_by_itself() {
    let scratch = Scratch::new("dies");
    let server = scratch.start().await.unwrap();
    kill(&postmaster(server.data_dir()));
    assert!(!server.wait().await.success());
    assert!(!server.is_running());
    drop(server);
    // The stale pid file does not matter, and neither do children that are still ending.
    let again = scratch.start().await.unwrap();
    eventually("running", || again.is_running()).await;
}
