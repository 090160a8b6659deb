//! `longplay restore`: a backup becomes a data directory again.

use std::path::PathBuf;

use anyhow::Context;

use crate::{
    config::Config,
    exit::Exit,
    output::{self, progress},
};

/// Make a data directory of a backup
///
/// The directory named with --data must be empty or not there yet. Every checksum is compared and everything is checked
/// before it is put in place; when anything is wrong, nothing is left behind.
#[derive(clap::Args)]
pub struct Args {
    /// A file that `longplay backup` wrote
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub fn run(args: &Args, config: &Config) -> anyhow::Result<Exit> {
    let data = config.data();
    let bar = progress::bar(0, "restoring");
    let kept = longplay_store::restore(&args.file, data, config.now, &mut |done, all| {
        bar.set_length(all);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    let kept = kept.with_context(|| format!("{}: could not be restored", args.file.display()))?;
    output::line(&format!(
        "{}: {} files restored, and everything in them is as it must be.",
        data.display(),
        kept.files
    ))?;
    Ok(Exit::Ok)
}
