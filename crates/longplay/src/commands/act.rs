//! `longplay act`: what names of events mean, where the owner means something else than everybody.

use longplay_domain::Act;
use serde_json::{Map, Value, json};

use crate::{
    config::Config,
    exit::Exit,
    output::{self, table::Table},
    wiring,
};

/// Say what the names of your events mean
///
/// Every event is one of twenty acts, by its name. What you say here goes for events that are held as well as for those to come.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand)]
enum Verb {
    /// List what you said
    List {
        /// Print {"acts": {…}} for programs
        #[arg(long)]
        json: bool,
    },
    /// Say that events of a name are of an act, such as `act set "Lesson Finished" watched`
    Set {
        /// The event's name; case, spaces, hyphens and underscores don't matter
        event: String,
        #[arg(value_parser = super::goal::act)]
        act: Act,
    },
    /// Let a name mean again what it means to everybody
    Reset { event: String },
}

pub fn run(args: &Args, config: &Config) -> anyhow::Result<Exit> {
    let store = wiring::open(config)?;
    match &args.verb {
        Verb::List { json } => {
            let acts = store.acts()?;
            if *json {
                let said: Map<String, Value> = acts
                    .iter()
                    .map(|(name, act)| (name.to_owned(), json!(act.name())))
                    .collect();
                output::json(&json!({ "acts": said }))?;
                return Ok(Exit::Ok);
            }
            let mut table = Table::with(&["event", "act"]);
            acts.iter()
                .for_each(|(name, act)| table.push(vec![name.to_owned(), act.name().to_owned()]));
            table.write(&mut output::stdout())?;
        }
        Verb::Set { event, act } => {
            let changed = store.set_act(event, Some(*act), config.now)?;
            output::line(&format!(
                "“{event}” means {act} from now on; events held that changed: {changed}."
            ))?;
        }
        Verb::Reset { event } => {
            let changed = store.set_act(event, None, config.now)?;
            let act = Act::of(event);
            output::line(&format!(
                "“{event}” means {act} again; events held that changed: {changed}."
            ))?;
        }
    }
    Ok(Exit::Ok)
}
