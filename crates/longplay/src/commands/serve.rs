//! `longplay serve`: the pages and the API, until told to stop.

use crate::{
    config::Config,
    exit::Exit,
    serving::{self, Pace, ServeLock},
    wiring,
};

/// Serve the pages and the API of a workspace
///
/// SIGTERM or Ctrl-C stops it within five seconds. Imports may run beside it. LONGPLAY_LOG=info in the environment makes
/// it say more on stderr.
#[derive(clap::Args)]
pub struct Args {
    /// Address and port; port 0 takes any free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7070")]
    listen: String,
}

pub fn run(args: &Args, config: &Config) -> anyhow::Result<Exit> {
    wiring::log_to_stderr(config);
    let lock = ServeLock::take(config.data())?;
    serving::serve(wiring::open(config)?, &args.listen, Pace::of(config), lock)
}
