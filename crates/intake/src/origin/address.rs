//! The parts of a web address, found without copying: this runs for every event. Nothing is decoded, so that what is kept
//! is what was sent.

/// `https://user@www.shop.example:8080/a/b?x=1#c`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Address<'a> {
    /// As sent, port and credentials left out.
    pub host: &'a str,
    /// From the first slash to the query; may be blank.
    pub path: &'a str,
    /// Behind the question mark; may be blank.
    pub query: &'a str,
}

impl<'a> Address<'a> {
    /// Reads an absolute address of any scheme with a host, or a path that starts with a slash.
    pub fn parse(text: &'a str) -> Option<Self> {
        let text = text.trim();
        let text = text.split_once('#').map_or(text, |(before, _)| before);
        let (before, query) = text.split_once('?').unwrap_or((text, ""));
        let Some((scheme, rest)) = before.split_once("://") else {
            return before.starts_with('/').then_some(Self {
                host: "",
                path: before,
                query,
            });
        };
        let is_scheme = !scheme.is_empty()
            && scheme
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'+' | b'.'));
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let port = host.rfind(':').filter(|&at| !host[at..].contains(']'));
        let host = port.map_or(host, |at| &host[..at]);
        (is_scheme && !host.is_empty()).then_some(Self { host, path, query })
    }

    /// The host and path by which a page is one piece, whatever its scheme, `www.`, query or closing slash.
    pub fn piece(&self) -> Option<String> {
        let path = self.path.strip_suffix('/').unwrap_or(self.path);
        if self.host.is_empty() {
            return Some(if path.is_empty() { "/" } else { path }.to_owned()).filter(|_| !self.path.is_empty());
        }
        let mut piece = String::with_capacity(self.host.len() + self.path.len());
        piece.extend(without_www(self.host).chars().map(|c| c.to_ascii_lowercase()));
        piece.push_str(if path.is_empty() { "/" } else { path });
        Some(piece)
    }
}

/// The host without a leading `www.`, in whatever case.
pub(crate) fn without_www(host: &str) -> &str {
    match host.get(..4) {
        Some(www) if www.eq_ignore_ascii_case("www.") => &host[4..],
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_one_piece_however_its_address_is_written() {
        let piece = |text| Address::parse(text).and_then(|address| address.piece());
        for text in [
            "https://shop.example/a/b",
            "http://www.Shop.example/a/b/?utm_source=x#top",
            "https://user:pw@shop.example:8443/a/b",
        ] {
            assert_eq!(piece(text).as_deref(), Some("shop.example/a/b"), "{text}");
        }
        assert_eq!(piece("https://shop.example").as_deref(), Some("shop.example/"));
        assert_eq!(piece("/a/b/?x").as_deref(), Some("/a/b"));
        assert_eq!(piece("/").as_deref(), Some("/"));
        assert_eq!(piece("http://[::1]:7070/x").as_deref(), Some("[::1]/x"));
        for none in ["", "about:blank", "shop", "://x", "https://", "javascript:x://y"] {
            assert_eq!(piece(none), None, "{none}");
        }
    }
}
