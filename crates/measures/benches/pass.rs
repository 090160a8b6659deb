//! The pass against its yardstick: `cargo bench -p longplay-measures --bench pass -- --data DIR --zone Z --as-of DAY` prints
//! one line of JSON with the bare decode of the columns read and the pass with every fold, each the best of several runs.

use std::{path::Path, time::Instant};

use longplay_domain::{Day, Period, Time, Zone};
use longplay_measures::{
    engine::LocalEngine,
    folds::{Cohorts, Conversions, Reach, Recurrence, Revenue},
    pass::{Fold, Observer},
};
use longplay_store::{Snapshot, Store};

const RUNS: usize = 7;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let argument = |name: &str| {
        arguments
            .iter()
            .position(|argument| argument == name)
            .and_then(|at| arguments.get(at + 1))
    };
    let Some(data) = argument("--data") else {
        println!("pass: skipped; it needs --data DIR with imported events");
        return;
    };
    let zone = Zone::named(argument("--zone").map_or("UTC", String::as_str)).expect("a zone");
    let as_of = match argument("--as-of") {
        Some(day) => zone.end_of(Day::parse(day).expect("a day")),
        None => Time::from_micros(i64::MAX / 2),
    };
    let store = Store::open_existing(Path::new(data), as_of).expect("a data directory");
    let snapshot = store.snapshot().expect("a snapshot");
    measure(&store, &snapshot, as_of, &zone);
}

fn measure(store: &Store, snapshot: &Snapshot, as_of: Time, zone: &Zone) {
    let engine = LocalEngine::default();
    let goals = Conversions::new(&store.goals().expect("goals"), snapshot.terms(), Period::default());
    let today = zone.day_of(as_of);
    let all = || {
        (
            (Cohorts::default(), Recurrence::new(today)),
            ((goals.fresh(), Revenue::default()), Reach::default()),
        )
    };
    let columns = Observer::columns().with(all().columns());
    let decode = best(|| snapshot.decode(columns, engine.threads).expect("decoded"));
    let mut people = 0;
    let pass = best(|| {
        let ((cohorts, _), _) = engine.run(snapshot, as_of, zone, all).expect("a pass");
        people = cohorts
            .into_cells()
            .into_iter()
            .map(|(_, cohort)| u64::from(cohort.people))
            .sum::<u64>();
        people
    });
    if std::env::args().any(|argument| argument == "--each") {
        each_alone(&engine, snapshot, &goals, (as_of, zone));
    }
    let bytes = snapshot.column_bytes(&columns.to_read());
    println!(
        "{{\"decode_s\":{decode},\"pass_s\":{pass},\"events\":{},\"people\":{people},\"threads\":{},\"column_bytes\":{bytes}}}",
        snapshot.rows(),
        engine.threads
    );
}

/// What each fold costs by itself, the walk over histories included.
fn each_alone(engine: &LocalEngine, snapshot: &Snapshot, goals: &Conversions, (as_of, zone): (Time, &Zone)) {
    let today = zone.day_of(as_of);
    let show = |name: &str, seconds: f64| println!("# {name} alone: {seconds:.3} s");
    show(
        "cohorts",
        best(|| {
            engine
                .run(snapshot, as_of, zone, Cohorts::default)
                .expect("a pass")
                .into_cells()
                .len() as u64
        }),
    );
    let recurrence = || {
        engine
            .run(snapshot, as_of, zone, || Recurrence::new(today))
            .expect("a pass")
    };
    show("recurrence", best(|| recurrence().into_weights().len() as u64));
    show(
        "conversions",
        best(|| {
            engine
                .run(snapshot, as_of, zone, || goals.fresh())
                .expect("a pass")
                .lags(0)
                .len() as u64
        }),
    );
    show(
        "revenue",
        best(|| {
            engine
                .run(snapshot, as_of, zone, Revenue::default)
                .expect("a pass")
                .into_cells()
                .len() as u64
        }),
    );
    show(
        "reach",
        best(|| {
            engine
                .run(snapshot, as_of, zone, Reach::default)
                .expect("a pass")
                .into_cells()
                .len() as u64
        }),
    );
}

/// The best of several runs, in seconds: the machine's noise only ever adds.
fn best(mut run: impl FnMut() -> u64) -> f64 {
    let time = |run: &mut dyn FnMut() -> u64| {
        let start = Instant::now();
        std::hint::black_box(run());
        start.elapsed().as_secs_f64()
    };
    (0..RUNS).map(|_| time(&mut run)).fold(f64::INFINITY, f64::min)
}
