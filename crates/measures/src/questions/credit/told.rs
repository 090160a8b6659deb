//! The sentence: whether the methods agree, what the label they speak of most gets, and whom the last touch flatters.

use longplay_domain::{Day, Goal, Period};
use longplay_stats::{attribution::Agreement, least::CONVERSIONS_CREDITED};

use super::tally::{Credited, Tally, spread};
use crate::{
    ask::Ground,
    folds::{Method, Paths},
    question::{By, Question},
    words,
};

/// A method flatters a label to which it gives this much more than equal shares do …
const FLATTERED_TIMES: f64 = 1.5;
/// … when that is at least this share of all conversions.
const FLATTERED_SHARE: f64 = 0.1;

pub fn sentence(
    question: &Question,
    goal: &Goal,
    paths: &Paths,
    (tally, credited, agreement): (&Tally, &[Credited], Option<&Agreement>),
    ground: &Ground,
) -> String {
    let least = CONVERSIONS_CREDITED as u64;
    let (all, seen) = (paths.conversions, paths.conversions - paths.unseen);
    let when = if question.period == Period::default() {
        "so far"
    } else {
        "in these days"
    };
    match (all, seen) {
        (0, _) => {
            let none = uncounted(goal, 0);
            return format!("No {none} {when}; credit is shown from {least}.");
        }
        (all, seen) if seen < least && seen == all => {
            return format!("{} {when}; credit is shown from {least}.", capital(&reached(goal, all)));
        }
        (all, seen) if seen < least => {
            return format!(
                "Something is known of what came before {} of {}; credit is shown from {least}.",
                words::count(seen),
                reached(goal, all)
            );
        }
        _ => {}
    }
    let labels = tally.listed() - usize::from(tally.has_unseen());
    let Some(first) = leading(credited, labels) else {
        return format!("{} {when}.", capital(&reached(goal, all)));
    };
    let label = |place: usize| shown(question.by, tally.name(place).unwrap_or_default(), ground);
    let of = reached(goal, all);
    let mut text = if labels == 1 && tally.others() == 0 {
        format!(
            "{} is all that can be seen before {} of your {of}, so every method gives it those.",
            capital(&label(first)),
            words::count(seen)
        )
    } else {
        let gets = gets(credited, first);
        match agreement.map(|agreement| agreement.same_first) {
            Some(true) => format!("All methods put {} first: it gets {gets} of your {of}.", label(first)),
            _ => format!("The methods disagree: {} gets {gets} of your {of}.", label(first)),
        }
    };
    if let Some(place) = flattered(credited, labels, all) {
        text.push_str(&format!(" Last touch flatters {}.", label(place)));
    }
    if paths.unseen > 0 {
        let unseen = words::count(paths.unseen);
        text.push_str(&format!(" What came before {unseen} of them is not known."));
    }
    text
}

/// The label that gets most on average over the methods that split each conversion.
fn leading(credited: &[Credited], labels: usize) -> Option<usize> {
    let tables: Vec<Vec<f64>> = credited
        .iter()
        .filter(|credited| credited.adds_up())
        .filter_map(|credited| credited.values(labels))
        .collect();
    let sum = |place: usize| tables.iter().map(|table| table[place]).sum::<f64>();
    (0..labels).max_by(|&one, &other| sum(one).total_cmp(&sum(other)).then(other.cmp(&one)))
}

/// `between 3 and 11`, `about 7`.
fn gets(credited: &[Credited], place: usize) -> String {
    let Some(((_, least), (_, most))) = spread(credited, place) else {
        return "some".to_owned();
    };
    let (least, most) = (least.round() as u64, most.round() as u64);
    if least == most {
        format!("about {}", words::count(least))
    } else {
        format!("between {} and {}", words::count(least), words::count(most))
    }
}

/// The label to which the last touch gives far more than equal shares do.
fn flattered(credited: &[Credited], labels: usize, all: u64) -> Option<usize> {
    let of = |method: Method| {
        let credited = credited.iter().find(|credited| credited.method == method.name())?;
        credited.values(labels)
    };
    let (last, linear) = (of(Method::Last)?, of(Method::Linear)?);
    let gain = |place: usize| last[place] - linear[place];
    (0..labels)
        .filter(|&place| last[place] >= FLATTERED_TIMES * linear[place] && gain(place) >= FLATTERED_SHARE * all as f64)
        .max_by(|&one, &other| gain(one).total_cmp(&gain(other)).then(other.cmp(&one)))
}

/// How a label stands in a sentence.
fn shown(by: By, label: &str, ground: &Ground) -> String {
    match by {
        By::Piece => format!("“{}”", ground.title(label)),
        By::Week => match Day::parse(label) {
            Some(monday) => format!("the week of {}", words::day(monday)),
            None => label.to_owned(),
        },
        _ => format!("“{label}”"),
    }
}

/// `1 sale`, `40 sales`.
pub fn reached(goal: &Goal, number: u64) -> String {
    format!("{} {}", words::count(number), uncounted(goal, number))
}

fn uncounted(goal: &Goal, number: u64) -> String {
    let (one, more) = match goal.name.as_str() {
        "purchase" => ("sale", "sales"),
        "signup" => ("sign-up", "sign-ups"),
        "download" => ("download", "downloads"),
        name => return format!("“{name}”"),
    };
    if number == 1 || number == 0 { one } else { more }.to_owned()
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}
