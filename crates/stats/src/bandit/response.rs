//! Evidence that takes its time: only its matured part counts.
//!
//! With a lag distribution F₀, somebody who has not converted at age t is F₀(t) of a "no". So n_eff = successes + Σ
//! F₀ over the others, and the rate is Beta(α + successes, β + Σ F₀).

/// Σ F₀(age) over people who have not converted yet. Ages that are not numbers count nothing.
pub fn maturity_sum(ages: &[f64], maturity: impl Fn(f64) -> f64) -> f64 {
    ages.iter()
        .filter(|age| **age >= 0.0)
        .map(|&age| maturity(age).clamp(0.0, 1.0))
        .sum()
}

/// The posterior Beta(a, b) of a rate under a Beta(α, β) prior, with delayed evidence.
pub fn delayed_rate((alpha, beta): (f64, f64), successes: f64, matured_failures: f64) -> super::Arm {
    super::Arm {
        a: alpha + successes.max(0.0),
        b: beta + matured_failures.max(0.0),
    }
}
