//! What cells mean: properties as JSON, numbers, days, what counts as missing, what a spreadsheet has spoilt.

mod cell;
mod properties;

pub(crate) use cell::{is_missing, is_spreadsheet_damage, number};
pub(crate) use properties::{Entries, Properties, json_text};
