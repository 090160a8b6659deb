//! Foreign text in our output: a spreadsheet must not run it, and a terminal must not obey it.

use std::borrow::Cow;

/// A text cell of a CSV: what a spreadsheet would take for a formula gets an apostrophe in front.
pub fn guarded(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}").into()
    } else {
        text.into()
    }
}

/// Text for a terminal: control characters, which could move the cursor or change colours, are shown as a space.
pub fn shown(text: &str) -> Cow<'_, str> {
    if text.chars().any(char::is_control) {
        text.chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect::<String>()
            .into()
    } else {
        text.into()
    }
}

/// Text for a terminal, cut to `chars_max` characters.
pub fn cut(text: &str, chars_max: usize) -> String {
    let text = shown(text);
    match text.char_indices().nth(chars_max) {
        Some(_) => text.chars().take(chars_max.saturating_sub(1)).chain(['…']).collect(),
        None => text.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_disarmed_and_plain_text_is_left_alone() {
        assert_eq!(guarded("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!(guarded("-1+2"), "'-1+2");
        assert_eq!(guarded("intro = part 1"), "intro = part 1");
    }

    #[test]
    fn a_terminal_sees_no_control_characters() {
        assert_eq!(shown("a\u{1b}[31mb"), "a [31mb");
        assert_eq!(cut("workshop", 5), "work…");
        assert_eq!(cut("work", 5), "work");
    }
}
