//! `/methods/NAME`: how an answer is known, from the same Markdown that is read in the repository.

use askama::Template;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

use super::{Frame, methods};

#[derive(Template)]
#[template(path = "method.html")]
pub struct MethodPage {
    frame: Frame,
    title: String,
    /// HTML made from our own Markdown, raw HTML in it shown as text.
    body: String,
}

/// The methods page of that name, if there is one.
pub fn method(name: &str, frame: Frame) -> Option<MethodPage> {
    let source = methods::source(name)?;
    Some(MethodPage {
        title: title(source).unwrap_or_else(|| name.to_owned()),
        body: render(source),
        frame,
    })
}

fn title(source: &str) -> Option<String> {
    source
        .lines()
        .find_map(|line| line.strip_prefix("# "))
        .map(|line| line.replace(['`', '*'], "").trim().to_owned())
}

/// Markdown to HTML. Links to files of the repository lead nowhere on a server, so only their text stays, unless they
/// name another methods page.
fn render(source: &str) -> String {
    let mut dropped = Vec::new();
    let mut is_shown = false;
    let events = Parser::new_ext(source, Options::ENABLE_TABLES).filter_map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Some(Event::Text(text)),
        Event::Start(Tag::Image { dest_url, .. }) => {
            let file = dest_url.strip_prefix("pictures/").unwrap_or_default();
            is_shown = methods::picture(file).is_some();
            is_shown.then(|| Event::Html(format!("<img src=\"/methods/pictures/{file}\" alt=\"").into()))
        }
        Event::End(TagEnd::Image) => std::mem::take(&mut is_shown).then(|| Event::Html("\">".into())),
        Event::Start(Tag::Link {
            link_type,
            dest_url,
            title,
            id,
        }) => {
            let target = reachable(&dest_url);
            dropped.push(target.is_none());
            target.map(|url| {
                Event::Start(Tag::Link {
                    link_type,
                    dest_url: url.into(),
                    title,
                    id,
                })
            })
        }
        Event::End(TagEnd::Link) => (!dropped.pop().unwrap_or(false)).then_some(Event::End(TagEnd::Link)),
        Event::Start(Tag::Heading {
            level: HeadingLevel::H1,
            ..
        }) => Some(Event::Html("<h1 class=\"lead\">".into())),
        other => Some(other),
    });
    let mut body = String::new();
    html::push_html(&mut body, events);
    body
}

fn reachable(url: &str) -> Option<String> {
    if url.starts_with("https://") || url.starts_with('#') {
        return Some(url.to_owned());
    }
    let name = url.rsplit('/').next()?.strip_suffix(".md")?;
    methods::source(name).map(|_| format!("/methods/{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_becomes_html_without_raw_html_or_dead_links() {
        let body = render(
            "# How *returns* are known\n\nWe <script>x</script> see [design](../design.md), [a](https://example.org/a).",
        );
        assert!(
            body.contains("<h1 class=\"lead\">How <em>returns</em> are known</h1>"),
            "{body}"
        );
        assert!(!body.contains("<script"), "{body}");
        assert!(
            body.contains(" see design, <a href=\"https://example.org/a\">a</a>"),
            "{body}"
        );
    }

    #[test]
    fn a_picture_of_ours_is_shown_with_its_words() {
        let body = render("![Two curves](pictures/returns.svg)\n\n![else](https://example.org/x.png)");
        assert!(
            body.contains("<img src=\"/methods/pictures/returns.svg\" alt=\"Two curves\">"),
            "{body}"
        );
        assert!(!body.contains("example.org"), "{body}");
    }

    #[test]
    fn each_page_has_a_title() {
        for name in methods::names() {
            assert!(
                methods::source(name).and_then(title).is_some(),
                "{name} opens with `# `"
            );
        }
    }
}
