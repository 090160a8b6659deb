//! From the query of an address to a complete question. What can't be read is refused with what to write instead; a
//! parameter nobody knows is refused too, for a silently ignored filter gives a wrong answer.

use longplay_domain::{Day, Rule, RuleError, Time, Zone};
use longplay_measures::{ALL, About, Against, By, Key, Question, over_time::MONTHS_MAX};

use crate::error::{Code, HttpError};

const KNOWN: [&str; 13] = [
    "as_of", "from", "to", "by", "compare", "level", "goal", "piece", "start", "end", "segment", "where", "months",
];

/// The parameters of an address, read but not yet a question about something.
#[derive(Clone, Debug)]
pub struct Parameters {
    as_of: Time,
    from: Option<Day>,
    to: Option<Day>,
    by: By,
    against: Option<Against>,
    level: f64,
    piece: Option<String>,
    start: Option<Day>,
    end: Option<Day>,
    /// Whom it is about, where not everybody.
    whose: Option<Rule>,
    segment: Option<String>,
    /// Whether nothing was said, so that the latest edition is an answer.
    are_usual: bool,
    goal: Option<String>,
    /// At the end of how many past months it is asked too.
    months: Option<u16>,
}

impl Parameters {
    /// Reads name-value pairs; what is not said is `now`, everybody, by piece, at the usual level.
    pub fn read(pairs: &[(String, String)], zone: &Zone, now: Time) -> Result<Self, HttpError> {
        if let Some((name, _)) = pairs.iter().find(|(name, _)| !KNOWN.contains(&name.as_str())) {
            let message = format!(
                "There is no parameter `{name}`. Known are {}.",
                KNOWN.map(|k| format!("`{k}`")).join(", ")
            );
            return Err(HttpError::new(Code::BadParameter, message));
        }
        let one = |name: &str| single(pairs, name);
        let read = Self {
            as_of: one("as_of")?
                .map(|text| instant(text, zone))
                .transpose()?
                .unwrap_or(now),
            from: one("from")?.map(|text| day("from", text)).transpose()?,
            to: one("to")?.map(|text| day("to", text)).transpose()?,
            by: one("by")?.map(breakdown).transpose()?.unwrap_or_default(),
            against: one("compare")?.map(against).transpose()?,
            goal: one("goal")?.map(str::to_owned),
            level: one("level")?.map(level).transpose()?.unwrap_or(Question::LEVEL_DEFAULT),
            piece: one("piece")?.map(str::to_owned),
            start: one("start")?.map(|text| day("start", text)).transpose()?,
            end: one("end")?.map(|text| day("end", text)).transpose()?,
            whose: one("where")?.map(rule).transpose()?,
            segment: one("segment")?.map(str::to_owned),
            months: one("months")?.map(months).transpose()?,
            are_usual: pairs.is_empty(),
        };
        if let (Some(from), Some(to)) = (read.from, read.to)
            && from >= to
        {
            let message = format!("`from` ({from}) is included and `to` ({to}) is not, so `to` must be a later day.");
            return Err(HttpError::new(Code::BadParameter, message));
        }
        if read.against.is_some() && (read.from.is_none() || read.to.is_none()) {
            let message = "`compare` needs the period's first day and the day after it: say `from` and `to`.";
            return Err(HttpError::new(Code::BadParameter, message));
        }
        Ok(read)
    }

    /// Whether the standing answers are what is asked for.
    pub const fn are_usual(&self) -> bool {
        self.are_usual
    }

    /// What a question of that key is about in particular; of no key where every question is asked.
    pub fn about(&self, key: Option<Key>) -> Result<Option<About>, HttpError> {
        About::of(key, self.piece.clone(), (self.start, self.end))
            .map_err(|why| HttpError::new(Code::BadParameter, format!("This can't be asked: {why}.")))
    }

    /// The name of the saved segment it is about, if it is about one.
    pub fn segment(&self) -> Option<&str> {
        self.segment.as_deref()
    }

    /// The same, about the people of that segment; without a rule there is none of that name.
    pub fn of_segment(mut self, segment: Option<Rule>) -> Result<Self, HttpError> {
        let Some(segment) = segment else {
            let name = shown(self.segment().unwrap_or_default());
            let message = format!("There is no segment `{name}`; save it with `longplay segment set`.");
            return Err(HttpError::new(Code::BadParameter, message));
        };
        self.whose = Some(match self.whose {
            Some(rule) => segment.and(rule),
            None => segment,
        });
        Ok(self)
    }

    /// The question of that key with these parameters. Only a question about a goal may be given one.
    pub fn of_key(&self, key: Key, zone: &Zone) -> Result<Question, HttpError> {
        if self.goal.is_some() && !key.is_about_a_goal() {
            let message = format!(
                "`goal` belongs to `credit` and `fit`; `{}` is about every goal or none.",
                key.name()
            );
            return Err(HttpError::new(Code::BadParameter, message));
        }
        if self.months.is_some() && !key.is_told_by_month() {
            let message = format!(
                "`months` belongs to `durability`; `{}` is told as of one day.",
                key.name()
            );
            return Err(HttpError::new(Code::BadParameter, message));
        }
        Ok(self.question(key, zone))
    }

    /// The question of that key with these parameters, as one of all.
    pub fn question(&self, key: Key, zone: &Zone) -> Question {
        let mut question = Question::new(key, self.as_of, zone.clone());
        question.period.from = self.from;
        question.period.to = self.to;
        question.by = self.by;
        question.against = self.against;
        question.level = self.level;
        question.goal.clone_from(&self.goal);
        question.whose.clone_from(&self.whose);
        question.months = self.months.unwrap_or(0);
        question
    }
}

fn single<'a>(pairs: &'a [(String, String)], name: &str) -> Result<Option<&'a str>, HttpError> {
    let mut values = pairs
        .iter()
        .filter(|(found, _)| found == name)
        .map(|(_, value)| value.as_str());
    let first = values.next();
    match values.next() {
        None => Ok(first),
        Some(_) => Err(HttpError::new(
            Code::BadParameter,
            format!("`{name}` is there twice; say it once."),
        )),
    }
}

/// The key of that name.
pub fn key(name: &str) -> Result<Key, HttpError> {
    let known = || Key::ALL.map(|key| format!("`{}`", key.name())).join(", ");
    let message = || {
        format!(
            "There is no question `{}`. Known are {} and `{ALL}`.",
            shown(name),
            known()
        )
    };
    Key::named(name).ok_or_else(|| HttpError::new(Code::UnknownQuestion, message()))
}

/// A day stands for its last microsecond: everything that happened on it counts.
fn instant(text: &str, zone: &Zone) -> Result<Time, HttpError> {
    if let Some(day) = Day::parse(text) {
        return Ok(zone.end_of(day));
    }
    // A `+` in an address means a space; RFC 3339 has none there, so it can only have been the sign of the offset.
    let text = text.trim();
    let signed = match text.get(19..).and_then(|tail| tail.find(' ')) {
        Some(at) => format!("{}+{}", &text[..19 + at], &text[19 + at + 1..]),
        None => text.to_owned(),
    };
    let rfc_3339 = signed
        .get(19..)
        .is_some_and(|tail| tail.ends_with(['Z', 'z']) || tail.contains(['+', '-']));
    let time = rfc_3339.then(|| Time::parse(&signed, zone)).flatten();
    time.ok_or_else(|| {
        unreadable(
            "as_of",
            text,
            "a day like 2026-03-01 or an instant like 2026-03-01T09:30:00Z",
        )
    })
}

fn day(name: &str, text: &str) -> Result<Day, HttpError> {
    Day::parse(text).ok_or_else(|| unreadable(name, text, "a day like 2026-03-01"))
}

fn rule(text: &str) -> Result<Rule, HttpError> {
    let wrong = |error: RuleError| {
        let message = format!("`where` is no rule: {}", error.shown(text));
        HttpError::new(Code::BadParameter, message)
    };
    text.parse().map_err(wrong)
}

fn breakdown(text: &str) -> Result<By, HttpError> {
    By::named(text).ok_or_else(|| unreadable("by", text, &format!("one of {}", By::ALL.map(By::name).join(", "))))
}

fn against(text: &str) -> Result<Against, HttpError> {
    Against::named(text).ok_or_else(|| unreadable("compare", text, "one of previous, year, weekdays"))
}

fn level(text: &str) -> Result<f64, HttpError> {
    let level = text
        .trim()
        .parse()
        .ok()
        .filter(|level: &f64| *level > 0.0 && *level < 1.0);
    level.ok_or_else(|| unreadable("level", text, "a number between 0 and 1, like 0.9"))
}

fn months(text: &str) -> Result<u16, HttpError> {
    let months = text
        .trim()
        .parse()
        .ok()
        .filter(|months| (1..=MONTHS_MAX).contains(months));
    months.ok_or_else(|| unreadable("months", text, &format!("a number from 1 to {MONTHS_MAX}")))
}

fn unreadable(name: &str, text: &str, wanted: &str) -> HttpError {
    HttpError::new(
        Code::BadParameter,
        format!("`{name}` must be {wanted}; it is `{}`.", shown(text)),
    )
}

/// What a stranger wrote, short enough to be said back.
fn shown(text: &str) -> String {
    const LETTERS_MAX: usize = 40;
    let mut short: String = text.chars().take(LETTERS_MAX).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
