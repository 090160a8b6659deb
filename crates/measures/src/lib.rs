//! Questions about people: [`ask`] is the one door from a [`Question`] to an [`Answer`].
//!
//! Every question about people is a fold over each person's history, and all of them ride on the same pass ([`pass`],
//! [`folds`]); what a fold leaves is small evidence, from which `questions` make figures, intervals and a sentence.

#![doc = "\nDeliberately absent: HTTP, HTML, SQL text, the environment, clocks (now is in the question)."]

pub mod answer;
mod ask;
mod calendar;
pub mod catalogue;
mod compare;
pub mod engine;
pub mod evidence;
mod export;
pub mod folds;
mod memory;
pub mod over_time;
pub mod pass;
pub mod people;
pub mod question;
mod questions;
pub mod regular;
mod renew;
pub mod rhythm;
pub mod rule;
pub mod stage;
pub mod talk;
mod unnamed;
pub mod words;

pub use answer::{AgePoint, Answer, Caution, Curve, Edition, Figure, Grade, Point, Scope, Series, State};
pub use ask::{AskError, Ground, ask, ask_all, ask_all_on, standing, todays_list};
pub use compare::{Against, Compared, Comparison};
pub use export::{RecurrenceRow, each_recurrence};
pub use question::{ALL, About, By, Key, Question};
pub use questions::advice_of;
pub use renew::{Foundation, Renewed, Way, Why, renew};
