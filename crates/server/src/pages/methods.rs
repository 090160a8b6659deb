//! The methods pages that are in the binary, and their pictures: `docs/methods`, laid in by `build.rs`.

const PAGES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/methods.rs"));
const PICTURES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/pictures.rs"));

/// The picture of that file name, as SVG.
pub fn picture(file: &str) -> Option<&'static str> {
    let name = file.strip_suffix(".svg")?;
    PICTURES.iter().find(|(page, _)| *page == name).map(|(_, svg)| *svg)
}

/// The Markdown of the methods page of that name.
pub fn source(name: &str) -> Option<&'static str> {
    PAGES.iter().find(|(page, _)| *page == name).map(|(_, text)| *text)
}

/// The names of all methods pages, in alphabetical order.
pub fn names() -> impl Iterator<Item = &'static str> {
    PAGES.iter().map(|(name, _)| *name)
}
