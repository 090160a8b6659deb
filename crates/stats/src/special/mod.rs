//! Special functions, each with the range in which it keeps its digits.
//!
//! The models live at the edges (a million people and three conversions, x = 5,000 purchases), where textbook forms
//! cancel or overflow. So differences of log-gammas are taken through Stirling remainders, tails are computed as tails,
//! and nothing is exponentiated before it is small. Accuracy is tested against scipy and mpmath values in each file.

pub mod beta;
pub mod gamma;
pub mod hypergeometric;
pub mod incomplete_gamma;
pub(crate) mod legendre;
pub mod normal;
pub mod student;
