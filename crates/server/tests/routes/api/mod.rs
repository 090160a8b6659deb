//! `/api`
mod v1;
