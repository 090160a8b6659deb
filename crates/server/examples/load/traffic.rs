//! Made-up traffic of a publisher's site, as a Segment library sends it: 500 pieces read unequally, three or four events a
//! person over three months, random UUIDs for visitors and messages, times in milliseconds, referrers, campaigns, some
//! sign-ups and orders. Chance comes from a seed.

use std::time::{SystemTime, UNIX_EPOCH};

const PIECES: u64 = 500;
const DAYS: u64 = 90;
const DAY_MILLIS: u64 = 86_400_000;
/// Bodies that are made once; each post puts new ids, visitors and times into one of them.
const EVENTS_MADE: usize = 50_000;
const AGENTS: [&str; 4] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
];
const WORDS: [&str; 24] = [
    "slow",
    "honest",
    "small",
    "regular",
    "audience",
    "newsletter",
    "garden",
    "business",
    "letter",
    "pricing",
    "habit",
    "studio",
    "launch",
    "quiet",
    "album",
    "record",
    "craft",
    "market",
    "season",
    "reader",
    "growth",
    "story",
    "margin",
    "rhythm",
];
const REFERRERS: [&str; 8] = [
    "https://www.google.com/",
    "https://news.ycombinator.com/",
    "https://t.co/",
    "https://www.linkedin.com/",
    "https://duckduckgo.com/",
    "https://www.reddit.com/",
    "https://bsky.app/",
    "https://www.bing.com/",
];

/// SplitMix64: small, fast, and good enough for made-up people.
#[derive(Clone)]
pub struct Chance(pub u64);

impl Chance {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed(self.0)
    }

    fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(bound)) >> 64) as u64
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

const fn mixed(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A body and where in it the parts stand that are new in every post.
struct Body {
    bytes: Vec<u8>,
    messages: Vec<usize>,
    visitors: Vec<usize>,
    times: Vec<usize>,
}

/// Bodies to post.
pub struct Traffic {
    bodies: Vec<Body>,
    people: u64,
    first_day_millis: u64,
    days: Vec<[u8; 10]>,
}

const UUID: &str = "00000000-0000-4000-8000-000000000000";
const TIME: &str = "2000-01-01T00:00:00.000Z";

impl Traffic {
    pub fn new(batch: usize, people: u64, seed: u64) -> Self {
        let mut chance = Chance(seed);
        let bodies = (EVENTS_MADE / batch).clamp(1, 5_000);
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .as_millis() as u64;
        let first_day = now / DAY_MILLIS - DAYS;
        Self {
            bodies: (0..bodies).map(|_| body(batch, &mut chance)).collect(),
            people,
            first_day_millis: first_day * DAY_MILLIS,
            days: (0..DAYS).map(|day| date(first_day + day)).collect(),
        }
    }

    /// Puts a request with a body of new events into `request`.
    pub fn request(&self, head: &str, chance: &mut Chance, request: &mut Vec<u8>) {
        let body = &self.bodies[chance.below(self.bodies.len() as u64) as usize];
        request.clear();
        request.extend_from_slice(head.as_bytes());
        request.extend_from_slice(body.bytes.len().to_string().as_bytes());
        request.extend_from_slice(b"\r\n\r\n");
        let start = request.len();
        request.extend_from_slice(&body.bytes);
        let own = &mut request[start..];
        for ((&message, &visitor), &time) in body.messages.iter().zip(&body.visitors).zip(&body.times) {
            put_uuid(&mut own[message..message + 36], chance.next(), chance.next());
            let person = chance.below(self.people);
            put_uuid(
                &mut own[visitor..visitor + 36],
                mixed(person * 2 + 1),
                mixed(person * 2 + 2),
            );
            self.put_time(&mut own[time..time + 24], person, chance);
        }
    }

    /// Somebody comes once, or stays for some pages, or comes back within weeks.
    fn put_time(&self, text: &mut [u8], person: u64, chance: &mut Chance) {
        let range = (DAYS - 1) * DAY_MILLIS;
        let start = mixed(person ^ 0x5bd1_e995) % range;
        let spread = if chance.unit() < 0.6 {
            180_000.0
        } else {
            20.0 * DAY_MILLIS as f64
        };
        let after = (-(1.0 - chance.unit()).ln() * spread) as u64;
        let millis = self.first_day_millis + (start + after) % range;
        let day = (millis - self.first_day_millis) / DAY_MILLIS;
        text[..10].copy_from_slice(&self.days[day as usize]);
        let rest = millis % DAY_MILLIS;
        put_number(&mut text[11..13], rest / 3_600_000);
        put_number(&mut text[14..16], rest / 60_000 % 60);
        put_number(&mut text[17..19], rest / 1_000 % 60);
        put_number(&mut text[20..23], rest % 1_000);
    }
}

fn body(batch: usize, chance: &mut Chance) -> Body {
    let mut text = String::from("{\"batch\":[");
    for place in 0..batch {
        if place > 0 {
            text.push(',');
        }
        event(&mut text, chance);
    }
    // No `sentAt`: the server then takes the times as they stand.
    text.push_str("]}");
    let places = |mark: &str| text.match_indices(mark).map(|(at, _)| at + mark.len()).collect();
    Body {
        messages: places("\"messageId\":\""),
        visitors: places("\"anonymousId\":\""),
        times: places("\"timestamp\":\""),
        bytes: text.into_bytes(),
    }
}

fn event(text: &mut String, chance: &mut Chance) {
    let piece = (PIECES as f64 * chance.unit().powf(2.5)) as u64;
    let (path, title) = page(piece);
    let url = format!("https://example.com{path}");
    let kind = chance.unit();
    let what = if kind < 0.86 {
        format!(r#""type":"page","properties":{{"url":"{url}","path":"{path}","title":"{title}"}}"#)
    } else if kind < 0.94 {
        format!(
            r#""type":"track","event":"Video Played","properties":{{"seconds":{}}}"#,
            chance.below(600)
        )
    } else if kind < 0.98 {
        format!(
            r#""type":"track","event":"Newsletter Opened","properties":{{"issue":{}}}"#,
            chance.below(50)
        )
    } else if kind < 0.99 {
        r#""type":"track","event":"Signed Up","properties":{"plan":"free"}"#.to_owned()
    } else {
        let cents = 500 + chance.below(9_500);
        format!(
            r#""type":"track","event":"Order Completed","properties":{{"revenue":{}.{:02},"currency":"EUR"}}"#,
            cents / 100,
            cents % 100
        )
    };
    let referrer = match chance.below(20) {
        0..7 => String::new(),
        7..15 => format!(
            "https://example.com{}",
            page((PIECES as f64 * chance.unit().powf(2.5)) as u64).0
        ),
        _ => REFERRERS[(8.0 * chance.unit().powi(2)) as usize].to_owned(),
    };
    let campaign = if chance.below(100) < 12 {
        let number = chance.below(30);
        format!(r#","campaign":{{"name":"issue-{number}","source":"newsletter","medium":"email"}}"#)
    } else {
        String::new()
    };
    let agent = AGENTS[chance.below(4) as usize];
    text.push_str(&format!(
        r#"{{{what},"messageId":"{UUID}","anonymousId":"{UUID}","timestamp":"{TIME}","context":{{"page":{{"path":"{path}","referrer":"{referrer}","title":"{title}","url":"{url}"}}{campaign},"userAgent":"{agent}","locale":"en-GB","library":{{"name":"analytics.js","version":"next-1.81.0"}}}}}}"#
    ));
}

fn page(piece: u64) -> (String, String) {
    let word = |turn: u64| WORDS[(mixed(piece * 8 + turn) % 24) as usize];
    let slug = format!("/posts/{}-{}-{}-{piece}", word(1), word(2), word(3));
    (slug, format!("{} {} {} for {}", word(1), word(2), word(3), word(4)))
}

fn put_uuid(text: &mut [u8], high: u64, low: u64) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut bits = u128::from(high) << 64 | u128::from(low);
    for (place, byte) in text.iter_mut().enumerate() {
        match place {
            8 | 13 | 18 | 23 | 14 => continue,
            19 => *byte = HEX[8 + (bits & 3) as usize],
            _ => *byte = HEX[(bits & 15) as usize],
        }
        bits >>= 4;
    }
}

fn put_number(text: &mut [u8], mut number: u64) {
    for digit in text.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

/// The day as `YYYY-MM-DD`, counted from 1970-01-01.
fn date(day: u64) -> [u8; 10] {
    let text = longplay_domain::Time::from_micros(day as i64 * DAY_MILLIS as i64 * 1_000).to_string();
    text.as_bytes()[..10].try_into().expect("a date has ten characters")
}
