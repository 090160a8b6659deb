//! A server over a workspace of its own, asked without a socket, at a fixed time: 2026-03-01, noon in Vienna.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use longplay_domain::{Claim, Piece, Time, When, Zone};
use longplay_server::{App, router};
use longplay_store::Store;
use tempfile::TempDir;
use tower::ServiceExt;

pub struct Server {
    app: App,
    router: Router,
    store: Arc<Store>,
    directory: Arc<TempDir>,
}

pub struct Said {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

pub fn now() -> Time {
    Time::parse("2026-03-01T11:00:00Z", &Zone::utc()).unwrap()
}

impl Server {
    /// Over an empty workspace.
    pub fn empty() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = Arc::new(Store::open(directory.path(), now()).unwrap());
        store.set_zone(&Zone::named("Europe/Vienna").unwrap()).unwrap();
        let app = App::at(Arc::clone(&store), now);
        Self {
            router: router(app.clone()),
            app,
            store,
            directory: Arc::new(directory),
        }
    }

    /// The same workspace after a restart at another time.
    pub fn restarted(&self, clock: fn() -> Time) -> Self {
        let app = App::at(Arc::clone(&self.store), clock);
        Self {
            router: router(app.clone()),
            app,
            store: Arc::clone(&self.store),
            directory: Arc::clone(&self.directory),
        }
    }

    /// The same, taking files over the web.
    pub fn importing_with(self, importer: longplay_server::Importer) -> Self {
        let app = self.app.importing_with(importer);
        Self {
            router: router(app.clone()),
            app,
            ..self
        }
    }

    /// The same, with a made-up audience to bring.
    pub fn demonstrating_with(self, demonstration: longplay_server::Demonstration) -> Self {
        let app = self.app.demonstrating_with(demonstration);
        Self {
            router: router(app.clone()),
            app,
            ..self
        }
    }

    /// Over forty people whom “Intro” brought on 2 January; ten came back the next day and four of those bought.
    pub fn small() -> Self {
        let server = Self::empty();
        let title = Some("Intro <b>& more</b>".to_owned());
        server
            .store
            .put_pieces(&[Piece {
                title,
                ..Piece::named("intro")
            }])
            .unwrap();
        for person in 0..40 {
            server.happened(person, "viewed", "2026-01-02T12:00:00+01:00");
            if person < 10 {
                server.happened(person, "viewed", "2026-01-03T12:00:00+01:00");
            }
            if person < 4 {
                server.happened(person, "purchased", "2026-01-05T00:30:00+01:00");
            }
        }
        server
    }

    /// Over six pieces of four months, each of which brought twenty people who came back in the months after.
    pub fn lasting() -> Self {
        let server = Self::empty();
        for piece in 0..6_u32 {
            for person in 0..20 {
                let name = format!("p{}", piece * 100 + person);
                for visit in 0..4_u32 {
                    let day = 1 + (piece * 3 + person + visit * 5) % 27;
                    let month = 11 + visit;
                    let (year, month) = if month > 12 { (2026, month - 12) } else { (2025, month) };
                    let claim = Claim {
                        time: When::Text(format!("{year}-{month:02}-{day:02}T12:00:00+01:00")),
                        person: name.clone(),
                        event: "viewed".to_owned(),
                        piece: Some(format!("piece-{piece}")),
                        channel: Some("website".to_owned()),
                        ..Claim::default()
                    };
                    server.store.accept(vec![claim], now()).unwrap();
                }
            }
        }
        server
    }

    /// Keeps an edition at hand from now on, as `longplay serve` does.
    pub fn keep_editions(&self) {
        tokio::spawn(self.app.clone().keep_editions());
    }

    pub fn happened(&self, person: u32, event: &str, time: &str) {
        let claim = Claim {
            time: When::Text(time.to_owned()),
            person: format!("p{person}"),
            event: event.to_owned(),
            piece: Some("intro".to_owned()),
            channel: Some("website".to_owned()),
            ..Claim::default()
        };
        self.store.accept(vec![claim], now()).unwrap();
    }

    /// A new write key.
    pub fn key(&self) -> String {
        self.store.create_key("website", now()).unwrap()
    }

    /// How many events are held.
    pub fn events(&self) -> u64 {
        self.store.totals().unwrap().events
    }

    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The same, to make another server over it.
    pub fn shared_store(&self) -> Arc<Store> {
        Arc::clone(&self.store)
    }

    pub async fn get(&self, address: &str) -> Said {
        self.send(Request::get(address)).await
    }

    pub async fn send(&self, request: axum::http::request::Builder) -> Said {
        self.send_body(request, Body::empty()).await
    }

    pub async fn send_body(&self, request: axum::http::request::Builder, body: impl Into<Body>) -> Said {
        let request = request.body(body.into()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 10_000_000).await.unwrap();
        Said {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }
}

impl Said {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}
