//! `longplay ask`: one question, one answer.

use std::io::Write;

use longplay_domain::{Day, Period, Rule, Time, Zone};
use longplay_measures::{ALL, About, Against, Answer, By, Key, Question, over_time::MONTHS_MAX};
use longplay_store::Store;

use super::ideal::rule_of;
use crate::{
    config::Config,
    exit::{Exit, Usage},
    export::{Shape, Sheet, answers},
    output::{self, figures},
    wiring,
};

/// Ask a question about your audience
#[derive(clap::Args)]
pub struct Args {
    /// Which question; all answers every standing one from one pass over the events
    #[arg(value_name = "KEY", value_parser = clap::builder::PossibleValuesParser::new(keys()))]
    key: String,
    /// Answer as if nothing had happened after this day (2026-03-01) or instant (2026-03-01T09:30:00Z) [default: now]
    #[arg(long, value_name = "DATE|TIME")]
    as_of: Option<AsOf>,
    /// Only people whose first day is this one or later; of credit: only goals reached on this day or later
    #[arg(long, value_name = "DATE", value_parser = day)]
    from: Option<Day>,
    /// Only people whose first day is before this one; of credit: only goals reached before it
    #[arg(long, value_name = "DATE", value_parser = day)]
    to: Option<Day>,
    /// Only people of a saved segment (longplay segment)
    #[arg(long, value_name = "NAME")]
    segment: Option<String>,
    /// Only people of whom this rule says yes, such as "country is AT and did purchased" (longplay ideal)
    #[arg(long = "where", value_name = "RULE")]
    whose: Option<String>,
    /// By what the figures are broken down
    #[arg(long, value_name = "WHAT", default_value = By::Piece.name(),
          value_parser = clap::builder::PossibleValuesParser::new(By::ALL.map(By::name)))]
    by: String,
    /// Compare with another period: as many days right before, the same days a year before, or the same weekdays before;
    /// needs --from and --to
    #[arg(long, value_name = "PERIOD", requires_all = ["from", "to"],
          value_parser = clap::builder::PossibleValuesParser::new(Against::ALL.map(Against::name)))]
    compare: Option<String>,
    /// Which goal credit is about [default: purchase if anybody bought, else the goal reached most], or from which fit learns
    /// who is likely to reach it [default: purchase]
    #[arg(long, value_name = "NAME")]
    goal: Option<String>,
    /// Level of the intervals, between 0 and 1
    #[arg(long, value_name = "LEVEL", default_value_t = Question::LEVEL_DEFAULT, value_parser = level)]
    level: f64,
    /// lift: about this piece instead of every detected hit
    #[arg(long, value_name = "ID")]
    piece: Option<String>,
    /// lift: about the days from this one on
    #[arg(long, value_name = "DATE", value_parser = day)]
    start: Option<Day>,
    /// lift: up to this day, which is included [default: the seventh day]
    #[arg(long, value_name = "DATE", value_parser = day, requires = "start")]
    end: Option<Day>,
    /// durability: also as it was at the end of each of so many past months
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=i64::from(MONTHS_MAX)))]
    months: Option<u16>,
    /// Print the whole answer as JSON
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// Print the figures as CSV; text that looks like a formula gets an apostrophe in front
    #[arg(long)]
    csv: bool,
}

/// Up to when events exist, as given: a day means its last microsecond in the zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AsOf {
    Day(Day),
    Time(Time),
}

impl std::str::FromStr for AsOf {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let has_clock = text.contains(':');
        let time = || {
            Time::parse(text, &Zone::utc())
                .filter(|_| has_clock && has_offset(text))
                .map(Self::Time)
        };
        Day::parse(text).map(Self::Day).or_else(time).ok_or_else(|| {
            "write a day such as 2026-03-01 or an instant with its offset such as 2026-03-01T09:30:00Z".to_owned()
        })
    }
}

/// An instant without an offset would mean another one in every zone.
fn has_offset(text: &str) -> bool {
    let clock = text.get(10..).unwrap_or("");
    clock.contains(['Z', 'z', '+', '-'])
}

impl AsOf {
    pub fn time(&self, zone: &Zone) -> Time {
        match self {
            Self::Day(day) => zone.end_of(*day),
            Self::Time(time) => *time,
        }
    }
}

fn day(text: &str) -> Result<Day, String> {
    Day::parse(text).ok_or_else(|| "write a day as YYYY-MM-DD".to_owned())
}

/// A level of intervals.
pub fn level(text: &str) -> Result<f64, String> {
    let level: f64 = text
        .parse()
        .map_err(|_| "write a number between 0 and 1, such as 0.9".to_owned())?;
    if level > 0.0 && level < 1.0 {
        Ok(level)
    } else {
        Err("a level lies between 0 and 1, such as 0.9".to_owned())
    }
}

/// What may be asked.
fn keys() -> impl Iterator<Item = &'static str> {
    Key::ALL.into_iter().map(Key::name).chain([ALL])
}

pub fn run(args: &Args, config: &Config) -> anyhow::Result<Exit> {
    if let (Some(from), Some(to)) = (args.from, args.to)
        && from >= to
    {
        return Err(Usage(format!(
            "--from {from} must lie before --to {to}: the day of --to no longer belongs to it"
        ))
        .into());
    }
    let store = wiring::open_existing(config)?;
    let zone = wiring::zone_of(&store, config)?;
    let as_of = args.as_of.as_ref().map_or(config.now, |as_of| as_of.time(&zone));
    let Some(by) = By::named(&args.by) else {
        return Err(Usage(format!("nothing can be broken down by “{}”", args.by)).into());
    };
    let key = Key::named(&args.key);
    if let Some(goal) = &args.goal {
        check_goal(goal, key, &store)?;
    }
    let about = About::of(key, args.piece.clone(), (args.start, args.end)).map_err(|why| Usage(why.to_owned()))?;
    let period = Period {
        from: args.from,
        to: args.to,
    };
    let question = Question {
        period,
        by,
        against: args.compare.as_deref().and_then(Against::named),
        level: args.level,
        goal: args.goal.clone(),
        about,
        whose: whose(args, &store)?,
        months: months(args, key)?,
        ..Question::new(key.unwrap_or(Key::ALL[0]), as_of, zone)
    };
    if key.is_some() {
        let answer = longplay_measures::ask(&question, &store)?;
        if args.json {
            output::json(&answer)?;
        } else {
            print(&[answer], args)?;
        }
    } else {
        let edition = longplay_measures::ask_all(&question, &store)?;
        if args.json {
            output::json(&edition)?;
        } else {
            print(&edition.answers, args)?;
        }
    }
    Ok(Exit::Ok)
}

/// Past months are asked of a question that is told by month.
fn months(args: &Args, key: Option<Key>) -> anyhow::Result<u16> {
    match args.months {
        Some(_) if !key.is_some_and(Key::is_told_by_month) => {
            Err(Usage("--months belongs to durability alone".to_owned()).into())
        }
        months => Ok(months.unwrap_or(0)),
    }
}

/// A goal is asked of a question that is about one, and by a name that there is.
fn check_goal(goal: &str, key: Option<Key>, store: &Store) -> anyhow::Result<()> {
    if let Some(key) = key.filter(|key| !key.is_about_a_goal()) {
        let message = format!(
            "--goal belongs to credit and fit; {} is about every goal or none",
            key.name()
        );
        return Err(Usage(message).into());
    }
    let names: Vec<String> = store.goals()?.into_iter().map(|goal| goal.name).collect();
    if names.iter().any(|name| name == goal) {
        return Ok(());
    }
    let known = if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    };
    Err(Usage(format!("there is no goal “{goal}”; there are {known}")).into())
}

/// Whom the question is about, where not everybody: both are asked of them where both are given.
fn whose(args: &Args, store: &Store) -> anyhow::Result<Option<Rule>> {
    let rule = args.whose.as_deref().map(rule_of).transpose()?;
    let Some(name) = &args.segment else { return Ok(rule) };
    let Some(segment) = store.saved_segment(name)? else {
        return Err(Usage(format!("there is no segment “{name}”; see longplay segment list")).into());
    };
    Ok(Some(match rule {
        Some(rule) => segment.and(rule),
        None => segment,
    }))
}

fn print(answers: &[Answer], args: &Args) -> anyhow::Result<()> {
    if args.csv {
        let mut sheet = Sheet::begin(Shape::Csv, None, answers::schema())?;
        for answer in answers {
            sheet.write(&answers::batch(answer)?)?;
        }
        return sheet.finish();
    }
    let mut out = output::stdout();
    for (index, answer) in answers.iter().enumerate() {
        if answers.len() > 1 {
            let gap = if index > 0 { "\n" } else { "" };
            writeln!(out, "{gap}── {} ──\n", answer.question)?;
        }
        figures::write_for_people(answer, &mut out)?;
    }
    out.flush()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_means_its_last_microsecond_in_the_zone() {
        let vienna = Zone::named("Europe/Vienna").unwrap();
        let as_of: AsOf = "2026-03-01".parse().unwrap();
        assert_eq!(as_of.time(&vienna).to_string(), "2026-03-01T22:59:59.999999Z");
        let as_of: AsOf = "2026-03-01T09:30:00+01:00".parse().unwrap();
        assert_eq!(as_of.time(&vienna).to_string(), "2026-03-01T08:30:00Z");
    }

    #[test]
    fn what_is_neither_a_day_nor_an_instant_is_refused() {
        for wrong in [
            "",
            "yesterday",
            "2026-13-01",
            "2026-03-01T09:30:00",
            "1700000000",
            "12:30",
        ] {
            assert!(wrong.parse::<AsOf>().is_err(), "{wrong}");
        }
        for wrong in ["0", "1", "-0.5", "90", "NaN", "x"] {
            assert!(level(wrong).is_err(), "{wrong}");
        }
    }
}
