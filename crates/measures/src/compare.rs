//! The same question about another period, figure by figure: how much has changed, and whether that is more than chance.

use longplay_domain::{Day, Period};
use longplay_stats::rates::difference_of_shares;
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::{Figure, Grade};

/// With which period a period is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Against {
    /// As many days right before it.
    Previous,
    /// The same days a year before.
    Year,
    /// The same weekdays right before it: moved back by whole weeks.
    Weekdays,
}

impl Against {
    pub const ALL: [Self; 3] = [Self::Previous, Self::Year, Self::Weekdays];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Previous => "previous",
            Self::Year => "year",
            Self::Weekdays => "weekdays",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|against| against.name() == name)
    }

    /// The period to compare with. `None` when a period has no beginning or no end, for then none comes before it.
    pub fn period(self, period: Period) -> Option<Period> {
        let (from, to) = (period.from?, period.to?);
        let days = to.since(from).max(1);
        let back = |by: i32| Period {
            from: Some(from.plus(-by)),
            to: Some(to.plus(-by)),
        };
        Some(match self {
            Self::Previous => back(days),
            Self::Weekdays => back(days.div_euclid(7).saturating_add(i32::from(days % 7 > 0)) * 7),
            Self::Year => Period {
                from: Some(year_before(from)),
                to: Some(year_before(to)),
            },
        })
    }
}

/// The same date a year before; 28 February for the 29th.
fn year_before(day: Day) -> Day {
    let date = day.date();
    let before = Day::parse(&format!("{:04}-{}", i32::from(date.year()) - 1, date.strftime("%m-%d")));
    before.unwrap_or_else(|| day.plus(-366))
}

/// What the other period had.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Comparison {
    pub against: Against,
    /// The other period: its first day, and the first day after it.
    #[schema(value_type = String, format = Date)]
    pub from: Day,
    #[schema(value_type = String, format = Date)]
    pub to: Day,
    /// One for each figure of the answer that the other period has as well, in the answer's order.
    pub figures: Vec<Compared>,
}

/// A figure in the other period, and the change since.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Compared {
    #[serde(flatten)]
    pub figure: Figure,
    /// Now less then, in the figure's unit; absent unless both are known.
    pub change: Option<f64>,
    /// Its interval, for shares: of what is counted the change is exact.
    pub change_low: Option<f64>,
    pub change_high: Option<f64>,
}

impl Comparison {
    /// `now` beside `then`, which is the same question's answer about the period `against` names.
    pub fn of(against: Against, period: Period, (now, then): (&[Figure], Vec<Figure>), level: f64) -> Option<Self> {
        let find = |figure: &Figure| {
            let same = |other: &&Figure| other.key == figure.key && other.scope == figure.scope;
            then.iter().find(same).map(|then| Compared::of(figure, then, level))
        };
        Some(Self {
            against,
            from: period.from?,
            to: period.to?,
            figures: now.iter().filter_map(find).collect(),
        })
    }
}

impl Compared {
    fn of(now: &Figure, then: &Figure, level: f64) -> Self {
        let change = now.value.zip(then.value).map(|(now, then)| now - then);
        // A share that a model gave is no count of so many.
        let is_counted = now.grade == Grade::Counted;
        let interval = change.filter(|_| is_counted).and_then(|_| {
            let per = match now.unit.as_str() {
                "share" => 1.0,
                "per_1000" => 1_000.0,
                _ => return None,
            };
            let share = |figure: &Figure| Some((u64::try_from(figure.count).ok()?, figure.n));
            let estimate = difference_of_shares(share(now)?, share(then)?, level)?;
            Some((estimate.low * per, estimate.high * per))
        });
        Self {
            figure: then.clone(),
            change,
            change_low: interval.map(|(low, _)| low),
            change_high: interval.map(|(_, high)| high),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::Scope;

    fn period(from: &str, to: &str) -> Period {
        Period {
            from: Day::parse(from),
            to: Day::parse(to),
        }
    }

    #[test]
    fn each_way_of_comparing_names_its_days() {
        let march = period("2024-03-01", "2024-03-11");
        let of = |against: Against| against.period(march);
        assert_eq!(of(Against::Previous), Some(period("2024-02-20", "2024-03-01")));
        assert_eq!(
            of(Against::Weekdays),
            Some(period("2024-02-16", "2024-02-26")),
            "two whole weeks back"
        );
        assert_eq!(of(Against::Year), Some(period("2023-03-01", "2023-03-11")));
        let leap = Against::Year.period(period("2024-02-29", "2024-03-01"));
        assert_eq!(leap, Some(period("2023-02-28", "2023-03-01")));
        let open = Period {
            from: Day::parse("2024-03-01"),
            to: None,
        };
        assert!(Against::ALL.iter().all(|against| against.period(open).is_none()));
    }

    #[test]
    fn a_change_of_a_share_has_an_interval_and_that_of_a_count_has_none() {
        let share = |count, n| Figure::share("returned_28d", Scope::new(), (count, n), 0.9);
        let people = |n| Figure::counted("people", "people", Scope::new(), (n, n));
        let now = [people(400), share(120, 400), share(0, 0)];
        let then = vec![people(300), share(60, 300)];
        let days = period("2024-02-20", "2024-03-01");
        let comparison = Comparison::of(Against::Previous, days, (&now, then), 0.9).unwrap();
        let [people, share, _] = &comparison.figures[..] else {
            panic!("{comparison:?}");
        };
        assert_eq!((people.change, people.change_low), (Some(100.0), None));
        let change = share.change.unwrap();
        assert!((change - 0.1).abs() < 1e-12);
        assert!(
            share.change_low.unwrap() > 0.0
                && share.change_low.unwrap() < change
                && change < share.change_high.unwrap()
        );
    }
}
