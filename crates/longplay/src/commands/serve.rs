//! `longplay serve`: the pages and the API, until told to stop.

use ipnet::IpNet;

use crate::{
    config::Config,
    exit::Exit,
    serving::{self, Pace, Place, ServeLock},
    wiring,
};

/// Serve the pages and the API of a workspace
///
/// Listens to this machine alone unless told. Elsewhere it needs an account first: longplay account create NAME --role
/// owner. SIGTERM or Ctrl-C stops it within five seconds. Imports may run beside it. LONGPLAY_LOG=info in the environment makes
/// it say more on stderr.
#[derive(clap::Args)]
pub struct Args {
    /// Address and port; port 0 takes any free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7070")]
    listen: String,
    /// Addresses of proxies before this server, once for each: their X-Forwarded-For, -Proto and -Host are believed, nobody
    /// else's
    #[arg(long = "trusted-proxy", value_name = "CIDR")]
    trusted_proxies: Vec<IpNet>,
    /// Let everybody who reaches this server read the answers while there is no account, not this machine alone
    #[arg(long)]
    without_accounts: bool,
}

pub fn run(args: &Args, config: &Config) -> anyhow::Result<Exit> {
    wiring::log_to_stderr(config);
    let lock = ServeLock::take(config.data())?;
    let store = wiring::open(config)?;
    let place = Place {
        listen: &args.listen,
        trusted_proxies: args.trusted_proxies.clone(),
        may_be_open: args.without_accounts,
        may_be_a_demo: true,
    };
    serving::serve(store, place, Pace::of(config), lock)
}
