//! `longplay export`: rows for other programs.

use std::path::PathBuf;

use longplay_measures::{Key, Question};

use super::ask::AsOf;
use crate::{
    config::Config,
    exit::{Exit, Usage},
    export::{Shape, Sheet, answers, events, recurrence},
    wiring,
};

/// Export rows: what models read, every event, or every figure
///
/// In CSV, text that a spreadsheet would take for a formula gets an apostrophe in front.
#[derive(clap::Args)]
pub struct Args {
    /// Which rows
    what: What,
    /// Export as if nothing had happened after this day (2026-03-01) or instant (2026-03-01T09:30:00Z) [default: now]
    #[arg(long, value_name = "DATE|TIME")]
    as_of: Option<AsOf>,
    /// How the rows are written
    #[arg(long, default_value = "csv")]
    format: Shape,
    /// Write to this file instead of stdout; an existing file is replaced
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum What {
    /// person, x, t_x, T: distinct days of return, last and present age in days
    Recurrence,
    /// Every event, with the columns of the lake
    Events,
    /// Every figure of every question
    Answers,
}

pub fn run(args: &Args, config: &Config) -> anyhow::Result<Exit> {
    if args.format == Shape::Parquet && args.out.is_none() {
        return Err(Usage("Parquet is not for a terminal or a pipe; name a file with --out".to_owned()).into());
    }
    let store = wiring::open_existing(config)?;
    let zone = wiring::zone_of(&store, config)?;
    let as_of = args.as_of.as_ref().map_or(config.now, |as_of| as_of.time(&zone));
    let begin = |schema| Sheet::begin(args.format, args.out.as_deref(), schema);
    match args.what {
        What::Recurrence => recurrence::write(&store.snapshot()?, as_of, &zone, begin)?,
        What::Events => events::write(&store.snapshot()?, as_of, begin)?,
        What::Answers => {
            let mut sheet = begin(answers::schema())?;
            for key in Key::ALL {
                let answer = longplay_measures::ask(&Question::new(key, as_of, zone.clone()), &store)?;
                sheet.write(&answers::batch(&answer)?)?;
            }
            sheet.finish()?;
        }
    }
    Ok(Exit::Ok)
}
