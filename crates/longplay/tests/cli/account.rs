//! `longplay account`, and who may be served what.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use super::{
    harness::{Done, Workspace},
    serve::Server,
};

const PASSWORD: &str = "vinyl crackle tuesday";

/// A call whose stdin is a line of text.
fn told(workspace: &Workspace, arguments: &[&str], line: &str) -> Done {
    let mut command = workspace.command(arguments);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Who is refused before the password is read has closed the pipe.
    let _ = writeln!(child.stdin.take().unwrap(), "{line}");
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Done {
        code: output.status.code().unwrap(),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}

#[test]
fn accounts_are_made_changed_and_removed() {
    let workspace = Workspace::with_events();
    let create = |name, role, password| told(&workspace, &["account", "create", name, "--role", role], password);
    for (name, role, password, words) in [
        ("Ada", "owner", "short", "at least 12"),
        ("Ada", "owner", "", "at least 12"),
        ("Ada", "editor", PASSWORD, "the first account must be an owner's"),
        ("Ada", "king", PASSWORD, "owner, editor or viewer"),
    ] {
        let done = create(name, role, password);
        assert!(done.code != 0 && done.err.contains(words), "{password}: {}", done.err);
    }
    assert_eq!(
        workspace.json(&["account", "list", "--json"])["accounts"],
        serde_json::json!([])
    );
    assert_eq!(create("Ada", "owner", PASSWORD).code, 0);
    assert_eq!(create("Bob", "viewer", PASSWORD).code, 0);
    let list = workspace.json(&["account", "list", "--json"]);
    assert_eq!(
        (&list["accounts"][0]["name"], &list["accounts"][1]["role"]),
        (&"Ada".into(), &"viewer".into())
    );
    assert!(workspace.run(&["account", "list"]).out.contains("Bob"));
    for arguments in [&["account", "remove", "ada"][..], &["account", "role", "Ada", "viewer"]] {
        let done = workspace.run(arguments);
        assert!(done.code == 1 && done.err.contains("the only owner"), "{}", done.err);
    }
    assert_eq!(workspace.run(&["account", "role", "bob", "owner"]).code, 0);
    assert_eq!(workspace.run(&["account", "remove", "Ada"]).code, 0);
    assert_eq!(workspace.run(&["account", "remove", "Ada"]).code, 2);
    assert_eq!(
        told(&workspace, &["account", "password", "Bob"], "another long password").code,
        0
    );
    let log = std::fs::read(workspace.data().join("longplay.db")).unwrap();
    for secret in [PASSWORD, "another long password"] {
        assert!(
            !log.windows(secret.len()).any(|part| part == secret.as_bytes()),
            "no password is kept"
        );
    }
}

#[test]
fn elsewhere_is_served_with_an_account_or_on_ones_word() {
    let workspace = Workspace::with_events();
    let elsewhere = ["serve", "--listen", "0.0.0.0:0"];
    let done = workspace.run(&elsewhere);
    let words = "longplay account create NAME --role owner";
    assert!(done.code == 1 && done.err.contains(words), "{}", done.err);

    let open = Server::start(&mut workspace.command(&[&elsewhere[..], &["--without-accounts"]].concat()));
    assert!(open.get("/api/v1/edition").0.contains("200"));
    assert!(
        open.get("/api/v1/audit-log").0.contains("401"),
        "nobody is the owner yet"
    );
    // A running server notices the first account that somebody makes beside it.
    assert_eq!(
        told(&workspace, &["account", "create", "Ada", "--role", "owner"], PASSWORD).code,
        0
    );
    assert!(open.get("/api/v1/edition").0.contains("401"));
    assert!(open.get("/").0.contains("303") && open.get("/login").0.contains("200"));
    assert_eq!(open.stop("-TERM"), Some(0));

    let closed = Server::start(&mut workspace.command(&elsewhere));
    assert!(closed.get("/").0.contains("303"));
}

#[test]
fn a_trusted_proxy_is_a_network() {
    let workspace = Workspace::with_events();
    let mut command: Command = workspace.command(&["serve", "--trusted-proxy", "my-proxy"]);
    let done = Done::of(&mut command);
    assert!(done.code == 2 && done.err.contains("--trusted-proxy"), "{}", done.err);
}
