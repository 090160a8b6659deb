//! What is wrong with the words of an answer.

use serde_json::Value;

use super::read_aloud;

const CAUSAL: [&str; 12] = [
    "caused",
    "causes",
    "because of",
    "drove",
    "drives",
    "led to",
    "leads to",
    "thanks to",
    "due to",
    "resulted in",
    "made them",
    "boosted",
];
const NONSENSE: [&str; 12] = [
    "NaN", "nan ", "inf", "null", "None(", "Some(", "0 of 0", " -0 ", "  ", "..", " ,", "!",
];
/// On what footing shares are said.
const PER: [f64; 3] = [100.0, 1_000.0, 10_000.0];
/// Units of which there can be one.
const PLURALS: [&str; 16] = [
    "people",
    "days",
    "weeks",
    "months",
    "hours",
    "pieces",
    "purchases",
    "sales",
    "regulars",
    "conversions",
    "stretches",
    "buyers",
    "sign-ups",
    "channels",
    "topics",
    "others",
];
const SINGULARS: [&str; 12] = [
    "person",
    "day",
    "week",
    "month",
    "hour",
    "piece",
    "purchase",
    "sale",
    "regular",
    "conversion",
    "stretch",
    "buyer",
];

pub fn faults(answer: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let grade = answer["grade"].as_str().unwrap();
    for text in read_aloud(answer) {
        let mut fault = |what: &str| faults.push(format!("{what}: {text}"));
        if !text.ends_with(['.', '”']) || text.len() < 10 {
            fault("does not end in a full stop");
        }
        let outside = outside_titles(&text);
        for word in NONSENSE {
            // "infinite", "info" and titles are words.
            if outside.contains(word) && (word != "inf" || is_word(&outside, "inf")) {
                fault(&format!("says “{word}”"));
            }
        }
        let lower = outside.to_lowercase();
        if !matches!(grade, "compared" | "tested") && CAUSAL.iter().any(|verb| is_word(&lower, verb)) {
            fault("claims a cause");
        }
        let words: Vec<&str> = outside.split_whitespace().map(bare).collect();
        for pair in words.windows(2) {
            let many = number(pair[0]).filter(|_| pair[0].chars().all(|c| c.is_ascii_digit() || c == ','));
            match many {
                Some(1.0) if PLURALS.contains(&pair[1]) => fault("one of many"),
                Some(many) if many != 1.0 && SINGULARS.contains(&pair[1]) => fault("many of one"),
                _ => {}
            }
        }
    }
    let sentence = outside_titles(answer["sentence"].as_str().unwrap());
    faults.extend(
        not_of_figures(&sentence, answer)
            .iter()
            .map(|what| format!("{what} is no figure: {sentence}")),
    );
    faults.extend(figure_faults(answer));
    faults
}

/// Titles are the owner's words; each becomes “it”.
fn outside_titles(text: &str) -> String {
    let mut outside = String::new();
    let mut depth = 0;
    for character in text.chars() {
        match character {
            '“' => {
                depth += 1;
                outside.push_str("it");
            }
            '”' => depth -= 1,
            _ if depth == 0 => outside.push(character),
            _ => {}
        }
    }
    outside
}

fn is_word(text: &str, word: &str) -> bool {
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    text.match_indices(word)
        .any(|(at, _)| !is_letter(text[..at].chars().next_back()) && !is_letter(text[at + word.len()..].chars().next()))
}

fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| "().,;:".contains(c))
}

fn number(word: &str) -> Option<f64> {
    let digits = word.replace(',', "");
    let is_number = digits.starts_with(|c: char| c.is_ascii_digit());
    is_number.then(|| digits.parse().ok()).flatten()
}

/// What the figures of an answer allow a sentence to say.
struct Told {
    /// Value and ends of every share.
    shares: Vec<[Option<f64>; 3]>,
    /// Ends of every interval in its own unit, widened to whole numbers.
    ends: Vec<[f64; 2]>,
    counts: Vec<f64>,
}

impl Told {
    fn of(answer: &Value) -> Self {
        let mut told = Self {
            shares: Vec::new(),
            ends: Vec::new(),
            counts: Vec::new(),
        };
        for figure in answer["figures"].as_array().unwrap() {
            let numbers = ["value", "low", "high"].map(|key| figure[key].as_f64());
            let per = match figure["unit"].as_str().unwrap() {
                "share" => Some(1.0),
                "per_1000" => Some(1_000.0),
                _ => None,
            };
            told.shares
                .extend(per.map(|per| numbers.map(|number| number.map(|number| number / per))));
            if let [_, Some(low), Some(high)] = numbers {
                told.ends.push([(low + 1e-9).floor(), (high - 1e-9).ceil()]);
                // How many are still to come is said without those who are counted already.
                let so_far = figure["count"].as_f64().unwrap();
                told.ends
                    .push([(low - so_far + 1e-9).floor(), (high - so_far - 1e-9).ceil()]);
            }
            let counts = ["n", "count", "value"].map(|key| figure[key].as_f64());
            told.counts
                .extend(counts.into_iter().flatten().map(|count| count.abs().round()));
        }
        for row in answer["rows"].as_array().into_iter().flatten() {
            told.add_row(row);
        }
        told
    }

    /// A number of a row may be a share or a count; `low` and `high` are ends, and so are the `least` and the `most` of several
    /// methods, which are rounded since no chance is in them.
    fn add_row(&mut self, row: &Value) {
        let numbers = row
            .as_object()
            .into_iter()
            .flatten()
            .filter_map(|(_, value)| value.as_f64());
        for number in numbers {
            self.shares.push([Some(number), None, None]);
            self.counts.push(number.abs().round());
        }
        if let (Some(low), Some(high)) = (row["low"].as_f64(), row["high"].as_f64()) {
            self.shares.push([None, Some(low), Some(high)]);
            self.ends.push([(low + 1e-9).floor(), (high - 1e-9).ceil()]);
        }
        if let (Some(least), Some(most)) = (row["least"].as_f64(), row["most"].as_f64()) {
            self.ends.push([least.round(), most.round()]);
        }
    }

    fn has_share(&self, said: f64, per: f64) -> bool {
        let values = self.shares.iter().filter_map(|share| share[0]);
        values.into_iter().any(|value| (value * per).round() == said)
    }

    /// Ranges are widened outwards to whole numbers.
    fn has_range(&self, said: [f64; 2], per: Option<f64>) -> bool {
        let of_share = |per: f64| {
            let ends = self.shares.iter().filter_map(|share| share[1].zip(share[2]));
            ends.into_iter().any(|(low, high)| {
                let (low, high) = ((low * per + 1e-9).floor(), (high * per - 1e-9).ceil());
                said == [low.max(0.0), high.clamp(0.0, per)]
            })
        };
        per.is_some_and(of_share) || self.ends.contains(&said)
    }
}

/// Shares, ranges and head counts of the sentence that no figure of the answer gives.
fn not_of_figures(sentence: &str, answer: &Value) -> Vec<String> {
    let told = Told::of(answer);
    let lower = sentence.to_lowercase();
    let words: Vec<&str> = lower.split_whitespace().map(bare).collect();
    let word = |at: usize| words.get(at).copied().unwrap_or("");
    let per_at = |at: usize| {
        number(word(at + 1))
            .filter(|_| word(at) == "in")
            .filter(|per| PER.contains(per))
    };
    let mut wrong = Vec::new();
    let mut per = None;
    for at in 0..words.len() {
        if let ("between", Some(low), "and", Some(high)) =
            (word(at), number(word(at + 1)), word(at + 2), number(word(at + 3)))
        {
            let per = per_at(at + 4).or(per);
            if !told.has_range([low, high], per) {
                wrong.push(format!("between {low} and {high}"));
            }
            continue;
        }
        let is_of_range = at >= 3 && word(at - 3) == "between" || at >= 1 && word(at - 1) == "between";
        let Some(said) = number(word(at)).filter(|_| !is_of_range) else {
            continue;
        };
        let is_bound = at >= 1 && word(at - 1) == "than" && said == 1.0;
        if let Some(footing) = per_at(at + 1) {
            per = Some(footing);
            if !is_bound && !told.has_share(said, footing) {
                wrong.push(format!("{said} in {footing}"));
            }
        } else if matches!(word(at + 1), "people" | "person") && !told.counts.contains(&said) {
            let is_footing = at >= 1 && word(at - 1) == "in" && PER.contains(&said);
            if !is_footing {
                wrong.push(format!("{said} {}", word(at + 1)));
            }
        }
    }
    wrong
}

/// What no figure may be.
fn figure_faults(answer: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    for figure in answer["figures"].as_array().unwrap() {
        let [value, low, high] = ["value", "low", "high"].map(|key| figure[key].as_f64());
        let mut fault = |what: &str| faults.push(format!("{what}: {figure}"));
        match figure["state"].as_str().unwrap() {
            "known" if value.is_none() => fault("known without a value"),
            "too_early" | "no_data" if value.is_some() && figure["unit"] == "share" => {
                fault("a share that is not known")
            }
            _ => {}
        }
        let is_outside = |low, high| low > high || value.is_some_and(|value| value < low - 1e-9 || high + 1e-9 < value);
        if low.zip(high).is_some_and(|(low, high)| is_outside(low, high)) {
            fault("a value outside its interval");
        }
        if figure["unit"] == "share" && value.is_some_and(|share| !(0.0..=1.0).contains(&share)) {
            fault("no share");
        }
    }
    faults
}

#[test]
fn what_is_wrong_is_found() {
    let answer = |sentence: &str| {
        serde_json::json!({
            "sentence": sentence, "grade": "counted", "cautions": [],
            "figures": [{"key": "k", "unit": "share", "n": 48, "count": 15, "value": 0.3125, "low": 0.2712, "high": 0.3488,
                         "state": "known"}],
        })
    };
    for right in [
        "31 in 100 came back (between 27 and 35 in 100), of 48 people who had the time.",
        "15 people came back; “1 people caused it!” had 21 days.",
    ] {
        assert_eq!(faults(&answer(right)), Vec::<String>::new(), "{right}");
    }
    for wrong in [
        "31 in 100 came back",
        "32 in 100 came back.",
        "1 people came back.",
        "15 person came back.",
        "47 people came back.",
        "NaN of them came back.",
        "The hit caused it all.",
        "Between 27 and 36 in 100 came back.",
    ] {
        assert!(!faults(&answer(wrong)).is_empty(), "{wrong}");
    }
}
