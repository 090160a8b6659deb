//! The parts of the index on their own, each with its interval: the factors, N_eff, and what remains without the top pieces.
//!
//! These say something of the pieces there are, so only people are drawn again (Bayesian bootstrap), not pieces: the index
//! asks how such catalogues fare, its parts what this one holds. Drawing again makes what is spread look more concentrated
//! than it is, so the draws are moved until their middle is the value. A share of none or all scatters in no draw; Jeffreys'
//! end for none (or all) of so many people stands in.

use super::crowd::{Crowd, Weighted};
use super::index::{Audience, PersonPiece, shifted};
use crate::Estimate;
use crate::fitted::{Bootstrap, interval_of_draws, sorted_quantile};
use crate::rates::jeffreys;

/// The parts; `None` where there is nothing to share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parts {
    /// 1 − the largest share of people brought back.
    pub breadth: Option<Estimate>,
    /// Share of what returning people did lately with old pieces.
    pub back_catalogue: Option<Estimate>,
    /// Share of recent person-days by people who return.
    pub returning: Option<Estimate>,
    /// The number of equal pieces that would be as concentrated.
    pub effective: Option<Estimate>,
    /// The share of people brought back that remains without the top 1, 3 and 10 pieces.
    pub without_top: Option<[Estimate; 3]>,
}

/// What one round gives: breadth, back-catalogue, returning, effective, without the top 1, 3, 10.
pub(super) fn numbers(weighted: &Weighted<'_>) -> [Option<f64>; 7] {
    let factors = weighted.factors(|_| 1.0);
    let spread = weighted.concentration();
    let without = spread.map(|spread| spread.without_top());
    [
        without.map(|without| without[0]),
        factors.back_catalogue,
        Some(factors.returning),
        spread.map(|spread| spread.effective),
        without.map(|without| without[0]),
        without.map(|without| without[1]),
        without.map(|without| without[2]),
    ]
}

/// The parts of an audience. `None` under the same conditions as the index.
pub fn parts(audience: &Audience, level: f64, bootstrap: Bootstrap) -> Option<Parts> {
    if !(audience.is_sound() && level > 0.0 && level < 1.0) {
        return None;
    }
    let mut rounds = Vec::with_capacity(bootstrap.count);
    let crowd = Crowd::of(audience, bootstrap.seed);
    crowd.each_round(bootstrap, |weighted, _| rounds.push(numbers(weighted)));
    told(audience, level, &rounds)
}

/// What the rounds say.
pub(super) fn told(audience: &Audience, level: f64, rounds: &[[Option<f64>; 7]]) -> Option<Parts> {
    let found = numbers(&Weighted::as_is(audience));
    let draws = |place: usize| {
        let mut draws: Vec<f64> = rounds.iter().filter_map(|round| round[place]).collect();
        draws.sort_unstable_by(f64::total_cmp);
        draws
    };
    let share = |place: usize, counts: &dyn Fn(&PersonPiece) -> bool| {
        let people = audience.people_with(counts);
        share(found[place]?, &draws(place), (people, level))
    };
    let back = |row: &PersonPiece| row.brought_back > 0.0;
    let recent = |row: &PersonPiece| row.recent_days > 0.0;
    let without = [share(4, &back), share(5, &back), share(6, &back)];
    Some(Parts {
        breadth: share(0, &back),
        back_catalogue: share(1, &|row| recent(row) && audience.returning[row.person]),
        returning: (audience.people_with(&recent) > 0).then(|| share(2, &recent)).flatten(),
        effective: found[3].and_then(|value| effective(value, &draws(3), (audience.people_with(&back), level))),
        without_top: match without {
            [Some(one), Some(three), Some(ten)] => Some([one, three, ten]),
            _ => None,
        },
    })
}

fn share(value: f64, draws: &[f64], (people, level): (u64, f64)) -> Option<Estimate> {
    let (low, high) = if value <= 0.0 {
        (0.0, jeffreys(0, people, level)?.high)
    } else if value >= 1.0 {
        (jeffreys(people, people, level)?.low, 1.0)
    } else {
        let (low, high) = interval_of_draws(draws, level)?;
        let middle = sorted_quantile(draws, 0.5)?;
        let end = |end: f64| shifted(end, (middle, value), 1.0);
        (end(low).min(value), end(high).max(value))
    };
    Some(Estimate {
        value,
        low,
        high,
        n: people,
        level,
    })
}

fn effective(value: f64, draws: &[f64], (people, level): (u64, f64)) -> Option<Estimate> {
    let (low, high) = interval_of_draws(draws, level)?;
    let times = value / sorted_quantile(draws, 0.5)?;
    Some(Estimate {
        value,
        low: (low * times).clamp(1.0, value),
        high: (high * times).max(value),
        n: people,
        level,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `counts[i]` people were brought back by piece i, and each was there on a day lately with the piece they came by.
    fn audience(counts: &[u64], is_condensed: bool) -> Audience {
        let mut found = Audience {
            old: vec![true; counts.len()],
            ..Audience::default()
        };
        for (piece, &count) in counts.iter().enumerate() {
            let (rows, weight) = if is_condensed { (1, count) } else { (count, 1) };
            for _ in 0..rows {
                found.rows.push(PersonPiece {
                    person: found.returning.len(),
                    piece,
                    brought_back: 1.0,
                    recent_days: 1.0,
                });
                found.returning.push(piece > 0);
                found.weights.push(weight);
            }
        }
        found
    }

    #[test]
    fn identical_people_may_be_given_once_with_their_number() {
        let counts = [600, 200, 100, 60, 40];
        let (one, other) = (audience(&counts, false), audience(&counts, true));
        let say = |audience: &Audience| parts(audience, 0.9, Bootstrap::default()).unwrap();
        assert_eq!(say(&one), say(&other));
        let breadth = say(&one).breadth.unwrap();
        assert!((breadth.value - 0.4).abs() < 1e-12, "{breadth:?}");
        // 400 of 1000: a binomial's interval.
        assert!(
            (breadth.low - 0.375).abs() < 0.006 && (breadth.high - 0.425).abs() < 0.006,
            "{breadth:?}"
        );
        assert_eq!(say(&one).returning.unwrap().value, 0.4);
        assert_eq!(say(&one).back_catalogue.unwrap().value, 1.0);
        let [_, three, ten] = say(&one).without_top.unwrap();
        assert!(
            (three.value - 0.1).abs() < 1e-12 && ten.value == 0.0,
            "{three:?} {ten:?}"
        );
    }

    /// Blocks of people scatter as people do: the same audience a hundred times over has intervals a tenth as wide.
    #[test]
    fn blocks_of_many_people_scatter_as_people_do() {
        let counts = [60, 20, 10, 6, 4];
        let few = parts(&audience(&counts, true), 0.9, Bootstrap::default()).unwrap();
        let many = counts.map(|count| 100 * count);
        let many = parts(&audience(&many, true), 0.9, Bootstrap::default()).unwrap();
        for (few, many) in [
            (few.breadth, many.breadth),
            (few.returning, many.returning),
            (few.effective, many.effective),
        ] {
            let ratio = few.unwrap().width() / many.unwrap().width();
            assert!((7.5..13.0).contains(&ratio), "{ratio}");
        }
    }
}
