//! What the same bodies cost when nothing is done with them: an axum handler that reads them to the end.

use axum::{Json, Router, body::Bytes, extract::DefaultBodyLimit, routing::post};
use serde_json::json;

/// Largest body; more than any that is posted here.
const BODY_BYTES_MAX: usize = 4 << 20;

pub fn serve() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("threads");
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        println!("bare handler at http://{}", listener.local_addr().expect("an address"));
        let read = async |body: Bytes| {
            std::hint::black_box(body.len());
            Json(json!({ "success": true }))
        };
        let routes = Router::new()
            .route("/v1/batch", post(read))
            .layer(DefaultBodyLimit::max(BODY_BYTES_MAX));
        let mut accepting = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            let _ = stream.set_nodelay(true);
            let service = hyper_util::service::TowerToHyperService::new(routes.clone());
            accepting.push(tokio::spawn(async move {
                let stream = hyper_util::rt::TokioIo::new(stream);
                let _ = hyper::server::conn::http1::Builder::new()
                    .serve_connection(stream, service)
                    .await;
            }));
        }
    });
}
