//! Accounts, their sessions, tokens' scopes and the audit log: what is refused, what ends when, and what is never kept.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::fs;

use longplay_domain::Time;
use longplay_store::{LogEntry, NewShare, Role, Scope, Store, Whence, backup, restore};

const HOUR: i64 = 3_600_000_000;
const NOW: Time = Time::from_micros(1_800_000_000_000_000);

fn later(hours: i64) -> Time {
    Time::from_micros(NOW.micros() + hours * HOUR)
}

fn store() -> (tempfile::TempDir, Store) {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(&directory.path().join("data"), NOW).unwrap();
    (directory, store)
}

#[test]
fn there_is_always_an_owner_once_there_is_anybody() {
    let (_directory, store) = store();
    assert!(!store.has_accounts().unwrap());
    let refused = store.create_account("Ada", Role::Editor, "x", NOW).unwrap_err();
    assert!(refused.to_string().contains("must be an owner's"), "{refused}");
    let ada = store.create_account(" Ada ", Role::Owner, "x", NOW).unwrap();
    assert_eq!((ada.name.as_str(), ada.role), ("Ada", Role::Owner));
    assert!(store.has_accounts().unwrap());
    assert!(
        store.create_account("ADA", Role::Viewer, "x", NOW).is_err(),
        "the same name"
    );
    for name in ["", " ", "a\nb", &"x".repeat(61)] {
        assert!(store.create_account(name, Role::Viewer, "x", NOW).is_err(), "{name}");
    }
    assert!(store.remove_account("ada").is_err() && store.set_role("ada", Role::Viewer).is_err());
    assert_eq!(
        store.account("ada").unwrap().unwrap().role,
        Role::Owner,
        "nothing was changed"
    );
    store.create_account("Bob", Role::Owner, "x", NOW).unwrap();
    store.set_role("ada", Role::Viewer).unwrap();
    store.remove_account("ADA").unwrap();
    assert!(store.account("ada").unwrap().is_none());
    assert!(store.set_password("ada", "y").is_err(), "nobody of that name");
}

#[test]
fn a_session_ends_when_it_is_idle_old_or_its_account_changes() {
    let (directory, store) = store();
    let ada = store.create_account("Ada", Role::Owner, "x", NOW).unwrap();
    let begin = || store.start_session(ada.id, &Whence::default(), NOW).unwrap();
    let secret = begin();
    assert_eq!(secret.len(), 64);
    let files = ["longplay.db", "longplay.db-wal"].map(|name| fs::read(directory.path().join("data").join(name)));
    for bytes in files.into_iter().flatten() {
        assert!(
            !bytes.windows(64).any(|part| part == secret.as_bytes()),
            "only its hash is kept"
        );
    }
    assert!(store.session(&secret, later(7 * 24 + 1)).unwrap().is_none(), "idle");
    for day in 1..=29 {
        assert!(store.session(&secret, later(day * 24)).unwrap().is_some(), "day {day}");
    }
    assert!(
        store.session(&secret, later(30 * 24 + 1)).unwrap().is_none(),
        "old, however it was used"
    );
    assert!(store.session("", NOW).unwrap().is_none() && store.session("x", NOW).unwrap().is_none());

    store.create_account("Bob", Role::Owner, "x", NOW).unwrap();
    let ends: [(&str, &dyn Fn()); 4] = [
        ("password", &|| store.set_password("ada", "y").unwrap()),
        ("role", &|| store.set_role("ada", Role::Editor).unwrap()),
        ("everywhere", &|| {
            assert_eq!(store.end_sessions(ada.id, None).unwrap(), 1)
        }),
        ("removal", &|| store.remove_account("ada").unwrap()),
    ];
    for (what, end) in ends {
        let secret = begin();
        assert!(store.session(&secret, NOW).unwrap().is_some());
        end();
        assert!(store.session(&secret, NOW).unwrap().is_none(), "{what}");
    }
}

#[test]
fn one_session_is_ended_by_its_id_and_too_many_make_room() {
    let (_directory, store) = store();
    let ada = store.create_account("Ada", Role::Owner, "x", NOW).unwrap();
    let whence = Whence {
        address: Some("192.0.2.1".to_owned()),
        agent: Some("Browser".repeat(100)),
    };
    let [first, second] = [0, 1].map(|_| store.start_session(ada.id, &whence, NOW).unwrap());
    let session = store.session(&first, NOW).unwrap().unwrap();
    assert_eq!(session.whence.agent.as_ref().unwrap().len(), 200);
    assert_eq!(
        store.end_sessions(ada.id + 1, Some(&session.id)).unwrap(),
        0,
        "not one of theirs"
    );
    assert_eq!(store.end_sessions(ada.id, Some(&session.id)).unwrap(), 1);
    assert!(store.session(&first, NOW).unwrap().is_none() && store.session(&second, NOW).unwrap().is_some());
    for _ in 0..60 {
        store.start_session(ada.id, &whence, later(1)).unwrap();
    }
    assert_eq!(store.sessions(ada.id, later(1)).unwrap().len(), 50);
    assert!(
        store.session(&second, later(1)).unwrap().is_none(),
        "unused for longest"
    );
}

#[test]
fn neither_a_step_nor_a_recovery_code_opens_twice() {
    let (_directory, store) = store();
    let ada = store.create_account("Ada", Role::Owner, "x", NOW).unwrap();
    store
        .set_totp(ada.id, "SECRET", 100, &["abcd-efgh".to_owned(), "ijkl-mnop".to_owned()])
        .unwrap();
    assert!(store.account("ada").unwrap().unwrap().has_totp);
    let steps = [100, 101, 101, 99, 102].map(|step| store.use_totp_step(ada.id, step).unwrap());
    assert_eq!(steps, [false, true, false, false, true]);
    assert!(store.use_recovery_code(ada.id, "ABCD EFGH").unwrap());
    assert!(!store.use_recovery_code(ada.id, "abcd-efgh").unwrap());
    assert_eq!(store.recovery_codes_left(ada.id).unwrap(), 1);
    store.clear_totp(ada.id).unwrap();
    assert_eq!(
        (
            store.totp_secret(ada.id).unwrap(),
            store.recovery_codes_left(ada.id).unwrap()
        ),
        (None, 0)
    );
}

#[test]
fn a_token_opens_what_its_scopes_say() {
    let (_directory, store) = store();
    let usual = store.create_token("support", NOW).unwrap();
    assert_eq!(store.token(&usual).unwrap().unwrap().scopes, Scope::USUAL);
    let narrow = store.create_token_for("graphs", &[Scope::Read], NOW).unwrap();
    assert_eq!(store.token(&narrow).unwrap().unwrap().scopes, [Scope::Read]);
    assert!(store.create_token_for("none", &[], NOW).is_err());
    assert!(store.token("lpt_").unwrap().is_none());
}

#[test]
fn the_audit_log_is_bounded_in_time() {
    let (_directory, store) = store();
    let entry = |at, what: &str| LogEntry {
        at,
        who: "ada".to_owned(),
        what: what.to_owned(),
        about: Some("é".repeat(500)),
        address: None,
    };
    store.log(&entry(NOW, "login")).unwrap();
    store.log(&entry(later(24 * 364), "logout")).unwrap();
    let log = store.audit_log(10).unwrap();
    assert_eq!(
        log.iter().map(|entry| entry.what.as_str()).collect::<Vec<_>>(),
        ["logout", "login"]
    );
    assert_eq!(log[0].about.as_ref().unwrap().chars().count(), 200);
    store.log(&entry(later(24 * 366), "login")).unwrap();
    assert_eq!(store.audit_log(10).unwrap().len(), 2, "a year is over");
    assert_eq!(store.audit_log(1).unwrap().len(), 1);
}

#[test]
fn a_restored_workspace_has_its_accounts_and_nobody_logged_in() {
    let (directory, store) = store();
    let ada = store.create_account("Ada", Role::Owner, "x", NOW).unwrap();
    let secret = store.start_session(ada.id, &Whence::default(), NOW).unwrap();
    let (file, data) = (directory.path().join("b.tar"), directory.path().join("again"));
    backup(store.directory(), &file, NOW, &mut |_, _| {}).unwrap();
    restore(&file, &data, NOW, &mut |_, _| {}).unwrap();
    let restored = Store::open_existing(&data, NOW).unwrap();
    assert!(restored.account("ada").unwrap().is_some());
    assert!(restored.session(&secret, NOW).unwrap().is_none());
}

fn share(ends_at: Option<Time>) -> NewShare {
    NewShare {
        name: "the board".to_owned(),
        page: "/audience".to_owned(),
        query: "segment=fans".to_owned(),
        password: None,
        made_by: "Ada".to_owned(),
        ends_at,
    }
}

#[test]
fn a_link_is_kept_as_its_hash_and_opens_until_it_ends() {
    let (directory, store) = store();
    let secret = store.create_share(&share(None), NOW).unwrap();
    let brief = store.create_share(&share(Some(later(1))), NOW).unwrap();
    assert_eq!(secret.len(), 40);
    let files = ["longplay.db", "longplay.db-wal"].map(|name| fs::read(directory.path().join("data").join(name)));
    for bytes in files.into_iter().flatten() {
        let holds = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!holds, "what stands in the link is nowhere");
    }
    let held = store.share(&secret, later(24 * 400)).unwrap().unwrap();
    assert_eq!(held.is, share(None));
    assert!(store.share(&brief, NOW).unwrap().is_some());
    assert!(store.share(&brief, later(1)).unwrap().is_none(), "at its end");
    assert!(store.share("", NOW).unwrap().is_none() && store.share(&secret[1..], NOW).unwrap().is_none());
    assert_eq!(
        (store.shares(NOW).unwrap().len(), store.shares(later(1)).unwrap().len()),
        (2, 1)
    );
    assert_eq!(store.end_share(held.number).unwrap().as_deref(), Some("the board"));
    assert!(store.share(&secret, NOW).unwrap().is_none(), "ended");
    assert_eq!(store.end_share(held.number).unwrap(), None);
}

#[test]
fn a_link_that_would_open_nothing_or_says_too_much_is_not_made() {
    let (_directory, store) = store();
    for wrong in [
        share(Some(NOW)),
        NewShare {
            name: " ".to_owned(),
            ..share(None)
        },
        NewShare {
            name: "x".repeat(81),
            ..share(None)
        },
        NewShare {
            query: "x".repeat(8_001),
            ..share(None)
        },
    ] {
        assert!(store.create_share(&wrong, NOW).is_err(), "{wrong:?}");
    }
    for _ in 0..200 {
        store.create_share(&share(Some(later(1))), NOW).unwrap();
    }
    let refused = store.create_share(&share(None), NOW).unwrap_err();
    assert!(refused.to_string().contains("end one first"), "{refused}");
    store.create_share(&share(None), later(1)).unwrap();
}
