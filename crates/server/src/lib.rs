//! The faces a browser and a program see: pages and the API, over one store. A handler parses, asks once, and shows.
//!
//! Everything a page loads is in the binary; no page asks another host for anything.

#![doc = "\nDeliberately absent: Arrow, Parquet, SQL, statistics; answers come ready from `longplay-measures`."]

mod api;
mod app;
mod assets;
mod auth;
mod begin;
mod collect;
mod editions;
mod error;
mod form;
mod headers;
mod lists;
mod login;
pub mod pages;
mod people;
mod person;
mod piece;
mod query;
mod reference;
mod router;
mod serve;
mod settings;
mod shares;
mod someone;
mod talk;
mod tracker;
mod views;
mod who;
mod you;

pub use app::App;
pub use assets::Assets;
pub use auth::{Access, Client, May, PASSWORD_CHARS_MIN, PasswordError, Rule, fault, hash};
pub use begin::Demonstration;
pub use begin::uploads::{Importer, Order, Outcome};
pub use headers::CONTENT_SECURITY_POLICY;
pub use router::{router, rules};
pub use serve::{ServerError, serve};
