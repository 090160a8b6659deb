//! The pass against its yardstick: `cargo bench -p longplay-measures --bench pass -- --data DIR --zone Z --as-of DAY` prints
//! one line of JSON with the bare decode of the columns read, the pass for every standing question, and the whole edition,
//! each the best of several runs. `--parts Cohorts,Reach` takes only those parts of the evidence, `--each` times each alone,
//! `--answers` the answers from evidence at hand,
//! `--more 1000` takes in so many events more, several times, and times the first edition after each, made of the one before as a
//! server makes it. Beside the seconds stand those of processors (`_cpu_s`, on Linux), which others at work on the machine make no longer,
//! and at the end what of the memory is held.

use std::{collections::BTreeMap, path::Path, time::Instant};

use longplay_domain::{Claim, Day, Time, When, Zone};
use longplay_measures::{
    Ground, Key, Question, Way, Why,
    engine::LocalEngine,
    evidence::Part,
    pass::{Fold, Observer},
    renew, standing,
};
use longplay_store::Store;

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
    let mut parts = standing();
    if let Some(named) = argument("--parts") {
        parts.retain(|part| named.split(',').any(|name| name == format!("{part:?}")));
    }
    let question = Question::new(Key::Returns, as_of, zone);
    measure(&store, &question, &parts);
    if let Some(more) = argument("--more") {
        let more = more.parse().expect("a number of events");
        editions_after(&store, &question, more);
    }
}

/// How long the first edition after that many events more takes where the store has been open all along: the least and the greatest
/// of several, of few people who did much each and of as many people as there are events. The greatest counts those after which
/// parts had to be gathered anew, or everything; the least hides them.
fn editions_after(store: &Store, question: &Question, more: i64) {
    let mut last = None;
    let mut told: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for run in 0..=2 * RUNS as i64 {
        let (name, people) = [("edition_after_s", 97), ("edition_after_many_people_s", more)][run as usize % 2];
        let claims = (1..=more).map(|number| Claim {
            time: When::At(Time::from_micros(
                question.as_of.micros() - (run * more + number) * 1_000_000,
            )),
            person: format!("reader{}", (number % people + run * people) * 31),
            event: "viewed".to_owned(),
            piece: Some(format!("piece-{}", number % 40)),
            channel: Some("website".to_owned()),
            ..Claim::default()
        });
        store.accept(claims.collect(), question.as_of).expect("taken in");
        let (start, cpu) = (Instant::now(), cpu_s());
        let point = (question.as_of, question.zone.clone());
        let renewed = renew(point, store, LocalEngine::default(), last.take()).expect("an edition");
        let (seconds, cpu) = (start.elapsed().as_secs_f64(), cpu_s() - cpu);
        println!("# {:?}: {seconds:.3} s, of processors {cpu:.2} s", renewed.way);
        // The first has nothing to go on from.
        if renewed.way != Way::FromScratch(Why::First) {
            let (least, greatest) = told.entry(name).or_insert((f64::INFINITY, 0.0));
            (*least, *greatest) = (least.min(seconds), greatest.max(seconds));
        }
        last = Some(renewed.foundation);
    }
    for (name, (least, greatest)) in told {
        println!("{{\"{name}\":{least},\"{name}_greatest\":{greatest}}}");
    }
    for name in ["VmRSS", "VmHWM"] {
        println!(
            "# {name}: {}",
            told_by_system("/proc/self/status", name).unwrap_or_default()
        );
    }
}

/// What a line of a file of the system says that begins with this name; nothing where there is no such file.
fn told_by_system(file: &str, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// What this process took of the processors so far, to hundredths of a second; 0 where the system does not say so.
fn cpu_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name may hold spaces; after it come the state and, as the twelfth and thirteenth, ticks in the program and in the system.
    let after_name = stat.rsplit_once(')').map_or("", |(_, after)| after);
    let ticks = after_name.split_whitespace().skip(11).take(2);
    ticks.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

fn measure(store: &Store, question: &Question, all: &[Part]) {
    let ground = Ground::of(question, store).expect("a ground");
    let (snapshot, threads) = (&ground.snapshot, ground.engine.threads);
    let gather = |parts: &[Part]| ground.gather(question, parts).expect("a pass");
    // The first pass also prepares what later ones rest on, as it does while serving.
    let columns = Observer::columns().with(gather(all).columns());
    let cpu = cpu_s();
    let decode = best(|| snapshot.decode(columns, threads).expect("decoded"));
    let decode_cpu = (cpu_s() - cpu) / RUNS as f64;
    let mut people = 0;
    let cpu = cpu_s();
    let pass = best(|| {
        let cells = gather(all).cohorts().cells().into_iter();
        people = cells.map(|(_, cohort)| u64::from(cohort.people)).sum::<u64>();
        people
    });
    let pass_cpu = (cpu_s() - cpu) / RUNS as f64;
    if std::env::args().any(|argument| argument == "--each") {
        println!(
            "# walk alone: {:.3} s",
            best(|| gather(&[]).columns().to_read().len() as u64)
        );
        for &part in all {
            let seconds = best(|| gather(&[part]).columns().to_read().len() as u64);
            println!("# {part:?} alone, with the walk: {seconds:.3} s");
        }
        for key in Key::ALL {
            let question = Question {
                key,
                ..question.clone()
            };
            let seconds = best(|| ground.answer(&question).expect("an answer").figures.len() as u64);
            println!("# {} answered, with its pass: {seconds:.3} s", key.name());
        }
    }
    if std::env::args().any(|argument| argument == "--answers") {
        answers(&ground, question, all);
    }
    let edition = best(|| ground.edition(question).expect("an edition").answers.len() as u64);
    let bytes = snapshot.column_bytes(&columns.to_read());
    println!(
        "{{\"decode_s\":{decode},\"pass_s\":{pass},\"edition_s\":{edition},\"decode_cpu_s\":{decode_cpu},\"pass_cpu_s\":{pass_cpu},\"events\":{},\"people\":{people},\"threads\":{threads},\"column_bytes\":{bytes}}}",
        snapshot.rows(),
    );
}

/// Times the answer to each question from evidence at hand. What one found out, those after it need not.
fn answers(ground: &Ground, question: &Question, all: &[Part]) {
    let mut seconds = [f64::INFINITY; Key::ALL.len()];
    for _ in 0..RUNS {
        let evidence = ground.gather(question, all).expect("a pass");
        for (key, seconds) in Key::ALL.into_iter().zip(&mut seconds) {
            let question = Question {
                key,
                ..question.clone()
            };
            let start = Instant::now();
            std::hint::black_box(ground.told(&question, &evidence).expect("an answer"));
            *seconds = start.elapsed().as_secs_f64().min(*seconds);
        }
    }
    for (key, seconds) in Key::ALL.into_iter().zip(seconds) {
        println!("# {} answered: {seconds:.3} s", key.name());
    }
    println!(
        "# all answered, one after the other: {:.3} s",
        seconds.iter().sum::<f64>()
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
