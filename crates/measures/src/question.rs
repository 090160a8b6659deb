//! A question is a complete value: which, up to when, about whom, by what, at which level. Nothing is read from a clock.

use longplay_domain::{Day, Period, Rule, Time, Zone};
use longplay_store::Column;

use crate::compare::Against;

/// What stands for every standing question where a key is expected.
pub const ALL: &str = "all";

/// Which of the questions is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    Hits,
    Returns,
    Ladder,
    Goals,
    Lift,
    Durability,
    Credit,
    Fit,
    Plan,
    Talk,
    Audit,
}

impl Key {
    pub const ALL: [Self; 11] = [
        Self::Ladder,
        Self::Returns,
        Self::Goals,
        Self::Hits,
        Self::Fit,
        Self::Credit,
        Self::Lift,
        Self::Durability,
        Self::Plan,
        Self::Talk,
        Self::Audit,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Hits => "hits",
            Self::Returns => "returns",
            Self::Ladder => "ladder",
            Self::Goals => "goals",
            Self::Lift => "lift",
            Self::Durability => "durability",
            Self::Credit => "credit",
            Self::Fit => "fit",
            Self::Plan => "plan",
            Self::Talk => "talk",
            Self::Audit => "audit",
        }
    }

    /// Whether the question can be asked about one goal.
    pub const fn is_about_a_goal(self) -> bool {
        matches!(self, Self::Credit | Self::Fit)
    }

    /// Whether it can be asked about days in particular.
    pub const fn is_about_days(self) -> bool {
        matches!(self, Self::Lift)
    }

    /// Whether it can be asked about a piece.
    pub const fn is_about_a_piece(self) -> bool {
        matches!(self, Self::Lift | Self::Hits)
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.name() == name)
    }
}

/// What a question is about in particular: a piece, the days from `start` to `end` (included), or a piece on those days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    pub piece: Option<String>,
    pub start: Option<Day>,
    pub end: Option<Day>,
}

impl About {
    /// What was asked, if anything was; else why it can't be, in words.
    pub fn of(
        key: Option<Key>,
        piece: Option<String>,
        (start, end): (Option<Day>, Option<Day>),
    ) -> Result<Option<Self>, &'static str> {
        let about = Self { piece, start, end };
        if about == Self::default() {
            Ok(None)
        } else if about.piece.is_some() && !key.is_some_and(Key::is_about_a_piece) {
            Err("a piece can be asked about with the questions lift and hits only")
        } else if (start.is_some() || end.is_some()) && !key.is_some_and(Key::is_about_days) {
            Err("a start and an end can be asked about with the question lift only")
        } else if start.zip(end).is_some_and(|(start, end)| end < start) {
            Err("the end must not lie before the start; both days are included")
        } else if start.is_none() && end.is_some() {
            Err("an end needs a start")
        } else {
            Ok(Some(about))
        }
    }
}

/// By what the figures are broken down beside the total.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum By {
    /// The acquiring piece.
    #[default]
    Piece,
    /// The channel of the first presence event.
    Channel,
    /// A topic of the acquiring piece; a piece with two topics counts under both.
    Topic,
    /// The week (its Monday) of the first presence day.
    Week,
    /// How the first presence event reached us.
    Source,
    /// The campaign that the first presence event names.
    Campaign,
}

impl By {
    pub const ALL: [Self; 6] = [
        Self::Piece,
        Self::Channel,
        Self::Topic,
        Self::Week,
        Self::Source,
        Self::Campaign,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Piece => "piece",
            Self::Channel => "channel",
            Self::Topic => "topic",
            Self::Week => "week",
            Self::Source => "source",
            Self::Campaign => "campaign",
        }
    }

    /// The column whose text stands in the place of the channel in every origin: cubes break people down by it, and no
    /// question breaks them down by two of these at once.
    pub const fn column(self) -> Column {
        match self {
            Self::Piece | Self::Channel | Self::Topic | Self::Week => Column::Channel,
            Self::Source => Column::Source,
            Self::Campaign => Column::Campaign,
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|by| by.name() == name)
    }
}

/// A question, ready to be answered.
#[derive(Clone, Debug)]
pub struct Question {
    pub key: Key,
    /// Events after this instant don't exist.
    pub as_of: Time,
    pub zone: Zone,
    /// Limits whom the question is about to the people whose first presence day lies in it (`hits`: which days may be hits;
    /// `credit`: on which days the goals it counts were reached, and never the touches before them;
    /// `plan`: pieces published in it).
    pub period: Period,
    pub by: By,
    /// With which period, beside its own, the figures are compared.
    pub against: Option<Against>,
    /// Level of the intervals, inside (0, 1).
    pub level: f64,
    /// The one goal the question is about, by name; which one, where nothing is said, is the question's own choice.
    pub goal: Option<String>,
    /// What it is about in particular, for questions that can be.
    pub about: Option<About>,
    /// Limits whom the question is about to the people of whom this rule says yes.
    pub whose: Option<Rule>,
    /// At the end of how many past months it is answered too, where it is told by month.
    pub months: u16,
}

impl Question {
    pub const LEVEL_DEFAULT: f64 = 0.9;

    pub fn new(key: Key, as_of: Time, zone: Zone) -> Self {
        Self {
            key,
            as_of,
            zone,
            period: Period::default(),
            by: By::default(),
            against: None,
            level: Self::LEVEL_DEFAULT,
            goal: None,
            about: None,
            whose: None,
            months: 0,
        }
    }

    /// The day of `as_of`: unfinished, so no window that needs it is mature.
    pub fn today(&self) -> Day {
        self.zone.day_of(self.as_of)
    }
}
