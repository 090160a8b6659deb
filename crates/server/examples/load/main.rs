//! The load on the way in, from a process of its own: `benches/collect.py` runs it.
//!
//! `load post --to ADDRESS --key KEY` posts Segment batches over many connections and prints one line of JSON: events
//! acknowledged in a second, and how long an acknowledgement took. With `--rate` posts leave on a timetable whether or not
//! the ones before were answered in time, and are timed from when they ought to have left. `load bare` serves a handler that
//! reads bodies and does nothing else: the yardstick. Everything is bounded by `--seconds` and stays on this machine.

mod bare;
mod post;
mod traffic;

use std::{collections::HashMap, time::Duration};

use post::Plan;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mode = arguments.next().unwrap_or_default();
    let mut options: HashMap<String, String> = HashMap::new();
    while let (Some(name), Some(value)) = (arguments.next(), arguments.next()) {
        options.insert(name.trim_start_matches("--").to_owned(), value);
    }
    let number = |name: &str, usual: f64| {
        options
            .get(name)
            .map_or(usual, |value| value.parse().expect("a number"))
    };
    match mode.as_str() {
        "bare" => bare::serve(),
        "post" => {
            let plan = Plan {
                to: options.get("to").expect("--to ADDRESS").clone(),
                key: options.get("key").cloned().unwrap_or_default(),
                batch: number("batch", 100.0) as usize,
                connections: number("connections", 64.0) as usize,
                length: Duration::from_secs_f64(number("seconds", 10.0)),
                events_max: number("events", f64::INFINITY),
                rate: options.get("rate").map(|rate| rate.parse().expect("events per second")),
                people: number("people", 1e6) as u64,
                seed: number("seed", 1.0) as u64,
            };
            println!("{}", post::run(&plan));
        }
        _ => println!("load post | load bare; benches/collect.py says how"),
    }
}
