//! `/api`
mod event;
mod v1;
