//! Browsers send from the owner's site to another host, so every answer says that they may, and their question beforehand
//! is answered at once.

use axum::{
    extract::Request,
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

/// What the SDKs send beside what browsers always may.
const HEADERS: &str = "Authorization, Content-Type, Content-Encoding, X-Write-Key, X-Requested-With, X-Client-Version";
/// More asked-for headers than this are not repeated back.
const ASKED_BYTES_MAX: usize = 512;

pub async fn allow(request: Request, next: Next) -> Response {
    let origin = request.headers().get(header::ORIGIN).cloned();
    let wanted = request.headers().get(header::ACCESS_CONTROL_REQUEST_HEADERS);
    let wanted = wanted.filter(|wanted| wanted.len() <= ASKED_BYTES_MAX).cloned();
    let is_preflight = request.method() == Method::OPTIONS;
    let mut response = if is_preflight {
        StatusCode::NO_CONTENT.into_response()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    if is_preflight {
        let fixed = HeaderValue::from_static;
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, fixed("GET, POST, OPTIONS"));
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, wanted.unwrap_or(fixed(HEADERS)));
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, fixed("86400"));
    }
    if let Some(origin) = origin {
        // Nothing here is read from cookies, so a browser that sends some along gives nothing away.
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
            HeaderValue::from_static("true"),
        );
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    } else {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
