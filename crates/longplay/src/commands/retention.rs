//! `longplay retention`: for how long events are kept.

use serde_json::json;

use crate::{
    config::Config,
    exit::{Exit, Usage},
    output, wiring,
};

/// Show or set for how many days events are kept
///
/// Without DAYS it says what is set. What is older is refused from then on, and removed within a week of growing too old, by
/// `longplay serve` and after every import. People of whom no event is left lose their links too.
#[derive(clap::Args)]
pub struct Args {
    /// A number of days, or off to keep everything
    #[arg(value_name = "DAYS|off")]
    days: Option<String>,
    /// Print {"days": …} for programs; null when everything is kept
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args, config: &Config) -> anyhow::Result<Exit> {
    let store = wiring::open_existing(config)?;
    if let Some(text) = &args.days {
        let days = match text.as_str() {
            "off" => None,
            text => {
                let days = text.parse();
                let days = days.map_err(|_| Usage(format!("“{text}” is no number of days; write one, or off")))?;
                Some(days)
            }
        };
        store.set_retention(days)?;
        store.let_age(config.now)?;
    }
    let days = store.retention()?;
    if args.json {
        output::json(&json!({ "days": days }))?;
    } else {
        output::line(&match days {
            Some(1) => "Events are kept for a day, and at most a week longer.".to_owned(),
            Some(days) => format!("Events are kept for {days} days, and at most a week longer."),
            None => "Everything is kept.".to_owned(),
        })?;
    }
    Ok(Exit::Ok)
}
