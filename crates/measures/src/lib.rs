//! Questions about people: [`ask`] is the one door from a [`Question`] to an [`Answer`].

pub mod answer;
pub mod question;

pub use answer::{Answer, Caution, Figure, Grade, Point, Scope, Series, State};
pub use question::{By, Key, Question};
