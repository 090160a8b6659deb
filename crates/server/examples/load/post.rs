//! Posting over many connections and timing the answers.

use std::{
    rc::Rc,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::LocalSet,
    time,
};

use crate::traffic::{Chance, Traffic};

/// What is posted, where to, for how long.
pub struct Plan {
    pub to: String,
    pub key: String,
    pub batch: usize,
    pub connections: usize,
    pub length: Duration,
    pub events_max: f64,
    /// Events per second; without it, as many as are answered.
    pub rate: Option<f64>,
    pub people: u64,
    pub seed: u64,
}

#[derive(Default)]
struct Seen {
    millis: Vec<f64>,
    turned_away: u64,
    failed: u64,
}

/// Posts and returns what was seen as one line of JSON.
pub fn run(plan: &Plan) -> String {
    let traffic = Rc::new(Traffic::new(plan.batch, plan.people, plan.seed));
    let head = Rc::new(format!(
        "POST /v1/batch HTTP/1.1\r\nHost: {}\r\nX-Write-Key: {}\r\nContent-Type: application/json\r\nContent-Length: ",
        plan.to, plan.key
    ));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let begun = Instant::now();
    let seen = LocalSet::new().block_on(&runtime, async {
        let workers: Vec<_> = (0..plan.connections)
            .map(|number| {
                let connection = Connection {
                    traffic: Rc::clone(&traffic),
                    head: Rc::clone(&head),
                    to: plan.to.clone(),
                    end: begun + plan.length,
                    posts_max: plan.events_max / plan.batch as f64 / plan.connections as f64,
                    every: plan
                        .rate
                        .map(|rate| Duration::from_secs_f64(plan.batch as f64 * plan.connections as f64 / rate)),
                    first: plan.rate.map_or(Duration::ZERO, |rate| {
                        Duration::from_secs_f64(plan.batch as f64 * number as f64 / rate)
                    }),
                    chance: Chance(
                        plan.seed
                            .wrapping_mul(1_000_003)
                            .wrapping_add(number as u64 * 7_919_777),
                    ),
                };
                tokio::task::spawn_local(connection.post())
            })
            .collect();
        let mut all = Seen::default();
        for worker in workers {
            let seen = worker.await.expect("no worker panics");
            all.millis.extend(seen.millis);
            all.turned_away += seen.turned_away;
            all.failed += seen.failed;
        }
        all
    });
    let seconds = begun.elapsed().as_secs_f64();
    report(plan, seen, seconds)
}

fn report(plan: &Plan, mut seen: Seen, seconds: f64) -> String {
    seen.millis.sort_by(f64::total_cmp);
    let posts = seen.millis.len();
    let quantile = |q: f64| {
        seen.millis
            .get(((posts as f64 * q) as usize).min(posts.saturating_sub(1)))
            .copied()
    };
    let shown = |value: Option<f64>| value.map_or("null".to_owned(), |value| format!("{value:.2}"));
    let events = posts * plan.batch;
    format!(
        "{{\"events\":{events},\"posts\":{posts},\"seconds\":{seconds:.2},\"events_per_s\":{:.0},\"p50_ms\":{},\"p99_ms\":{},\"max_ms\":{},\"turned_away\":{},\"failed\":{}}}",
        events as f64 / seconds,
        shown(quantile(0.5)),
        shown(quantile(0.99)),
        shown(seen.millis.last().copied()),
        seen.turned_away,
        seen.failed,
    )
}

struct Connection {
    traffic: Rc<Traffic>,
    head: Rc<String>,
    to: String,
    end: Instant,
    posts_max: f64,
    every: Option<Duration>,
    first: Duration,
    chance: Chance,
}

impl Connection {
    async fn post(mut self) -> Seen {
        let mut seen = Seen::default();
        let mut stream = TcpStream::connect(&self.to).await.expect("somebody listens");
        stream.set_nodelay(true).expect("a socket");
        let (mut request, mut answer) = (Vec::new(), Vec::new());
        let mut due = Instant::now() + self.first;
        while due < self.end && Instant::now() < self.end && (seen.millis.len() as f64) < self.posts_max {
            if self.every.is_some() {
                time::sleep_until(due.into()).await;
            } else {
                due = Instant::now();
            }
            self.traffic.request(&self.head, &mut self.chance, &mut request);
            stream.write_all(&request).await.expect("the connection holds");
            match status(&mut stream, &mut answer).await {
                200 => seen.millis.push(due.elapsed().as_secs_f64() * 1e3),
                429 | 503 => {
                    seen.turned_away += 1;
                    time::sleep(Duration::from_millis(200)).await;
                }
                _ => seen.failed += 1,
            }
            due += self.every.unwrap_or_default();
        }
        seen
    }
}

/// Reads one answer to its end and returns its status.
async fn status(stream: &mut TcpStream, answer: &mut Vec<u8>) -> u16 {
    answer.clear();
    loop {
        let mut part = [0; 4_096];
        let length = stream.read(&mut part).await.expect("the connection holds");
        if length == 0 {
            return 0;
        }
        answer.extend_from_slice(&part[..length]);
        let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase();
        let body = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok())
            .unwrap_or(0);
        if answer.len() >= end + 4 + body {
            return head
                .split(' ')
                .nth(1)
                .and_then(|status| status.parse().ok())
                .unwrap_or(0);
        }
    }
}
