//! `/settings`: each form changes what it says, for whom it is, and says so in the audit log.

use axum::http::StatusCode;
use longplay_store::{Role, Scope};

use crate::{
    harness::{Said, Server},
    security::{As, PASSWORD, account, session},
};

async fn send(server: &Server, who: &As, path: &str, form: &[(&str, &str)]) -> Said {
    let body = serde_urlencoded::to_string(form).unwrap();
    server.send_body(who.request("POST", path), body).await
}

async fn page(server: &Server, who: &As) -> String {
    server.send(who.request("GET", "/settings")).await.body
}

fn what_was_logged(server: &Server) -> Vec<String> {
    let log = server.store().audit_log(99).unwrap();
    log.into_iter().rev().map(|entry| entry.what).collect()
}

#[tokio::test]
async fn the_first_account_is_made_here_and_logs_in() {
    let server = Server::small();
    let nobody = As::nobody();
    assert!(page(&server, &nobody).await.contains("Nobody has an account here"));
    let weak = send(
        &server,
        &nobody,
        "/settings/accounts",
        &[("name", "Ada"), ("password", "short")],
    )
    .await;
    assert!(
        weak.status == StatusCode::BAD_REQUEST && weak.body.contains("at least 12"),
        "{}",
        weak.body
    );
    let form = [("name", "Ada"), ("password", PASSWORD)];
    let made = send(&server, &nobody, "/settings/accounts", &form).await;
    assert_eq!(
        (made.status, made.header("location")),
        (StatusCode::SEE_OTHER, "/settings?done=account#accounts")
    );
    let cookie = made.header("set-cookie").split(['=', ';']).nth(1).unwrap().to_owned();
    let ada = page(&server, &As::holding(cookie)).await;
    assert!(ada.contains("You are Ada, owner."), "{ada}");
    assert_eq!(
        server.send(nobody.request("GET", "/settings")).await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(what_was_logged(&server), ["account_created", "login"]);
}

#[tokio::test]
async fn everybody_sees_as_much_as_they_may_use() {
    let server = Server::small();
    let owner = account(&server, "Ada", Role::Owner);
    let editor = account(&server, "Bob", Role::Editor);
    let viewer = account(&server, "Eve", Role::Viewer);
    for (who, you, subject, doors) in [
        (&owner, true, true, true),
        (&editor, true, true, false),
        (&viewer, true, false, false),
    ] {
        let page = page(&server, &session(&server, who)).await;
        let has = |id: &str| page.contains(&format!("id=\"{id}\""));
        assert_eq!(
            (has("you"), has("ideal"), has("accounts")),
            (you, subject, doors),
            "{}",
            who.name
        );
        assert_eq!(
            page.contains("Eve, viewer") || page.contains("<strong>Eve</strong>"),
            doors || who.name == "Eve"
        );
        assert!(!page.contains("$argon2"), "no hash is shown");
    }
}

#[tokio::test]
async fn a_password_changes_with_the_one_before_it_and_logs_out_everywhere_else() {
    let server = Server::small();
    let ada = account(&server, "Ada", Role::Owner);
    let (here, there) = (session(&server, &ada), session(&server, &ada));
    let form = |now: &'static str| [("password", now), ("new", "another long password")];
    let wrong = send(&server, &here, "/settings/password", &form("not the password")).await;
    assert!(wrong.body.contains("not your password as it is now"), "{}", wrong.body);
    assert_eq!(server.send(there.request("GET", "/")).await.status, StatusCode::OK);
    let done = send(&server, &here, "/settings/password", &form(PASSWORD)).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let fresh = As::holding(done.header("set-cookie").split(['=', ';']).nth(1).unwrap().to_owned());
    assert_eq!(server.send(fresh.request("GET", "/")).await.status, StatusCode::OK);
    for ended in [&here, &there] {
        assert_eq!(
            server.send(ended.request("GET", "/")).await.status,
            StatusCode::SEE_OTHER
        );
    }
    assert_eq!(
        what_was_logged(&server),
        ["password_wrong", "password_changed", "login"]
    );
}

#[tokio::test]
async fn accounts_get_other_roles_and_go_but_never_the_last_owner() {
    let server = Server::small();
    let ada = session(&server, &account(&server, "Ada", Role::Owner));
    let form = [("name", "Bob"), ("password", PASSWORD), ("role", "viewer")];
    assert_eq!(
        send(&server, &ada, "/settings/accounts", &form).await.status,
        StatusCode::SEE_OTHER
    );
    let change = |name: &'static str, role: &'static str| [("name", name), ("role", role)];
    for (name, role, words) in [
        ("Ada", "remove", "only owner"),
        ("Ada", "viewer", "only owner"),
        ("Bob", "king", "A role is"),
        ("Zoe", "editor", "no account called"),
    ] {
        let said = send(&server, &ada, "/settings/accounts/change", &change(name, role)).await;
        assert!(
            said.status == StatusCode::BAD_REQUEST && said.body.contains(words),
            "{name} {role}: {}",
            said.body
        );
    }
    send(&server, &ada, "/settings/accounts/change", &change("Bob", "editor")).await;
    assert_eq!(server.store().account("Bob").unwrap().unwrap().role, Role::Editor);
    send(&server, &ada, "/settings/accounts/change", &change("Bob", "remove")).await;
    assert!(server.store().account("Bob").unwrap().is_none());
    assert_eq!(
        what_was_logged(&server),
        ["account_created", "role_changed", "account_removed"]
    );
}

#[tokio::test]
async fn tokens_and_keys_are_shown_once_and_end() {
    let server = Server::small();
    let ada = session(&server, &account(&server, "Ada", Role::Owner));
    let form = [("name", "graphs <b>"), ("scope", "read"), ("scope", "write")];
    let made = send(&server, &ada, "/settings/tokens", &form).await;
    assert_eq!(
        (made.status, made.header("cache-control")),
        (StatusCode::OK, "no-store")
    );
    let token = &made.body[made.body.find("lpt_").unwrap()..][..44];
    assert_eq!(
        server.store().token(token).unwrap().unwrap().scopes,
        [Scope::Read, Scope::Write]
    );
    let bearer = As::bearing(token.to_owned());
    assert_eq!(
        server.send(bearer.request("GET", "/api/v1/edition")).await.status,
        StatusCode::OK
    );
    assert_eq!(
        server
            .send(bearer.request("GET", "/api/v1/person?handle=p1"))
            .await
            .status,
        StatusCode::FORBIDDEN
    );
    let shown = page(&server, &ada).await;
    assert!(
        !shown.contains(token) && shown.contains("graphs &#60;b&#62;"),
        "{shown}"
    );
    let none = send(&server, &ada, "/settings/tokens", &[("name", "none")]).await;
    assert!(none.body.contains("without a scope"), "{}", none.body);
    send(&server, &ada, "/settings/tokens/end", &[("name", "graphs <b>")]).await;
    assert_eq!(
        server.send(bearer.request("GET", "/api/v1/edition")).await.status,
        StatusCode::UNAUTHORIZED
    );

    let made = send(&server, &ada, "/settings/keys", &[("name", "website")]).await;
    let key = &made.body[made.body.find("lp_").unwrap()..][..43];
    assert_eq!(server.store().key_name(key).unwrap().as_deref(), Some("website"));
    send(&server, &ada, "/settings/keys/end", &[("prefix", &key[..9])]).await;
    assert_eq!(server.store().key_name(key).unwrap(), None);
    let log = server.store().audit_log(99).unwrap();
    assert!(
        log.iter().all(|entry| !format!("{entry:?}").contains(token)),
        "no secret is written down"
    );
}

#[tokio::test]
async fn what_answers_are_about_is_set_counted_and_kept_when_it_is_wrong() {
    let server = Server::small();
    let here = As::nobody();
    let counted = server.get("/api/v1/ideal/try?rule=did+purchased").await.json();
    assert_eq!(
        (&counted["yes"], &counted["people"]),
        (&4.into(), &40.into()),
        "{counted}"
    );
    let wrong = server.get("/api/v1/ideal/try?rule=did+fly").await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST, "{}", wrong.body);
    let shown = server.get("/settings?rule=did+purchased").await.body;
    assert!(
        shown.contains("the rule says yes of 4") && shown.contains(">did purchased</textarea>"),
        "{shown}"
    );
    let refused = send(&server, &here, "/settings/ideal", &[("rule", "country is <x>")]).await;
    assert!(
        refused.status == StatusCode::BAD_REQUEST && refused.body.contains(">country is &#60;x&#62;</textarea>"),
        "{}",
        refused.body
    );
    send(&server, &here, "/settings/ideal", &[("rule", "did purchased")]).await;
    assert_eq!(server.store().ideal().unwrap().unwrap().to_string(), "did purchased");
    send(&server, &here, "/settings/ideal", &[("rule", "")]).await;
    assert!(server.store().ideal().unwrap().is_none());

    send(
        &server,
        &here,
        "/settings/goals",
        &[("name", "Free Trial"), ("event", "Trial Started")],
    )
    .await;
    assert!(
        server
            .store()
            .goals()
            .unwrap()
            .iter()
            .any(|goal| goal.name == "free_trial")
    );
    let none = send(&server, &here, "/settings/goals", &[("name", "nothing")]).await;
    assert!(none.body.contains("Say what people do"), "{}", none.body);
    send(&server, &here, "/settings/goals/remove", &[("name", "free_trial")]).await;
    assert!(
        !server
            .store()
            .goals()
            .unwrap()
            .iter()
            .any(|goal| goal.name == "free_trial")
    );

    send(&server, &here, "/settings/regular", &[("rule", "8-of-16-days")]).await;
    assert_eq!(server.store().regular_rule().unwrap().name(), "8-of-16-days");
    send(&server, &here, "/settings/name", &[("name", "Ada's radios")]).await;
    assert_eq!(server.store().workspace_name().unwrap(), "Ada's radios");
    send(&server, &here, "/settings/retention", &[("days", "400")]).await;
    assert_eq!(server.store().retention().unwrap(), Some(400));
    for days in ["0", "x", "-1"] {
        let said = send(&server, &here, "/settings/retention", &[("days", days)]).await;
        assert_eq!(said.status, StatusCode::BAD_REQUEST, "{days}");
    }
    let log = server.store().audit_log(99).unwrap();
    assert!(log.iter().all(|entry| entry.who == "at this machine"), "{log:?}");
}

#[tokio::test]
async fn somebody_is_forgotten_once_it_was_shown_what_goes() {
    let server = Server::small();
    let here = As::nobody();
    let before = server.events();
    let asked = send(&server, &here, "/settings/erase", &[("handle", "p1")]).await;
    assert!(
        asked.body.contains("Erase this person everywhere, 3 events?"),
        "{}",
        asked.body
    );
    assert_eq!(server.events(), before);
    let done = send(&server, &here, "/settings/erase", &[("handle", "p1"), ("sure", "yes")]).await;
    assert!(done.body.contains("They are forgotten."), "{}", done.body);
    assert_eq!(server.events(), before - 3);
    let again = send(&server, &here, "/settings/erase", &[("handle", "p1")]).await;
    assert!(again.body.contains("Nobody is known by that handle"), "{}", again.body);
    let log = server.store().audit_log(9).unwrap();
    assert!(
        log[0].what == "person_erased" && !log[0].about.as_ref().unwrap().contains("p1"),
        "{log:?}"
    );
}

#[tokio::test]
async fn a_backup_is_taken_along_and_leaves_nothing_behind() {
    let server = Server::small();
    let said = server.get("/settings/backup.tar").await;
    assert_eq!(
        (said.status, said.header("content-type")),
        (StatusCode::OK, "application/x-tar")
    );
    assert!(
        said.header("content-disposition")
            .starts_with("attachment; filename=\"longplay-2026-03-01.tar\"")
    );
    assert!(said.body.contains("longplay.db") && said.body.contains("ustar"));
    let left = std::fs::read_dir(server.store().directory()).unwrap();
    let names: Vec<String> = left
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(!names.iter().any(|name| name.contains("backup")), "{names:?}");
}

#[tokio::test]
async fn one_time_codes_are_switched_on_by_a_code_of_now() {
    let server = Server::small();
    let ada = account(&server, "Ada", Role::Owner);
    let who = session(&server, &ada);
    let wrong = send(&server, &who, "/settings/codes", &[("password", "not the password")]).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    let asked = send(&server, &who, "/settings/codes", &[("password", PASSWORD)]).await;
    assert!(asked.body.contains("<svg class=\"qr\"") && asked.body.contains("<path d=\"M4 4h7v1h-7z"));
    assert!(
        asked.body.contains("otpauth://totp/Longplay:Ada?secret="),
        "{}",
        asked.body
    );
    let secret = &asked.body[asked.body.find("?secret=").unwrap() + 8..][..32];
    let again = send(
        &server,
        &who,
        "/settings/codes/confirm",
        &[("secret", secret), ("code", "000000")],
    )
    .await;
    assert!(
        again.body.contains("not the code of now") && again.body.contains(secret),
        "{}",
        again.body
    );
    assert!(!server.store().account("Ada").unwrap().unwrap().has_totp);
    // RFC 6238's key, and what an app shows of it at the fixed time of these tests.
    let key = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    let code = crate::security::code_now(key);
    let done = send(
        &server,
        &who,
        "/settings/codes/confirm",
        &[("secret", key), ("code", &code)],
    )
    .await;
    assert!(done.body.contains("Your recovery codes"), "{}", done.body);
    assert_eq!(server.store().recovery_codes_left(ada.id).unwrap(), 10);
    let log_in = [("name", "Ada"), ("password", PASSWORD), ("code", code.as_str())];
    assert_eq!(
        send(&server, &As::nobody(), "/login", &log_in).await.status,
        StatusCode::UNAUTHORIZED,
        "it was used"
    );
    send(&server, &who, "/settings/codes/stop", &[("password", PASSWORD)]).await;
    assert!(!server.store().account("Ada").unwrap().unwrap().has_totp);
    assert_eq!(
        what_was_logged(&server),
        ["password_wrong", "codes_on", "login_failed", "codes_off"]
    );
}

#[tokio::test]
async fn a_session_of_ones_own_is_ended_and_nobody_elses() {
    let server = Server::small();
    let (ada, bob) = (
        account(&server, "Ada", Role::Owner),
        account(&server, "Bob", Role::Owner),
    );
    let (here, there, bobs) = (session(&server, &ada), session(&server, &ada), session(&server, &bob));
    let now = crate::harness::now();
    let ids = |account: i64| {
        server
            .store()
            .sessions(account, now)
            .unwrap()
            .into_iter()
            .map(|session| session.id)
    };
    let bobs_id = ids(bob.id).next().unwrap();
    send(&server, &here, "/settings/sessions", &[("id", &bobs_id)]).await;
    assert_eq!(server.send(bobs.request("GET", "/")).await.status, StatusCode::OK);
    for id in ids(ada.id).collect::<Vec<_>>() {
        // Each by a browser of its own, for the one that asked first is among them.
        let another = session(&server, &ada);
        send(&server, &another, "/settings/sessions", &[("id", &id)]).await;
    }
    assert_eq!(
        server.send(there.request("GET", "/")).await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn a_demonstration_has_no_accounts() {
    let server = Server::small();
    server.store().mark_demo().unwrap();
    let said = send(
        &server,
        &As::nobody(),
        "/settings/accounts",
        &[("name", "Ada"), ("password", PASSWORD)],
    )
    .await;
    assert!(
        said.status == StatusCode::BAD_REQUEST && said.body.contains("demonstration"),
        "{}",
        said.body
    );
    assert!(!server.store().has_accounts().unwrap());
}
