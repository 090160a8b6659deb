//! Contrast computed from the stylesheet's own tokens, in light and dark: text at least 4.5, marks at least 3 (look §4).

use std::collections::HashMap;
use std::fs;

type Tokens = HashMap<String, [f64; 3]>;

/// The colours of the first block that opens with `opening`.
fn tokens(css: &str, opening: &str) -> Tokens {
    let block = &css[css
        .find(opening)
        .unwrap_or_else(|| panic!("{opening} is in the stylesheet"))
        + opening.len()..];
    let block = &block[..block.find('}').unwrap()];
    let colours = block.lines().filter_map(|line| {
        let (name, value) = line.trim().strip_prefix("--")?.split_once(": #")?;
        let number = u32::from_str_radix(value.trim_end_matches(';'), 16).unwrap();
        let part = |shift: u32| f64::from((number >> shift) & 0xff) / 255.0;
        Some((name.to_owned(), [part(16), part(8), part(0)]))
    });
    colours.collect()
}

/// Relative luminance and contrast as WCAG 2.2 defines them.
fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let linear = |part: f64| {
        if part <= 0.040_45 {
            part / 12.92
        } else {
            ((part + 0.055) / 1.055).powf(2.4)
        }
    };
    let luminance =
        |[red, green, blue]: [f64; 3]| 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn text_and_marks_stand_out_in_light_and_dark() {
    let css = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/longplay.css")).unwrap();
    let light = tokens(&css, ":root {");
    let dark = tokens(&css, ":root:not([data-theme=\"light\"]) {");
    assert!((contrast([0.0; 3], [1.0; 3]) - 21.0).abs() < 1e-9);
    assert_eq!(light.len(), dark.len(), "each token has both values");
    for (theme, tokens) in [("light", &light), ("dark", &dark)] {
        for ground in ["paper", "surface"] {
            for (names, least) in [
                (["ink", "muted", "good", "bad"].as_slice(), 4.5),
                (&["accent", "axis", "usual"], 3.0),
            ] {
                for name in names {
                    let ratio = contrast(tokens[*name], tokens[ground]);
                    assert!(
                        ratio >= least,
                        "{theme}: {name} on {ground} is {ratio:.2}, at least {least} is needed"
                    );
                }
            }
        }
        println!(
            "{theme}: accent on paper {:.2}",
            contrast(tokens["accent"], tokens["paper"])
        );
    }
}
