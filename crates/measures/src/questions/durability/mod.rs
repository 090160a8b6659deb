//! `durability`: a lasting catalogue, or a one-hit wonder? One index of three factors, and what is left without the top pieces.
//!
//! What counts as brought back, as lately and as returning is said in `docs/methods/durability.md`; the index and its intervals
//! are `stats::durability`'s.

mod catalogue;
mod scoped;
#[cfg(test)]
mod tests;

use longplay_stats::{
    Bootstrap, Estimate,
    durability::{Audience, Durability, DurabilityVerdict, PEOPLE_LEAST, PIECES_LEAST, Parts, durability_and_parts},
};
use serde_json::json;

use self::catalogue::{Catalogue, Entry};
use crate::{
    answer::{Answer, Caution, Figure, Scope, State},
    ask::{AskError, Ground},
    evidence::{Evidence, Part},
    question::Question,
    words,
};

/// Pieces listed: those that brought most people back.
const PIECES_LISTED: usize = 10;
const TOPS: [usize; 3] = [1, 3, 10];
/// Fixed, so that the same data give the same digits.
const BOOTSTRAP: Bootstrap = Bootstrap {
    count: 500,
    seed: 0x6475_7261_626c_6500,
};

pub const PARTS: &[Part] = &[Part::Cohorts, Part::Reach, Part::Recent];

/// Counts behind the factors.
#[derive(Debug, Default, PartialEq)]
struct Counts {
    /// People brought back by pieces older than 28 days, the most first.
    brought_back: Vec<u64>,
    /// Days with a piece lately, of them by people who return, of these with pieces older than 90 days.
    days: [u64; 3],
}

impl Counts {
    fn of(catalogue: &Catalogue, audience: &Audience) -> Self {
        let mut days = [0; 3];
        for row in &audience.rows {
            let sum = audience.weights[row.person] * row.recent_days as u64;
            let is_returning = audience.returning[row.person];
            days[0] += sum;
            days[1] += if is_returning { sum } else { 0 };
            days[2] += if is_returning && audience.old[row.piece] {
                sum
            } else {
                0
            };
        }
        let mut brought_back: Vec<u64> = catalogue.pieces.iter().map(|piece| piece.brought_back).collect();
        brought_back.sort_unstable_by(|a, b| b.cmp(a));
        Self { brought_back, days }
    }

    fn brought(&self) -> u64 {
        self.brought_back.iter().sum()
    }

    fn without_top(&self, top: usize) -> u64 {
        self.brought_back.iter().skip(top).sum()
    }
}

pub fn answer(question: &Question, ground: &Ground, evidence: &Evidence) -> Result<Answer, AskError> {
    let catalogue = Catalogue::of(question, ground, evidence);
    let audience = catalogue.audience(evidence);
    let counts = Counts::of(&catalogue, &audience);
    let (index, parts) = judged(question, &catalogue, &audience);
    let mut answer = ground.blank(question);
    answer.figures = figures(&catalogue, &counts, index.as_ref(), parts.as_ref());
    answer.rows = rows(ground, &catalogue, counts.brought());
    answer.sentence = sentence(question, &catalogue, &counts, index.as_ref());
    answer.cautions = cautions(ground, &catalogue, &counts);
    for (name, part) in scoped::catalogues(question, ground, evidence, &catalogue) {
        let audience = part.audience(evidence);
        let (index, parts) = judged(question, &part, &audience);
        let counts = Counts::of(&part, &audience);
        let scope = Scope::from([(question.by.name(), name)]);
        let figures = figures(&part, &counts, index.as_ref(), parts.as_ref()).into_iter();
        answer.figures.extend(figures.map(|figure| Figure {
            scope: scope.clone(),
            ..figure
        }));
    }
    Ok(answer)
}

/// The index and its parts; none while there is too little of it.
fn judged(question: &Question, catalogue: &Catalogue, audience: &Audience) -> (Option<Durability>, Option<Parts>) {
    if catalogue.grown() < PIECES_LEAST as u64 || catalogue.people < PEOPLE_LEAST {
        return (None, None);
    }
    durability_and_parts(audience, question.level, BOOTSTRAP).unzip()
}

fn figures(catalogue: &Catalogue, counts: &Counts, index: Option<&Durability>, parts: Option<&Parts>) -> Vec<Figure> {
    let brought = counts.brought();
    let [days, returning, old] = counts.days;
    let shares = [
        (
            "breadth",
            parts.and_then(|parts| parts.breadth),
            (counts.without_top(1), brought),
        ),
        (
            "back_catalogue",
            parts.and_then(|parts| parts.back_catalogue),
            (old, returning),
        ),
        (
            "returning_share",
            parts.and_then(|parts| parts.returning),
            (returning, days),
        ),
    ];
    let index = index.and_then(|index| index.index);
    let mut figures = vec![told(catalogue, "index", "index", (index, (0, catalogue.people)))];
    figures.extend(shares.map(|(key, estimate, counted)| told(catalogue, key, "share", (estimate, counted))));
    let effective = parts.and_then(|parts| parts.effective);
    let pieces = counts.brought_back.iter().filter(|people| **people > 0).count() as u64;
    figures.push(told(catalogue, "n_eff", "pieces", (effective, (pieces, brought))));
    for (place, top) in TOPS.into_iter().enumerate() {
        let remains = parts.and_then(|parts| Some(parts.without_top?[place]));
        let counted = (counts.without_top(top), brought);
        figures.push(told(
            catalogue,
            &format!("without_top_{top}"),
            "share",
            (remains, counted),
        ));
    }
    figures
}

/// A figure with its counts; too early, with the day if that is known, while the catalogue or its audience is too small.
fn told(
    catalogue: &Catalogue,
    key: &str,
    unit: &str,
    (estimate, (count, n)): (Option<Estimate>, (u64, u64)),
) -> Figure {
    let figure = Figure {
        count: count as i64,
        ..Figure::estimated(key, unit, Scope::new(), (estimate, n))
    };
    let is_small = catalogue.people < PEOPLE_LEAST;
    match (estimate, is_small) {
        (Some(_), _) => figure,
        (None, _) if catalogue.people == 0 => figure,
        (None, true) => figure.too_early(None),
        (None, false) if catalogue.grown() < PIECES_LEAST as u64 => figure.too_early(catalogue.grown_on(PIECES_LEAST)),
        // Enough pieces and people, and nothing to share: nobody came back, or nobody was there lately.
        (None, false) => Figure {
            state: State::NoData,
            ..figure
        },
    }
}

fn rows(ground: &Ground, catalogue: &Catalogue, brought: u64) -> Vec<serde_json::Value> {
    let mut pieces: Vec<&Entry> = catalogue.pieces.iter().filter(|piece| piece.brought_back > 0).collect();
    pieces.sort_by(|a, b| b.brought_back.cmp(&a.brought_back).then_with(|| a.id.cmp(&b.id)));
    let row = |piece: &&Entry| {
        json!({
            "kind": "piece",
            "piece": piece.id,
            "title": ground.title(&piece.id),
            "since": piece.since,
            "is_old": catalogue.is_old(piece),
            "brought_back": piece.brought_back,
            "of": brought,
        })
    };
    pieces.iter().take(PIECES_LISTED).map(row).collect()
}

fn sentence(question: &Question, catalogue: &Catalogue, counts: &Counts, index: Option<&Durability>) -> String {
    if catalogue.people == 0 {
        return "Nobody has been seen yet, so there is no catalogue to judge.".to_owned();
    }
    let Some((found, estimate)) = index.and_then(|found| Some((found, found.index?))) else {
        return too_early(question, catalogue);
    };
    let verdict = match found.verdict {
        DurabilityVerdict::OneHitWonder => "a one-hit wonder so far",
        DurabilityVerdict::LastingCatalogue => "a lasting catalogue",
        _ => "undecided, neither a one-hit wonder nor a lasting catalogue",
    };
    let range = format!(
        "{} to {}",
        hundredths((estimate.low * 100.0 + 1e-9).floor()),
        hundredths((estimate.high * 100.0 - 1e-9).ceil())
    );
    let value = hundredths((estimate.value * 100.0).round());
    let brought = counts.brought();
    let rest = if counts.days[0] == 0 {
        "Nobody was there with a piece in the last 28 days.".to_owned()
    } else if brought == 0 {
        "Nobody whom a piece older than 28 days brought has come back within 90 days.".to_owned()
    } else {
        match counts.without_top(3) {
            0 => "All who came back were brought by three pieces or fewer.".to_owned(),
            left => {
                let share = left as f64 / brought as f64;
                let share = words::Share::of(share, share, share).value();
                format!("Leave out the three pieces that brought most, and {share} of the people who came back remain.")
            }
        }
    };
    format!("{value} ({range}): {verdict}. {rest}")
}

/// `0.07`, `0.70`, `1.00`: always two digits, so that 0.50 and 0.49 are seen to be told alike.
fn hundredths(number: f64) -> String {
    format!("{:.2}", number.clamp(0.0, 100.0) / 100.0)
}

fn too_early(question: &Question, catalogue: &Catalogue) -> String {
    let (grown, pieces) = (catalogue.grown(), catalogue.pieces.len());
    if pieces == 0 {
        return "Nothing that was seen belongs to a piece, so there is no catalogue to judge.".to_owned();
    }
    if grown >= PIECES_LEAST as u64 {
        let who = words::people(catalogue.people);
        return format!("Too early to tell. {who} so far; the index starts at {PEOPLE_LEAST}.");
    }
    let are = match grown {
        0 => "None of the pieces is older than 28 days".to_owned(),
        1 => "One piece is older than 28 days".to_owned(),
        _ => format!("{grown} pieces are older than 28 days"),
    };
    let first = format!("Too early to tell. {are}; the index starts at {PIECES_LEAST}.");
    let enough_people = catalogue.people >= PEOPLE_LEAST;
    match catalogue
        .grown_on(PIECES_LEAST)
        .filter(|&day| enough_people && day > question.today())
    {
        Some(day) => format!("{first} Ask again on {}.", words::day(day)),
        None => first,
    }
}

fn cautions(ground: &Ground, catalogue: &Catalogue, counts: &Counts) -> Vec<Caution> {
    let mut cautions = Vec::new();
    let mut say = |code, message: String| cautions.push(Caution { code, message });
    let has_old = catalogue.pieces.iter().any(|piece| catalogue.is_old(piece));
    if !catalogue.pieces.is_empty() && !has_old {
        say(
            "no_back_catalogue",
            "No piece is older than 90 days, so the index is made of breadth and returning people alone.".to_owned(),
        );
    } else if counts.days[0] > 0 && counts.days[1] == 0 {
        say(
            "nobody_returning",
            "Nobody who was there in the last 28 days had been there on two earlier days.".to_owned(),
        );
    }
    let is_dated = |piece: &Entry| {
        let index = ground.pieces.binary_search_by(|known| known.id.as_str().cmp(&piece.id));
        index.is_ok_and(|index| ground.pieces[index].published_at.is_some())
    };
    let undated = catalogue.pieces.iter().filter(|piece| !is_dated(piece)).count() as u64;
    if undated > 0 {
        let (all, is) = (catalogue.pieces.len() as u64, if undated == 1 { "is" } else { "are" });
        say(
            "age_from_first_visit",
            format!(
                "When {} of {} pieces came out {is} not known; they are as old as the first visit to them.",
                words::count(undated),
                words::count(all)
            ),
        );
    }
    if catalogue.people > 0 && counts.brought() > 0 && counts.brought() < PEOPLE_LEAST {
        let who = words::people(counts.brought());
        say(
            "few_came_back",
            format!("Breadth rests on {who} who came back, so its interval is wide."),
        );
    }
    cautions
}
