//! Headers every response carries: nothing loads from elsewhere, nothing runs inline, nobody frames us.

use axum::http::{HeaderName, HeaderValue, header};
use axum::{Router, extract::Request, middleware, middleware::Next, response::Response};

/// No inline script, no inline style, no other host; `data:` only for pictures.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

const ALWAYS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    // For browsers that don't know frame-ancestors.
    (header::X_FRAME_OPTIONS, "DENY"),
];

/// What is at an address that is a secret is neither kept, nor found, nor told to where somebody goes next.
const PRIVATE: [(HeaderName, &str); 3] = [
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
    (header::REFERRER_POLICY, "no-referrer"),
];

/// The same response, as behind an address that is a secret.
pub fn private(mut response: Response) -> Response {
    for (name, value) in PRIVATE {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Puts them on every response of `router`, and forbids keeping what isn't said to be kept.
pub fn with_headers(router: Router) -> Router {
    router.layer(middleware::from_fn(add))
}

async fn add(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        // A page may be stricter about where it is told from, never about less.
        if name == header::REFERRER_POLICY && headers.contains_key(&name) {
            continue;
        }
        headers.insert(name, HeaderValue::from_static(value));
    }
    // Pages and answers are about people and change with every event.
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("private, no-cache"));
    response
}
