//! The same sale said twice. Some scripts give their events neither an id nor a time. What they say without money is known by who
//! said it on which day; a sale said again may be another one. So what the same visitor says again within a minute, word for
//! word, is taken to be the first, sent again by a proxy or an impatient hand: it gets the first one's time and id (decision 0008).
//!
//! Kept in memory, so a restart forgets it; bounded, so strangers can't make it grow.

use std::{
    collections::{HashMap, VecDeque},
    hash::{BuildHasher, RandomState},
};

use longplay_domain::{Claim, Time, When};
use longplay_intake::protocols::Unnamed;

const ECHO_MICROS_MAX: i64 = 60 * 1_000_000;
const REMEMBERED_MAX: usize = 65_536;

#[derive(Default)]
pub struct Echoes {
    state: RandomState,
    first: HashMap<u64, Time>,
    /// What is in `first`, oldest first.
    order: VecDeque<(u64, Time)>,
}

impl Echoes {
    /// Gives a claim that came now, without id or time, those of the first that said the same.
    pub fn settle(&mut self, claim: &mut Claim, unnamed: Unnamed, now: Time) {
        self.forget(now);
        let said = self.state.hash_one((unnamed.content, unnamed.times));
        if let Some(&first) = self.first.get(&said) {
            claim.time = When::At(first);
            claim.id = Some(unnamed.id(first));
            return;
        }
        self.first.insert(said, now);
        self.order.push_back((said, now));
    }

    fn forget(&mut self, now: Time) {
        while let Some(&(said, at)) = self.order.front() {
            let is_over = (now.micros() - at.micros()).abs() > ECHO_MICROS_MAX;
            if !is_over && self.order.len() < REMEMBERED_MAX {
                return;
            }
            self.order.pop_front();
            self.first.remove(&said);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60 * 1_000_000;

    fn said(content: u64, times: u32, micros: i64, echoes: &mut Echoes) -> Claim {
        let now = Time::from_micros(micros);
        let unnamed = Unnamed {
            place: 0,
            content,
            times,
        };
        let mut claim = Claim {
            time: When::At(now),
            id: Some(unnamed.id(now)),
            ..Claim::default()
        };
        echoes.settle(&mut claim, unnamed, now);
        claim
    }

    #[test]
    fn within_a_minute_the_same_is_the_first_and_later_it_is_new() {
        let mut echoes = Echoes::default();
        let first = said(1, 0, 1, &mut echoes);
        assert_eq!(said(1, 0, MINUTE, &mut echoes), first);
        let others = [said(2, 0, MINUTE, &mut echoes), said(1, 1, MINUTE, &mut echoes)];
        assert!(
            others
                .iter()
                .all(|other| other.id != first.id || other.time != first.time)
        );
        let later = said(1, 0, MINUTE + 2, &mut echoes);
        assert_eq!(
            later.time,
            When::At(Time::from_micros(MINUTE + 2)),
            "a minute after the first"
        );
        assert_eq!(said(2, 0, MINUTE + 3, &mut echoes), others[0]);
    }

    #[test]
    fn it_remembers_only_so_many() {
        let mut echoes = Echoes::default();
        for content in 0..REMEMBERED_MAX as u64 + 10 {
            said(content, 0, 1, &mut echoes);
        }
        assert!(echoes.first.len() <= REMEMBERED_MAX && echoes.first.len() == echoes.order.len());
    }
}
