//! Instants, days and zones: microseconds in UTC inside, every day boundary in the workspace's zone.
//!
//! A [`Day`] is a calendar day in a [`Zone`]; on the day of a clock change it lasts 23 or 25 hours. Periods are half-open.

use std::fmt;

use jiff::{Timestamp, civil, tz::TimeZone};

const MICROS_PER_SECOND: i64 = 1_000_000;
const MICROS_PER_DAY: i64 = 86_400 * MICROS_PER_SECOND;

/// An instant: microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Time(pub i64);

impl Time {
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Reads RFC 3339 (`T` or a space between date and time), a local date-time or a date in `zone`, or an epoch in
    /// seconds, milliseconds or microseconds, told apart by their size (fractions of a second are allowed).
    pub fn parse(text: &str, zone: &Zone) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        if text.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'-') && !looks_like_date(text) {
            return Self::parse_epoch(text);
        }
        if let Ok(stamp) = text.parse::<Timestamp>() {
            return Some(Self(stamp.as_microsecond()));
        }
        if let Some(local) = text.strip_suffix(" UTC") {
            return Self::parse_local(local, &Zone::utc());
        }
        if let Ok(stamp) = Timestamp::strptime("%Y-%m-%d %H:%M:%S %z", text) {
            return Some(Self(stamp.as_microsecond()));
        }
        Self::parse_local(text, zone)
    }

    fn parse_local(text: &str, zone: &Zone) -> Option<Self> {
        // jiff would quietly drop an offset it sees behind a date-time; those were read above or are wrong.
        let clock = text.get(10..).unwrap_or("");
        if clock.contains(['+', '-', 'Z', 'z', '[']) {
            return None;
        }
        let date_time: civil::DateTime = text.parse().ok()?;
        zone.tz
            .to_timestamp(date_time)
            .ok()
            .map(|stamp| Self(stamp.as_microsecond()))
    }

    fn parse_epoch(text: &str) -> Option<Self> {
        let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() || whole.len() > 17 || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
            return None;
        }
        let number: i64 = whole.parse().ok()?;
        // 1e11 s is the year 5138, 1e11 ms is 1973: nothing a platform sends lies between.
        let scale = if number < 100_000_000_000 {
            MICROS_PER_SECOND
        } else if number < 100_000_000_000_000 {
            1_000
        } else {
            1
        };
        let mut fraction_micros = 0;
        let mut place = scale / 10;
        for digit in fraction.bytes() {
            fraction_micros += i64::from(digit - b'0') * place;
            place /= 10;
        }
        let micros = number.checked_mul(scale)?.checked_add(fraction_micros)?;
        Some(Self(if negative { -micros } else { micros }))
    }
}

fn looks_like_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 10 && bytes[4] == b'-' && bytes[7] == b'-'
}

/// RFC 3339 in UTC, e.g. `2026-03-01T09:30:00Z`.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Timestamp::from_microsecond(self.0) {
            Ok(stamp) => write!(f, "{stamp}"),
            Err(_) => write!(f, "{} µs", self.0),
        }
    }
}

/// A calendar day, counted from 1970-01-01. Which instants it holds depends on the [`Zone`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

impl Day {
    /// Reads `YYYY-MM-DD`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        (text.len() == 10)
            .then(|| text.parse::<civil::Date>().ok())
            .flatten()
            .map(Self::from_date)
    }

    pub fn from_date(date: civil::Date) -> Self {
        let epoch = civil::date(1970, 1, 1);
        let days = date.since((jiff::Unit::Day, epoch)).map_or(0, |span| span.get_days());
        Self(days)
    }

    pub fn date(self) -> civil::Date {
        civil::date(1970, 1, 1).saturating_add(jiff::Span::new().days(self.0.clamp(-4_000_000, 2_900_000)))
    }

    /// The day `days` later.
    #[must_use]
    pub const fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// Days from `earlier` to this day.
    pub const fn since(self, earlier: Self) -> i32 {
        self.0.saturating_sub(earlier.0)
    }

    /// 0 is Monday, 6 is Sunday.
    pub const fn weekday(self) -> usize {
        (self.0 + 3).rem_euclid(7) as usize
    }

    /// The Monday of this day's week.
    #[must_use]
    pub const fn week_start(self) -> Self {
        Self(self.0 - (self.0 + 3).rem_euclid(7))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.date())
    }
}

impl serde::Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("a day is written YYYY-MM-DD"))
    }
}

/// Half-open range of days: `from` belongs to it, `to` does not. A missing side is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Period {
    pub from: Option<Day>,
    pub to: Option<Day>,
}

impl Period {
    pub fn holds(&self, day: Day) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day < to)
    }
}

/// A time zone by its IANA name.
#[derive(Clone, Debug)]
pub struct Zone {
    name: String,
    tz: TimeZone,
}

impl Zone {
    pub fn utc() -> Self {
        Self {
            name: "UTC".to_owned(),
            tz: TimeZone::UTC,
        }
    }

    /// The zone of that IANA name, e.g. `Europe/Vienna`; `None` when there is no such zone.
    pub fn named(name: &str) -> Option<Self> {
        let tz = TimeZone::get(name).ok()?;
        let name = tz.iana_name().unwrap_or(name).to_owned();
        Some(Self { name, tz })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn day_of(&self, time: Time) -> Day {
        match Timestamp::from_microsecond(time.0) {
            Ok(stamp) => Day::from_date(self.tz.to_datetime(stamp).date()),
            Err(_) => Day(time.0.div_euclid(MICROS_PER_DAY) as i32),
        }
    }

    /// The first instant of `day` (after a gap at midnight, the instant the gap ends).
    pub fn start_of(&self, day: Day) -> Time {
        let midnight = day.date().at(0, 0, 0, 0);
        match self.tz.to_ambiguous_timestamp(midnight).compatible() {
            // A gap over midnight: `compatible` lands as far behind the gap as midnight lay inside it.
            Ok(stamp) => {
                let landed = Time(stamp.as_microsecond());
                self.gap_end_before(landed, day).unwrap_or(landed)
            }
            Err(_) => Time(i64::from(day.0) * MICROS_PER_DAY),
        }
    }

    fn gap_end_before(&self, landed: Time, day: Day) -> Option<Time> {
        let stamp = Timestamp::from_microsecond(landed.0.checked_add(1)?).ok()?;
        let change = self.tz.preceding(stamp).next()?.timestamp();
        let change = Time(change.as_microsecond());
        (change < landed && self.day_of(change) == day && self.day_of(Time(change.0 - 1)) < day).then_some(change)
    }

    /// The last microsecond of `day`.
    pub fn end_of(&self, day: Day) -> Time {
        Time(self.start_of(day.plus(1)).0 - 1)
    }

    pub fn clock(&self) -> DayClock {
        DayClock::new(&self.tz)
    }
}

/// [`Zone::day_of`] for the pass over millions of events: the zone's offset changes laid out in two arrays, and a third that
/// tells for each stretch of some 25 days where to begin to look.
#[derive(Clone, Debug)]
pub struct DayClock {
    changes: Vec<i64>,
    offsets: Vec<i64>,
    /// For each stretch, the last change at or before its beginning.
    starts: Vec<u32>,
}

/// 2^41 µs are 25.5 days: hardly a zone changes twice in that time.
const STRETCH_BITS: u32 = 41;
/// 1900-01-01, the beginning of the first stretch.
const CLOCK_START: i64 = -2_208_988_800 * MICROS_PER_SECOND;

impl DayClock {
    fn new(tz: &TimeZone) -> Self {
        let start = Timestamp::from_microsecond(CLOCK_START).expect("1900 is within jiff's range");
        let end = Timestamp::from_second(7_258_118_400).expect("2200 is within jiff's range");
        let offset_micros = |stamp| i64::from(tz.to_offset(stamp).seconds()) * MICROS_PER_SECOND;
        let mut changes = vec![i64::MIN];
        let mut offsets = vec![offset_micros(start)];
        for transition in tz.following(start).take_while(|t| t.timestamp() < end) {
            changes.push(transition.timestamp().as_microsecond());
            offsets.push(i64::from(transition.offset().seconds()) * MICROS_PER_SECOND);
        }
        let last = changes.last().copied().unwrap_or(CLOCK_START).max(CLOCK_START);
        let stretches = ((last - CLOCK_START) >> STRETCH_BITS) + 2;
        let start = |stretch: i64| CLOCK_START.saturating_add(stretch << STRETCH_BITS);
        let before = |time: i64| changes.partition_point(|&change| change <= time).saturating_sub(1) as u32;
        let starts = (0..stretches).map(|stretch| before(start(stretch))).collect();
        Self {
            changes,
            offsets,
            starts,
        }
    }

    /// The day of `time`, and the instants `[from, to)` for which the same offset holds, so that a caller who walks times
    /// in order asks again only when they leave it.
    #[inline]
    pub fn span_at(&self, time: Time) -> OffsetSpan {
        let stretch = time.0.saturating_sub(CLOCK_START).max(0) as usize >> STRETCH_BITS;
        let mut index = self.starts[stretch.min(self.starts.len() - 1)] as usize;
        while self.changes.get(index + 1).is_some_and(|&change| change <= time.0) {
            index += 1;
        }
        let to = self.changes.get(index + 1).copied().unwrap_or(i64::MAX);
        OffsetSpan {
            from: self.changes[index],
            to,
            offset_micros: self.offsets[index],
        }
    }

    pub fn day_of(&self, time: Time) -> Day {
        self.span_at(time).day_of(time)
    }
}

/// A stretch of time with one offset from UTC.
#[derive(Clone, Copy, Debug)]
pub struct OffsetSpan {
    from: i64,
    to: i64,
    offset_micros: i64,
}

impl OffsetSpan {
    #[inline]
    pub fn holds(&self, time: Time) -> bool {
        self.from <= time.0 && time.0 < self.to
    }

    #[inline]
    pub fn day_of(&self, time: Time) -> Day {
        Day(time.0.saturating_add(self.offset_micros).div_euclid(MICROS_PER_DAY) as i32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> i64 {
        Time::parse(text, &Zone::utc()).expect(text).0
    }

    #[test]
    fn epochs_are_told_apart_by_size() {
        assert_eq!(utc("1700000000"), 1_700_000_000_000_000);
        assert_eq!(utc("1700000000.25"), 1_700_000_000_250_000);
        assert_eq!(utc("1700000000123"), 1_700_000_000_123_000);
        assert_eq!(utc("1700000000123456"), 1_700_000_000_123_456);
        assert_eq!(utc("2023-11-14T22:13:20Z"), 1_700_000_000_000_000);
        assert_eq!(utc("2023-11-14 23:13:20.5+01:00"), 1_700_000_000_500_000);
        assert_eq!(utc("2025-12-06 10:37:33 -0500"), utc("2025-12-06T15:37:33Z"));
        assert_eq!(utc("2023-03-24 10:23:10 UTC"), utc("2023-03-24T10:23:10Z"));
    }

    #[test]
    fn local_times_are_read_in_the_zone() {
        let vienna = Zone::named("Europe/Vienna").unwrap();
        let at = |text| Time::parse(text, &vienna).map(Time::micros);
        assert_eq!(at("2024-07-01T12:00:00"), Some(utc("2024-07-01T10:00:00Z")));
        assert_eq!(at("2024-01-01"), Some(utc("2023-12-31T23:00:00Z")));
        for wrong in [
            "",
            "yesterday",
            "2024-13-01",
            "12",
            "2024-02-30T00:00:00Z",
            "2024-01-01T00:00:00Q",
            "1e9",
        ] {
            assert_eq!(at(wrong).filter(|_| wrong != "12"), None, "{wrong}");
        }
    }

    #[test]
    fn days_of_a_clock_change_last_23_and_25_hours() {
        let vienna = Zone::named("Europe/Vienna").unwrap();
        let hours = |text| {
            let day = Day::parse(text).unwrap();
            (vienna.start_of(day.plus(1)).0 - vienna.start_of(day).0) / 3_600_000_000
        };
        assert_eq!(
            (hours("2024-03-31"), hours("2024-10-27"), hours("2024-06-01")),
            (23, 25, 24)
        );
    }

    #[test]
    fn a_gap_at_midnight_starts_the_day_when_it_ends() {
        // Santiago springs forward at midnight: 2023-09-03 begins at 01:00.
        let santiago = Zone::named("America/Santiago").unwrap();
        let day = Day::parse("2023-09-03").unwrap();
        let start = santiago.start_of(day);
        assert_eq!(santiago.day_of(start), day);
        assert_eq!(santiago.day_of(Time(start.0 - 1)), day.plus(-1));
    }

    #[test]
    fn the_day_clock_agrees_with_the_zone() {
        for name in [
            "UTC",
            "Europe/Vienna",
            "America/New_York",
            "Australia/Lord_Howe",
            "Pacific/Apia",
            "Asia/Kathmandu",
        ] {
            let zone = Zone::named(name).unwrap();
            let clock = zone.clock();
            for step in 0..20_000 {
                let time = Time(1_200_000_000_000_000 + step * 31_415_926_535);
                assert_eq!(clock.day_of(time), zone.day_of(time), "{name} {time}");
            }
        }
    }

    #[test]
    fn the_day_clock_holds_at_every_change_and_at_the_ends_of_time() {
        for name in [
            "UTC",
            "Africa/Casablanca",
            "America/St_Johns",
            "Pacific/Apia",
            "Asia/Tokyo",
        ] {
            let zone = Zone::named(name).unwrap();
            let clock = zone.clock();
            let changes = clock
                .changes
                .iter()
                .skip(1)
                .flat_map(|&change| [change - 1, change, change + 1]);
            for time in changes.chain([0, -1, 4_000_000_000_000_000]).map(Time) {
                assert_eq!(clock.day_of(time), zone.day_of(time), "{name} {time}");
                assert!(clock.span_at(time).holds(time), "{name} {time}");
            }
            for time in [i64::MIN, i64::MIN / 2, i64::MAX / 2, i64::MAX].map(Time) {
                assert!(
                    clock.span_at(time).holds(time) || time.0 == i64::MAX,
                    "{name} {}",
                    time.0
                );
            }
        }
    }

    #[test]
    fn weeks_begin_on_monday() {
        let day = Day::parse("2026-11-23").unwrap();
        assert_eq!(day.weekday(), 0);
        assert_eq!(day.plus(6).week_start(), day);
        assert_eq!(day.to_string(), "2026-11-23");
    }
}
