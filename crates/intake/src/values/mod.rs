//! What cells mean: properties as JSON, numbers, days, what counts as missing, what a spreadsheet has spoilt.

mod cell;
mod day;
mod properties;

pub(crate) use cell::{clock_seconds, is_missing, is_spreadsheet_damage, is_true, number};
pub(crate) use day::{DateOrder, day};
pub(crate) use properties::{Entries, Properties, json_text};
