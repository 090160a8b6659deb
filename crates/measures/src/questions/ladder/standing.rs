//! Who stands where, by scope: what the folds kept of those who did more than come once, and the rest by subtraction.

use longplay_domain::Day;

use super::super::scopes::Scopes;
use crate::{
    evidence::Evidence,
    folds::{Map, Origin, Presence, RegularCell},
    question::Question,
    stage::Stage,
};

/// The people of one scope.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    pub people: u64,
    /// By [`Stage`].
    pub stages: [u64; Stage::ALL.len()],
    /// By [`Presence`].
    pub presence: [u64; Presence::ALL.len()],
    pub regulars: RegularCell,
    /// The day on which the first of them came.
    pub first_day: Option<Day>,
}

pub fn tally(question: &Question, evidence: &Evidence, scopes: &mut Scopes<'_>) -> Vec<Tally> {
    let mut tallies = vec![Tally::default()];
    let mut add = |scopes: &mut Scopes<'_>, origin: &Origin, add: &mut dyn FnMut(&mut Tally)| {
        for &place in &*scopes.of(origin) {
            if tallies.len() <= place {
                tallies.resize_with(place + 1, Tally::default);
            }
            add(&mut tallies[place]);
        }
    };
    let mut told: Map<Origin, u64> = Map::default();
    for (origin, stage, presence, people) in evidence.rungs().standing() {
        let people = u64::from(people);
        *told.entry(origin).or_default() += people;
        add(scopes, &origin, &mut |tally| {
            tally.stages[stage as usize] += people;
            tally.presence[presence as usize] += people;
        });
    }
    let rhythm = &evidence.rungs().regular().rhythm;
    for (origin, cohort) in evidence.cohorts().cells() {
        let people = u64::from(cohort.people);
        let once = people - told.get(&origin).copied().unwrap_or(0);
        let presence = Presence::of(rhythm.p_alive(&[origin.day], question.today()));
        add(scopes, &origin, &mut |tally| {
            tally.people += people;
            tally.stages[Stage::Reached as usize] += once;
            tally.presence[presence as usize] += once;
            tally.first_day = Some(tally.first_day.map_or(origin.day, |first| first.min(origin.day)));
        });
    }
    for (origin, _, cell) in evidence.regulars().cells() {
        add(scopes, &origin, &mut |tally| tally.regulars.add(cell));
    }
    tallies
}
