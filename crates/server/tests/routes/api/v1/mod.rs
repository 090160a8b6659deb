//! `/api/v1`
mod ask;
