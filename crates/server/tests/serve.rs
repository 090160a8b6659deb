//! Serving on a real socket, and stopping within five seconds even when somebody holds on.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use longplay_server::{App, serve};
use longplay_store::Store;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task;

use crate::harness;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_answers_until_told_to_stop_and_stops_though_somebody_holds_on() {
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(Store::open(directory.path(), harness::now()).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, told) = oneshot::channel::<()>();
    let shutdown = async move {
        told.await.unwrap();
    };
    let serving = tokio::spawn(serve(App::new(store), listener, shutdown));

    let answer = task::spawn_blocking(move || {
        let mut socket = TcpStream::connect(address).unwrap();
        socket
            .write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
            .unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        answer
    });
    assert!(answer.await.unwrap().starts_with("HTTP/1.1 200"));

    // A request that never ends: its head is not complete.
    let mut holds_on = TcpStream::connect(address).unwrap();
    holds_on.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n").unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let asked = Instant::now();
    stop.send(()).unwrap();
    serving.await.unwrap().unwrap();
    assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
}
