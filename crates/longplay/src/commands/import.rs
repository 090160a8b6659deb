//! `longplay import`: files from platforms, shops and programs into the workspace.

use std::{io::Write, path::PathBuf};

use longplay_intake::Format;
use longplay_store::Store;

use crate::{
    config::Config,
    exit::Exit,
    imports::{FileReport, ImportReport, Importer},
    output, wiring,
};

/// Failures of a file that say nothing about this machine: there was simply nothing in it for us.
const UNRECOGNISED: [&str; 4] = ["empty", "not_recognised", "too_large", "damaged"];

/// Import files: exports of platforms and shops, or events, pieces and samples of your own
///
/// Files are recognised by their content. Importing the same file again adds nothing.
#[derive(clap::Args)]
pub struct Args {
    /// CSV, JSON Lines, Parquet, spreadsheets and archives, as they were downloaded
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Read the files as this format instead of recognising them
    #[arg(long = "as", value_name = "FORMAT",
          value_parser = clap::builder::PossibleValuesParser::new(Format::ALL.iter().map(|format| format.name())))]
    format: Option<String>,
    /// The channel of everything that states none of its own
    #[arg(long, value_name = "CHANNEL")]
    channel: Option<String>,
    /// Only say what would be admitted
    #[arg(long)]
    dry_run: bool,
    /// Import nothing of a file with a refused row
    #[arg(long)]
    strict: bool,
    /// Print the report for programs
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args, config: &Config) -> anyhow::Result<Exit> {
    let store = if args.dry_run {
        None
    } else {
        Some(wiring::open(config)?)
    };
    let gate = match &store {
        Some(store) => store.gate(config.now)?,
        None => wiring::gate_of_dry_run(config)?,
    };
    let importer = Importer {
        store: store.as_ref(),
        data: config.data(),
        gate,
        format: args.format.as_deref().and_then(Format::named),
        channel: args.channel.clone(),
        strict: args.strict,
    };
    let mut report = ImportReport {
        dry_run: args.dry_run,
        ..ImportReport::default()
    };
    for path in &args.files {
        let file = importer.import(path);
        let trouble = file
            .error
            .as_ref()
            .map(|error| error.message.clone())
            .or_else(|| file.in_vain());
        if let Some(trouble) = trouble {
            eprintln!("longplay: {}", output::cell::shown(&trouble));
        }
        report.files.push(file);
    }
    let settled = store
        .as_ref()
        .map_or(Ok(()), |store| settle(store, &mut report, config));
    print(&report, args.json)?;
    settled?;
    Ok(exit_of(&report.files))
}

/// What was imported becomes part of the lake before the command returns, and the totals are told.
fn settle(store: &Store, report: &mut ImportReport, config: &Config) -> anyhow::Result<()> {
    store.seal(config.now)?;
    while store.merge(config.now)? {}
    store.expire(config.now)?;
    store.let_age(config.now)?;
    let totals = store.totals()?;
    (report.events_total, report.people_total) = (totals.events, totals.people);
    Ok(())
}

fn print(report: &ImportReport, json: bool) -> anyhow::Result<()> {
    if json {
        return output::json(report);
    }
    let mut out = output::stdout();
    report.write_for_people(&mut out)?;
    out.flush()?;
    Ok(())
}

fn exit_of(files: &[FileReport]) -> Exit {
    let failed: Vec<&str> = files
        .iter()
        .filter_map(|file| file.error.as_ref())
        .map(|error| error.code)
        .collect();
    let nothing_in_them = failed.iter().all(|code| UNRECOGNISED.contains(code));
    let took_something = files.iter().any(FileReport::took_anything);
    match (failed.is_empty(), took_something) {
        (true, true) => Exit::Ok,
        (_, false) if nothing_in_them => Exit::Nothing,
        _ => Exit::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imports::Remark;

    fn file(admitted: u64, refused: u64, error: Option<&'static str>) -> FileReport {
        let error = error.map(|code| Remark {
            code,
            message: String::new(),
        });
        FileReport {
            admitted,
            refused,
            error,
            ..FileReport::default()
        }
    }

    #[test]
    fn the_exit_says_what_came_of_it() {
        let good = || file(1, 1, None);
        assert_eq!(exit_of(&[good()]), Exit::Ok);
        assert_eq!(exit_of(&[file(0, 0, None)]), Exit::Nothing, "an export without rows");
        assert_eq!(exit_of(&[good(), file(0, 0, None)]), Exit::Ok);
        let known = FileReport {
            duplicates: 1,
            ..FileReport::default()
        };
        assert_eq!(exit_of(&[known]), Exit::Ok, "all of it was known already");
        assert_eq!(exit_of(&[file(0, 3, None)]), Exit::Nothing);
        assert_eq!(
            exit_of(&[file(0, 0, Some("not_recognised")), file(0, 0, Some("empty"))]),
            Exit::Nothing
        );
        assert_eq!(exit_of(&[good(), file(0, 0, Some("not_recognised"))]), Exit::Failed);
        assert_eq!(exit_of(&[file(0, 0, Some("no_permission"))]), Exit::Failed);
        assert_eq!(exit_of(&[file(0, 2, Some("strict"))]), Exit::Failed);
    }
}
