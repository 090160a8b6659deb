//! `longplay backup`: everything that can't be made again, in one file, while the server runs.

use std::path::PathBuf;

use anyhow::Context;

use crate::{
    config::Config,
    exit::Exit,
    output::{self, number, progress},
};

/// Write everything into one file, also while a server runs
///
/// The file holds one moment: everything acknowledged before the backup began. It is a plain tar file with checksums, and
/// appears whole or not at all. `longplay restore` reads it back.
#[derive(clap::Args)]
pub struct Args {
    /// The file to write
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Replace the file when there is one
    #[arg(long)]
    force: bool,
}

pub fn run(args: &Args, config: &Config) -> anyhow::Result<Exit> {
    let file = &args.file;
    if !args.force && file.exists() {
        anyhow::bail!(
            "{}: there is such a file already; name another, or replace it with --force",
            file.display()
        );
    }
    if file.is_dir() || file.file_name().is_none() {
        anyhow::bail!(
            "{}: a backup is a file, and this is none; name one in it",
            file.display()
        );
    }
    let bar = progress::bar(0, "backing up");
    let kept = longplay_store::backup(config.data(), file, config.now, &mut |done, all| {
        bar.set_length(all);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    let kept = kept.with_context(|| format!("{}: no backup was written", file.display()))?;
    output::line(&format!(
        "{}: {} files, {} bytes; {} events in segments and {} batches of the journal.",
        file.display(),
        number::count(kept.files),
        number::count(kept.bytes),
        number::count(kept.events),
        number::count(kept.batches)
    ))?;
    Ok(Exit::Ok)
}
