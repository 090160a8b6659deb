//! Rates on counts: what share did, how sure can so few tell, and which of many is really better.

pub mod beta_binomial;
pub mod difference;
pub mod gamma_poisson;
pub mod isotonic;
pub mod james_stein;
pub mod jeffreys;
pub mod logistic;
pub mod means;
pub mod pooled;
pub mod ranking;
pub mod share_difference;
pub mod wilson;

pub use beta_binomial::{BetaBinomial, Counted};
pub use difference::{Sample, difference_of_means, mean};
pub use gamma_poisson::{Exposed, GammaPoisson};
pub use isotonic::Isotonic;
pub use james_stein::{JamesStein, james_stein};
pub use jeffreys::jeffreys;
pub use logistic::{
    Calibration, Logistic, LogisticFit, Quality, Table, area_under_curve, cross_validated, judge, judge_weighted,
};
pub use means::{Mean, shrink_means};
pub use pooled::Pooled;
pub use ranking::{Ranked, rank_first};
pub use share_difference::difference_of_shares;
pub use wilson::wilson;
