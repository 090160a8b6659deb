//! The table of who may do what, walked: every route with nobody, every role, a token of each scope and a write key.

use std::{fs, path::PathBuf};

use axum::http::StatusCode;
use longplay_server::{App, May, Rule, rules};
use longplay_store::{Role, Scope};

use super::{As, account, session, token};
use crate::harness::{Said, Server};

/// An address of a route, with something in the place of what varies.
fn address(rule: &Rule) -> String {
    let parts = rule
        .path
        .split('/')
        .map(|part| if part.starts_with('{') { "x" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

fn all(server: &Server) -> Vec<Rule> {
    rules(App::new(server.shared_store()))
}

/// Whether they were let in, whatever the answer then was.
fn is_let_in(rule: &Rule, said: &Said) -> bool {
    if said.status == StatusCode::SEE_OTHER {
        // Whoever is logged out goes there too, without their cookie.
        return !said.header("location").starts_with("/login") || !said.header("set-cookie").is_empty();
    }
    let is_turned_away = said.body.contains("takes another role") || said.body.contains("needs an API token");
    if is_turned_away {
        assert!(
            matches!(said.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN),
            "{rule:?}: {}",
            said.status
        );
    }
    !is_turned_away
}

async fn ask(server: &Server, rule: &Rule, who: &As) -> Said {
    server.send(who.request(rule.method, &address(rule))).await
}

#[tokio::test]
async fn once_there_is_an_account_every_route_asks_who_is_there() {
    let server = Server::small();
    let people = Role::ALL.map(|role| account_of(&server, role));
    let tokens = Scope::ALL.map(|scope| (scope, token(&server, scope)));
    let key = As::bearing(server.key());
    for rule in all(&server) {
        let (least, scope, _) = rule.may.row();
        let is_open = least.is_none();
        for (who, named) in [(&As::nobody(), "nobody"), (&key, "a write key")] {
            let said = ask(&server, &rule, who).await;
            assert_eq!(is_let_in(&rule, &said), is_open, "{named}: {rule:?} {}", said.status);
        }
        for account in &people {
            // Some routes end the session they are asked with.
            let said = ask(&server, &rule, &session(&server, account)).await;
            let may = least.is_none_or(|least| account.role >= least);
            assert_eq!(
                is_let_in(&rule, &said),
                may,
                "{:?}: {rule:?} {}",
                account.role,
                said.status
            );
            assert!(may || said.status == StatusCode::FORBIDDEN, "{rule:?}: they are known");
        }
        for (own, token) in &tokens {
            let said = ask(&server, &rule, token).await;
            let may = is_open || scope == Some(*own);
            assert_eq!(is_let_in(&rule, &said), may, "{own:?}: {rule:?} {}", said.status);
        }
    }
}

fn account_of(server: &Server, role: Role) -> longplay_store::Account {
    // The first has to be an owner, who then gives the role.
    let name = role.name();
    account(server, &format!("the {name}"), Role::Owner);
    if role != Role::Owner {
        account(server, &format!("an owner beside the {name}"), Role::Owner);
        server.store().set_role(&format!("the {name}"), role).unwrap();
    }
    server.store().account(&format!("the {name}")).unwrap().unwrap()
}

#[tokio::test]
async fn without_an_account_what_was_open_is_open_and_the_machine_itself_may_the_rest() {
    let server = Server::small();
    for rule in all(&server) {
        let (_, _, is_open) = rule.may.row();
        let said = ask(&server, &rule, &As::nobody()).await;
        // Asking may make the first account, so it is looked at each time.
        assert!(!server.store().has_accounts().unwrap(), "{rule:?}");
        assert_eq!(is_let_in(&rule, &said), is_open, "here: {rule:?} {}", said.status);
        for (name, value) in [("host", "stats.example"), ("x-forwarded-for", "192.0.2.1")] {
            let mut request = As::nobody().request(rule.method, &address(&rule));
            request.headers_mut().unwrap().insert(name, value.parse().unwrap());
            let said = server.send(request).await;
            let may = matches!(rule.may, May::Anybody | May::Link | May::Share | May::See);
            assert_eq!(is_let_in(&rule, &said), may, "from elsewhere: {rule:?} {}", said.status);
        }
    }
}

#[tokio::test]
async fn the_first_account_closes_the_door_at_once() {
    let server = Server::small();
    assert_eq!(server.get("/api/v1/edition").await.status, StatusCode::OK);
    account(&server, "Ada", Role::Owner);
    assert_eq!(server.get("/api/v1/edition").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(server.get("/").await.header("location"), "/login");
    assert_eq!(
        server.get("/pieces?q=a%20b").await.header("location"),
        "/login?next=%2Fpieces%3Fq%3Da%2520b"
    );
}

/// After a wanted change: `UPDATE_DOCS=1 cargo test -p longplay-server document`.
#[test]
fn the_document_shows_the_table_that_is_used() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/security.md");
    let document = fs::read_to_string(&path).unwrap();
    let rules = all(&Server::empty());
    let of = |may: May| rules.iter().filter(move |rule| rule.may == may);
    let rows = May::ALL.into_iter().flat_map(of).map(row);
    let words: Vec<String> = document
        .lines()
        .filter(|line| !line.starts_with("| `"))
        .map(str::to_owned)
        .chain(rows)
        .collect();
    let wanted = format!("{}\n", words.join("\n"));
    #[allow(
        clippy::disallowed_methods,
        reason = "a switch for the developer who approves a new table"
    )]
    if std::env::var("UPDATE_DOCS").is_ok() {
        fs::write(&path, &wanted).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), wanted);
}

fn row(rule: &Rule) -> String {
    let (least, scope, is_open) = rule.may.row();
    let (role, scope) = (least.map_or("–", Role::name), scope.map_or("–", Scope::name));
    let open = match rule.may {
        May::See => "everybody",
        _ if is_open => "this machine",
        _ => "nobody",
    };
    let (role, open) = match rule.may {
        May::Anybody => ("anybody", "everybody"),
        May::Link | May::Share => ("the link", "the link"),
        _ => (role, open),
    };
    format!(
        "| `{} {}` | {} | {role} | {scope} | {open} |",
        rule.method,
        rule.path,
        rule.may.words()
    )
}

#[test]
fn no_route_is_registered_without_its_rule() {
    let source = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![source];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            // Collection has its own keys; the guard itself has to register.
            let is_apart = ["collect/routes.rs", "auth/guard.rs"]
                .iter()
                .any(|end| path.ends_with(end));
            let text = fs::read_to_string(&path).unwrap_or_default();
            assert!(is_apart || !text.contains(".route("), "{}: use Guarded", path.display());
        }
    }
}
