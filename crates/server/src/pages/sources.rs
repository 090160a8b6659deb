//! `/sources`: how the owner's site is connected, whether anything arrives, and if not, exactly what is wrong.

use askama::Template;
use longplay_domain::{Time, Zone};

use super::{Frame, words};
use crate::collect::Recent;

/// Rows of each table on the page; the API has the rest.
const ROWS_MAX: usize = 20;
/// Kinds of refusals that are explained.
const REFUSALS_EXPLAINED: usize = 3;

/// What the page is made of.
pub(crate) struct Arrivals {
    pub recent: Recent,
    /// Names of the write keys there are.
    pub keys: Vec<String>,
    /// Where this server is reached, as the browser says.
    pub server: String,
    /// The site the owner wants to see data of.
    pub site: Option<String>,
    /// Whether the browser that looks asks not to be tracked.
    pub is_untracked: bool,
    pub now: Time,
    pub zone: Zone,
}

#[derive(Template)]
#[template(path = "sources.html")]
pub(crate) struct SourcesPage {
    frame: Frame,
    sentence: String,
    wrong: Vec<String>,
    server: String,
    site: String,
    keys: Vec<String>,
    batches: Vec<[String; 6]>,
    refusals: Vec<[String; 4]>,
}

pub(crate) fn sources(arrivals: &Arrivals, frame: Frame) -> SourcesPage {
    let recent = &arrivals.recent;
    let clock = |time| words::instant(time, &arrivals.zone);
    let dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".to_owned());
    let batches = recent.batches.iter().take(ROWS_MAX).map(|batch| {
        let outcome = match batch.turned_away {
            Some(why) => why.replace('_', " "),
            None => outcome(batch),
        };
        let key = dash(&batch.key);
        [
            clock(batch.at),
            batch.protocol.to_owned(),
            key,
            dash(&batch.site),
            words::count(batch.admitted as u64),
            outcome,
        ]
    });
    let refusals = recent.refusals.iter().take(ROWS_MAX).map(|refusal| {
        [
            clock(refusal.at),
            refusal.protocol.to_owned(),
            refusal.code.to_owned(),
            refusal.message.clone(),
        ]
    });
    SourcesPage {
        sentence: sentence(arrivals),
        wrong: wrong(arrivals),
        server: arrivals.server.clone(),
        site: arrivals.site.clone().unwrap_or_default(),
        keys: arrivals.keys.clone(),
        batches: batches.collect(),
        refusals: refusals.collect(),
        frame,
    }
}

fn outcome(batch: &crate::collect::BatchNote) -> String {
    let parts = [
        (batch.duplicates, "known already"),
        (batch.marked, "marked"),
        (batch.passed, "passed over"),
        (batch.refused, "refused"),
    ];
    let said: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{} {what}", words::count(*count as u64)))
        .collect();
    if said.is_empty() {
        "all kept".to_owned()
    } else {
        said.join(", ")
    }
}

fn sentence(arrivals: &Arrivals) -> String {
    let recent = &arrivals.recent;
    let Some(last) = recent.batches.iter().find(|batch| batch.admitted > 0) else {
        return if recent.batches.is_empty() {
            "Nothing has arrived since the server started.".to_owned()
        } else {
            "Something arrives, but nothing of it can be kept yet.".to_owned()
        };
    };
    let seconds = (arrivals.now.micros() - last.at.micros()).max(0) / 1_000_000;
    let ago = match seconds {
        0..60 => "within the last minute".to_owned(),
        60..3_600 => format!("{} min ago", seconds / 60),
        _ => format!("on {}", words::instant(last.at, &arrivals.zone)),
    };
    let from = last.site.as_ref().map_or(String::new(), |site| format!(" from {site}"));
    let events = match recent.admitted {
        1 => "One event has".to_owned(),
        many => format!("{} events have", words::count(many)),
    };
    format!("{events} arrived since the server started, the last {ago}{from}.")
}

/// One sentence for each thing that is wrong, the likeliest cause first.
fn wrong(arrivals: &Arrivals) -> Vec<String> {
    let (recent, mut wrong) = (&arrivals.recent, Vec::new());
    if arrivals.keys.is_empty() {
        wrong.push(
            "There is no write key yet. Make one with longplay key create --name website and put it into the snippet."
                .to_owned(),
        );
    }
    if recent.batches.is_empty() {
        wrong.push(format!(
            "No request has come at all. See that the snippet is in the page's head, that a visitor's browser reaches \
             {server}/longplay.js, and that data-consent is not “off”. An ad blocker keeps it silent too.",
            server = arrivals.server
        ));
    }
    turned_away(recent, &mut wrong);
    if recent.admitted == 0 && !recent.refused.is_empty() {
        wrong.push("Every item that arrived was refused, for the reasons below.".to_owned());
    }
    for (code, count) in recent.refused.iter().take(REFUSALS_EXPLAINED) {
        let example = recent.refusals.iter().find(|refusal| refusal.code == *code);
        let example = example.map_or(String::new(), |refusal| format!(" The last: {}.", refusal.message));
        wrong.push(format!(
            "Refused as {}: {}.{example}",
            code.replace('_', " "),
            words::count(*count)
        ));
    }
    if recent.admitted > 0 && recent.marked == recent.admitted {
        wrong.push(
            "Everything that arrived is marked as sent by programs or as your own visits, so answers leave it out. A \
             browser stops counting as yours when it opens your site with #longplay-not-own."
                .to_owned(),
        );
    }
    wrong.extend(site(arrivals));
    if arrivals.is_untracked {
        wrong.push(
            "This browser asks not to be tracked (Do Not Track or Global Privacy Control), so the snippet sends nothing \
             from it. Use another browser to try it."
                .to_owned(),
        );
    }
    wrong
}

fn turned_away(recent: &Recent, wrong: &mut Vec<String>) {
    for (code, count) in &recent.turned_away {
        let last = recent.batches.iter().find(|batch| batch.turned_away == Some(code));
        let from = last
            .and_then(|batch| batch.site.as_ref())
            .map_or(String::new(), |site| format!(", the last from {site}"));
        let requests = match count {
            1 => "One request".to_owned(),
            many => format!("{} requests", words::count(*many)),
        };
        wrong.push(match *code {
            "key_unknown" => format!(
                "{requests} came with a key that is not known{from}. Compare data-key with the key that was shown when it was \
                 made; a lost key can't be shown again, so make a new one."
            ),
            "key_missing" => format!("{requests} came without a key{from}. Put it into data-key, or where your SDK has its write key."),
            "busy" => format!("{requests} found no room{from} and were asked to come again; SDKs do that by themselves."),
            other => format!("{requests} could not be read{from}: {}.", other.replace('_', " ")),
        });
    }
}

/// Whether the site the owner named is among those that send.
fn site(arrivals: &Arrivals) -> Option<String> {
    let wanted = arrivals.site.as_ref()?;
    let sites = &arrivals.recent.sites;
    if sites.contains_key(wanted) {
        return None;
    }
    let others: Vec<&str> = sites.keys().map(String::as_str).take(5).collect();
    Some(match others.as_slice() {
        [] => format!("Nothing came from a page of {wanted}, nor of any other site."),
        others => format!(
            "Nothing came from a page of {wanted}. What came is from {}.",
            others.join(", ")
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::{BatchNote, RefusalNote};

    fn arrivals() -> Arrivals {
        Arrivals {
            recent: Recent::default(),
            keys: vec!["website".to_owned()],
            server: "https://stats.example".to_owned(),
            site: None,
            is_untracked: false,
            now: Time::from_micros(1_000_000_000),
            zone: Zone::utc(),
        }
    }

    fn batch(site: &str, admitted: usize, turned_away: Option<&'static str>) -> BatchNote {
        let site = Some(site.to_owned());
        BatchNote {
            site,
            admitted,
            turned_away,
            ..BatchNote::at(Time::from_micros(940_000_000), "segment")
        }
    }

    #[test]
    fn nothing_wrong_is_said_when_nothing_is() {
        let mut arrivals = arrivals();
        arrivals.recent.note(batch("shop.example", 3, None), Vec::new());
        arrivals.site = Some("shop.example".to_owned());
        assert_eq!(wrong(&arrivals), [""; 0]);
        assert_eq!(
            sentence(&arrivals),
            "3 events have arrived since the server started, the last 1 min ago from shop.example."
        );
    }

    #[test]
    fn each_fault_is_named() {
        let says = |arrivals: &Arrivals, words: &str| {
            let wrong = wrong(arrivals);
            assert!(wrong.iter().any(|one| one.contains(words)), "{words}: {wrong:?}");
        };
        let mut silent = arrivals();
        silent.keys.clear();
        silent.is_untracked = true;
        says(&silent, "no write key");
        says(&silent, "No request has come at all");
        says(&silent, "asks not to be tracked");
        let mut wrong_key = arrivals();
        wrong_key
            .recent
            .note(batch("shop.example", 0, Some("key_unknown")), Vec::new());
        says(
            &wrong_key,
            "One request came with a key that is not known, the last from shop.example",
        );
        let mut elsewhere = arrivals();
        elsewhere.recent.note(batch("blog.example", 1, None), Vec::new());
        elsewhere.site = Some("shop.example".to_owned());
        says(&elsewhere, "What came is from blog.example");
        let mut refused = arrivals();
        let refusal = RefusalNote {
            at: arrivals().now,
            protocol: "segment",
            item: 1,
            code: "person_missing",
            message: "no person".to_owned(),
        };
        refused.recent.note(
            BatchNote {
                refused: 1,
                ..batch("shop.example", 0, None)
            },
            vec![refusal],
        );
        says(&refused, "Every item that arrived was refused");
        says(&refused, "Refused as person missing: 1. The last: no person.");
        let mut own = arrivals();
        own.recent.note(
            BatchNote {
                marked: 2,
                ..batch("shop.example", 2, None)
            },
            Vec::new(),
        );
        says(&own, "marked as sent by programs or as your own visits");
    }
}
