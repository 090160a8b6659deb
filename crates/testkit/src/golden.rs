//! Tiny audiences whose answers were worked out by hand, with the working written beside them.
//!
//! They pin the exact meanings (docs/vocabulary.md) where a reader can check them; nothing here may be computed.

/// A tiny audience in Longplay's own format, a point of view, and what must be answered from there.
pub struct Golden {
    pub name: &'static str,
    pub zone: &'static str,
    /// As `--as-of` takes it.
    pub as_of: &'static str,
    pub csv: &'static str,
    /// Distinct events held after import.
    pub events: u64,
    /// (x, t_x, T), sorted.
    pub recurrence: &'static [(i64, i64, i64)],
    pub figures: &'static [Expected],
}

/// A figure that must be there. `scope` is `None` for everybody, `Some(None)` for people without an acquiring piece.
pub struct Expected {
    pub question: &'static str,
    pub key: &'static str,
    pub scope: Option<Option<&'static str>>,
    pub n: u64,
    pub count: i64,
}

const fn returned(key: &'static str, scope: Option<Option<&'static str>>, n: u64, count: i64) -> Expected {
    Expected {
        question: "returns",
        key,
        scope,
        n,
        count,
    }
}

const fn goal(key: &'static str, scope: Option<Option<&'static str>>, n: u64, count: i64) -> Expected {
    Expected {
        question: "goals",
        key,
        scope,
        n,
        count,
    }
}

pub const ALL: [Golden; 3] = [SPRING_FORWARD, LATE_AND_TWICE, MONEY_AND_GOALS];

/// Vienna loses an hour on 2024-03-31 (02:00 → 03:00), so that day's midnight is 23:00Z on the 30th and the next one is
/// 22:00Z on the 31st.
///
/// - ada: 30 March 23:59:59 local (22:59:59Z), then 31 March 00:00 (23:00Z): D0 = 30 March, back on D0+1. x 1, t_x 1.
/// - ben: 31 March 00:30 local and 31 March 23:30 local (21:30Z): 22 hours apart, the same day. x 0.
/// - cyd: 31 March 23:59 local (21:59Z), then 7 April 23:59 (D0+7) and 8 April 00:00 (D0+8): x 2, t_x 8, within 7.
/// - dee: 31 March, then 8 April only (D0+8): not within 7, within 28.
///
/// As of 8 April, end of day: mature for 7 means D0 < 1 April: all four. ada and cyd returned. Nobody is mature for 28.
/// All four were watched through 7 April; on a finished day ada and cyd came back, dee only today.
const SPRING_FORWARD: Golden = Golden {
    name: "spring forward",
    zone: "Europe/Vienna",
    as_of: "2024-04-08",
    csv: "time,person,event,piece\n\
        2024-03-30T22:59:59Z,ada,viewed,one\n\
        2024-03-30T23:00:00Z,ada,viewed,two\n\
        2024-03-30T23:30:00Z,ben,viewed,\n\
        2024-03-31T21:30:00Z,ben,viewed,two\n\
        2024-03-31T21:59:00Z,cyd,viewed,one\n\
        2024-04-07T21:59:00Z,cyd,viewed,one\n\
        2024-04-07T22:00:00Z,cyd,viewed,one\n\
        2024-03-31T10:00:00Z,dee,viewed,two\n\
        2024-04-08T10:00:00Z,dee,viewed,one\n",
    events: 9,
    recurrence: &[(0, 0, 8), (1, 1, 9), (1, 8, 8), (2, 8, 8)],
    figures: &[
        returned("people", None, 4, 4),
        returned("returned_7d", None, 4, 2),
        returned("returned_28d", None, 0, 0),
        returned("median_return_days", None, 4, 2),
        returned("people", Some(Some("one")), 2, 2),
        returned("returned_7d", Some(Some("one")), 2, 2),
        returned("people", Some(Some("two")), 2, 2),
        returned("returned_7d", Some(Some("two")), 2, 0),
    ],
};

/// Rows out of order, sent twice, with ids that clash, and acts that don't show presence.
///
/// - eve: `delivered` on the 1st is no presence; her first presence is at 12:00 on the 2nd, a tie of ids `a` and `b`: `a`
///   comes first and has no piece, so the next on D0 that has one acquires her: `b`, piece `tie`. Back on the 9th (D0+7).
/// - fay: `viewed` on the 3rd without a piece, `opened` on the 4th with one: D0 has none, so no piece acquired her. She came
///   back on D0+1. Her second row with id `f` is a duplicate although it says something else.
/// - gus: only unsubscribed: not one of the people.
/// - hal: on the 9th, so not mature for 7 on the 10th (D0+7 = 16th).
///
/// As of the 10th, end of day: eve's D0+7 = 9th < 10th: mature. fay's D0+7 = 10th is not < 10th: not mature. hal has no
/// finished day after his first, so only eve and fay were watched for a return; both came back.
const LATE_AND_TWICE: Golden = Golden {
    name: "late and twice",
    zone: "UTC",
    as_of: "2024-05-10",
    csv: "time,person,event,id,piece\n\
        2024-05-09T23:59:59Z,hal,viewed,,late\n\
        2024-05-09T08:00:00Z,eve,clicked,c,other\n\
        2024-05-02T12:00:00Z,eve,viewed,b,tie\n\
        2024-05-02T12:00:00Z,eve,viewed,a,\n\
        2024-05-01T12:00:00Z,eve,delivered,,early\n\
        2024-05-04T06:00:00Z,fay,opened,f,mail\n\
        2024-05-20T06:00:00Z,fay,opened,f,other\n\
        2024-05-03T06:00:00Z,fay,viewed,,\n\
        2024-05-03T06:00:00Z,fay,viewed,,\n\
        2024-05-03T07:00:00Z,gus,unsubscribed,,mail\n",
    events: 8,
    recurrence: &[(0, 0, 1), (1, 1, 7), (1, 7, 8)],
    figures: &[
        returned("people", None, 3, 3),
        returned("returned_7d", None, 1, 1),
        returned("people", Some(Some("tie")), 1, 1),
        returned("returned_7d", Some(Some("tie")), 1, 1),
        returned("median_return_days", None, 2, 2),
        returned("people", Some(Some("late")), 1, 1),
        returned("people", Some(None), 1, 1),
    ],
};

/// Goals count once per person and only from the first presence on; money stays in its currency.
///
/// - ivy: subscribed (that is her first presence), bought for 10.00 EUR, refunded 4.00 EUR, bought for 500 JPY.
/// - joe: viewed, downloaded twice; bought for 1.005 EUR, which is 1.01 (half away from zero).
/// - kim: viewed only; her purchase is after as-of.
///
/// signup: ivy. download: joe. purchase: ivy, joe. EUR: 1000 − 400 + 101 = 701 cents from 3 events; JPY: 500 from one.
const MONEY_AND_GOALS: Golden = Golden {
    name: "money and goals",
    zone: "America/New_York",
    as_of: "2024-01-31T12:00:00Z",
    csv: "time,person,event,piece,value,currency\n\
        2024-01-02T10:00:00Z,email:ivy@example.com,subscribed,letter,,\n\
        2024-01-05T10:00:00Z,email:Ivy@Example.com,purchased,,10.00,EUR\n\
        2024-01-06T10:00:00Z,email:ivy@example.com,refunded,,4.00,eur\n\
        2024-01-31T12:00:00Z,email:ivy@example.com,purchased,,500,JPY\n\
        2024-01-03T10:00:00Z,email:joe@example.com,viewed,guide,99.00,EUR\n\
        2024-01-03T10:05:00Z,email:joe@example.com,downloaded,guide,,\n\
        2024-01-04T10:05:00Z,email:joe@example.com,downloaded,guide,,\n\
        2024-01-05T10:05:00Z,email:joe@example.com,purchased,guide,1.005,EUR\n\
        2024-01-03T11:00:00Z,email:kim@example.com,viewed,guide,,\n\
        2024-01-31T12:00:01Z,email:kim@example.com,purchased,guide,50.00,EUR\n",
    events: 10,
    recurrence: &[(0, 0, 28), (2, 2, 28), (2, 29, 29)],
    figures: &[
        goal("converted_signup", None, 3, 1),
        goal("converted_download", None, 3, 1),
        goal("converted_purchase", None, 3, 2),
        goal("converted_purchase", Some(Some("guide")), 2, 1),
        goal("converted_purchase", Some(Some("letter")), 1, 1),
        goal("revenue_EUR", None, 3, 3),
        goal("revenue_JPY", None, 3, 1),
        goal("revenue_EUR", Some(Some("guide")), 2, 1),
    ],
};
