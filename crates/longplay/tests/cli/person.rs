//! `longplay person`: who is one with whom, told by the owner and by what sites send.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use serde_json::Value;

use super::{
    harness::{HEAD, Workspace},
    serve::Server,
};

fn card(workspace: &Workspace, handle: &str) -> Value {
    let done = workspace.run(&["person", "show", handle, "--json"]);
    assert_eq!(done.code, 0, "{}", done.err);
    serde_json::from_str(&done.out).unwrap()
}

fn people(workspace: &Workspace) -> u64 {
    let done = workspace.run(&["ask", "goals", "--json"]);
    let answer: Value = serde_json::from_str(&done.out).unwrap();
    let figures = answer["figures"].as_array().unwrap();
    let people = figures.iter().find(|figure| figure["key"] == "people").unwrap();
    people["count"].as_u64().unwrap()
}

#[test]
fn the_owner_makes_two_handles_one_person_and_takes_it_back() {
    let workspace = Workspace::with_events();
    assert_eq!(people(&workspace), 2);
    let ada = card(&workspace, "ada");
    assert_eq!(ada["handles"], serde_json::json!(["custom:ada"]));
    assert_eq!(
        (ada["events"].as_u64(), ada["links"].as_array().unwrap().len()),
        (Some(3), 0)
    );
    assert_eq!(ada["first"], "2026-01-01T10:00:00Z");

    let merged = workspace.run(&["person", "merge", "ada", "custom:bob", "--why", "one and the same"]);
    assert_eq!(merged.code, 0, "{}", merged.err);
    assert_eq!(people(&workspace), 1);
    let both = card(&workspace, "bob");
    assert_eq!(both["events"], 4);
    assert_eq!(both["links"][0]["evidence"], "merge");
    assert_eq!(both["links"][0]["undone"], false);
    let export = workspace.run(&["person", "export", "ada"]);
    let held: Value = serde_json::from_str(&export.out).unwrap();
    assert_eq!(held["events"].as_array().unwrap().len(), 4);

    let id = both["links"][0]["id"].as_str().unwrap();
    assert_eq!(workspace.run(&["person", "unlink", id]).code, 0);
    assert_eq!(
        (people(&workspace), card(&workspace, "ada")["events"].as_u64()),
        (2, Some(3))
    );
    assert_eq!(card(&workspace, "ada")["links"][0]["undone"], true);
}

#[test]
fn who_is_not_known_is_told_so() {
    let workspace = Workspace::with_events();
    for (arguments, code) in [
        (&["person", "show", "nobody"][..], 1),
        (&["person", "show", "email:"], 2),
        (&["person", "unlink", "12"], 1),
        (&["person", "merge", "ada", "ada", "--why", "x"], 1),
        (&["person", "merge", "ada", "bob"], 2),
    ] {
        let done = workspace.run(arguments);
        assert_eq!(done.code, code, "{arguments:?}: {}{}", done.out, done.err);
        assert!(!done.err.is_empty());
    }
}

#[test]
fn a_visitor_who_signs_in_is_one_person_to_every_answer() {
    let workspace = Workspace::new();
    let key = workspace
        .run(&["key", "create", "--name", "site"])
        .out
        .trim()
        .to_owned();
    let server = Server::start(&mut workspace.command(&["serve", "--listen", "127.0.0.1:0"]));
    let body = r#"{"batch":[
        {"type":"page","messageId":"m1","anonymousId":"a1","properties":{"path":"/one"}},
        {"type":"page","messageId":"m2","anonymousId":"a2","properties":{"path":"/one"}},
        {"type":"identify","messageId":"m3","anonymousId":"a1","userId":"ada","traits":{"email":"ada@x.io"}}]}"#;
    let mut stream = TcpStream::connect(&server.address).unwrap();
    let head = format!(
        "POST /v1/batch HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Write-Key: {key}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");

    // Another process sees it while the server goes on.
    let ada = card(&workspace, "email:ada@x.io");
    assert_eq!(
        ada["handles"],
        serde_json::json!(["anonymous:a1", "email:ada@x.io", "user:ada"])
    );
    assert_eq!(ada["events"], 2);
    assert_eq!(card(&workspace, "anonymous:a2")["events"], 1);
    assert_eq!(people(&workspace), 2);
}

/// Where any of the names stands in the data directory, as bytes; segments are unpacked by the store's own tests.
fn found(workspace: &Workspace, names: &[&str]) -> Vec<String> {
    let mut folders = vec![workspace.data()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            let stands = |name: &&&str| {
                bytes
                    .windows(name.len())
                    .any(|part| part.eq_ignore_ascii_case(name.as_bytes()))
            };
            found.extend(
                names
                    .iter()
                    .filter(stands)
                    .map(|name| format!("{name} in {}", path.display())),
            );
        }
    }
    found
}

/// Posts a Segment batch and returns the status line.
fn post(server: &Server, key: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(&server.address).unwrap();
    let head = format!(
        "POST /v1/batch HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Write-Key: {key}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.lines().next().unwrap_or_default().to_owned()
}

#[test]
fn a_person_is_forgotten_beside_a_running_server_and_does_not_come_back() {
    let workspace = Workspace::with_events();
    let made = workspace.run(&["key", "create", "--name", "site"]);
    let key = made.out.trim();
    let names = ["zoe.lovelace@example.com", "zoe-4711", "zoe-browser-1"];
    let rows = "2026-01-01T10:00:00Z,email:Zoe.Lovelace@example.com,viewed,z1,intro,,\n\
                zoe.lovelace@example.com,bob,viewed,z2,intro,,\n";
    let file = workspace.file("zoe.csv", &format!("{HEAD}{rows}"));
    workspace.run(&["import", &file]);
    let server = Server::start(&mut workspace.command(&["serve", "--listen", "127.0.0.1:0"]));
    let body = r#"{"batch":[
        {"type":"page","messageId":"m1","anonymousId":"zoe-browser-1","timestamp":"2026-02-01T00:00:00Z","properties":{"path":"/one"}},
        {"type":"page","messageId":"m2","anonymousId":"someone-else","timestamp":"2026-02-01T00:00:00Z","properties":{"path":"/one"}},
        {"type":"identify","messageId":"m3","anonymousId":"zoe-browser-1","userId":"zoe-4711","timestamp":"2026-02-01T00:00:00Z",
         "traits":{"email":"Zoe.Lovelace@Example.com"}}]}"#;
    assert_eq!(post(&server, key, body), "HTTP/1.1 200 OK");
    assert!(found(&workspace, &names).len() >= 3);
    let before = people(&workspace);

    let receipt = workspace.json(&["person", "erase", "user:zoe-4711", "--json"]);
    assert_eq!(found(&workspace, &names), Vec::<String>::new());
    assert_eq!(
        (&receipt["erased"], &receipt["complete"]),
        (&Value::Bool(true), &Value::Bool(true))
    );
    assert_eq!(
        [&receipt["handles"], &receipt["events"], &receipt["refused_rows"]].map(|count| count.as_u64()),
        [Some(3), Some(3), Some(1)]
    );
    assert_eq!(people(&workspace), before - 1);
    let again = workspace.run(&["person", "erase", "user:zoe-4711"]);
    assert_eq!(again.code, 1);
    assert!(again.err.contains("nobody is known by"), "{}", again.err);

    // The SDK and the export say it again: answered as ever, so that nobody sends it a third time, and nothing is kept.
    assert_eq!(post(&server, key, body), "HTTP/1.1 200 OK");
    let imported = workspace.run(&["import", &file, "--json"]);
    assert!(imported.out.contains("\"forgotten\""), "{}", imported.out);
    assert_eq!(people(&workspace), before - 1);
    assert!(workspace.run(&["check"]).out.contains("as it must be"));
    drop(server);
    let left: Vec<String> = found(&workspace, &names)
        .into_iter()
        .filter(|place| !place.contains("refusals"))
        .collect();
    assert_eq!(left, Vec::<String>::new(), "the import lists its own refused row anew");
}
