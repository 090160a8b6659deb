//! Bodies nobody should send, against a running server: the right status, the rest of the batch kept, and memory that
//! doesn't grow with what strangers send.

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use flate2::{Compression, write::GzEncoder};
use serde_json::Value;

use super::{harness::Workspace, serve::Server};

/// What the server may ever have held in memory, in KiB: 300 MiB.
const MEMORY_KIB_MAX: u64 = 300 * 1_024;
const GOOD: &str = r#"{"type":"track","event":"Kept","userId":"u"}"#;

struct Site {
    workspace: Workspace,
    server: Server,
    key: String,
}

impl Site {
    fn new() -> Self {
        let workspace = Workspace::new();
        let key = workspace
            .run(&["key", "create", "--name", "site"])
            .out
            .trim()
            .to_owned();
        let server = Server::start(&mut workspace.command(&["serve", "--listen", "127.0.0.1:0"]));
        Self { workspace, server, key }
    }

    fn open(&self, path: &str, headers: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.server.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let host = &self.server.address;
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nX-Write-Key: {key}\r\n{headers}\r\n",
            key = self.key
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream
    }

    /// The status of a post; the server may answer and hang up before it has read everything.
    fn post(&self, path: &str, headers: &str, body: &[u8]) -> u16 {
        let headers = format!("Connection: close\r\nContent-Length: {}\r\n{headers}", body.len());
        let mut stream = self.open(path, &headers);
        let _ = stream.write_all(body);
        status(&mut stream)
    }

    fn batch(&self, items: &[&[u8]]) -> u16 {
        let mut body = b"{\"batch\":[".to_vec();
        body.extend(items.join(&b','));
        body.extend(b"]}");
        self.post("/v1/batch", "", &body)
    }

    fn recent(&self) -> Value {
        serde_json::from_str(&self.server.get("/api/v1/collect/recent").1).unwrap()
    }

    /// The most memory the server ever had, in KiB.
    fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.server.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    fn is_well(&self) {
        assert!(self.server.get("/healthz").0.contains("200"));
        assert!(self.memory() < MEMORY_KIB_MAX, "{} KiB", self.memory());
    }
}

/// The status of an answer; 0 when the connection ended without one.
fn status(stream: &mut TcpStream) -> u16 {
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let text = String::from_utf8_lossy(&answer).into_owned();
    text.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0)
}

#[test]
fn one_bad_item_costs_no_other() {
    let site = Site::new();
    let track =
        |properties: &str| format!(r#"{{"type":"track","event":"Odd","userId":"u","properties":{properties}}}"#);
    let deep = track(&format!("{{\"x\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000)));
    let many: Vec<String> = (0..10_000).map(|n| format!("\"p{n}\":{n}")).collect();
    let many = track(&format!("{{{}}}", many.join(",")));
    let huge = track(&format!("{{\"x\":\"{}\"}}", "x".repeat(300_000)));
    let beyond = track(r#"{"x":1e999,"y":-1e999}"#);
    let nul = r#"{"type":"track","event":"Nul\u0000","userId":"u"}"#;
    let not_utf8 = b"{\"type\":\"track\",\"event\":\"\xff\xfe\",\"userId\":\"u\"}";
    let items: [&[u8]; 9] = [
        GOOD.as_bytes(),
        deep.as_bytes(),
        many.as_bytes(),
        huge.as_bytes(),
        beyond.as_bytes(),
        nul.as_bytes(),
        not_utf8,
        b"null",
        GOOD.as_bytes(),
    ];
    assert_eq!(site.batch(&items), 200);
    let recent = site.recent();
    assert_eq!(
        recent["admitted"], 3,
        "both good ones and the one with numbers no reader could hold: {recent}"
    );
    let codes: Vec<_> = recent["refusals"]
        .as_array()
        .unwrap()
        .iter()
        .rev()
        .map(|one| one["code"].as_str().unwrap())
        .collect();
    assert_eq!(
        codes,
        [
            "properties_unreadable",
            "event_too_large",
            "event_too_large",
            "not_text",
            "not_utf8",
            "event_unreadable"
        ]
    );
    let rows = site.workspace.run(&["export", "events", "--format", "jsonl"]).out;
    let odd: Value = serde_json::from_str(rows.lines().find(|line| line.contains("Odd")).unwrap()).unwrap();
    let properties: Value = serde_json::from_str(odd["properties"].as_str().unwrap()).unwrap();
    assert_eq!(properties["x"], "1e999", "kept as text");
    site.is_well();
}

#[test]
fn bodies_that_are_wrong_as_a_whole_are_turned_away() {
    let site = Site::new();
    let megabyte = format!(r#"{{"type":"track","event":"{}","userId":"u"}}"#, "x".repeat(1 << 20));
    let deep = "[".repeat(3_000_000);
    for (path, headers, body, expected) in [
        ("/v1/track", "", megabyte.as_bytes(), 400),
        ("/v1/batch", "", deep.as_bytes(), 400),
        ("/batch/", "", deep.as_bytes(), 400),
        ("/api/event", "", deep.as_bytes(), 400),
        ("/matomo.php", "", br#"{"requests":{}}"#, 400),
        ("/v1/batch", "", b"\0\0\0", 400),
        ("/v1/batch", "Content-Encoding: gzip\r\n", b"\x1f\x8b\x08broken", 400),
        ("/batch/", "Content-Encoding: br\r\n", b"\x1b\x2f\x00", 415),
    ] {
        assert_eq!(site.post(path, headers, body), expected, "{path} {headers}");
    }
    assert_eq!(site.recent()["admitted"], 0);
    site.is_well();
}

#[test]
fn a_bomb_and_an_endless_stream_take_no_memory() {
    let site = Site::new();
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    for _ in 0..512 {
        gzip.write_all(&[b' '; 1 << 20]).unwrap();
    }
    let bomb = gzip.finish().unwrap();
    thread::scope(|scope| {
        for path in ["/v1/batch", "/batch/", "/api/event", "/matomo.php"].repeat(8) {
            let (site, bomb) = (&site, &bomb);
            scope.spawn(move || {
                let status = site.post(path, "Content-Encoding: gzip\r\n", bomb);
                assert!([400, 413, 503].contains(&status), "{path}: {status}");
            });
        }
    });
    // A gigabyte in chunks, were it not turned away after a few megabytes.
    let mut stream = site.open("/v1/batch", "Transfer-Encoding: chunked\r\n");
    let chunk = [
        format!("{:x}\r\n", 1 << 20).into_bytes(),
        vec![b' '; 1 << 20],
        b"\r\n".to_vec(),
    ]
    .concat();
    let sent = (0..1_024).take_while(|_| stream.write_all(&chunk).is_ok()).count();
    assert!(sent < 64, "{sent} MiB were taken");
    // Announced and never sent.
    let _ = site.open("/v1/batch", "Content-Length: 999999999999\r\n");
    site.is_well();
}

#[test]
fn whoever_is_slow_is_let_go() {
    let site = Site::new();
    let started = Instant::now();
    let address = &site.server.address;
    let mut heads: Vec<TcpStream> = (0..200)
        .map(|_| {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
            stream.write_all(b"POST /v1/batch HTTP/1.1\r\nHost: x\r\n").unwrap();
            stream
        })
        .collect();
    let mut body = site.open("/v1/batch", "Content-Length: 100\r\n");
    body.write_all(b"{\"batch\":[").unwrap();
    assert_eq!(site.batch(&[GOOD.as_bytes()]), 200, "others are served meanwhile");
    assert_eq!(status(&mut body), 408);
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
    for head in &mut heads {
        assert!([0, 408].contains(&status(head)));
    }
    assert!(started.elapsed() < Duration::from_secs(40), "{:?}", started.elapsed());
    site.is_well();
}
