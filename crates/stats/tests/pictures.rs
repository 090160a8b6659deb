//! The pictures in `docs/methods` are those that the models draw today.

#[path = "../examples/pictures/drawings.rs"]
mod drawings;
#[path = "../examples/pictures/plot.rs"]
mod plot;

#[test]
fn pages_show_what_the_models_draw() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/methods");
    let drawn = drawings::all();
    assert_eq!(drawn.len(), 10, "a picture could not be drawn");
    for (name, svg) in drawn {
        let kept = std::fs::read_to_string(folder.join(format!("pictures/{name}.svg"))).unwrap_or_default();
        assert!(
            kept == svg,
            "docs/methods/pictures/{name}.svg is not what is drawn now; run cargo run -p longplay-stats --example pictures"
        );
        let page = std::fs::read_to_string(folder.join(format!("{name}.md"))).unwrap_or_default();
        assert!(
            page.contains(&format!("](pictures/{name}.svg)")),
            "{name}.md shows its picture"
        );
    }
}
