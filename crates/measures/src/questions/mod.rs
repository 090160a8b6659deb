//! One question a file: which folds, which model, which figures, which sentence.

pub mod goals;
pub mod hits;
pub mod returns;
mod scopes;
