//! `longplay demo`: a made-up audience with known truth, built in seconds and served.

use std::path::Path;

use crate::{
    config::Config,
    demo,
    exit::Exit,
    serving::{self, Pace, Place, ServeLock},
    wiring,
};

const DATA_DEFAULT: &str = "./longplay-demo";

/// Build a made-up audience whose truth is known, and serve it
///
/// The audience is a year of an invented instrument maker, ending yesterday. It is kept in its own directory and used
/// again next time; delete the directory for a fresh year.
#[derive(clap::Args)]
pub struct Args {
    /// Address and port; port 0 takes any free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7070")]
    listen: String,
    /// Only build the audience
    #[arg(long)]
    build_only: bool,
}

pub fn run(args: &Args, config: &Config) -> anyhow::Result<Exit> {
    wiring::log_to_stderr(config);
    let data = config.data_or(Path::new(DATA_DEFAULT));
    demo::must_be_ours(data)?;
    let lock = ServeLock::take(data)?;
    let store = demo::open_or_build(data, config)?;
    if args.build_only {
        return Ok(Exit::Ok);
    }
    // Nobody in it is real, so everybody may read it.
    let place = Place {
        listen: &args.listen,
        trusted_proxies: Vec::new(),
        may_be_open: true,
        // Its directory is its own: deleting that is how it goes.
        may_be_a_demo: false,
    };
    serving::serve(store, place, Pace::of(config), lock)
}
