//! What the answers are limited to: said in words that can be taken off one by one, and changed in a form. Everything is in the
//! address, so every view can be sent to somebody, and it works without script.

use longplay_domain::{Day, Month};
use longplay_measures::{Against, By};

use super::sections::ladder;
use super::words;

/// Name, what stands before the chosen one, and what may be chosen.
pub struct Choice {
    pub name: &'static str,
    pub label: &'static str,
    /// Value, words, and whether it is the chosen one.
    pub options: Vec<(String, String, bool)>,
}

/// What the address says, and what it could say instead.
#[derive(Clone, Debug)]
pub struct Filter {
    /// The page it is on.
    page: &'static str,
    pairs: Vec<(String, String)>,
    segments: Vec<String>,
    today: Option<Day>,
}

/// Another view of the same page, and the key that leads there.
pub struct Way {
    pub words: &'static str,
    pub address: String,
    pub is_here: bool,
    /// Empty where no key does.
    pub key: &'static str,
}

/// A chip: what it says, and the address without it.
pub struct Chip {
    pub words: String,
    pub without: String,
}

impl Default for Filter {
    /// Nothing is said, on the home page.
    fn default() -> Self {
        Self {
            page: "/",
            pairs: Vec::new(),
            segments: Vec::new(),
            today: None,
        }
    }
}

impl Filter {
    /// The name-value pairs of the address and the names of the saved segments.
    pub fn new(pairs: Vec<(String, String)>, segments: Vec<String>, today: Day) -> Self {
        Self {
            page: "/",
            pairs,
            segments,
            today: Some(today),
        }
    }

    /// What is said, where it can't be said otherwise.
    pub fn of_pairs(pairs: Vec<(String, String)>) -> Self {
        Self {
            pairs,
            ..Self::default()
        }
    }

    /// The same on another page.
    #[must_use]
    pub fn on(self, page: &'static str) -> Self {
        Self { page, ..self }
    }

    pub const fn page(&self) -> &'static str {
        self.page
    }

    /// Everything that is said, for who keeps it along.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    /// Everything that is said as it stands in an address, with its question mark; nothing where nothing is said.
    pub fn query(&self) -> String {
        match serde_urlencoded::to_string(&self.pairs) {
            Ok(query) if !query.is_empty() => format!("?{query}"),
            _ => String::new(),
        }
    }

    /// The names of the saved segments, each with this view over it alone.
    pub fn over_segments(&self) -> Vec<(String, String)> {
        let over = |name: &String| (name.clone(), self.with("segment", name));
        self.segments.iter().map(over).collect()
    }

    /// This view with something said otherwise.
    pub fn with(&self, name: &str, value: &str) -> String {
        self.address(|said| said != name, &[(name, value)])
    }

    /// What is said under that name, or nothing.
    pub fn said(&self, name: &str) -> &str {
        let found = self.pairs.iter().find(|(said, _)| said == name);
        found.map_or("", |(_, value)| value)
    }

    pub fn is_open(&self) -> bool {
        !self.pairs.is_empty()
    }

    /// Everything that is said, each to be taken off.
    pub fn chips(&self) -> Vec<Chip> {
        let chip = |(name, value): &(String, String)| Chip {
            words: chip_words(name, value),
            without: self.address(|said| said != name, &[]),
        };
        self.pairs.iter().map(chip).collect()
    }

    /// Everything that is said, for whoever can't change it. A rule is not shown: what it asks for may be somebody's.
    pub fn limits(&self) -> Option<String> {
        let told = |(name, value): &(String, String)| match name.as_str() {
            "where" => "only some people, by a rule of whoever shared this".to_owned(),
            _ => chip_words(name, value),
        };
        let told: Vec<String> = self.pairs.iter().map(told).collect();
        (!told.is_empty()).then(|| format!("{}.", words::capital(&told.join(", "))))
    }

    /// Periods that are asked for often.
    pub fn presets(&self) -> Vec<Way> {
        let Some(today) = self.today else { return Vec::new() };
        let of = |key, words, from: Option<Day>| {
            let from = from.map(|from| from.to_string());
            // Today is not over, so it is left out.
            let to = today.to_string();
            let pairs: Vec<(&str, &str)> = from
                .iter()
                .flat_map(|from| [("from", from.as_str()), ("to", &to)])
                .collect();
            let is_here = self.said("from") == from.as_deref().unwrap_or_default()
                && self.said("to") == if from.is_some() { to.as_str() } else { "" };
            let keeps = |name: &str| !matches!(name, "from" | "to") && (from.is_some() || name != "compare");
            Way {
                words,
                address: self.address(keeps, &pairs),
                is_here,
                key,
            }
        };
        let (month, year) = (Month::of(today), Month::of(today).year_and_month().0);
        vec![
            of("e", "ever", None),
            of("d", "yesterday", Some(today.plus(-1))),
            of("w", "the last 7 days", Some(today.plus(-7))),
            of("", "the last 28 days", Some(today.plus(-28))),
            of("", "the last 90 days", Some(today.plus(-90))),
            of("m", "this month", Some(month.start()).filter(|&first| first < today)),
            of(
                "y",
                "this year",
                Day::parse(&format!("{year:04}-01-01")).filter(|&first| first < today),
            ),
        ]
    }

    /// From the period that is said: as many days earlier, as many later, and with or without the days before beside it.
    pub fn steps(&self) -> Vec<Way> {
        let day = |name| Day::parse(self.said(name));
        let (Some(from), Some(to)) = (day("from"), day("to")) else {
            return Vec::new();
        };
        let days = to.0 - from.0;
        let moved = |by: i32| {
            let (from, to) = (from.plus(by).to_string(), to.plus(by).to_string());
            let keeps = |name: &str| !matches!(name, "from" | "to");
            self.address(keeps, &[("from", &from), ("to", &to)])
        };
        let step = |key, words, address| Way {
            words,
            address,
            is_here: false,
            key,
        };
        let mut steps = vec![step("ArrowLeft", "← earlier", moved(-days))];
        if self.today.is_some_and(|today| to < today) {
            steps.push(step("ArrowRight", "later →", moved(days)));
        }
        steps.push(if self.said("compare").is_empty() {
            let before = self.with("compare", Against::Previous.name());
            step("x", "compare with the days before", before)
        } else {
            step("x", "compare with nothing", self.address(|name| name != "compare", &[]))
        });
        steps
    }

    /// The lists to choose from.
    pub fn choices(&self) -> Vec<Choice> {
        let option =
            |name: &str, value: &str, words: &str| (value.to_owned(), words.to_owned(), self.said(name) == value);
        let by = By::ALL.map(|by| option("by", by.name(), by.name()));
        let mut against = vec![option("compare", "", "nothing")];
        against.extend(Against::ALL.map(|against| option("compare", against.name(), against_words(against))));
        let mut choices = vec![
            Choice {
                name: "by",
                label: "Broken down by",
                options: by.into(),
            },
            Choice {
                name: "compare",
                label: "Compared with",
                options: against,
            },
        ];
        if !self.segments.is_empty() {
            let mut segments = vec![option("segment", "", "everybody")];
            segments.extend(self.segments.iter().map(|name| option("segment", name, name)));
            choices.push(Choice {
                name: "segment",
                label: "People of",
                options: segments,
            });
        }
        choices
    }

    /// This view without what isn't kept and with some more.
    fn address(&self, keeps: impl Fn(&str) -> bool, more: &[(&str, &str)]) -> String {
        let kept = self.pairs.iter().filter(|(name, _)| keeps(name));
        let pairs: Vec<(&str, &str)> = kept
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .chain(more.iter().copied())
            .collect();
        match serde_urlencoded::to_string(pairs) {
            Ok(query) if !query.is_empty() => format!("{}?{query}", self.page),
            _ => self.page.to_owned(),
        }
    }
}

const fn against_words(against: Against) -> &'static str {
    match against {
        Against::Previous => "as many days before",
        Against::Year => "the same days a year before",
        Against::Weekdays => "the same weekdays before",
    }
}

fn chip_words(name: &str, value: &str) -> String {
    let day = || Day::parse(value).map_or_else(|| value.to_owned(), words::day);
    match name {
        "from" => format!("first came from {} on", day()),
        "to" => format!("first came before {}", day()),
        "by" => format!("by {value}"),
        "compare" => match Against::named(value) {
            Some(against) => format!("compared with {}", against_words(against)),
            None => format!("compared with {value}"),
        },
        "segment" => format!("people of “{value}”"),
        "where" => format!("only where {value}"),
        "as_of" => format!("as of {}", day()),
        "level" => format!("ranges at {value}"),
        "goal" => format!("goal “{value}”"),
        "q" => format!("found by “{value}”"),
        "id" => value.to_owned(),
        "tag" => format!("tagged “{value}”"),
        "piece" => format!("came through {value}"),
        "no_piece" => "came through no piece".to_owned(),
        "regular" => "regulars".to_owned(),
        "month" => format!("in {}", ladder::month_words(value)),
        "cohort" => match Day::parse(value) {
            Some(day) => format!("first came in the week of {}", words::day(day)),
            None => format!("first came in {}", ladder::month_words(value)),
        },
        "age" => format!("here again {value} later"),
        "moved" => match value {
            "up" => "moved up".to_owned(),
            "down" => "moved down".to_owned(),
            "held" => "held their step".to_owned(),
            other => other.to_owned(),
        },
        "stage" => format!("step {}", value.replace('_', " ")),
        "order" => format!("by {}", value.replace('_', " ")),
        other => format!("{} {value}", other.replace('_', " ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(pairs: &[(&str, &str)]) -> Filter {
        let pairs = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Filter::new(
            pairs.collect(),
            vec!["fans".to_owned()],
            Day::parse("2026-03-01").unwrap(),
        )
    }

    #[test]
    fn each_chip_takes_itself_off_and_nothing_else() {
        let filter = filter(&[("from", "2026-02-01"), ("where", "channel = \"a&b\"")]);
        let chips = filter.chips();
        assert_eq!(chips[0].words, "first came from 1 February 2026 on");
        assert_eq!(chips[0].without, "/?where=channel+%3D+%22a%26b%22");
        assert_eq!(chips[1].without, "/?from=2026-02-01");
        assert_eq!(Filter::default().chips().len(), 0);
    }

    #[test]
    fn a_preset_leaves_today_out_and_keeps_the_rest() {
        let filter = filter(&[
            ("by", "topic"),
            ("from", "2026-02-01"),
            ("to", "2026-03-01"),
            ("compare", "year"),
        ]);
        let presets = filter.presets();
        let of = |words: &str| presets.iter().find(|preset| preset.words == words).unwrap();
        assert_eq!(
            of("the last 28 days").address,
            "/?by=topic&compare=year&from=2026-02-01&to=2026-03-01"
        );
        assert!(of("the last 28 days").is_here && !of("ever").is_here);
        // Without a period there is none before it.
        assert_eq!(of("ever").address, "/?by=topic");
        // On the first of a month nothing of it is over yet.
        assert_eq!(of("this month").address, "/?by=topic");
    }

    #[test]
    fn a_period_is_moved_by_its_length_and_never_past_today() {
        let steps = |pairs: &[(&str, &str)]| -> Vec<(&str, String)> {
            let steps = filter(pairs).steps().into_iter();
            steps.map(|step| (step.key, step.address)).collect()
        };
        assert_eq!(
            steps(&[("from", "2026-02-01"), ("to", "2026-02-08"), ("by", "topic")]),
            [
                ("ArrowLeft", "/?by=topic&from=2026-01-25&to=2026-02-01".to_owned()),
                ("ArrowRight", "/?by=topic&from=2026-02-08&to=2026-02-15".to_owned()),
                (
                    "x",
                    "/?from=2026-02-01&to=2026-02-08&by=topic&compare=previous".to_owned()
                ),
            ]
        );
        let today = steps(&[("from", "2026-02-22"), ("to", "2026-03-01"), ("compare", "year")]);
        assert_eq!(today.len(), 2);
        assert_eq!(today[1].1, "/?from=2026-02-22&to=2026-03-01");
        assert!(steps(&[("from", "2026-02-22")]).is_empty(), "no length, no step");
    }
}
