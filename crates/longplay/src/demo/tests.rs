//! The demo says the truth about itself: the year lies where it should, and the answers' intervals cover what was drawn from.

use std::collections::{BTreeMap, HashMap, HashSet};

use longplay_domain::Day;
use longplay_measures::{Answer, Key, Question, State};
use longplay_store::Store;

use super::{truth::PieceTruth, *};

fn now() -> Time {
    Time::parse("2026-11-23T09:00:00Z", &Zone::utc()).unwrap()
}

fn audience() -> Audience {
    Audience::of_year_before(now(), Zone::named(ZONE).unwrap())
}

fn time(claim: &Claim) -> Time {
    match claim.time {
        When::At(time) => time,
        _ => panic!("the demo states every time"),
    }
}

#[test]
fn the_same_day_gives_the_same_audience() {
    let (one, other) = (audience(), audience());
    assert_eq!(one.claims, other.claims);
    assert_eq!(one.truth, other.truth);
}

#[test]
fn the_year_ends_yesterday_and_every_id_is_its_own() {
    let audience = audience();
    let zone = Zone::named(ZONE).unwrap();
    let days: HashSet<Day> = audience.claims.iter().map(|claim| zone.day_of(time(claim))).collect();
    assert_eq!(days.iter().max().unwrap().to_string(), "2026-11-22");
    assert_eq!(days.iter().min().unwrap().to_string(), "2025-11-23");
    let ids: HashSet<_> = audience.claims.iter().map(|claim| claim.id.as_deref()).collect();
    assert_eq!(ids.len(), audience.claims.len());
    assert!(
        (20_000..=40_000).contains(&audience.truth.people),
        "{}",
        audience.truth.people
    );
    assert!((55..=65).contains(&audience.pieces.len()), "{}", audience.pieces.len());
}

#[test]
fn everybody_first_meets_the_piece_that_brought_them() {
    let audience = audience();
    let mut first: HashMap<&str, &Claim> = HashMap::new();
    for claim in &audience.claims {
        first.entry(claim.person.as_str()).or_insert(claim);
    }
    let mut people: BTreeMap<Option<&str>, u64> = BTreeMap::new();
    for claim in first.values() {
        *people.entry(claim.piece.as_deref()).or_default() += 1;
    }
    let stated: BTreeMap<Option<&str>, u64> = audience
        .truth
        .pieces
        .iter()
        .map(|piece| (piece.piece, piece.people))
        .collect();
    assert_eq!(people, stated);
}

#[test]
fn the_hit_has_its_visits_on_two_days() {
    let audience = audience();
    let zone = Zone::named(ZONE).unwrap();
    let mut visits: BTreeMap<Day, u64> = BTreeMap::new();
    for claim in audience
        .claims
        .iter()
        .filter(|claim| claim.piece.as_deref() == Some(catalogue::HIT))
    {
        *visits.entry(zone.day_of(time(claim))).or_default() += 1;
    }
    let mut days: Vec<u64> = visits.into_values().collect();
    days.sort_unstable_by(|a, b| b.cmp(a));
    assert!(days[0] + days[1] > 20_000, "{days:?}");
    assert!(days[2] < days[1] / 5, "{days:?}");
}

/// Returned within N days by piece, and sign-ups and downloads: the true probabilities lie inside nine of ten intervals.
#[test]
fn the_answers_cover_the_truth() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path(), now()).unwrap();
    let audience = audience();
    store.put_pieces(&audience.pieces).unwrap();
    store.accept(audience.claims, now()).unwrap();
    let ask = |key| longplay_measures::ask(&Question::new(key, now(), Zone::named(ZONE).unwrap()), &store).unwrap();
    let (returns, goals) = (ask(Key::Returns), ask(Key::Goals));
    let mut covered = Vec::new();
    for piece in &audience.truth.pieces {
        let of = |answer: &Answer, key: &str, truth: f64| covers(answer, key, piece, truth);
        covered.extend(of(&returns, "returned_7d", piece.returned_7d));
        covered.extend(of(&returns, "returned_28d", piece.returned_28d));
        covered.extend(of(&returns, "returned_90d", piece.returned_90d));
        covered.extend(of(&goals, "converted_signup", piece.signup * 1_000.0));
        covered.extend(of(&goals, "converted_download", piece.download * 1_000.0));
    }
    let held = covered.iter().filter(|&&held| held).count();
    assert!(covered.len() > 180, "{}", covered.len());
    let share = held as f64 / covered.len() as f64;
    assert!((0.84..=0.97).contains(&share), "{held} of {}", covered.len());
}

/// Whether the figure's interval covers the truth; `None` when the figure is not known yet.
fn covers(answer: &Answer, key: &str, piece: &PieceTruth, truth: f64) -> Option<bool> {
    let is_it =
        |scope: &longplay_measures::Scope| scope.get("piece").is_some_and(|found| found.as_deref() == piece.piece);
    let figure = answer
        .figures
        .iter()
        .find(|figure| figure.key == key && is_it(&figure.scope))?;
    if figure.state != State::Known {
        return None;
    }
    Some(figure.low? <= truth && truth <= figure.high?)
}
