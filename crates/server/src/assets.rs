//! What pages load: it sits in the binary and is named by its content, so browsers may keep it for ever.

use axum::body::Body;
use axum::http::{Response, header};
use bytes::Bytes;
use sha2::{Digest, Sha256};

/// Name, media type and content of each file.
const FILES: [(&str, &str, &[u8]); 6] = [
    (
        "longplay.css",
        "text/css; charset=utf-8",
        include_bytes!("../assets/longplay.css"),
    ),
    (
        "charts.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../assets/charts.js"),
    ),
    (
        "keys.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../assets/keys.js"),
    ),
    (
        "echarts.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../assets/vendor/echarts.min.js"),
    ),
    (
        "forms.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../assets/forms.js"),
    ),
    ("icon.svg", "image/svg+xml", include_bytes!("../assets/icon.svg")),
];

/// The files under their hashed names.
#[derive(Debug)]
pub struct Assets {
    files: Vec<File>,
}

#[derive(Debug)]
struct File {
    name: &'static str,
    hashed_name: String,
    media_type: &'static str,
    content: Bytes,
}

impl Assets {
    /// Hashes every file once, at the start.
    pub fn new() -> Self {
        let files = FILES.map(|(name, media_type, content)| File {
            name,
            hashed_name: hashed(name, content),
            media_type,
            content: Bytes::from_static(content),
        });
        Self { files: files.into() }
    }

    /// The URL of a file by its plain name. Asking for a file that isn't there is a mistake in this crate.
    pub fn url(&self, name: &str) -> String {
        let file = self
            .files
            .iter()
            .find(|file| file.name == name)
            .expect("pages name only files of FILES");
        format!("/assets/{}", file.hashed_name)
    }

    /// The response for a hashed name.
    pub fn response(&self, hashed_name: &str) -> Option<Response<Body>> {
        let file = self.files.iter().find(|file| file.hashed_name == hashed_name)?;
        let response = Response::builder()
            .header(header::CONTENT_TYPE, file.media_type)
            .header(header::CACHE_CONTROL, "public, max-age=31536000, immutable")
            .body(Body::from(file.content.clone()));
        Some(response.expect("both header values are plain ASCII"))
    }
}

impl Default for Assets {
    fn default() -> Self {
        Self::new()
    }
}

/// `longplay.css` → `longplay.0123456789ab.css`
fn hashed(name: &str, content: &[u8]) -> String {
    let digest = Sha256::digest(content);
    let short: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    match name.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}.{short}.{extension}"),
        None => format!("{name}.{short}"),
    }
}
