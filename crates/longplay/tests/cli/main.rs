//! The contract of the command line, held against the built binary: exit codes, shapes of JSON and CSV, words on stderr.

#![allow(clippy::unwrap_used, reason = "a test that can't go on says where")]

mod account;
mod ask;
mod begin;
mod crash;
mod demo;
mod estimate;
mod export;
mod harness;
mod help;
mod hostile;
mod import;
mod keep;
mod person;
mod rules;
mod serve;
mod settings;
