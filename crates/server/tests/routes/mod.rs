//! One file a URL.

mod answers;
mod api;
mod assets;
mod begin;
mod capture;
mod healthz;
mod home;
mod matomo;
mod methods;
mod people;
mod pieces;
mod plausible;
mod settings;
mod sources;
mod talk;
mod tracker;
mod v1;
mod you;
