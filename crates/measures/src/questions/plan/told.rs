//! The sentence: what brings most, how sure that is, and how much to keep for trying others.

use longplay_domain::Day;

use super::{
    arms::{self, ARMS_LEAST, PIECES_LEAST, Plan, Told},
    pieces::{HORIZON_DAYS, Tried},
};
use crate::words;

/// From so many times the next best on, that is worth saying.
const TIMES_MIN: f64 = 1.2;

pub fn sentence(tried: &[Tried], ready: &[usize], plan: Option<&Plan>, (has_hours, today): (bool, Day)) -> String {
    if tried.is_empty() {
        return "Nothing has been published yet, so there is nothing to plan from.".to_owned();
    }
    let missing = arms::missing(ready);
    if missing > 0 {
        return too_early(tried, ready, missing, today);
    }
    let (Some(plan), judged) = (plan, ready.iter().sum::<usize>() as u64) else {
        let pieces = pieces(ready.iter().sum::<usize>() as u64);
        return format!("None of {pieces} has brought a regular or buyer in its first {HORIZON_DAYS} days yet.");
    };
    let Some((first, rate)) = plan.arms.first().and_then(|first| Some((first, first.rate?.value))) else {
        return format!("What {} brought can't be told apart.", pieces(judged));
    };
    let per = if has_hours { "hour of work" } else { "piece" };
    let many = words::times(rate);
    let mut text = format!(
        "{} {} {many} {} per {per}{}.",
        capital(&arms::words(&first.arm)),
        if first.arm[0].is_some() { "brings" } else { "bring" },
        if many == "1" {
            "regular or buyer"
        } else {
            "regulars and buyers"
        },
        compared(&plan.arms, rate)
    );
    if first.pieces < PIECES_LEAST as u64 {
        let rests_on = pieces(first.pieces);
        text.push_str(&format!(
            " That rests on {rests_on}, and may be luck: publish more of the kind before you count on it."
        ));
    }
    if plan.arms.len() > 1 {
        text.push_str(&format!(" {}", sure(first.p_best)));
        text.push_str(&format!(
            " Keep {} of your time for trying others.",
            part(plan.explore_share)
        ));
    }
    text
}

fn too_early(tried: &[Tried], ready: &[usize], missing: usize, today: Day) -> String {
    let judged = ready.iter().sum::<usize>() as u64;
    let have = match judged {
        0 => format!("no piece is {HORIZON_DAYS} days old yet"),
        1 => format!("1 piece is {HORIZON_DAYS} days old"),
        more => format!("{} are {HORIZON_DAYS} days old", pieces(more)),
    };
    let next = tried.iter().map(Tried::ready_on).filter(|&day| day > today).min();
    let then = match next {
        Some(day) => format!("; the next is on {}", words::day(day)),
        None => {
            let more = if missing == 1 {
                "1 more piece".to_owned()
            } else {
                format!("{missing} more pieces")
            };
            format!("; {more} would do")
        }
    };
    format!(
        "Too early to compare: {have}, and it takes {PIECES_LEAST} of each of {ARMS_LEAST} kinds (of one topic, format and \
         channel){then}."
    )
}

/// `, about twice your next best`.
fn compared(arms: &[Told], rate: f64) -> String {
    let next = arms.get(1).and_then(|next| next.rate).map(|next| next.value);
    match next.map(|next| rate / next).filter(|times| times.is_finite()) {
        Some(times) if (1.75..2.25).contains(&times) => ", about twice your next best".to_owned(),
        Some(times) if times >= TIMES_MIN => format!(", {} times your next best", words::times(times)),
        Some(_) => ", hardly more than your next best".to_owned(),
        None => String::new(),
    }
}

fn sure(p_best: f64) -> String {
    match (p_best * 10.0).round() as u64 {
        0 => "Fewer than 1 in 10 sure it is truly first.".to_owned(),
        10 => "More than 9 in 10 sure it is truly first.".to_owned(),
        tenths if tenths < 5 => format!("Only {tenths} in 10 sure it is truly first."),
        tenths => format!("{tenths} in 10 sure it is truly first."),
    }
}

fn part(share: f64) -> &'static str {
    match (share * 10.0).round() as u64 {
        0 | 1 => "a tenth",
        2 => "a fifth",
        3 => "three tenths",
        _ => "two fifths",
    }
}

fn pieces(number: u64) -> String {
    if number == 1 {
        "1 piece".to_owned()
    } else {
        format!("{} pieces", words::count(number))
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}
