//! Files brought over the web: imported by the code of `longplay import`, looked into first.

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use super::{
    harness::{HEAD, Workspace},
    serve::Server,
};

/// The whole answer to a POST of that body.
fn post(server: &Server, path: &str, kind: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(&server.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}",
        server.address,
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn location(answer: &str) -> String {
    let line = answer
        .lines()
        .find(|line| line.to_lowercase().starts_with("location: "));
    line.unwrap_or_else(|| panic!("{answer}"))["location: ".len()..]
        .trim()
        .to_owned()
}

fn settled(server: &Server, address: &str) -> String {
    for _ in 0..600 {
        let (_, page) = server.get(address);
        if !page.contains("data-again") {
            return page;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("somebody is still at work");
}

#[test]
fn a_file_is_looked_into_and_imported_as_the_command_does() {
    let workspace = Workspace::new();
    let server = Server::start(&mut workspace.command(&["serve", "--listen", "127.0.0.1:0"]));
    let rows = "2026-01-01T10:00:00Z,ada,viewed,e1,intro,,\nnever,bob,viewed,e2,intro,,\n\
                2026-01-03T10:00:00Z,=cmd,viewed,e3,intro,,\n";
    let body = format!(
        "--line\r\ncontent-disposition: form-data; name=\"files\"; filename=\"../=shop.csv\"\r\n\r\n{HEAD}{rows}\r\n--line--\r\n"
    );
    let sent = post(&server, "/begin/files", "multipart/form-data; boundary=line", &body);
    let address = location(&sent);
    let found = settled(&server, &address);
    assert!(
        found.contains("2 events. Import that?") && found.contains("1 refused"),
        "{found}"
    );
    assert!(
        found.contains("first in row 3") && !found.contains("uploads"),
        "no path of the server: {found}"
    );
    assert_eq!(
        workspace.json(&["ask", "returns", "--json"])["figures"][0]["n"],
        0,
        "nothing is imported yet"
    );
    post(
        &server,
        &format!("{address}/import"),
        "application/x-www-form-urlencoded",
        "",
    );
    let done = settled(&server, &address);
    assert!(done.contains("2 events are in."), "{done}");
    let list = done
        .split("/begin/refusals/")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let (status, list) = server.get(&format!("/begin/refusals/{list}"));
    assert!(status.contains("200") && list.contains("time_"), "{list}");
    let left = fs::read_dir(workspace.data().join("uploads")).unwrap().count();
    assert_eq!(left, 0, "files that name people don't stay");
    assert_eq!(server.stop("-TERM"), Some(0));
    // The same file by the command adds nothing.
    let file = workspace.file("shop.csv", &format!("{HEAD}{rows}"));
    let report = workspace.json(&["import", &file, "--json"]);
    assert_eq!(
        (&report["files"][0]["duplicates"], &report["events_total"]),
        (&2.into(), &2.into())
    );
}
