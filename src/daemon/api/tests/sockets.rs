//! The socket's file, and who may speak through it.

use std::{
    fs,
    os::unix::{fs::PermissionsExt, net::UnixListener},
    path::Path,
};

use tokio::net::UnixStream;

use super::{
    super::{ApiError, Listener, ProblemType, serve, socket::may_speak},
    side::{Side, raw},
};
use crate::{limits::SOCKET_PATH_BYTES_MAX, names::Party};

#[test]
fn the_owner_alone_may_speak() {
    assert!(may_speak(1000, Some(1000)));
    assert!(may_speak(0, Some(0)));
    for (owner, peer) in [(1000, Some(1001)), (1000, Some(0)), (0, Some(1000)), (0, None)] {
        assert!(!may_speak(owner, peer), "{owner} {peer:?}");
    }
}

#[tokio::test]
async fn another_user_is_refused_everywhere_and_learns_nothing() {
    let side = Side::of(Party::Gbr).await;
    let socket = side.socket.with_file_name("other.sock");
    let mut listener = Listener::bind(&socket).await.unwrap();
    listener.owner ^= 1;
    let handle = side.handle.clone();
    tokio::spawn(listener.serve(Party::Gbr, handle, std::future::pending()));
    for line in ["GET /v1/status", "POST /v1/records", "GET /v1/progress", "GET /", "PUT /v1"] {
        let sent = format!("{line} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{{}}");
        let answer = raw(&socket, sent.repeat(2)).await;
        assert_eq!(answer.problem().problem, ProblemType::AnotherUser, "{line}");
        assert_eq!(answer.0.matches("HTTP/1.1").count(), 1, "{line}");
    }
    assert_eq!(side.size().await, 1);
}

#[tokio::test]
async fn the_socket_is_its_owners_alone_and_goes_with_its_daemon() {
    let side = Side::of(Party::Gbr).await;
    let socket = side.socket.clone();
    let mode = fs::metadata(&socket).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(side.get("/v1/status").await.status(), 200);
    let folder = socket.parent().unwrap().to_owned();
    side.stop().await;
    assert!(!folder.join("api.sock").exists());
    assert!(UnixStream::connect(&socket).await.is_err());
}

#[tokio::test]
async fn a_second_daemon_is_refused_and_the_first_goes_on() {
    let side = Side::of(Party::Gbr).await;
    let refused = serve(&side.socket, Party::Fra, side.handle.clone(), async {}).await;
    assert!(matches!(refused, Err(ApiError::InUse { .. })), "{refused:?}");
    assert_eq!(side.get("/v1/status").await.json()["party"], "GBR");
}

#[tokio::test]
async fn the_socket_of_a_daemon_that_is_gone_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("api.sock");
    drop(UnixListener::bind(&path).unwrap());
    assert!(path.exists());
    let listener = Listener::bind(&path).await.unwrap();
    let refused = Listener::bind(&path).await;
    assert!(matches!(refused, Err(ApiError::InUse { .. })), "{refused:?}");
    drop(listener);
    assert!(!path.exists());
}

#[tokio::test]
async fn a_file_that_has_taken_the_sockets_place_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("api.sock");
    let listener = Listener::bind(&path).await.unwrap();
    fs::remove_file(&path).unwrap();
    fs::write(&path, "of another").unwrap();
    drop(listener);
    assert_eq!(fs::read(&path).unwrap(), b"of another");
}

#[tokio::test]
async fn what_is_no_socket_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("api.sock");
    fs::write(&path, "precious").unwrap();
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    for path in [&path, &link, folder.path()].map(AsRef::<Path>::as_ref) {
        let refused = Listener::bind(path).await;
        assert!(matches!(refused, Err(ApiError::NotASocket { .. })), "{refused:?}");
    }
    assert_eq!(fs::read(&path).unwrap(), b"precious");
}

#[tokio::test]
async fn a_path_that_no_socket_can_have_is_refused_with_its_length() {
    let folder = tempfile::tempdir().unwrap();
    let room = SOCKET_PATH_BYTES_MAX - folder.path().as_os_str().len() - 1;
    let refused = Listener::bind(&folder.path().join("s".repeat(room + 1))).await;
    assert!(matches!(refused, Err(ApiError::PathTooLong { bytes: 108, .. })), "{refused:?}");
    assert!(refused.unwrap_err().to_string().contains("107"));
    Listener::bind(&folder.path().join("s".repeat(room))).await.unwrap();
    let refused = Listener::bind(&folder.path().join("none/api.sock")).await;
    assert!(matches!(refused, Err(ApiError::System { .. })), "{refused:?}");
}
