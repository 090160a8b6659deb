//! What became of a request, before a protocol puts it into its own words.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use longplay_intake::protocols::BodyError;

/// Seconds after which somebody who found no room may come back.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("2");

/// How many items of a request fared how.
#[derive(Clone, Copy, Debug, Default)]
pub struct Taken {
    pub admitted: usize,
    pub duplicates: usize,
    pub marked: usize,
    pub passed: usize,
    pub refused: usize,
}

/// Why nothing of a request was taken.
#[derive(Debug)]
pub enum Why {
    NoKey,
    UnknownKey,
    Unreadable(BodyError),
    TooLarge,
    /// The body came too slowly.
    Slow,
    /// The connection ended before the body did.
    CutShort,
    /// There is no room just now.
    Busy,
    /// Our own fault; the log says what.
    Failed,
}

impl Why {
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoKey => "key_missing",
            Self::UnknownKey => "key_unknown",
            Self::Unreadable(BodyError::Malformed(_)) => "body_unreadable",
            Self::Unreadable(BodyError::Encoding(_) | BodyError::Compression(_)) => "body_compression",
            Self::Unreadable(BodyError::TooLarge { .. }) | Self::TooLarge => "body_too_large",
            Self::Unreadable(BodyError::TooMany { .. }) => "too_many_items",
            Self::Slow => "body_too_slow",
            Self::CutShort => "body_cut_short",
            Self::Busy => "busy",
            Self::Failed => "failed",
        }
    }

    /// SDKs send again on 5xx and 429 and give up on other 4xx, so only what may pass is 5xx.
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::NoKey | Self::UnknownKey => StatusCode::UNAUTHORIZED,
            Self::Unreadable(BodyError::Encoding(_)) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge | Self::Unreadable(BodyError::TooLarge { .. }) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unreadable(_) | Self::CutShort => StatusCode::BAD_REQUEST,
            Self::Slow => StatusCode::REQUEST_TIMEOUT,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Failed => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    pub fn words(&self) -> String {
        match self {
            Self::NoKey => "the request carries no write key".to_owned(),
            Self::UnknownKey => "the write key is not known; make one with longplay key create".to_owned(),
            Self::Unreadable(error) => error.to_string(),
            Self::TooLarge => "the body is too large".to_owned(),
            Self::Slow => "the body came too slowly".to_owned(),
            Self::CutShort => "the connection ended before the body did".to_owned(),
            Self::Busy => "too much is arriving just now; send it again".to_owned(),
            Self::Failed => "the events could not be kept; send them again".to_owned(),
        }
    }

    /// The response with these words, and with what every protocol needs beside them.
    pub fn response(&self, status: StatusCode, body: impl IntoResponse) -> Response {
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        if matches!(self, Self::Busy | Self::Failed) {
            headers.insert(header::RETRY_AFTER, RETRY_AFTER);
        }
        if matches!(self, Self::Slow | Self::TooLarge | Self::CutShort) {
            // What is left of the body is not read, so nothing else can come over this connection.
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}
