//! Whether a request that changes something was made by a page of ours. Another site's page can make a browser send one, with our
//! cookie and from our machine; it can't keep the browser from saying where it came from.

use axum::http::{HeaderMap, Method};

use super::Client;

/// Whether a request may change something. Browsers say where from in `Sec-Fetch-Site`, or where that is not sent, such as
/// over plain HTTP, in `Origin`; whoever sends neither is a program, and nobody's page.
pub fn is_ours(method: &Method, headers: &HeaderMap, client: &Client) -> bool {
    if matches!(*method, Method::GET | Method::HEAD) {
        return true;
    }
    if let Some(site) = headers.get("sec-fetch-site") {
        return matches!(site.as_bytes(), b"same-origin" | b"none");
    }
    let Some(origin) = headers.get("origin") else {
        return true;
    };
    let origin = origin.to_str().unwrap_or_default();
    match (origin.split_once("://"), &client.host) {
        (Some((scheme, named)), Some(host)) => authority(named, scheme) == authority(host, scheme),
        _ => false,
    }
}

/// Host and port, without the port that the scheme means anyway.
fn authority(host: &str, scheme: &str) -> String {
    let usual = if scheme == "https" { ":443" } else { ":80" };
    let host = host.to_ascii_lowercase();
    host.strip_suffix(usual).map(str::to_owned).unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn may(headers: &[(&'static str, &'static str)]) -> bool {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        let client = Client {
            host: Some("stats.example:8080".to_owned()),
            ..Client::default()
        };
        is_ours(&Method::POST, &headers, &client)
    }

    #[test]
    fn what_another_site_made_a_browser_send_is_told_apart() {
        assert!(may(&[("sec-fetch-site", "same-origin"), ("origin", "null")]));
        assert!(may(&[("sec-fetch-site", "none")]));
        assert!(may(&[("origin", "http://stats.example:8080")]) && may(&[]));
        for headers in [
            [("sec-fetch-site", "cross-site")],
            [("sec-fetch-site", "same-site")],
            [("sec-fetch-site", "")],
            [("origin", "null")],
            [("origin", "")],
            [("origin", "http://evil.example")],
            [("origin", "http://stats.example")],
            [("origin", "http://stats.example:8080.evil.example")],
        ] {
            assert!(!may(&headers), "{headers:?}");
        }
        assert!(!may(&[
            ("origin", "http://stats.example:8080"),
            ("sec-fetch-site", "cross-site")
        ]));
        let nobody = Client::default();
        assert!(is_ours(&Method::GET, &HeaderMap::new(), &nobody));
    }
}
