//! `longplay serve`: on the air, alone, and gone within five seconds.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use super::harness::Workspace;

/// A running server, stopped when the test ends however it ends.
pub struct Server {
    pub child: Child,
    pub address: String,
}

impl Server {
    /// Starts a command that serves, and waits until it says where.
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line
            .trim()
            .strip_prefix("Longplay is at http://")
            .unwrap_or_else(|| panic!("{line}"))
            .to_owned();
        Self { child, address }
    }

    /// Status line and body of a GET.
    pub fn get(&self, path: &str) -> (String, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            self.address
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.lines().next().unwrap().to_owned(), body.to_owned())
    }

    /// Sends the signal and returns the exit code, which must come within five seconds.
    pub fn stop(mut self, signal: &str) -> Option<i32> {
        let sent = Instant::now();
        let done = Command::new("kill")
            .args([signal, &self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(done.success());
        while sent.elapsed() < Duration::from_secs(5) {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("still there 5 s after {signal}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn it_answers_when_ready_and_stops_when_told() {
    let workspace = Workspace::with_events();
    for signal in ["-TERM", "-INT"] {
        let server = Server::start(&mut workspace.command(&["serve", "--listen", "127.0.0.1:0"]));
        assert!(server.get("/healthz").0.contains("200"), "{:?}", server.get("/healthz"));
        let (status, body) = server.get("/api/v1/ask/returns?as_of=2026-03-01");
        assert!(status.contains("200"), "{status}");
        assert!(body.contains("\"returned_28d\""), "{body}");
        assert_eq!(server.stop(signal), Some(0));
    }
}

#[test]
fn an_open_connection_does_not_keep_it_from_stopping() {
    let workspace = Workspace::with_events();
    let server = Server::start(&mut workspace.command(&["serve", "--listen", "127.0.0.1:0"]));
    let mut idle = TcpStream::connect(&server.address).unwrap();
    idle.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n").unwrap();
    assert_eq!(server.stop("-TERM"), Some(0));
}

#[test]
fn a_second_server_on_the_same_data_is_refused_and_an_import_is_not() {
    let workspace = Workspace::with_events();
    let server = Server::start(&mut workspace.command(&["serve", "--listen", "127.0.0.1:0"]));
    let second = workspace.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(second.code, 1);
    assert!(
        second.err.contains("serves this data directory already"),
        "{}",
        second.err
    );
    let rows = format!("{}2026-01-04T10:00:00Z,eve,viewed,e9,intro,,\n", super::harness::HEAD);
    let file = workspace.file("late.csv", &rows);
    assert_eq!(workspace.json(&["import", "--json", &file])["people_total"], 3);
    let (_, body) = server.get("/api/v1/ask/returns?as_of=2026-03-01");
    let answer: serde_json::Value = serde_json::from_str(&body).unwrap();
    let people = answer["figures"]
        .as_array()
        .unwrap()
        .iter()
        .find(|figure| figure["key"] == "people")
        .unwrap();
    assert_eq!(
        people["count"], 3,
        "what another process imported is in the next answer"
    );
    assert_eq!(server.stop("-TERM"), Some(0));
}

#[test]
fn a_taken_address_is_told() {
    let workspace = Workspace::with_events();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let done = workspace.run(&["serve", "--listen", &address]);
    assert_eq!(done.code, 1);
    assert!(
        done.err.contains(&address) && done.err.contains("--listen"),
        "{}",
        done.err
    );
}
