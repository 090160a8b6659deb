//! Who asks, and whether they may. Every route of people and of their programs is registered with what it takes
//! ([`guard::Guarded`]), so none can be forgotten; collection alone has its own keys and stands outside.
//!
//! While a workspace has no account, whoever sits at its machine may do everything but what needs a token, and what was open
//! stays open. From the first account on, everything needs a session or a token, but the login, the files of pages and signed links.

mod caller;
mod client;
mod cookie;
mod guard;
mod may;
mod origin;
mod password;
mod picture;
mod throttle;
pub(crate) mod totp;

pub(crate) use caller::{Caller, Who};
pub use client::{Access, Client};
pub(crate) use cookie::{clearing, secret_in, setting};
pub(crate) use guard::Guarded;
pub use guard::Rule;
pub use may::May;
pub(crate) use password::Hashing;
pub use password::{PASSWORD_CHARS_MIN, PasswordError, fault, hash};
pub(crate) use picture::Picture;
pub(crate) use throttle::{Lock, Slow, Throttle};
