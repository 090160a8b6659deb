//! Who is who: links between handles, what they come to, and histories put under the person they belong to.
//!
//! An event lies under the key of the handle it came with. Links are facts on the side; [`resolve::Who`] is what all
//! facts together come to, whatever the order they arrived in. Rows whose person is another than the one they lie under are
//! `moved`: hidden where they lie and read as one more run, until a merge writes them where they belong. A row written so
//! remembers its own key (`origin`), so that every link can be undone.

pub mod links;
pub mod moved;
mod names;
pub(crate) mod person;
pub mod resolve;
mod signed;
mod told;

pub use person::{LinkInfo, PersonCard};
pub use told::Timeline;
