//! One file a URL.

mod api;
mod assets;
mod healthz;
mod home;
mod methods;
mod v1;
