//! A progress bar on stderr for whoever watches at a terminal; nothing at all for a program.

use std::{borrow::Cow, time::Duration};

use indicatif::{ProgressBar, ProgressStyle};

/// A bar over a known number of steps. indicatif draws on stderr, and only when that is a terminal.
pub fn bar(length: u64, what: impl Into<Cow<'static, str>>) -> ProgressBar {
    let template = "{msg} [{bar:30}] {percent:>3} %  {human_pos} of {human_len}, {eta} left";
    started(ProgressBar::new(length), template, what)
}

/// A sign of life for work whose size is not known beforehand.
pub fn spinner(what: impl Into<Cow<'static, str>>) -> ProgressBar {
    started(
        ProgressBar::new_spinner(),
        "{spinner} {msg} {human_pos} ({elapsed})",
        what,
    )
}

fn started(bar: ProgressBar, template: &str, what: impl Into<Cow<'static, str>>) -> ProgressBar {
    let style = ProgressStyle::with_template(template).expect("both templates above are well-formed");
    bar.set_style(style.progress_chars("=> "));
    bar.set_message(what);
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
