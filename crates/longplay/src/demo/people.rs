//! The lives of the demo's people: a first day, perhaps later visits, and what they do on each.
//!
//! Everything a person does after their first day happens on the days of visits drawn from [`KindTruth`], so the truth about
//! returns is exact. A person's first event is always a view or an opened letter of the piece that brought them.

use longplay_domain::{Amount, Claim, When};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{
    calendar::{Calendar, DAYS, arrival_seconds, exponential, happens},
    catalogue::Published,
    truth::{Kind, KindTruth, PieceTruth},
};

/// People who come to the home page over the year without any piece bringing them.
const HOME_PAGE_PEOPLE: u32 = 1_800;
/// Of the people of the hit: how many come on its second and third day, when others passed it on.
const HIT_DAY_SHARES: [f64; 4] = [0.01, 0.62, 0.30, 0.04];
/// One purchase in 25 is sent back.
const REFUND_SHARE: f64 = 0.04;

/// What the shop sells, in euro cents, and how often relative to each other.
const SHOP: [(&str, i64, f64); 5] = [
    ("String set", 2_490, 0.46),
    ("Rosin and cloth", 1_450, 0.22),
    ("Set-up", 8_900, 0.18),
    ("Re-hair", 6_200, 0.10),
    ("Winter class", 14_000, 0.04),
];

/// Everybody's events, and how many people each piece brought.
pub struct People {
    pub claims: Vec<Claim>,
    pub truths: Vec<PieceTruth>,
}

impl People {
    pub fn of(calendar: &Calendar, pieces: &[Published]) -> Self {
        let mut crowd = Crowd {
            calendar,
            readable: readable(pieces),
            claims: Vec::new(),
            people: 0,
        };
        let mut truths = Vec::new();
        for (index, piece) in pieces.iter().enumerate() {
            let Some(kind) = piece.kind else { continue };
            let mut rng = ChaCha8Rng::seed_from_u64(1_000 + index as u64);
            for _ in 0..piece.reach {
                let day = crowd.first_day(kind, piece.offset, &mut rng);
                crowd.live(kind, Some(piece), day, &mut rng);
            }
            truths.push(PieceTruth::new(Some(piece.id), kind, u64::from(piece.reach)));
        }
        let mut rng = ChaCha8Rng::seed_from_u64(999);
        for _ in 0..HOME_PAGE_PEOPLE {
            let day = crowd.first_day(Kind::HomePage, 0, &mut rng);
            crowd.live(Kind::HomePage, None, day, &mut rng);
        }
        truths.push(PieceTruth::new(None, Kind::HomePage, u64::from(HOME_PAGE_PEOPLE)));
        Self {
            claims: crowd.claims,
            truths,
        }
    }
}

/// What returning people read: pieces on the website, in order of publication, and letters.
struct Readable<'a> {
    pages: Vec<&'a Published>,
    series: Vec<&'a Published>,
    letters: Vec<&'a Published>,
}

fn readable(pieces: &[Published]) -> Readable<'_> {
    let of = |holds: fn(&Published) -> bool| {
        let mut found: Vec<_> = pieces.iter().filter(|piece| holds(piece)).collect();
        found.sort_by_key(|piece| piece.offset);
        found
    };
    Readable {
        pages: of(|piece| piece.channel == "website" && piece.kind != Some(Kind::Hit)),
        series: of(|piece| piece.kind == Some(Kind::Series)),
        letters: of(|piece| piece.channel == "newsletter"),
    }
}

/// Who signs up is known by an address, everybody else by their browser. Nothing is drawn for it.
fn handle(number: u32, subscriber: bool) -> String {
    const NAMES: [&str; 12] = [
        "ada", "ben", "cleo", "dario", "edda", "fay", "goran", "hana", "ivo", "june", "kofi", "lena",
    ];
    if subscriber {
        format!("email:{}.{number:06}@example.com", NAMES[number as usize % NAMES.len()])
    } else {
        format!("anonymous:demo-{number:06}")
    }
}

struct Crowd<'a> {
    calendar: &'a Calendar,
    readable: Readable<'a>,
    claims: Vec<Claim>,
    people: u32,
}

/// One visit: who, on which day, from which second on.
struct Visit<'p> {
    person: &'p str,
    day: u32,
    arrived_seconds: u32,
    subscriber: bool,
}

impl<'a> Crowd<'a> {
    /// The day a person first comes: soon after publication for most, and some for as long as the piece is there.
    fn first_day(&self, kind: Kind, published: u32, rng: &mut ChaCha8Rng) -> u32 {
        // A few draws suffice: the chance that all of them miss the year or fall on a refused weekday is negligible, and
        // the day of publication is a fair answer then.
        for _ in 0..64 {
            let day = match kind {
                Kind::Hit => return published + hit_delay(rng),
                Kind::HomePage => rng.random_range(0..DAYS),
                Kind::Letter => published + exponential(3.0, rng) as u32,
                _ if happens(0.4, rng) => rng.random_range(published..DAYS),
                _ => published + exponential(6.0, rng) as u32,
            };
            if day < DAYS && self.calendar.weekday_admits(day, rng) {
                return day;
            }
        }
        published
    }

    fn live(&mut self, kind: Kind, piece: Option<&'a Published>, first_day: u32, rng: &mut ChaCha8Rng) {
        self.people += 1;
        let truth = kind.truth();
        let subscriber = happens(truth.signs_up, rng);
        let person = handle(self.people, subscriber);
        let first = Visit {
            person: &person,
            day: first_day,
            arrived_seconds: arrival_seconds(rng),
            subscriber,
        };
        self.first_visit(&first, &truth, piece, rng);
        if !happens(truth.comes_back, rng) {
            return;
        }
        let mut day = first_day + 1 + exponential(truth.first_gap_days, rng) as u32;
        while day < DAYS {
            let visit = Visit {
                person: &person,
                day,
                arrived_seconds: arrival_seconds(rng),
                subscriber,
            };
            self.later_visit(&visit, &truth, rng);
            if !happens(truth.goes_on, rng) {
                return;
            }
            day += 1 + exponential(truth.gap_days, rng) as u32;
        }
    }

    fn first_visit(
        &mut self,
        visit: &Visit<'_>,
        truth: &KindTruth,
        piece: Option<&'a Published>,
        rng: &mut ChaCha8Rng,
    ) {
        let (referrer, source, medium) = arrived_from(truth.kind, rng);
        let (name, channel) = if truth.kind == Kind::Letter {
            ("Email Opened", "newsletter")
        } else {
            ("Page Viewed", "website")
        };
        let views = if truth.kind == Kind::Hit {
            1 + u32::from(happens(0.55, rng)) + u32::from(happens(0.25, rng))
        } else {
            1
        };
        for step in 0..views {
            let mut claim = self.claim(visit, step, name, channel);
            claim.piece = piece.map(|piece| piece.id.to_owned());
            claim.referrer = referrer.map(str::to_owned);
            claim.source = Some(source.to_owned());
            claim.medium = Some(medium.to_owned());
            claim.country = Some(country(rng).to_owned());
            self.claims.push(claim);
        }
        let piece = piece.map(|piece| piece.id.to_owned());
        if visit.subscriber {
            let subscribed = self.claim(visit, views + 4, "Subscribed", "newsletter");
            self.claims.push(Claim {
                piece: piece.clone(),
                ..subscribed
            });
        }
        if happens(truth.downloads, rng) {
            let downloaded = self.claim(visit, views + 6, "File Download", "website");
            self.claims.push(Claim { piece, ..downloaded });
        }
    }

    fn later_visit(&mut self, visit: &Visit<'_>, truth: &KindTruth, rng: &mut ChaCha8Rng) {
        let mut step = 0;
        if visit.subscriber
            && happens(0.6, rng)
            && let Some(letter) = latest(&self.readable.letters, visit.day)
        {
            for name in ["Email Opened", "Email Link Clicked"] {
                let claim = self.claim(visit, step, name, "newsletter");
                self.claims.push(Claim {
                    piece: Some(letter.id.to_owned()),
                    ..claim
                });
                step += 1;
            }
        }
        for _ in 0..1 + rng.random_range(0..3_u32) {
            let shelf = if truth.kind == Kind::Series {
                &self.readable.series
            } else {
                &self.readable.pages
            };
            let piece = recent(shelf, visit.day, rng).map(|piece| piece.id.to_owned());
            let claim = self.claim(visit, step, "Page Viewed", "website");
            self.claims.push(Claim {
                piece,
                source: Some("direct".to_owned()),
                ..claim
            });
            step += 2;
        }
        if happens(truth.buys_per_visit, rng) {
            self.purchase(visit, step + 3, rng);
        }
    }

    fn purchase(&mut self, visit: &Visit<'_>, step: u32, rng: &mut ChaCha8Rng) {
        let mut draw = rng.random::<f64>();
        let bought = SHOP.iter().find(|(_, _, share)| {
            draw -= share;
            draw < 0.0
        });
        let &(product, cents, _) = bought.unwrap_or(&SHOP[0]);
        let purchased = self.claim(visit, step, "Order Completed", "shop");
        self.claims.push(paid(purchased, product, cents));
        let sent_back = visit.day + 3 + rng.random_range(0..10_u32);
        if happens(REFUND_SHARE, rng) && sent_back < DAYS {
            let visit = Visit {
                day: sent_back,
                ..*visit
            };
            let refunded = self.claim(&visit, step, "Order Refunded", "shop");
            self.claims.push(paid(refunded, product, cents));
        }
    }

    /// An event of that visit. Its id is its number, so that the same day's demo is the same to the byte.
    fn claim(&self, visit: &Visit<'_>, step: u32, event: &str, channel: &str) -> Claim {
        Claim {
            time: When::At(self.calendar.at(visit.day, visit.arrived_seconds, step)),
            person: visit.person.to_owned(),
            event: event.to_owned(),
            id: Some(format!("demo-{}-{event}", self.claims.len())),
            channel: Some(channel.to_owned()),
            ..Claim::default()
        }
    }
}

fn paid(claim: Claim, product: &str, cents: i64) -> Claim {
    let properties = serde_json::json!({ "product": product }).to_string();
    Claim {
        value: Amount::Minor(cents),
        currency: Some("EUR".to_owned()),
        properties,
        ..claim
    }
}

fn hit_delay(rng: &mut ChaCha8Rng) -> u32 {
    let mut draw = rng.random::<f64>();
    for (delay, share) in HIT_DAY_SHARES.iter().enumerate() {
        draw -= share;
        if draw < 0.0 {
            return delay as u32;
        }
    }
    HIT_DAY_SHARES.len() as u32 + rng.random_range(0..10_u32)
}

fn latest<'a>(shelf: &[&'a Published], day: u32) -> Option<&'a Published> {
    let published = shelf.partition_point(|piece| piece.offset <= day);
    published.checked_sub(1).map(|index| shelf[index])
}

/// One of the last few pieces published by `day`, or now and then an older one.
fn recent<'a>(shelf: &[&'a Published], day: u32, rng: &mut ChaCha8Rng) -> Option<&'a Published> {
    let published = shelf.partition_point(|piece| piece.offset <= day);
    if published == 0 {
        return None;
    }
    let back = if happens(0.7, rng) {
        rng.random_range(0..published.min(3))
    } else {
        rng.random_range(0..published)
    };
    Some(shelf[published - 1 - back])
}

/// Referrer, source and medium of a first visit.
fn arrived_from(kind: Kind, rng: &mut ChaCha8Rng) -> (Option<&'static str>, &'static str, &'static str) {
    match kind {
        Kind::Hit if happens(0.9, rng) => (Some("https://front-page.example/"), "front-page.example", "social"),
        Kind::Letter => (None, "newsletter", "email"),
        Kind::Series if happens(0.5, rng) => (
            Some("https://makers-forum.example/"),
            "makers-forum.example",
            "referral",
        ),
        _ if happens(0.2, rng) => (Some("https://video.example/"), "youtube", "social"),
        _ if happens(0.6, rng) => (Some("https://search.example/"), "search.example", "organic"),
        _ => (None, "direct", "none"),
    }
}

fn country(rng: &mut ChaCha8Rng) -> &'static str {
    match rng.random_range(0..10_u32) {
        0..=4 => "AT",
        5..=7 => "DE",
        8 => "CH",
        _ => "US",
    }
}
