//! The hot path alone: bodies of a hundred events to claims, on one core. Run by name:
//! `cargo test --release -p longplay-intake --test protocols speed -- --ignored --nocapture`.

use std::time::Instant;

use longplay_intake::protocols::segment;

use super::wire::arrival;

const EVENTS: usize = 100;
/// So that parsing takes less than a core of two at 100,000 events a second, even beside other work.
const EVENTS_PER_SECOND_MIN: f64 = 150_000.0;

fn server(n: usize) -> String {
    format!(
        r#"{{"timestamp":"2026-11-23T00:23:03.548Z","integrations":{{}},"event":"Signed Up","type":"track","properties":{{"plan":"pro",
        "n":{n}}},"context":{{"library":{{"name":"@segment/analytics-node","version":"3.1.0"}}}},"userId":"u-{n}",
        "messageId":"node-next-1795393383548-5c638bda-ea3b-49da-9b43-1b72769{n:05}","_metadata":{{"nodeVersion":"v20.20.2"}}}}"#
    )
}

fn browser(n: usize) -> String {
    let page = r#"{"path":"/page","referrer":"https://www.google.com/","search":"?utm_source=news&utm_medium=email","title":"T",
        "url":"https://shop.example/page?utm_source=news&utm_medium=email"}"#;
    format!(
        r#"{{"timestamp":"2026-11-23T00:23:12.288Z","integrations":{{}},"type":"page","properties":{page},"context":{{"page":{page},
        "userAgent":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
        "locale":"en-US","library":{{"name":"analytics.js","version":"npm:next-1.84.3"}},"campaign":{{"source":"news","medium":"email"}}}},
        "messageId":"ajs-next-1795393392288-884c9d14-67af-422d-bb93-73164{n:05}","anonymousId":"4c9d1467-af22-4d7b-9373-1649560{n:05}"}}"#
    )
}

fn events_per_second(event: fn(usize) -> String) -> f64 {
    let items: Vec<String> = (0..EVENTS).map(event).collect();
    let body = format!(
        r#"{{"batch":[{}],"sentAt":"2026-11-23T00:23:12.336Z"}}"#,
        items.join(",")
    );
    let rounds = 2_000;
    let start = Instant::now();
    for _ in 0..rounds {
        let batch = segment::parse(body.as_bytes(), None, &arrival()).unwrap();
        assert_eq!(batch.items.len(), EVENTS);
    }
    (rounds * EVENTS) as f64 / start.elapsed().as_secs_f64()
}

#[test]
#[ignore = "measures; run it on a release build"]
fn a_hundred_thousand_events_a_second_leave_room() {
    for (what, event) in [("server", server as fn(usize) -> String), ("browser", browser)] {
        let speed = events_per_second(event);
        eprintln!("{what}: {speed:.0} events/s on one core");
        assert!(
            cfg!(debug_assertions) || speed > EVENTS_PER_SECOND_MIN,
            "{what}: {speed:.0}"
        );
    }
}
