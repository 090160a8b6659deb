//! The pictures of `docs/methods`, drawn by the functions they explain: `cargo run -p longplay-stats --example pictures`.
//!
//! Every number in them comes out of this crate, from made-up audiences with fixed seeds; `tests/pictures.rs` holds the files
//! to what is drawn here.

mod drawings;
mod plot;

use std::path::Path;

fn main() -> std::io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/methods/pictures");
    std::fs::create_dir_all(&folder)?;
    for (name, svg) in drawings::all() {
        std::fs::write(folder.join(format!("{name}.svg")), svg)?;
        println!("docs/methods/pictures/{name}.svg");
    }
    Ok(())
}
