//! One file a URL.

mod api;
mod assets;
mod capture;
mod healthz;
mod home;
mod matomo;
mod methods;
mod people;
mod pieces;
mod plausible;
mod sources;
mod tracker;
mod v1;
mod you;
