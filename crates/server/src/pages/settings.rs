//! The pages of `/settings`: what is set, in words, with the form that changes it beside it.

use askama::Template;
use longplay_domain::{Act, Goal, RegularRule, Time, Zone};
use longplay_store::{
    Account, ErasureReceipt, KeyInfo, LogEntry, PersonCard, Role, Scope, Session, Share, Store, StoreError, TokenInfo,
};

use super::{Frame, words};
use crate::auth::Picture;
use crate::shares::View;

/// Rules to begin with: what they mean, and how they are written.
pub(crate) const RULES: [(&str, &str); 4] = [
    ("people of two countries", "country in (AT, DE)"),
    ("whoever bought something", "did purchased"),
    ("whoever was here on three days or more", "days present >= 3"),
    ("whom the newsletter brought first", "first channel = newsletter"),
];

/// What is set, as the store has it.
pub(crate) struct Held {
    pub name: String,
    pub ideal: Option<String>,
    pub goals: Vec<Goal>,
    pub regular: RegularRule,
    pub retention_days: Option<u32>,
    pub keys: Vec<KeyInfo>,
    pub shares: Vec<Share>,
    pub accounts: Vec<Account>,
    pub tokens: Vec<TokenInfo>,
}

/// Whoever looks, where they have an account.
pub(crate) struct Me {
    pub account: Account,
    pub codes_left: u64,
    pub session: String,
    pub sessions: Vec<Session>,
}

impl Me {
    pub fn of(session: Session, store: &Store, now: Time) -> Result<Self, StoreError> {
        Ok(Self {
            codes_left: store.recovery_codes_left(session.account.id)?,
            sessions: store.sessions(session.account.id, now)?,
            session: session.id,
            account: session.account,
        })
    }
}

#[derive(Template)]
#[template(path = "settings.html")]
pub(crate) struct SettingsPage {
    pub frame: Frame,
    pub error: Option<String>,
    pub done: Option<&'static str>,
    pub may_change: bool,
    pub may_own: bool,
    /// Whether there is no account at all.
    pub is_unguarded: bool,
    pub me: Option<Me>,
    pub held: Held,
    pub rule: String,
    pub preview: Option<String>,
    pub zone: Zone,
}

impl SettingsPage {
    /// What a change says when it is done.
    pub fn words_of(what: &str) -> Option<&'static str> {
        Some(match what {
            "password" => "Your password is another now, and every other browser is logged out.",
            "codes_off" => "One-time codes are asked for no longer.",
            "session" => "That browser is logged out.",
            "account" => "The account is made.",
            "account_removed" => "The account is gone, and nobody is logged in with it.",
            "role_changed" => "The role is another now; they have to log in again.",
            "token_revoked" => "The token opens nothing any more.",
            "key_revoked" => "The key is no longer taken, within half a minute.",
            "ideal" => "That is whom you want now. The next edition answers by it.",
            "ideal_off" => "Nobody in particular is wanted now.",
            "share_ended" => "The link opens nothing any more.",
            "goal" => "The goal is kept. The next edition answers by it.",
            "goal_removed" => "The goal is gone; events are never touched.",
            "regular" => "Every answer follows that at once, about the past too.",
            "name" => "The name is kept.",
            "retention" => "What is older goes within a week.",
            _ => return None,
        })
    }

    /// What each means, how it is written, and where it is counted.
    fn examples(&self) -> [(&'static str, &'static str, String); 4] {
        RULES.map(|(words, rule)| {
            let query = serde_urlencoded::to_string([("rule", rule)]).unwrap_or_default();
            (words, rule, format!("/settings?{query}#ideal"))
        })
    }

    fn acts(&self) -> [&'static str; 20] {
        Act::ALL.map(Act::name)
    }

    fn regulars(&self) -> [(&'static str, &'static str, bool); 3] {
        RegularRule::ALL.map(|rule| (rule.name(), rule.words(), rule == self.held.regular))
    }

    fn roles(&self) -> [&'static str; 3] {
        Role::ALL.map(Role::name)
    }

    /// Name, what it opens, and whether one begins with it.
    fn scopes(&self) -> [(&'static str, &'static str, bool); 4] {
        Scope::ALL.map(|scope| {
            let words = match scope {
                Scope::Read => "answers, which name nobody",
                Scope::People => "what is held on people",
                Scope::Erase => "forgetting people",
                Scope::Write => "settings and imports",
            };
            (scope.name(), words, scope == Scope::Read)
        })
    }

    fn days(&self) -> String {
        self.held
            .retention_days
            .map_or_else(String::new, |days| days.to_string())
    }

    fn goal_words(&self, goal: &Goal) -> String {
        goal_words(goal)
    }

    fn scope_words(&self, token: &TokenInfo) -> String {
        scope_words(token)
    }

    /// What a link shows, and how it opens.
    fn share_words(&self, share: &Share) -> String {
        let view = View::of(share).map_or_else(|_| share.is.page.clone(), |view| view.words());
        let mut words = vec![view];
        if share.is.password.is_some() {
            words.push("with a password".to_owned());
        }
        words.push(format!("by {}, {}", share.is.made_by, self.when(&share.made_at)));
        if let Some(end) = share.is.ends_at {
            words.push(format!("until {}", self.when(&end)));
        }
        words.join(" · ")
    }

    fn whence_words(&self, session: &Session) -> String {
        whence_words(session)
    }

    fn when(&self, time: &Time) -> String {
        words::instant(*time, &self.zone)
    }
}

/// What a goal is, in a line.
pub(crate) fn goal_words(goal: &Goal) -> String {
    let acts: Vec<String> = goal.acts.iter().map(|act| act.name().replace('_', " ")).collect();
    let mut said = if acts.is_empty() {
        "anything".to_owned()
    } else {
        acts.join(" or ")
    };
    for (what, value) in [
        ("called", &goal.event),
        ("on the piece", &goal.piece),
        ("on", &goal.channel),
    ] {
        if let Some(value) = value {
            said = format!("{said} {what} {value}");
        }
    }
    said
}

fn scope_words(token: &TokenInfo) -> String {
    token
        .scopes
        .iter()
        .map(|scope| scope.name())
        .collect::<Vec<_>>()
        .join(", ")
}

fn whence_words(session: &Session) -> String {
    let address = session.whence.address.as_deref().unwrap_or("an unknown address");
    let agent = session.whence.agent.as_deref().unwrap_or_default();
    // The last browser a header names that one would know it by.
    let known = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrom", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ];
    let browser = known
        .iter()
        .find(|(mark, _)| agent.contains(mark))
        .map_or("a browser", |(_, name)| name);
    format!("{browser}, from {address}")
}

/// Secrets that are shown once.
#[derive(Template)]
#[template(path = "once.html")]
pub(crate) struct OncePage {
    pub frame: Frame,
    pub title: String,
    pub words: String,
    pub secrets: Vec<String>,
}

/// The secret of one-time codes, until a code proves that an app has it.
#[derive(Template)]
#[template(path = "codes.html")]
pub(crate) struct CodesPage {
    pub frame: Frame,
    pub secret: String,
    pub address: String,
    /// The address, for a phone's camera.
    pub picture: Option<Picture>,
    pub error: Option<String>,
}

impl CodesPage {
    /// In groups of four, as it is typed.
    fn groups(&self) -> String {
        let letters: Vec<char> = self.secret.chars().collect();
        letters
            .chunks(4)
            .map(|four| four.iter().collect::<String>())
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// Somebody is to be forgotten, or was.
#[derive(Template)]
#[template(path = "erase.html")]
pub(crate) struct ErasePage {
    pub frame: Frame,
    sentence: String,
    facts: Vec<[String; 2]>,
    /// Whom to forget, where it isn't done yet.
    handle: Option<String>,
}

impl ErasePage {
    pub fn asked(handle: String, card: &PersonCard, zone: &Zone, frame: Frame) -> Self {
        let day = |time: Option<Time>| time.map_or_else(|| "–".to_owned(), |time| words::instant(time, zone));
        Self {
            frame,
            sentence: match card.events {
                1 => "Erase this person everywhere, 1 event?".to_owned(),
                events => format!("Erase this person everywhere, {} events?", words::count(events)),
            },
            facts: vec![
                ["Known by".to_owned(), card.handles.join(", ")],
                ["First".to_owned(), day(card.first)],
                ["Last".to_owned(), day(card.last)],
            ],
            handle: Some(handle),
        }
    }

    pub fn done(receipt: &ErasureReceipt, zone: &Zone, frame: Frame) -> Self {
        Self {
            frame,
            sentence: "They are forgotten.".to_owned(),
            facts: vec![
                ["When".to_owned(), words::instant(receipt.at, zone)],
                ["Events".to_owned(), words::count(receipt.events)],
                ["Names".to_owned(), words::count(receipt.handles)],
                ["Receipt".to_owned(), receipt.receipt.clone()],
            ],
            handle: None,
        }
    }
}

#[derive(Template)]
#[template(path = "audit_log.html")]
pub(crate) struct AuditLogPage {
    frame: Frame,
    /// When, who, what, about what, from where.
    rows: Vec<[String; 5]>,
}

impl AuditLogPage {
    pub fn new(entries: &[LogEntry], zone: &Zone, frame: Frame) -> Self {
        let dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".to_owned());
        let row = |entry: &LogEntry| {
            [
                words::instant(entry.at, zone),
                entry.who.clone(),
                entry.what.replace('_', " "),
                dash(&entry.about),
                dash(&entry.address),
            ]
        };
        Self {
            frame,
            rows: entries.iter().map(row).collect(),
        }
    }
}
