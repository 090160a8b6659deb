//! Advice given: kept where it changed, once a day at most, and never changed afterwards.

use longplay_domain::{Advice, Day};
use rusqlite::{Row, TransactionBehavior, params};

use crate::{
    Store,
    error::{Context, Result},
};

impl Store {
    /// Keeps an advice, unless the last one named the same kind of piece or was given on this day or later; returns whether
    /// it was kept.
    pub fn keep_advice(&self, advice: &Advice) -> Result<bool> {
        let doing = "keep the advice";
        let mut registry = self.registry();
        let transaction = registry
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .doing(doing)?;
        let kept = transaction
            .execute(
                "INSERT INTO advice SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7
                 WHERE NOT EXISTS (SELECT 1 FROM advice WHERE given_on >= ?1)
                   AND NOT EXISTS (
                     SELECT 1 FROM (SELECT * FROM advice ORDER BY given_on DESC LIMIT 1)
                     WHERE topic IS ?2 AND format IS ?3 AND channel IS ?4)",
                params![
                    advice.given_on.to_string(),
                    advice.topic,
                    advice.format,
                    advice.channel,
                    advice.p_best,
                    advice.rate,
                    advice.is_per_hour
                ],
            )
            .doing(doing)?;
        transaction.commit().doing(doing)?;
        Ok(kept > 0)
    }

    /// Every advice kept, oldest first.
    pub fn advice(&self) -> Result<Vec<Advice>> {
        let doing = "read the advice kept";
        let registry = self.registry();
        let mut select = registry
            .prepare_cached(
                "SELECT given_on, topic, format, channel, p_best, rate, is_per_hour FROM advice ORDER BY given_on",
            )
            .doing(doing)?;
        let rows = select.query_map([], read);
        let rows: Vec<Option<Advice>> = rows.and_then(Iterator::collect).doing(doing)?;
        Ok(rows.into_iter().flatten().collect())
    }
}

/// `None` for a day that can't be read, which only a hand in the database can have written.
fn read(row: &Row<'_>) -> rusqlite::Result<Option<Advice>> {
    let given_on: String = row.get(0)?;
    let Some(given_on) = Day::parse(&given_on) else {
        return Ok(None);
    };
    Ok(Some(Advice {
        given_on,
        topic: row.get(1)?,
        format: row.get(2)?,
        channel: row.get(3)?,
        p_best: row.get(4)?,
        rate: row.get(5)?,
        is_per_hour: row.get(6)?,
    }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

    use longplay_domain::{Advice, Day, Time};

    use crate::Store;

    #[test]
    fn advice_is_kept_where_it_changes_and_once_a_day() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path(), Time::from_micros(1_700_000_000_000_000)).unwrap();
        let advice = |day: &str, topic: Option<&str>| Advice {
            given_on: Day::parse(day).unwrap(),
            topic: topic.map(str::to_owned),
            format: None,
            channel: Some("youtube".to_owned()),
            p_best: 0.8,
            rate: 1.5,
            is_per_hour: false,
        };
        let repair = advice("2024-03-01", Some("repair"));
        assert!(store.keep_advice(&repair).unwrap());
        assert!(
            !store.keep_advice(&advice("2024-03-02", Some("repair"))).unwrap(),
            "the same kind"
        );
        assert!(!store.keep_advice(&advice("2024-03-01", None)).unwrap(), "the same day");
        assert!(
            !store.keep_advice(&advice("2024-02-01", None)).unwrap(),
            "an earlier day"
        );
        let unknown = advice("2024-03-03", None);
        assert!(store.keep_advice(&unknown).unwrap());
        assert!(
            !store.keep_advice(&advice("2024-03-04", None)).unwrap(),
            "the same kind, of which nothing is known"
        );
        let again = advice("2024-03-05", Some("repair"));
        assert!(store.keep_advice(&again).unwrap());
        assert_eq!(store.advice().unwrap(), [repair, unknown, again]);
    }
}
