//! `/api/v1`
mod ask;
mod person;
