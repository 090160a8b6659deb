//! The tests of the server in one program: `routes/` mirrors the URLs, the others look at pages, colours and vendored files.

#![allow(clippy::unwrap_used, reason = "functions of a test are tests too")]

mod contrast;
mod fixtures;
mod harness;
mod page;
mod routes;
mod security;
mod serve;
mod vendor;
