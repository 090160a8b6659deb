//! `longplay hit`: what the owner says of unusual days.

use clap::builder::PossibleValuesParser;
use longplay_domain::{Day, HitMark, HitNote};
use serde_json::json;

use crate::{
    config::Config,
    exit::Exit,
    output::{self, table::Table},
    wiring,
};

/// Letters of a reason at most.
const WHY_LETTERS_MAX: usize = 500;

/// Say that an unusual day was unwanted, or how it came about
///
/// What is unwanted (a wave of programs, a mistake) is counted nowhere and stays among the rows; what is explained stays counted.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand)]
enum Verb {
    /// Keep a note on the hit that holds a day
    Mark {
        /// A piece's id or a channel's name, as `longplay ask hits --json` gives them
        #[arg(value_name = "CHANNEL|PIECE")]
        about: String,
        #[arg(value_name = "DAY", value_parser = day)]
        day: Day,
        #[arg(value_name = "MARK", value_parser = PossibleValuesParser::new(HitMark::ALL.map(HitMark::name)))]
        mark: String,
        /// In your own words, at most 500 letters
        #[arg(long, value_name = "TEXT", value_parser = why)]
        why: Option<String>,
    },
    /// List the notes
    List {
        /// Print {"notes": […]} for programs
        #[arg(long)]
        json: bool,
    },
    /// Take a note back
    Unmark {
        #[arg(value_name = "CHANNEL|PIECE")]
        about: String,
        #[arg(value_name = "DAY", value_parser = day)]
        day: Day,
    },
}

fn day(text: &str) -> Result<Day, String> {
    Day::parse(text).ok_or_else(|| "write a day as YYYY-MM-DD".to_owned())
}

fn why(text: &str) -> Result<String, String> {
    let why = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if why.chars().count() <= WHY_LETTERS_MAX {
        Ok(why)
    } else {
        Err(format!("write at most {WHY_LETTERS_MAX} letters"))
    }
}

pub fn run(args: Args, config: &Config) -> anyhow::Result<Exit> {
    match args.verb {
        Verb::Mark { about, day, mark, why } => {
            // Clap lets no other name through.
            let mark = HitMark::named(&mark).unwrap_or(HitMark::Explained);
            let why = why.filter(|why| !why.is_empty());
            let note = HitNote { about, day, mark, why };
            wiring::open(config)?.put_hit_note(&note)?;
            output::line(&format!("The hit of {} on {day} is {}.", note.about, note.mark.name()))?;
        }
        Verb::List { json } => list(json, config)?,
        Verb::Unmark { about, day } => {
            if !wiring::open_existing(config)?.remove_hit_note(&about, day)? {
                anyhow::bail!("there is no note on {about} for {day}; see longplay hit list");
            }
            output::line(&format!("The note on {about} for {day} is taken back."))?;
        }
    }
    Ok(Exit::Ok)
}

fn list(json: bool, config: &Config) -> anyhow::Result<()> {
    let notes = wiring::open_existing(config)?.hit_notes()?;
    if json {
        return output::json(&json!({ "notes": notes }));
    }
    let mut table = Table::with(&["day", "about", "mark", "why"]);
    for note in notes {
        let cells = [
            note.day.to_string(),
            note.about,
            note.mark.name().to_owned(),
            note.why.unwrap_or_default(),
        ];
        table.push(cells.into());
    }
    table.write(&mut output::stdout())?;
    Ok(())
}
