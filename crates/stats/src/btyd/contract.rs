//! How long contracts are kept, by the model that shows: the sBG, or the BdW where leaving clearly depends on age.
//!
//! The third parameter has to earn its place (BIC better by more than 2) and needs more contracts to be told at all
//! ([`crate::least`]). Contracts may have begun at any time; what differs between times of beginning is taken as chance.

use super::{Bdw, Sbg, Survivors};
use crate::{
    Bootstrap, Estimate, FitError, Fitted,
    least::{CONTRACTS, CONTRACTS_BDW},
};

/// A BIC better by no more than this is none.
const BIC_EQUAL: f64 = 2.0;

/// The chosen model, fitted.
#[derive(Clone, Debug)]
pub enum Contract {
    /// Everybody has a chance to leave that stays with them.
    Constant(Fitted<Sbg, 2>),
    /// Chances to leave change with age.
    Ageing(Fitted<Bdw, 3>),
}

impl Contract {
    /// `NotIdentified` below [`CONTRACTS`] contracts and while nobody has left.
    pub fn fit(people: &Survivors) -> Result<Self, FitError> {
        if people.people() < CONTRACTS {
            return Err(FitError::NotIdentified("too few contracts"));
        }
        let constant = Sbg::fit(people)?;
        let ageing = (people.people() >= CONTRACTS_BDW).then(|| Bdw::fit(people).ok());
        let ageing = ageing
            .flatten()
            .filter(|ageing| ageing.warning.is_none() && ageing.bic() < constant.bic() - BIC_EQUAL);
        Ok(ageing.map_or(Self::Constant(constant), Self::Ageing))
    }

    /// `sbg` or `bdw`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Constant(_) => "sbg",
            Self::Ageing(_) => "bdw",
        }
    }

    /// P(renews at all the first t times).
    pub fn survival(&self, t: f64) -> f64 {
        match self {
            Self::Constant(fitted) => fitted.model.survival(t),
            Self::Ageing(fitted) => fitted.model.survival(t),
        }
    }

    /// Renewals expected among the next `ahead` of everybody who still is there, `still[n]` having renewed n times; with the
    /// interval of the model's parameters at `level`. `None` where the fit carries none.
    pub fn renewals(&self, still: &[f64], ahead: u32, (level, draws): (f64, Bootstrap)) -> Option<Estimate> {
        let sum = |renewals: &dyn Fn(f64) -> f64| {
            let each = still.iter().enumerate().filter(|(_, people)| **people > 0.0);
            each.map(|(n, people)| people * renewals(n as f64)).sum::<f64>()
        };
        match self {
            Self::Constant(fitted) => fitted.estimate(level, draws, |model| sum(&|n| model.renewals(n, ahead))),
            Self::Ageing(fitted) => fitted.estimate(level, draws, |model| sum(&|n| model.renewals(n, ahead))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fader & Hardie's (2007) high-end cohort of a thousand: people there after 0 to 7 years.
    const HIGH_END: [f64; 8] = [1000.0, 869.0, 743.0, 653.0, 593.0, 551.0, 517.0, 491.0];

    #[test]
    fn a_cohort_of_the_paper_is_told_as_there() {
        let found = Contract::fit(&Survivors::new(&HIGH_END).unwrap()).unwrap();
        let draws = Bootstrap { count: 200, seed: 1 };
        let told = found
            .renewals(&[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 491.0], 1, (0.9, draws))
            .unwrap();
        // S(8) of the paper is .468 of the thousand by sBG (α .668, β 3.806); the data said .468 too.
        assert!((told.value - 468.0).abs() < 8.0, "{told:?}");
        assert!(told.low < 468.0 && 468.0 < told.high, "{told:?}");
    }

    #[test]
    fn few_contracts_tell_nothing() {
        let few = Survivors::new(&[99.0, 60.0, 40.0]).unwrap();
        assert!(matches!(Contract::fit(&few), Err(FitError::NotIdentified(_))));
    }
}
