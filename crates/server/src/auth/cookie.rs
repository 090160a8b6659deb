//! The cookie of a session: no script reads it, no other site's form sends it, and where the browser came by https it travels by
//! nothing else and can be set by no neighbour (`__Host-`).

use axum::http::{HeaderMap, HeaderValue, header};

use super::Client;

const PLAIN: &str = "longplay_session";
const SECURE: &str = "__Host-longplay_session";
/// No secret of ours is longer.
const SECRET_BYTES_MAX: usize = 128;

const fn name(client: &Client) -> &'static str {
    if client.is_https { SECURE } else { PLAIN }
}

/// What the browser holds of a session.
pub fn secret_in(headers: &HeaderMap, client: &Client) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE);
    let pairs = cookies
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'));
    let mut values = pairs
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(found, _)| *found == name(client));
    let (_, value) = values.next()?;
    (!value.is_empty() && value.len() <= SECRET_BYTES_MAX).then(|| value.to_owned())
}

/// Gives a browser its session; the secret is hexadecimal. It ends when the browser closes or the server says so.
pub fn setting(secret: &str, client: &Client) -> HeaderValue {
    header_value(&format!(
        "{}={secret}; Path=/; HttpOnly; SameSite=Lax{}",
        name(client),
        secure(client)
    ))
}

/// Takes it back.
pub fn clearing(client: &Client) -> HeaderValue {
    header_value(&format!(
        "{}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{}",
        name(client),
        secure(client)
    ))
}

const fn secure(client: &Client) -> &'static str {
    if client.is_https { "; Secure" } else { "" }
}

fn header_value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("names, hexadecimal digits and attributes are plain ASCII")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_of_plain_http_opens_nothing_over_https() {
        let https = Client {
            is_https: true,
            ..Client::default()
        };
        let plain = Client::default();
        assert_eq!(
            setting("ab", &https),
            "__Host-longplay_session=ab; Path=/; HttpOnly; SameSite=Lax; Secure"
        );
        assert_eq!(
            setting("ab", &plain),
            "longplay_session=ab; Path=/; HttpOnly; SameSite=Lax"
        );
        let mut headers = HeaderMap::new();
        headers.insert(
            header::COOKIE,
            HeaderValue::from_static("a=b; longplay_session=plain;__Host-longplay_session=safe"),
        );
        assert_eq!(secret_in(&headers, &https).as_deref(), Some("safe"));
        assert_eq!(secret_in(&headers, &plain).as_deref(), Some("plain"));
        assert_eq!(secret_in(&HeaderMap::new(), &plain), None);
    }
}
