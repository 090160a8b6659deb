//! Platform totals: the latest import of a total replaces the one before.

use longplay_domain::{Day, Sample, sample::Span};
use rusqlite::{TransactionBehavior, params};
use serde::Serialize;

use crate::{
    Store,
    error::{Context, Result},
};

/// A platform's own total of one piece.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PieceTotal {
    pub channel: String,
    pub metric: String,
    pub total: f64,
    /// The first and the last day it was told of.
    pub first: Option<Day>,
    pub last: Option<Day>,
    /// Whether the platform counted it since the piece came out; else it is the sum of those days.
    pub is_lifetime: bool,
}

impl Store {
    pub fn put_samples(&self, samples: &[Sample]) -> Result<()> {
        let doing = "write the samples";
        let mut registry = self.registry();
        let transaction = registry
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .doing(doing)?;
        {
            let mut upsert = transaction
                .prepare_cached("INSERT OR REPLACE INTO sample VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
                .doing(doing)?;
            for sample in samples.iter().filter(|sample| sample.value.is_finite()) {
                let span = match sample.span {
                    Span::Day => "day".to_owned(),
                    Span::Lifetime => "lifetime".to_owned(),
                    Span::Period { from } => from.to_string(),
                };
                let piece = sample.piece.as_deref().unwrap_or("");
                upsert
                    .execute(params![
                        sample.channel,
                        piece,
                        sample.day.to_string(),
                        sample.metric,
                        sample.value,
                        span
                    ])
                    .doing(doing)?;
            }
        }
        transaction.commit().doing(doing)
    }

    /// Day totals of one metric by channel, piece and day, up to and including `last`.
    pub fn day_samples(&self, metric: &str, last: Day) -> Result<Vec<Sample>> {
        let doing = "read the samples";
        let registry = self.registry();
        let mut select = registry
            .prepare_cached(
                "SELECT channel, piece, day, value FROM sample
                 WHERE metric = ?1 AND span = 'day' AND day <= ?2 ORDER BY channel, piece, day",
            )
            .doing(doing)?;
        let rows = select.query_map([metric, &last.to_string()], |row| {
            let piece: String = row.get(1)?;
            let day: String = row.get(2)?;
            Ok(Day::parse(&day).map(|day| (row.get(0), piece, day, row.get(3))))
        });
        let mut samples = Vec::new();
        for row in rows.doing(doing)? {
            let Some((channel, piece, day, value)) = row.doing(doing)? else {
                continue;
            };
            samples.push(Sample {
                channel: channel.doing(doing)?,
                piece: (!piece.is_empty()).then_some(piece),
                day,
                metric: metric.to_owned(),
                value: value.doing(doing)?,
                span: Span::Day,
            });
        }
        Ok(samples)
    }

    /// Day totals of every metric of whole channels, up to and including `last`, in order of channel, metric and day.
    pub fn channel_day_samples(&self, last: Day) -> Result<Vec<Sample>> {
        let doing = "read the samples";
        let registry = self.registry();
        let mut select = registry
            .prepare_cached(
                "SELECT channel, metric, day, value FROM sample
                 WHERE piece = '' AND span = 'day' AND day <= ?1 ORDER BY channel, metric, day",
            )
            .doing(doing)?;
        let rows = select.query_map([&last.to_string()], |row| {
            let day: String = row.get(2)?;
            Ok((row.get(0)?, row.get(1)?, Day::parse(&day), row.get(3)?))
        });
        let mut samples = Vec::new();
        for row in rows.doing(doing)? {
            let (channel, metric, day, value) = row.doing(doing)?;
            samples.extend(day.map(|day| Sample {
                channel,
                piece: None,
                day,
                metric,
                value,
                span: Span::Day,
            }));
        }
        Ok(samples)
    }

    /// What platforms said in all of one piece, by channel and metric: lifetime totals at their highest, and of metrics that
    /// come by day alone their sum.
    pub fn piece_totals(&self, piece: &str) -> Result<Vec<PieceTotal>> {
        let doing = "read the samples";
        let registry = self.registry();
        let mut select = registry
            .prepare_cached(
                "SELECT channel, metric, min(day), max(day), sum(value), 'day' FROM sample
                 WHERE piece = ?1 AND span = 'day' GROUP BY channel, metric
                 UNION ALL
                 SELECT channel, metric, min(day), max(day), max(value), 'lifetime' FROM sample
                 WHERE piece = ?1 AND span = 'lifetime' GROUP BY channel, metric
                 ORDER BY 1, 2, 6 DESC",
            )
            .doing(doing)?;
        let rows = select.query_map([piece], |row| {
            let day = |at| row.get::<_, String>(at).map(|day| Day::parse(&day));
            Ok(PieceTotal {
                channel: row.get(0)?,
                metric: row.get(1)?,
                first: day(2)?,
                last: day(3)?,
                total: row.get(4)?,
                is_lifetime: row.get::<_, String>(5)? == "lifetime",
            })
        });
        let mut totals: Vec<PieceTotal> = rows.and_then(Iterator::collect).doing(doing)?;
        // A lifetime total comes first, and holds the days.
        totals.dedup_by(|next, kept| kept.channel == next.channel && kept.metric == next.metric);
        Ok(totals)
    }

    pub fn sample_count(&self) -> Result<u64> {
        self.registry()
            .query_row("SELECT count(*) FROM sample", [], |row| row.get(0))
            .doing("read the samples")
    }
}
