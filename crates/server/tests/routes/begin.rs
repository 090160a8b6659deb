//! `/begin`: from an empty workspace to its owner, whom they want, what they want, and files. How files are imported is the
//! command's and held against the built binary; here it is who may bring what, and where it lies.

use std::{fs, path::PathBuf};

use axum::http::StatusCode;
use longplay_server::{Order, Outcome};
use longplay_store::Store;

use crate::{
    harness::{Said, Server},
    security::{As, PASSWORD},
};

const BOUNDARY: &str = "----a-line-between-parts";

async fn send(server: &Server, who: &As, path: &str, form: &[(&str, &str)]) -> Said {
    let body = serde_urlencoded::to_string(form).unwrap();
    server.send_body(who.request("POST", path), body).await
}

/// Counts lines; a line that says so is refused, and a file that says so fails.
fn lines(_: &Store, order: Order<'_>) -> Outcome {
    let text = fs::read_to_string(order.path).unwrap();
    let all = text.lines().count() as u64;
    let refused = text.lines().filter(|line| line.contains("refused")).count() as u64;
    let is_bad = text.contains("unreadable");
    Outcome {
        format: Some("lines".to_owned()),
        admitted: all - refused,
        refused,
        refusals: vec![(
            "time_missing".to_owned(),
            refused,
            "first in row 2: <b>no time".to_owned(),
        )],
        refusals_file: (!order.is_dry_run).then(|| "list.csv".to_owned()),
        error: is_bad.then(|| "nothing in it is known here".to_owned()),
        ..Outcome::default()
    }
}

fn taking_files() -> Server {
    Server::empty().importing_with(lines)
}

fn multipart(files: &[(&str, &str)]) -> String {
    let mut body = String::new();
    for (name, content) in files {
        body.push_str(&format!(
            "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\r\n{content}\r\n"
        ));
    }
    body.push_str(&format!("--{BOUNDARY}--\r\n"));
    body
}

async fn bring(server: &Server, files: &[(&str, &str)]) -> Said {
    let body = multipart(files);
    let mut request = As::nobody().request("POST", "/begin/files");
    let content = format!("multipart/form-data; boundary={BOUNDARY}");
    request
        .headers_mut()
        .unwrap()
        .insert("content-type", content.parse().unwrap());
    server.send_body(request, body).await
}

/// The page of an upload once nobody is at work on it.
async fn settled(server: &Server, address: &str) -> String {
    for _ in 0..500 {
        let page = server.get(address).await.body;
        if !page.contains("data-again") {
            return page;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("somebody is still at work");
}

fn everything_under(folder: PathBuf) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| {
            let below = if path.is_dir() {
                everything_under(path.clone())
            } else {
                Vec::new()
            };
            [vec![path], below].concat()
        })
        .collect()
}

#[tokio::test]
async fn an_empty_home_leads_to_four_questions_and_an_owner() {
    let server = Server::empty();
    let nobody = As::nobody();
    let home = server.get("/").await;
    assert_eq!(
        home.status,
        StatusCode::OK,
        "it says what will be known when, and leads nowhere by itself"
    );
    assert!(home.body.contains("href=\"/begin\""), "{}", home.body);
    let first = server.get("/begin").await.body;
    assert!(
        first.contains("1 of 4") && first.contains("autocomplete=\"new-password\""),
        "{first}"
    );

    let form = |zone: &'static str, password: &'static str| {
        [
            ("workspace", "Ada's radios"),
            ("zone", zone),
            ("name", "Ada"),
            ("password", password),
        ]
    };
    let wrong = send(&server, &nobody, "/begin", &form("Europe/Atlantis", PASSWORD)).await;
    assert!(
        wrong.status == StatusCode::BAD_REQUEST && wrong.body.contains("is no time zone"),
        "{}",
        wrong.body
    );
    assert!(
        wrong.body.contains("value=\"Ada\"") && !wrong.body.contains(PASSWORD),
        "what was typed is kept"
    );
    let weak = send(&server, &nobody, "/begin", &form("Europe/Berlin", "short")).await;
    assert!(weak.body.contains("at least 12"), "{}", weak.body);
    assert!(!server.store().has_accounts().unwrap());
    let done = send(&server, &nobody, "/begin", &form("Europe/Berlin", PASSWORD)).await;
    assert_eq!(
        (done.status, done.header("location")),
        (StatusCode::SEE_OTHER, "/begin/audience")
    );
    assert_eq!(server.store().zone().unwrap().name(), "Europe/Berlin");
    assert_eq!(server.store().workspace_name().unwrap(), "Ada's radios");
    let ada = As::holding(done.header("set-cookie").split(['=', ';']).nth(1).unwrap().to_owned());

    assert_eq!(
        server.get("/begin/audience").await.status,
        StatusCode::SEE_OTHER,
        "from now on it asks who is there"
    );
    let audience = server.send(ada.request("GET", "/begin/audience")).await.body;
    assert!(
        audience.contains("2 of 4") && audience.contains("did purchased"),
        "{audience}"
    );
    let wrong = send(&server, &ada, "/begin/audience", &[("rule", "country is")]).await;
    assert!(
        wrong.status == StatusCode::BAD_REQUEST && wrong.body.contains(">country is</textarea>"),
        "{}",
        wrong.body
    );
    let kept = send(&server, &ada, "/begin/audience", &[("rule", "did purchased")]).await;
    assert_eq!(kept.header("location"), "/begin/goals");
    assert!(server.store().ideal().unwrap().is_some());

    let form = [("goal", "purchase"), ("event", "Trial Started!")];
    let kept = send(&server, &ada, "/begin/goals", &form).await;
    assert_eq!(kept.header("location"), "/begin/data");
    let goals: Vec<String> = server
        .store()
        .goals()
        .unwrap()
        .into_iter()
        .map(|goal| goal.name)
        .collect();
    assert_eq!(goals, ["purchase", "trial_started"]);
    let data = server.send(ada.request("GET", "/begin/data")).await.body;
    assert!(
        data.contains("longplay import FILE"),
        "this server takes none over the web: {data}"
    );
}

#[tokio::test]
async fn an_owner_may_be_put_off_while_only_this_machine_reaches_it() {
    let server = Server::empty();
    let done = send(
        &server,
        &As::nobody(),
        "/begin",
        &[("workspace", ""), ("zone", "Europe/Vienna")],
    )
    .await;
    assert_eq!((done.status, done.header("set-cookie")), (StatusCode::SEE_OTHER, ""));
    assert!(!server.store().has_accounts().unwrap());
    let elsewhere = As::nobody()
        .request("GET", "/begin")
        .header("x-forwarded-for", "192.0.2.1");
    assert_eq!(server.send(elsewhere).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_zone_of_events_stays() {
    let server = Server::small();
    assert!(
        server
            .get("/begin")
            .await
            .body
            .contains("Its days begin and end in Europe/Vienna.")
    );
    let said = send(&server, &As::nobody(), "/begin", &[("zone", "Asia/Tokyo")]).await;
    assert!(
        said.status == StatusCode::BAD_REQUEST && said.body.contains("so it stays"),
        "{}",
        said.body
    );
    assert_eq!(server.store().zone().unwrap().name(), "Europe/Vienna");
}

#[tokio::test]
async fn files_are_looked_into_first_and_imported_on_a_word() {
    let server = taking_files();
    let said = bring(
        &server,
        &[("shop.csv", "a\nrefused\nb"), ("<i>other</i>.csv", "unreadable")],
    )
    .await;
    assert_eq!(said.status, StatusCode::SEE_OTHER, "{}", said.body);
    let address = said.header("location").to_owned();
    let page = settled(&server, &address).await;
    for words in [
        "2 events. Import that?",
        "Recognised as lines: 2 can be kept, 1 refused.",
        "1 × time missing: first in row 2: &#60;b&#62;no time",
        "nothing in it is known here",
        "i_.csv",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert_eq!(server.events(), 0);
    let uploads = server.store().directory().join("uploads");
    assert_eq!(
        everything_under(uploads.clone())
            .iter()
            .filter(|path| path.is_file())
            .count(),
        2
    );
    let import = send(&server, &As::nobody(), &format!("{address}/import"), &[]).await;
    assert_eq!(import.header("location"), address);
    let page = settled(&server, &address).await;
    assert!(
        page.contains("2 events are in.") && page.contains("/begin/refusals/list.csv"),
        "{page}"
    );
    assert!(page.contains("class=\"first\""), "what the data says: {page}");
    let left: Vec<PathBuf> = everything_under(uploads)
        .into_iter()
        .filter(|path| path.is_file())
        .collect();
    assert!(left.is_empty(), "files that name people don't stay: {left:?}");
    send(&server, &As::nobody(), &format!("{address}/drop"), &[]).await;
    assert_eq!(server.get(&address).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn no_name_of_a_file_leads_out_of_the_uploads() {
    let server = taking_files();
    let root = server.store().directory().to_owned();
    let before: Vec<PathBuf> = everything_under(root.clone());
    let names = [
        "../../escaped.csv",
        "/tmp/escaped.csv",
        "..\\..\\escaped.csv",
        "....//escaped.csv",
        "a/../../../escaped.csv",
        "longplay.db",
    ];
    let files: Vec<(&str, &str)> = names.iter().map(|name| (*name, "a")).collect();
    let said = bring(&server, &files).await;
    assert_eq!(said.status, StatusCode::SEE_OTHER, "{}", said.body);
    settled(&server, said.header("location")).await;
    for path in everything_under(root.clone()) {
        assert!(
            path.starts_with(root.join("uploads")) || before.contains(&path) || path.to_string_lossy().contains("db-"),
            "{}",
            path.display()
        );
    }
    let above = fs::read_dir(root.parent().unwrap()).unwrap();
    let escaped = above.filter(|entry| {
        entry
            .as_ref()
            .unwrap()
            .file_name()
            .to_string_lossy()
            .contains("escaped")
    });
    assert_eq!(escaped.count(), 0);
    for name in [
        "..%2Flongplay.db",
        "%2Fetc%2Fpasswd",
        "..%2F..%2Fetc%2Fpasswd",
        "longplay.db",
        "..",
    ] {
        let said = server.get(&format!("/begin/refusals/{name}")).await;
        assert_eq!(said.status, StatusCode::NOT_FOUND, "{name}");
    }
    let list = root.join("refusals");
    fs::create_dir_all(&list).unwrap();
    fs::write(list.join("shop.csv-1.csv"), "file,part").unwrap();
    let said = server.get("/begin/refusals/shop.csv-1.csv").await;
    assert_eq!((said.status, said.body.as_str()), (StatusCode::OK, "file,part"));
    assert!(said.header("content-disposition").starts_with("attachment"));
}

#[tokio::test]
async fn too_many_files_none_and_half_of_one_are_refused_and_leave_nothing() {
    let server = taking_files();
    let many: Vec<(&str, &str)> = vec![("x.csv", "a"); 51];
    for (files, words) in [
        (many.as_slice(), "At most 50 files"),
        (&[], "No file came"),
        (&[("", "")], "No file came"),
    ] {
        let said = bring(&server, files).await;
        assert!(
            said.status == StatusCode::BAD_REQUEST && said.body.contains(words),
            "{words}: {}",
            said.body
        );
    }
    let half = format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"files\"; filename=\"x.csv\"\r\n\r\nabc");
    let mut request = As::nobody().request("POST", "/begin/files");
    let content = format!("multipart/form-data; boundary={BOUNDARY}");
    request
        .headers_mut()
        .unwrap()
        .insert("content-type", content.parse().unwrap());
    let said = server.send_body(request, half).await;
    assert!(said.body.contains("did not come whole"), "{}", said.body);
    let no_form = send(&server, &As::nobody(), "/begin/files", &[("files", "x")]).await;
    assert_eq!(no_form.status, StatusCode::BAD_REQUEST);
    let left = everything_under(server.store().directory().join("uploads"));
    assert!(left.is_empty(), "{left:?}");
}

fn made_up(store: &Store, now: longplay_domain::Time) -> Result<(), String> {
    if store.totals().unwrap().events > 0 {
        return Err("there is an audience here already".to_owned());
    }
    store.mark_demo().unwrap();
    let claim = longplay_domain::Claim {
        time: longplay_domain::When::Text("2026-02-01T12:00:00Z".to_owned()),
        person: "anonymous:made-up".to_owned(),
        event: "viewed".to_owned(),
        ..longplay_domain::Claim::default()
    };
    store
        .accept(vec![claim], now)
        .map(drop)
        .map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_made_up_audience_comes_and_goes_by_one_button_each() {
    let without = Server::empty();
    assert!(
        !without.get("/").await.body.contains("/begin/demo"),
        "nobody brings one here"
    );
    assert_eq!(
        send(&without, &As::nobody(), "/begin/demo", &[]).await.status,
        StatusCode::BAD_REQUEST
    );
    let server = taking_files().demonstrating_with(made_up);
    for page in ["/", "/begin/data"] {
        assert!(server.get(page).await.body.contains("action=\"/begin/demo\""), "{page}");
    }
    let brought = send(&server, &As::nobody(), "/begin/demo", &[]).await;
    assert_eq!(
        (brought.status, brought.header("location")),
        (StatusCode::SEE_OTHER, "/")
    );
    let home = server.get("/").await.body;
    assert!(
        home.contains("Demonstration audience") && home.contains("action=\"/begin/demo/remove\""),
        "{home}"
    );
    let refused = bring(&server, &[("x.csv", "a")]).await;
    assert!(refused.body.contains("Remove it first"), "{}", refused.body);
    let again = send(&server, &As::nobody(), "/begin/demo", &[]).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
    let removed = send(&server, &As::nobody(), "/begin/demo/remove", &[]).await;
    assert_eq!(
        (removed.status, removed.header("location")),
        (StatusCode::SEE_OTHER, "/begin/data")
    );
    let home = server.get("/").await.body;
    assert!(
        home.contains("Nobody is here yet") && !home.contains("Demonstration audience"),
        "{home}"
    );
    let twice = send(&server, &As::nobody(), "/begin/demo/remove", &[]).await;
    assert!(twice.body.contains("no demonstration"), "{}", twice.body);
    let log: Vec<String> = server
        .store()
        .audit_log(9)
        .unwrap()
        .into_iter()
        .map(|entry| entry.what)
        .collect();
    assert_eq!(log[..2], ["demo_removed", "demo_brought"]);
}

#[tokio::test]
async fn what_people_did_is_offered_as_a_goal() {
    let server = Server::small();
    for person in 0..3 {
        server.happened(person, "Trial Started", "2026-02-01T12:00:00Z");
        server.happened(person, "shared", "2026-02-02T12:00:00Z");
    }
    let page = server.get("/begin/goals").await.body;
    for offered in ["Trial Started", "shared"] {
        assert!(page.contains(&format!("name=\"seen\" value=\"{offered}\"")), "{page}");
    }
    for not in ["viewed", "purchased"] {
        assert!(!page.contains(&format!("name=\"seen\" value=\"{not}\"")), "{page}");
    }
    let form = [
        ("goal", "purchase"),
        ("seen", "Trial Started"),
        ("seen", "shared"),
        ("event", "Lesson Finished"),
    ];
    let said = send(&server, &As::nobody(), "/begin/goals", &form).await;
    assert_eq!(said.status, StatusCode::SEE_OTHER, "{}", said.body);
    let names: Vec<String> = server
        .store()
        .goals()
        .unwrap()
        .into_iter()
        .map(|goal| goal.name)
        .collect();
    for kept in ["purchase", "trial_started", "shared", "lesson_finished"] {
        assert!(names.iter().any(|name| name == kept), "{names:?}");
    }
    let page = server.get("/begin/goals").await.body;
    assert!(!page.contains("Seen in your data"), "{page}");
}
