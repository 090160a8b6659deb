//! The tests of the server in one program: `routes/` mirrors the URLs, the others look at pages, colours and vendored files.

mod contrast;
mod fixtures;
mod harness;
mod page;
mod routes;
mod serve;
mod vendor;
