//! What real SDKs sent (`samples/sdk-wire.jsonl`, recorded for this project), and what it must mean; and bodies nobody
//! should send.

#![allow(clippy::unwrap_used, reason = "a test that can't go on says where")]

mod matomo;
mod plausible;
mod posthog;
mod segment;
mod speed;
mod wire;
