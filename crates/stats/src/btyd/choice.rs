//! Which purchase model to believe: by BIC among NBD, MBG/NBD and Pareto/NBD, with an honest way out.
//!
//! When old customers look new because the data begin in mid-history, every drop-out model runs to a boundary where
//! nobody ever leaves. The likelihood then is the NBD's, and that is what is reported, with the words for it.

use super::{BgNbd, Condensed, MbgNbd, Nbd, ParetoNbd};
use crate::fitted::{FitError, FitWarning, Fitted, Parameters};

/// Twice this is the 95 % point of χ² with one degree of freedom: less improvement over NBD is none.
const IMPROVEMENT_LEAST: f64 = 1.92;
/// A mean drop-out chance below this is none.
const DROP_OUT_LEAST: f64 = 1e-4;
/// BICs closer than this are equal.
const BIC_EQUAL: f64 = 2.0;

/// The chosen model, fitted.
#[derive(Clone, Debug)]
pub enum Choice {
    /// Nobody is seen to leave.
    Nbd(Fitted<Nbd, 2>),
    /// The default, and equally good or better than the others.
    MbgNbd(Fitted<MbgNbd, 4>),
    /// Clearly better than the others.
    ParetoNbd(Fitted<ParetoNbd, 4>),
}

/// Why it was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChoiceReason {
    /// The drop-out models fit no better than one without.
    NoDropOutVisible,
    /// Its BIC is the least by more than 2.
    BestByBic,
    /// Its BIC is within 2 of the least.
    EqualSoDefault,
}

impl ChoiceReason {
    /// What to tell the owner.
    pub fn words(self) -> &'static str {
        match self {
            Self::NoDropOutVisible => {
                "no drop-out visible yet: nobody seems to have left. If the data begin in mid-history, old customers look \
                 new, and this is what that looks like"
            }
            Self::BestByBic => "it fits clearly best for its number of parameters",
            Self::EqualSoDefault => "it fits as well as any other, and a one-time buyer may be gone in it",
        }
    }
}

/// A model in which people drop out.
pub trait DropOut {
    /// The mean chance to drop out after an act; `None` where people drop out at any moment.
    fn mean_drop_out(&self) -> Option<f64>;
}

impl DropOut for BgNbd {
    fn mean_drop_out(&self) -> Option<f64> {
        Some(self.a / (self.a + self.b))
    }
}

impl DropOut for MbgNbd {
    fn mean_drop_out(&self) -> Option<f64> {
        Some(self.a / (self.a + self.b))
    }
}

impl DropOut for ParetoNbd {
    fn mean_drop_out(&self) -> Option<f64> {
        None
    }
}

/// Whether the model's drop-out shows in the data at all: it fits better than the NBD, away from every boundary.
pub fn drop_out_shows<M: Parameters<4> + DropOut>(fitted: &Fitted<M, 4>, nbd: &Fitted<Nbd, 2>) -> bool {
    fitted.log_likelihood - nbd.log_likelihood >= IMPROVEMENT_LEAST
        && fitted
            .model
            .mean_drop_out()
            .is_none_or(|chance| chance >= DROP_OUT_LEAST)
        && fitted.warning != Some(FitWarning::AtBoundary)
}

/// Fits the candidates and chooses.
pub fn choose(people: &Condensed) -> Result<(Choice, ChoiceReason), FitError> {
    let nbd = Nbd::fit(people)?;
    let mbg = MbgNbd::fit(people).ok().filter(|fitted| drop_out_shows(fitted, &nbd));
    let pareto = ParetoNbd::fit(people)
        .ok()
        .filter(|fitted| drop_out_shows(fitted, &nbd));
    let chosen = match (mbg, pareto) {
        (Some(mbg), Some(pareto)) if pareto.bic() < mbg.bic() - BIC_EQUAL => {
            (Choice::ParetoNbd(pareto), ChoiceReason::BestByBic)
        }
        (Some(mbg), Some(pareto)) if (pareto.bic() - mbg.bic()).abs() <= BIC_EQUAL => {
            (Choice::MbgNbd(mbg), ChoiceReason::EqualSoDefault)
        }
        (Some(mbg), _) if mbg.bic() < nbd.bic() => (Choice::MbgNbd(mbg), ChoiceReason::BestByBic),
        (None, Some(pareto)) if pareto.bic() < nbd.bic() => (Choice::ParetoNbd(pareto), ChoiceReason::BestByBic),
        (None, None) => (Choice::Nbd(nbd), ChoiceReason::NoDropOutVisible),
        _ => (Choice::Nbd(nbd), ChoiceReason::BestByBic),
    };
    Ok(chosen)
}
