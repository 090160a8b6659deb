//! The methods pages that are in the binary: `docs/methods/*.md`, laid in by `build.rs`.

const PAGES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/methods.rs"));

/// The Markdown of the methods page of that name.
pub fn source(name: &str) -> Option<&'static str> {
    PAGES.iter().find(|(page, _)| *page == name).map(|(_, text)| *text)
}

/// The names of all methods pages, in alphabetical order.
pub fn names() -> impl Iterator<Item = &'static str> {
    PAGES.iter().map(|(name, _)| *name)
}
