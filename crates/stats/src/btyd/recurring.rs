//! What every model of repeated acts answers: presence, what to expect, how likely silence is, what it is worth today.

use super::Evidence;
use crate::random::Draws;
use crate::special::hypergeometric::against_decay;

/// A model of repeated acts with unseen drop-out, at given parameters.
pub trait Recurring {
    /// ln L of one person; the row's weight is not used.
    fn log_likelihood(&self, person: &Evidence) -> f64;

    /// P(still there at T).
    fn p_alive(&self, person: &Evidence) -> f64;

    /// Expected acts in (T, T + t].
    fn expected(&self, person: &Evidence, t: f64) -> f64;

    /// Expected repeat acts of a new person within t of the first.
    fn expected_new(&self, t: f64) -> f64;

    /// P(exactly k repeat acts within t) of a new person.
    fn pmf_new(&self, k: u64, t: f64) -> f64;

    /// A new person watched for `age`.
    fn simulate(&self, age: f64, draws: &mut Draws) -> Evidence;

    /// P(no act in (T, T + t]), whether gone or only quiet. Not the same question as [`Recurring::p_alive`].
    ///
    /// For every model here it is the likelihood of the same history seen t longer, over that of the history.
    fn p_silent(&self, person: &Evidence, t: f64) -> f64 {
        let longer = Evidence {
            age: person.age + t.max(0.0),
            ..*person
        };
        (self.log_likelihood(&longer) - self.log_likelihood(person))
            .exp()
            .min(1.0)
    }

    /// Expected number of future acts, each discounted by e^(−rate·time): the residual value of a person in acts (DERT).
    /// Infinite unless the rate is positive: without a discount the future has no end.
    fn discounted(&self, person: &Evidence, rate: f64) -> f64 {
        if rate.is_nan() || rate <= 0.0 {
            return f64::INFINITY;
        }
        against_decay(|u| self.expected(person, u / rate))
    }
}

/// A simulated person does no more than this, whatever the rate.
pub(super) const ACTS_MAX: f64 = 1e6;

/// Acts at rate `rate` until `end`, not after `age`.
pub(super) fn acts_until(rate: f64, end: f64, age: f64, draws: &mut Draws) -> Evidence {
    let mut person = Evidence::new(0.0, 0.0, age);
    let stop = end.min(age);
    let mut clock = draws.exponential() / rate;
    while clock <= stop && person.x < ACTS_MAX {
        person.log_gaps += (clock - person.t_x).ln();
        (person.x, person.t_x) = (person.x + 1.0, clock);
        clock += draws.exponential() / rate;
    }
    person
}

/// Acts at rate `rate`; after each one the person drops out with probability `leave`.
pub(super) fn acts_with_coin(rate: f64, leave: f64, age: f64, draws: &mut Draws) -> Evidence {
    let mut person = Evidence::new(0.0, 0.0, age);
    let mut clock = draws.exponential() / rate;
    while clock <= age && person.x < ACTS_MAX {
        person.log_gaps += (clock - person.t_x).ln();
        (person.x, person.t_x) = (person.x + 1.0, clock);
        if draws.uniform() < leave {
            break;
        }
        clock += draws.exponential() / rate;
    }
    person
}
