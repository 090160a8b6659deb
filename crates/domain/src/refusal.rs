//! Why a claim was not admitted: a closed list with stable codes, and words that say what to do.

use std::fmt;

/// Which part of a claim a refusal is about. Readers translate it to the column of their file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    Time,
    Person,
    Event,
    Id,
    Piece,
    Channel,
    Referrer,
    Source,
    Medium,
    Campaign,
    Country,
    Value,
    Currency,
    Properties,
}

impl Field {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Person => "person",
            Self::Event => "event",
            Self::Id => "id",
            Self::Piece => "piece",
            Self::Channel => "channel",
            Self::Referrer => "referrer",
            Self::Source => "source",
            Self::Medium => "medium",
            Self::Campaign => "campaign",
            Self::Country => "country",
            Self::Value => "value",
            Self::Currency => "currency",
            Self::Properties => "properties",
        }
    }
}

/// A refusal. The code is stable; the words may improve.
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refusal {
    #[error("the row has no time")]
    TimeMissing,
    #[error("“{0}” is no time; write RFC 3339 (2026-03-01T09:30:00Z) or an epoch in s, ms or µs")]
    TimeUnreadable(String),
    #[error("{0} lies in the future; check the clock or the date's format")]
    TimeInFuture(String),
    #[error("{0} lies before 1990; check the date's format")]
    TimeTooOld(String),
    #[error("the row names no person")]
    PersonMissing,
    #[error("the row names no event")]
    EventMissing,
    #[error("“{0}” is no amount; write a decimal such as 12.50")]
    ValueUnreadable(String),
    #[error("{0} is negative; a refund is an event of its own (refunded) with a positive value")]
    ValueNegative(String),
    #[error("{0} is larger than any amount we can hold")]
    ValueTooLarge(String),
    #[error("“{0}” is no currency of ISO 4217")]
    CurrencyUnknown(String),
    #[error("{field} is {bytes} bytes long; at most {bytes_max} are kept", field = field.name())]
    TooLong {
        field: Field,
        bytes: usize,
        bytes_max: usize,
    },
    #[error("{field} holds a NUL character, so the file is damaged or not text", field = .0.name())]
    NotText(Field),
    #[error("properties must be one JSON object")]
    PropertiesUnreadable,
    #[error("whoever did this was forgotten since, at their wish; what they did before is not taken in again")]
    Forgotten,
    #[error("{0} lies before the {1} days that are kept; `longplay retention` changes that")]
    PastRetention(String, u32),
}

impl Refusal {
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TimeMissing => "time_missing",
            Self::TimeUnreadable(_) => "time_unreadable",
            Self::TimeInFuture(_) => "time_in_future",
            Self::TimeTooOld(_) => "time_too_old",
            Self::PersonMissing => "person_missing",
            Self::EventMissing => "event_missing",
            Self::ValueUnreadable(_) => "value_unreadable",
            Self::ValueNegative(_) => "value_negative",
            Self::ValueTooLarge(_) => "value_too_large",
            Self::CurrencyUnknown(_) => "currency_unknown",
            Self::TooLong { .. } => "too_long",
            Self::NotText(_) => "not_text",
            Self::PropertiesUnreadable => "properties_unreadable",
            Self::Forgotten => "forgotten",
            Self::PastRetention(..) => "past_retention",
        }
    }

    pub const fn field(&self) -> Field {
        match self {
            Self::TimeMissing
            | Self::TimeUnreadable(_)
            | Self::TimeInFuture(_)
            | Self::TimeTooOld(_)
            | Self::PastRetention(..) => Field::Time,
            Self::PersonMissing | Self::Forgotten => Field::Person,
            Self::EventMissing => Field::Event,
            Self::ValueUnreadable(_) | Self::ValueNegative(_) | Self::ValueTooLarge(_) => Field::Value,
            Self::CurrencyUnknown(_) => Field::Currency,
            Self::TooLong { field, .. } | Self::NotText(field) => *field,
            Self::PropertiesUnreadable => Field::Properties,
        }
    }
}

/// Foreign text quoted in a refusal is cut to what helps a person find it.
pub(crate) fn quoted(text: &str) -> String {
    const CHARS_MAX: usize = 60;
    match text.char_indices().nth(CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// So that a field can stand in a message.
impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
