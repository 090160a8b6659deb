//! Where concrete parts meet: a workspace is a data directory opened as a store, with the zone its days are counted in.

use anyhow::Context;
use longplay_domain::{Gate, PersonKey, Zone};
use longplay_store::Store;

use crate::{config::Config, exit::Usage};

/// Opens the workspace to write to it, creating it when there is none. A stated zone becomes the workspace's own, once.
pub fn open(config: &Config) -> anyhow::Result<Store> {
    let data = config.data();
    let store =
        Store::open(data, config.now).with_context(|| format!("{}: the workspace can't be opened", data.display()))?;
    settle_zone(&store, config)?;
    Ok(store)
}

/// Opens a workspace that must be there already; its zone stays what it is.
pub fn open_existing(config: &Config) -> anyhow::Result<Store> {
    Ok(Store::open_existing(config.data(), config.now)?)
}

/// The zone of this call: the stated one, else the workspace's.
pub fn zone_of(store: &Store, config: &Config) -> anyhow::Result<Zone> {
    match &config.zone {
        Some(zone) => Ok(zone.clone()),
        None => Ok(store.zone()?),
    }
}

/// What claims would be judged by, without creating a workspace that isn't there.
pub fn gate_of_dry_run(config: &Config) -> anyhow::Result<Gate> {
    if config.data().join("longplay.db").is_file() {
        let store = open_existing(config)?;
        return Ok(Gate {
            zone: zone_of(&store, config)?,
            ..store.gate(config.now)?
        });
    }
    // The secret only decides who is who, which a dry run doesn't tell.
    let zone = config.zone.clone().unwrap_or_else(Zone::utc);
    Ok(Gate::new(config.now, zone, PersonKey::new([0; 16])))
}

/// Days must not change their meaning under answers already given, so a workspace keeps the first zone it was told.
fn settle_zone(store: &Store, config: &Config) -> anyhow::Result<()> {
    let Some(asked) = &config.zone else { return Ok(()) };
    if !store.has_zone()? {
        return Ok(store.set_zone(asked)?);
    }
    let own = store.zone()?;
    if own.name() == asked.name() {
        return Ok(());
    }
    let message = format!(
        "--zone {asked}: the days of {data} are counted in {own} since its first use; leave --zone (and LONGPLAY_ZONE) out, or \
         name another directory with --data; ask and export take any --zone for the one call",
        asked = asked.name(),
        own = own.name(),
        data = config.data().display(),
    );
    Err(Usage(message).into())
}

/// What the server and the store log goes to stderr, as much of it as `LONGPLAY_LOG` asks for.
pub fn log_to_stderr(config: &Config) {
    let filter = tracing_subscriber::EnvFilter::new(&config.log);
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}
