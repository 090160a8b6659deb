//! `/people/person`: who somebody is and how we know, where they stand, when they were here, what they did, what the owner
//! wrote down; and their erasure, asked for once more and receipted.

use askama::Template;
use longplay_domain::{Day, Time, Zone};
use longplay_measures::people::{Whole, person_text};
use longplay_store::{ErasureReceipt, LinkInfo, PersonCard, PersonNote, TalkKind, Timeline};
use serde_json::Value;

use super::calendar::Calendar;
use super::people::{days, name};
use super::sections::ladder;
use super::words::{self, Scale};
use super::{Frame, Titles};

/// Everything a person's page is made of.
pub struct Someone {
    pub card: PersonCard,
    /// Absent for somebody who never did anything of their own accord.
    pub whole: Option<Whole>,
    pub notes: Vec<PersonNote>,
    pub timeline: Timeline,
    pub titles: Titles,
    pub today: Day,
    pub zone: Zone,
    /// Whether the timeline does not begin with the newest.
    pub is_older: bool,
    /// Why what was asked for was not done, and what was typed: text, channel, day, other, why.
    pub error: Option<String>,
    pub typed: [String; 5],
}

#[derive(Template)]
#[template(path = "person.html")]
pub struct PersonPage {
    frame: Frame,
    id: String,
    name: String,
    sentence: String,
    facts: Vec<[String; 2]>,
    calendar: Option<Calendar>,
    stages: Vec<[String; 2]>,
    handles: Vec<[String; 2]>,
    links: Vec<Shown>,
    tags: Vec<(i64, String)>,
    written: Vec<Written>,
    past: Vec<Past>,
    all: String,
    is_older: bool,
    older: Option<String>,
    error: Option<String>,
    typed: [String; 5],
}

/// A link as the page shows it.
struct Shown {
    id: String,
    words: String,
    is_in_force: bool,
}

/// Something written down.
struct Written {
    number: i64,
    what: String,
    when: String,
    text: String,
    /// Whether it may be taken away again here.
    is_own: bool,
}

/// Something that happened, after a gap.
struct Past {
    /// How long nothing happened between this and the next newer one.
    gap: Option<String>,
    when: String,
    what: String,
    on: Option<(String, String)>,
    facts: String,
}

/// The page of a person.
pub fn person(someone: &Someone, frame: Frame) -> PersonPage {
    let Someone { card, whole, zone, .. } = someone;
    let id = format!("{:016x}", card.person);
    let name = whole.as_ref().map(|whole| name(&whole.row));
    PersonPage {
        name: name.unwrap_or_else(|| shown_name(card)),
        sentence: whole.as_ref().map_or_else(
            || "Did nothing of their own accord yet, so nothing is counted.".to_owned(),
            |whole| sentence(whole, someone.today),
        ),
        facts: facts(someone),
        calendar: whole
            .as_ref()
            .map(|whole| Calendar::of(&whole.present_on, someone.today)),
        stages: whole.as_ref().map(stages).unwrap_or_default(),
        handles: card.handles.iter().map(|handle| kind_and_value(handle)).collect(),
        links: card.links.iter().map(|link| shown(link, zone)).collect(),
        tags: tags(&someone.notes),
        written: someone
            .notes
            .iter()
            .rev()
            .filter_map(|note| written(note, zone))
            .collect(),
        past: past(someone),
        all: words::count(someone.timeline.all),
        is_older: someone.is_older,
        older: someone
            .timeline
            .before
            .map(|before| format!("{}&before={before}", super::people::address(&id))),
        error: someone.error.as_deref().map(words::capital),
        typed: someone.typed.clone(),
        id,
        frame,
    }
}

fn shown_name(card: &PersonCard) -> String {
    let handle = longplay_measures::talk::best_name(&card.handles);
    handle.map_or_else(
        || "Somebody whose name is not known".to_owned(),
        |handle| kind_and_value(handle)[1].clone(),
    )
}

fn kind_and_value(handle: &str) -> [String; 2] {
    let (kind, value) = handle.split_once(':').unwrap_or(("custom", handle));
    [kind.replace('_', " "), value.to_owned()]
}

fn sentence(whole: &Whole, today: Day) -> String {
    let row = &whole.row;
    let since = whole.stages.last().map(|from| from.day);
    let step = match since {
        Some(since) => format!("{} since {}", ladder::name(row.stage), words::day(since)),
        None => ladder::name(row.stage),
    };
    let away = match today.since(row.last_seen) {
        ..=0 => "here today".to_owned(),
        1 => "last here yesterday".to_owned(),
        away => format!("last here {} ago", days(away)),
    };
    match row.days {
        1 => format!("{step}: here on one day, {}.", words::day(row.first_seen)),
        here => format!(
            "{step}: here on {} days, about every {}, and {away}.",
            words::count(here as u64),
            if row.usual_gap_days == 1 {
                "day".to_owned()
            } else {
                days(row.usual_gap_days)
            }
        ),
    }
}

fn facts(someone: &Someone) -> Vec<[String; 2]> {
    let Some(whole) = &someone.whole else { return Vec::new() };
    let row = &whole.row;
    let mut facts = vec![
        ["First here".to_owned(), words::day(row.first_seen)],
        ["Last here".to_owned(), words::day(row.last_seen)],
        [
            "Presence".to_owned(),
            format!(
                "{}: still there with a chance of {} in 100, a bet for a single person",
                row.presence,
                words::short((row.p_alive * 100.0).round())
            ),
        ],
    ];
    if let Some(piece) = &row.piece {
        facts.push(["Came through".to_owned(), someone.titles.of(piece).to_owned()]);
    }
    if whole.is_regular {
        facts.push(["A regular".to_owned(), "yes, by your rule".to_owned()]);
    }
    let spent = row
        .spent
        .iter()
        .map(|spent| Scale::of(&spent.currency, []).say(spent.value));
    let spent: Vec<String> = spent.collect();
    if !spent.is_empty() {
        facts.push(["Spent, less refunds".to_owned(), spent.join(", ")]);
    }
    for reached in &whole.reached {
        facts.push([format!("Reached “{}”", reached.goal), words::day(reached.day)]);
    }
    facts
}

/// The newest first.
fn stages(whole: &Whole) -> Vec<[String; 2]> {
    let from = whole.stages.iter().rev();
    from.map(|from| [words::day(from.day), ladder::name(from.stage)])
        .collect()
}

fn shown(link: &LinkInfo, zone: &Zone) -> Shown {
    let said = match link.evidence.name() {
        "merge" => "you said so".to_owned(),
        evidence => evidence.replace('_', " "),
    };
    let why = link.why.as_deref().map_or_else(String::new, |why| format!(": “{why}”"));
    let state = match (link.undone_at, link.is_in_force) {
        (Some(at), _) => format!("; undone on {}", words::day(zone.day_of(at))),
        (None, true) => String::new(),
        (None, false) => "; does not hold, it was said of somebody else before".to_owned(),
    };
    Shown {
        id: link.id.clone(),
        words: format!(
            "{} and {}: {said}{why}, on {}{state}",
            link.from,
            link.to,
            words::day(zone.day_of(link.at))
        ),
        is_in_force: link.is_in_force,
    }
}

fn tags(notes: &[PersonNote]) -> Vec<(i64, String)> {
    let tags = notes
        .iter()
        .filter_map(|note| Some((note.number, note.tag()?.to_owned())));
    tags.collect()
}

fn written(PersonNote { number, note }: &PersonNote, zone: &Zone) -> Option<Written> {
    let what = match note.kind {
        TalkKind::Tag => return None,
        TalkKind::Note => "Note".to_owned(),
        TalkKind::Contact => format!("Contact by {}", note.channel.as_deref().unwrap_or("whatever channel")),
        TalkKind::Done => "Dealt with".to_owned(),
        TalkKind::Snooze => match note.until {
            Some(until) => format!("Left out of the list until {}", words::day(zone.day_of(until))),
            None => "Left out of the list".to_owned(),
        },
        TalkKind::Never => "Left out of the list for good".to_owned(),
        TalkKind::Shown => "On a day’s list".to_owned(),
        TalkKind::Held => "Held out of a day’s list, to learn whether talking helps".to_owned(),
    };
    Some(Written {
        number: *number,
        what,
        when: words::day(zone.day_of(note.at)),
        text: note.why.clone().unwrap_or_default(),
        is_own: !matches!(note.kind, TalkKind::Shown | TalkKind::Held),
    })
}

fn past(someone: &Someone) -> Vec<Past> {
    let zone = &someone.zone;
    let mut newer: Option<Day> = (!someone.is_older).then_some(someone.today);
    let mut past = Vec::with_capacity(someone.timeline.events.len());
    for event in &someone.timeline.events {
        let time = event["time"].as_str().and_then(|time| Time::parse(time, zone));
        let day = time.map(|time| zone.day_of(time));
        let gap = newer
            .zip(day)
            .map(|(newer, day)| newer.since(day))
            .filter(|gap| *gap > 1);
        newer = day.or(newer);
        past.push(Past {
            gap: gap.map(|gap| format!("{} without anything", days(gap))),
            when: time.map_or_else(String::new, |time| words::instant(time, zone)),
            what: words::capital(event["event"].as_str().unwrap_or("something")),
            on: event["piece"].as_str().map(|piece| {
                let title = someone.titles.of(piece);
                (title.to_owned(), super::pieces::address(piece))
            }),
            facts: event_facts(event),
        });
    }
    past
}

/// What else is known of an event, short.
fn event_facts(event: &Value) -> String {
    let text = |key: &str| event[key].as_str().map(str::to_owned);
    let money = event["value_minor"].as_i64().zip(event["currency"].as_str());
    let money = money.map(|(minor, currency)| {
        let places = longplay_domain::Currency::parse(currency).map_or(2, |currency| currency.exponent());
        Scale::of(currency, []).say(minor as f64 / 10_f64.powi(places as i32))
    });
    let mark = text("mark").map(|mark| match mark.as_str() {
        "own" => "your own visit, in no answer".to_owned(),
        "bot" => "sent by a program, in no answer".to_owned(),
        other => format!("{other}, in no answer"),
    });
    let from = text("source")
        .or_else(|| text("referrer"))
        .map(|from| format!("from {from}"));
    let facts = [money, text("channel"), from, text("campaign"), text("country"), mark];
    facts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

#[derive(Template)]
#[template(path = "person_erase.html")]
pub struct ErasePage {
    frame: Frame,
    sentence: String,
    /// Whom, while it is asked; nobody once it is done.
    id: Option<String>,
    facts: Vec<[String; 2]>,
}

/// Asks once more.
pub fn erase(card: &PersonCard, frame: Frame) -> ErasePage {
    let events = match card.events {
        1 => "1 event".to_owned(),
        events => format!("{} events", words::count(events)),
    };
    ErasePage {
        sentence: format!("Erase {} everywhere, {events}, for good?", shown_name(card)),
        id: Some(person_text(longplay_domain::PersonId(card.person))),
        facts: Vec::new(),
        frame,
    }
}

/// What was done.
pub fn erased(receipt: &ErasureReceipt, zone: &Zone, frame: Frame) -> ErasePage {
    let row = |name: &str, value: String| [name.to_owned(), value];
    ErasePage {
        sentence: "Forgotten.".to_owned(),
        id: None,
        facts: vec![
            row("When", words::instant(receipt.at, zone)),
            row("Events", words::count(receipt.events)),
            row("Names", words::count(receipt.handles)),
            row("Links", words::count(receipt.links)),
            row("Files written anew", words::count(receipt.segments_rewritten)),
            row("Files deleted", words::count(receipt.files_removed)),
            row("Receipt", receipt.receipt.clone()),
            row("To know", words::capital(&receipt.note())),
        ],
        frame,
    }
}
