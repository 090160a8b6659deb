//! `longplay talk`: today's list, and what the owner did about it.

use clap::builder::RangedU64ValueParser;
use longplay_domain::{Handle, PersonId, Time};
use longplay_measures::{Key, Question, talk::Arm};
use longplay_store::{Store, TalkKind, TalkNote};
use serde_json::Value;

use crate::{
    config::Config,
    exit::{Exit, Usage},
    output::{self, table::Table},
    wiring,
};

const MICROS_PER_DAY: i64 = 86_400_000_000;

/// See whom to talk to today, and say what you did about it
///
/// PERSON is a handle such as email:ada@example.com, or the 16 digits that the list gives.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand)]
enum Verb {
    /// Print today's list, and note who was on it
    ///
    /// The note is what a comparison with those held out rests on; `longplay ask talk` gives the same list and notes nothing.
    Today {
        /// Print the whole answer as JSON
        #[arg(long)]
        json: bool,
    },
    /// Say that you dealt with somebody; they come back after four weeks at the earliest
    Done {
        person: String,
        /// Your words, kept with it
        #[arg(long, value_name = "TEXT")]
        why: Option<String>,
    },
    /// Leave somebody out for some days
    Snooze {
        person: String,
        #[arg(long, value_name = "DAYS", default_value_t = 7, value_parser = RangedU64ValueParser::<u32>::new().range(1..=3650))]
        days: u32,
        #[arg(long, value_name = "TEXT")]
        why: Option<String>,
    },
    /// Leave somebody out for good
    Never {
        person: String,
        #[arg(long, value_name = "TEXT")]
        why: Option<String>,
    },
    /// Note that you were in contact, in whatever channel
    Contact {
        person: String,
        /// Where: email, phone, mastodon …
        #[arg(long, value_name = "CHANNEL")]
        channel: String,
        /// When, if not now: a day, or an instant with its offset
        #[arg(long, value_name = "TIME")]
        at: Option<super::ask::AsOf>,
    },
    /// Say how many people you can talk to a day
    Capacity { people: u32 },
    /// Hold out a share of people at random (0 to 0.5), to learn whether talking helps
    Holdout { share: f64 },
}

pub fn run(args: &Args, config: &Config) -> anyhow::Result<Exit> {
    let store = wiring::open_existing(config)?;
    let now = config.now;
    let note = |person: &str, kind: TalkKind, why: &Option<String>| -> anyhow::Result<TalkNote> {
        let why = why.clone();
        Ok(TalkNote {
            why,
            ..TalkNote::new(person_of(&store, person)?, kind, now)
        })
    };
    let said = match &args.verb {
        Verb::Today { json } => return today(&store, config, *json),
        Verb::Done { person, why } => {
            store.note_talks(&[note(person, TalkKind::Done, why)?])?;
            format!("Noted: {person} is dealt with.")
        }
        Verb::Snooze { person, days, why } => {
            let until = Time::from_micros(now.micros() + i64::from(*days) * MICROS_PER_DAY);
            store.note_talks(&[TalkNote {
                until: Some(until),
                ..note(person, TalkKind::Snooze, why)?
            }])?;
            format!("Noted: {person} is left out for {days} days.")
        }
        Verb::Never { person, why } => {
            store.note_talks(&[note(person, TalkKind::Never, why)?])?;
            format!("Noted: {person} is left out for good.")
        }
        Verb::Contact { person, channel, at } => {
            let zone = wiring::zone_of(&store, config)?;
            let at = at.as_ref().map_or(now, |at| at.time(&zone).min(now));
            store.note_talks(&[TalkNote {
                at,
                channel: Some(channel.clone()),
                ..note(person, TalkKind::Contact, &None)?
            }])?;
            format!("Noted: you were in contact with {person} by {channel}.")
        }
        Verb::Capacity { people } => {
            store.set_talk_capacity(*people)?;
            format!("The list has at most {people} people a day.")
        }
        Verb::Holdout { share } => {
            store.set_talk_holdout(*share)?;
            format!("Of 1,000 people, {:.0} are held out of the list.", share * 1_000.0)
        }
    };
    output::line(&said)?;
    Ok(Exit::Ok)
}

/// The person of a handle, or of the 16 digits of a list.
fn person_of(store: &Store, text: &str) -> anyhow::Result<PersonId> {
    let is_key = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let key = if is_key {
        u64::from_str_radix(text, 16).ok().map(u64::cast_signed)
    } else {
        Handle::parse(text).map(|handle| store.key_of(&handle))
    };
    let key = key.ok_or_else(|| Usage(format!("“{text}” is neither a handle nor a person of the list")))?;
    let card = store.person_of(key)?;
    let card = card.ok_or_else(|| anyhow::anyhow!("nobody is known as “{text}”; `longplay ask talk` lists people"))?;
    Ok(PersonId(card.person))
}

fn today(store: &Store, config: &Config, is_json: bool) -> anyhow::Result<Exit> {
    let question = Question::new(Key::Talk, config.now, wiring::zone_of(store, config)?);
    let (answer, arms) = longplay_measures::todays_list(&question, store)?;
    let notes: Vec<TalkNote> = arms
        .into_iter()
        .map(|(person, arm)| match arm {
            Arm::Shown => TalkNote::new(person, TalkKind::Shown, config.now),
            Arm::Held => TalkNote::new(person, TalkKind::Held, config.now),
        })
        .collect();
    store.note_talks(&notes)?;
    if is_json {
        output::json(&answer)?;
        return Ok(Exit::Ok);
    }
    output::line(&answer.sentence)?;
    let mut table = Table::with(&["person", "known as", "why"]);
    let text = |row: &Value, key: &str| row[key].as_str().unwrap_or("").to_owned();
    for row in answer.rows.iter().filter(|row| row["kind"] == "person") {
        table.push(vec![text(row, "person"), text(row, "handle"), text(row, "evidence")]);
    }
    table.write(&mut output::stdout())?;
    Ok(Exit::Ok)
}
