//! `attribution`: who stood on the way, from paths with their conversions, value and nulls.

use std::collections::HashMap;

use longplay_stats::attribution::{
    Credits, Journey, Journeys, Rule, agreement, by_rule, credit_intervals, influenced, markov, shapley,
};
use longplay_stats::least::CONVERSIONS_CREDITED;
use longplay_stats::{Bootstrap, FitError};

use super::outcome::{Agreement, Credit, Outcome};
use super::sheet::Sheet;
use super::{Model, Request};

const JOINT: &str = " > ";
const CHANNELS_MAX: usize = 1_000;
/// Bootstrap samples behind an interval of credit.
const SAMPLES: usize = 200;

type Method = (&'static str, fn(&Journeys) -> Option<Credits>);

const METHODS: [Method; 8] = [
    ("first", |journeys| Some(by_rule(journeys, Rule::First))),
    ("last", |journeys| Some(by_rule(journeys, Rule::Last))),
    ("linear", |journeys| Some(by_rule(journeys, Rule::Linear))),
    ("position", |journeys| Some(by_rule(journeys, Rule::Position))),
    // Only the order is known, so credit halves per touch from the end.
    ("time_decay", |journeys| Some(by_rule(journeys, Rule::DecayByPosition))),
    ("shapley", |journeys| Some(shapley(journeys))),
    ("markov", |journeys| markov(journeys, 1).ok().map(|found| found.credits)),
    ("influenced", |journeys| Some(influenced(journeys))),
];

struct Paths {
    journeys: Journeys,
    channels: Vec<String>,
    has_value: bool,
    has_nulls: bool,
}

fn gather(sheet: &Sheet) -> anyhow::Result<Paths> {
    let [path, conversions] = sheet.columns(["path", "conversions"])?;
    let (value, nulls) = (sheet.column("value"), sheet.column("nulls"));
    let mut places: HashMap<String, u32> = HashMap::new();
    let mut counts: HashMap<(Vec<u32>, [u64; 3]), u64> = HashMap::new();
    sheet.each_row(|row| {
        let text = row.text(path);
        let mut touches = Vec::new();
        for step in text.split(JOINT).map(str::trim) {
            if step.is_empty() {
                return Err(row.refuse(path, "has an empty step; steps are joined by “ > ”"));
            }
            if step.contains('>') {
                return Err(row.refuse(path, "has a “>” without blanks around it; steps are joined by “ > ”"));
            }
            let next = places.len() as u32;
            let place = match places.get(step) {
                Some(place) => *place,
                None if places.len() == CHANNELS_MAX => {
                    return Err(row.refuse_whole(
                        "there are more than 1,000 different steps; name channels, not pages or people",
                    ));
                }
                None => *places.entry(step.to_owned()).or_insert(next),
            };
            touches.push(place);
        }
        let worth = value.map_or(Ok(0.0), |column| row.size(column))?;
        let nulls = nulls.map_or(Ok(0.0), |column| row.size(column))?;
        let numbers = [row.size(conversions)?, worth, nulls].map(f64::to_bits);
        *counts.entry((touches, numbers)).or_default() += 1;
        Ok(())
    })?;
    let mut channels: Vec<(String, u32)> = places.into_iter().collect();
    channels.sort_unstable();
    // Channels are numbered by their names, so that no order of the rows moves a digit.
    let mut renamed = vec![0; channels.len()];
    channels
        .iter()
        .enumerate()
        .for_each(|(new, (_, old))| renamed[*old as usize] = new as u32);
    let journey = |((touches, numbers), count): ((Vec<u32>, [u64; 3]), u64)| {
        let [conversions, value, nulls] = numbers.map(|number| f64::from_bits(number) * count as f64);
        Journey {
            touches: touches.into_iter().map(|old| renamed[old as usize]).collect(),
            ages: Vec::new(),
            conversions,
            value,
            nulls,
        }
    };
    Ok(Paths {
        journeys: Journeys::new(counts.into_iter().map(journey).collect(), channels.len())?,
        channels: channels.into_iter().map(|(name, _)| name).collect(),
        has_value: value.is_some(),
        has_nulls: nulls.is_some(),
    })
}

pub fn estimate(sheet: &Sheet, request: &Request<'_>) -> anyhow::Result<Outcome> {
    let paths = gather(sheet)?;
    let journeys = &paths.journeys;
    let conversions = journeys.conversions();
    let n = (conversions + journeys.nulls()).round() as u64;
    let mut outcome = Outcome::new(Model::Attribution.name(), n, request.level);
    if n == 0 {
        let why = FitError::NoEvidence;
        return Ok(Outcome::too_early(outcome.model, 0, request.level, why));
    }
    if !paths.has_nulls {
        outcome.warn(
            "no_nulls",
            "without a column nulls nobody is known who did not convert, so Markov's removal effect sees successes only",
        );
    }
    let is_sure = conversions >= CONVERSIONS_CREDITED;
    if !is_sure {
        let message =
            format!("too early for intervals: they need {CONVERSIONS_CREDITED} conversions; here are {conversions}");
        outcome.warn("too_early", message);
    }
    let bootstrap = Bootstrap {
        count: SAMPLES,
        ..Bootstrap::default()
    };
    let mut credits = Vec::new();
    let mut tables: Vec<Vec<f64>> = Vec::new();
    for (name, method) in METHODS {
        let Some(found) = method(journeys) else { continue };
        let ranges = is_sure
            .then(|| credit_intervals(journeys, request.level, bootstrap, method))
            .flatten();
        for (index, channel) in paths.channels.iter().enumerate() {
            let range = ranges.as_ref().map(|ranges| ranges[index]);
            credits.push(Credit {
                channel: channel.clone(),
                method: name,
                conversions: found.conversions[index],
                low: range.map(|range| range.low),
                high: range.map(|range| range.high),
                value: paths.has_value.then_some(found.value[index]),
            });
        }
        // Influenced counts a conversion for every channel on its way, so it is no split to compare.
        if name != "influenced" {
            tables.push(found.conversions);
        }
    }
    let tables: Vec<&[f64]> = tables.iter().map(Vec::as_slice).collect();
    if let Some(found) = agreement(&tables) {
        if !found.same_first && conversions > 0.0 {
            outcome.warn("methods_disagree", "the methods disagree on which channel comes first");
        }
        outcome.agreement = Some(Agreement {
            same_first: found.same_first,
            concordance: found.concordance,
        });
    }
    outcome.credits = Some(credits);
    Ok(outcome)
}
