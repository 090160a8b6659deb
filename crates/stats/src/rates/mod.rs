//! Rates on counts: what share did, how sure can so few tell, and which of many is really better.

mod beta_binomial;
mod difference;
mod gamma_poisson;
mod isotonic;
mod james_stein;
mod jeffreys;
mod logistic;
mod pooled;
mod ranking;
mod wilson;

pub use beta_binomial::{BetaBinomial, Counted};
pub use difference::{Sample, difference_of_means};
pub use gamma_poisson::{Exposed, GammaPoisson};
pub use isotonic::Isotonic;
pub use james_stein::{JamesStein, james_stein};
pub use jeffreys::jeffreys;
pub use logistic::{Calibration, Logistic, LogisticFit, Quality, Table, area_under_curve, cross_validated, judge};
pub use pooled::Pooled;
pub use ranking::{Ranked, rank_first};
pub use wilson::wilson;
