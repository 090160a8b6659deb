//! The demo's directory: built once, rebuilt when the build didn't get to its end, and never one with somebody's data.
//!
//! A file says that the build is unfinished. It is written before anything else and deleted last.

use std::{fs, path::Path};

use anyhow::Context;
use longplay_domain::{Time, Zone};
use longplay_store::{Store, Verdict};

use super::{Audience, ZONE, truth::Truth};
use crate::{config::Config, output::progress};

const UNFINISHED: &str = "demo-unfinished";
const TRUTH: &str = "demo-truth.json";
/// The server's lock, which is held while we build.
const LOCK: &str = "serve.lock";
const BATCH_CLAIMS: usize = 16_384;

/// Refuses a directory that holds anything but a demo of ours.
pub fn must_be_ours(data: &Path) -> anyhow::Result<()> {
    let is_free = match fs::read_dir(data) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => true,
        Err(error) => return Err(error).with_context(|| format!("{}: can't be used for the demo", data.display())),
        Ok(entries) => entries.filter_map(Result::ok).all(|entry| entry.file_name() == LOCK),
    };
    if is_free || data.join(UNFINISHED).is_file() || data.join(TRUTH).is_file() {
        return Ok(());
    }
    anyhow::bail!(
        "{}: this directory is not empty and holds no demo, so it is left alone; name another with --data, or serve it with \
         longplay serve",
        data.display()
    )
}

/// The demo's store: the one that is there, or a new one. The caller holds the lock and has asked [`must_be_ours`].
pub fn open_or_build(data: &Path, config: &Config) -> anyhow::Result<Store> {
    if data.join(TRUTH).is_file() && !data.join(UNFINISHED).is_file() {
        let store = Store::open_existing(data, config.now)?;
        anyhow::ensure!(
            store.is_demo()?,
            "{}: this is no demo, so it is left alone; name another directory with --data",
            data.display()
        );
        return Ok(store);
    }
    clear(data).with_context(|| {
        format!(
            "{}: the unfinished demo can't be cleared away; delete the directory",
            data.display()
        )
    })?;
    let unfinished = data.join(UNFINISHED);
    let written = |path: &Path| format!("{}: can't be written", path.display());
    fs::write(&unfinished, "longplay demo was still building this directory.\n")
        .with_context(|| written(&unfinished))?;
    let store = build(data, config)?;
    fs::remove_file(&unfinished).with_context(|| written(&unfinished))?;
    Ok(store)
}

/// Takes away what an unfinished build left.
fn clear(data: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(data)? {
        let entry = entry?;
        let (path, is_directory) = (entry.path(), entry.file_type()?.is_dir());
        if entry.file_name() == LOCK || entry.file_name() == UNFINISHED {
            continue;
        }
        if is_directory {
            fs::remove_dir_all(path)?
        } else {
            fs::remove_file(path)?
        }
    }
    Ok(())
}

fn build(data: &Path, config: &Config) -> anyhow::Result<Store> {
    let store = Store::open(data, config.now)?;
    store.mark_demo()?;
    let zone = match &config.zone {
        Some(zone) => zone.clone(),
        None => Zone::named(ZONE).context("the time zone database lacks the demo's zone")?,
    };
    store.set_zone(&zone)?;
    let audience = Audience::of_year_before(config.now, zone);
    let truth = fill(&store, audience, config.now)?;
    let path = data.join(TRUTH);
    let truth = serde_json::to_vec_pretty(&truth)?;
    fs::write(&path, truth).with_context(|| format!("{}: can't be written", path.display()))?;
    Ok(store)
}

/// Brings the demo into a workspace that has nobody yet, on the owner's word; until it is all there, it is labelled already.
pub fn bring(store: &Store, now: Time) -> Result<(), String> {
    brought(store, now).map_err(|error| crate::exit::in_words(&error))
}

fn brought(store: &Store, now: Time) -> anyhow::Result<()> {
    let is_empty = store.totals()?.events == 0 && store.pieces()?.is_empty();
    anyhow::ensure!(
        is_empty,
        "there is an audience here already, and the made-up one would mix with it"
    );
    store.mark_demo()?;
    if !store.has_zone()? {
        store.set_zone(&Zone::named(ZONE).context("the time zone database lacks the demo's zone")?)?;
    }
    let audience = Audience::of_year_before(now, store.zone()?);
    fill(store, audience, now).map(drop)
}

/// Puts the audience in, and gives back what is true of it.
fn fill(store: &Store, audience: Audience, now: Time) -> anyhow::Result<Truth> {
    let Audience {
        pieces,
        claims,
        samples,
        truth,
    } = audience;
    store.put_pieces(&pieces)?;
    store.put_samples(&samples)?;
    let bar = progress::bar(claims.len() as u64, "Building the demo's audience");
    let mut claims = claims.into_iter();
    loop {
        let batch: Vec<_> = claims.by_ref().take(BATCH_CLAIMS).collect();
        let Some(length) = Some(batch.len()).filter(|length| *length > 0) else {
            break;
        };
        let receipt = store.accept(batch, now)?;
        store.make_room(now)?;
        let is_whole = receipt.verdicts.iter().all(|verdict| *verdict == Verdict::Admitted);
        anyhow::ensure!(
            is_whole,
            "the demo's own events were not all admitted; this is a fault of Longplay, please report it"
        );
        bar.inc(length as u64);
    }
    store.seal(now)?;
    bar.finish_and_clear();
    Ok(truth)
}
