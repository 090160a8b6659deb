//! `/api/v1`
mod ask;
mod edition;
mod person;
mod reference;
