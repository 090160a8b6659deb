//! Journeys: the ordered touches of people before a goal, or before nothing.

use crate::fitted::FitError;

/// People with the same touches, in order of time.
#[derive(Clone, Debug, PartialEq)]
pub struct Journey {
    /// Channels (or pieces), numbered from 0.
    pub touches: Vec<u32>,
    /// How long before the end each touch was, in days; empty when only the order is known.
    pub ages: Vec<f64>,
    /// How many people converted after exactly these touches.
    pub conversions: f64,
    /// What the conversions were worth together, in one currency.
    pub value: f64,
    /// How many people did all this and did not convert.
    pub nulls: f64,
}

/// Checked journeys over a known number of channels.
#[derive(Clone, Debug)]
pub struct Journeys {
    pub(super) rows: Vec<Journey>,
    pub(super) channels: usize,
    /// How many people each conversion and each null of the rows stands for: 1, unless the rows are a sample.
    pub(super) stand_for: (f64, f64),
}

/// What each channel is credited with.
#[derive(Clone, Debug, PartialEq)]
pub struct Credits {
    /// Conversions credited to each channel, in the order of their numbers; a channel without credit has 0.
    pub conversions: Vec<f64>,
    /// Value credited to each channel, in the unit of the journeys' value.
    pub value: Vec<f64>,
}

impl Credits {
    pub(super) fn none(channels: usize) -> Self {
        Self {
            conversions: vec![0.0; channels],
            value: vec![0.0; channels],
        }
    }

    pub(super) fn add(&mut self, channel: u32, share: f64, journey: &Journey) {
        self.conversions[channel as usize] += share * journey.conversions;
        self.value[channel as usize] += share * journey.value;
    }

    pub(super) fn by_shares(shares: Vec<f64>, journeys: &Journeys) -> Self {
        let total: f64 = shares.iter().sum();
        let scaled = |whole: f64| {
            shares
                .iter()
                .map(|share| if total > 0.0 { whole * share / total } else { 0.0 })
                .collect::<Vec<f64>>()
        };
        Self {
            conversions: scaled(journeys.conversions()),
            value: scaled(journeys.value()),
        }
    }
}

impl Journeys {
    /// Checks the journeys. Empty ones carry no touch to credit and are left out.
    pub fn new(rows: Vec<Journey>, channels: usize) -> Result<Self, FitError> {
        for (row, journey) in rows.iter().enumerate() {
            let counts = [journey.conversions, journey.nulls];
            let reason =
                if counts.iter().any(|count| !(*count >= 0.0 && count.is_finite())) || !journey.value.is_finite() {
                    "conversions and nulls must be numbers of people"
                } else if journey.touches.iter().any(|&touch| touch as usize >= channels) {
                    "a touch names a channel that doesn't exist"
                } else if !journey.ages.is_empty() && journey.ages.len() != journey.touches.len() {
                    "every touch needs an age, or none"
                } else if journey.ages.iter().any(|age| !(*age >= 0.0 && age.is_finite())) {
                    "an age is negative or not a number"
                } else {
                    continue;
                };
            return Err(FitError::BadRow { row, reason });
        }
        let mut rows: Vec<Journey> = rows.into_iter().filter(|journey| !journey.touches.is_empty()).collect();
        // One fixed order, so that no order of the input changes a digit of a sum.
        let numbers = |journey: &Journey| [journey.conversions, journey.nulls, journey.value];
        rows.sort_by(|one, other| {
            let ages = one.ages.iter().zip(&other.ages).map(|(a, b)| a.total_cmp(b));
            let counts = numbers(one)
                .into_iter()
                .zip(numbers(other))
                .map(|(a, b)| a.total_cmp(&b));
            let rest = ages
                .chain(counts)
                .find(|order| order.is_ne())
                .unwrap_or(std::cmp::Ordering::Equal);
            one.touches
                .cmp(&other.touches)
                .then(one.ages.len().cmp(&other.ages.len()))
                .then(rest)
        });
        Ok(Self {
            rows,
            channels,
            stand_for: (1.0, 1.0),
        })
    }

    /// The same journeys as a sample in which everybody who converted stands for `converted` people, and everybody who
    /// did not for `others`: credits are those of the whole, intervals as wide as the sample makes them.
    #[must_use]
    pub fn standing_for(mut self, converted: f64, others: f64) -> Self {
        for journey in &mut self.rows {
            journey.conversions *= converted;
            journey.value *= converted;
            journey.nulls *= others;
        }
        self.stand_for = (self.stand_for.0 * converted, self.stand_for.1 * others);
        self
    }

    /// How many channels there are; they are numbered from 0.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Conversions over all journeys.
    pub fn conversions(&self) -> f64 {
        self.rows.iter().map(|journey| journey.conversions).sum()
    }

    /// Value over all journeys, in the unit it was given in.
    pub fn value(&self) -> f64 {
        self.rows.iter().map(|journey| journey.value).sum()
    }

    /// Journeys that ended without a conversion.
    pub fn nulls(&self) -> f64 {
        self.rows.iter().map(|journey| journey.nulls).sum()
    }
}
