//! Pieces of content: importing one again replaces what is stated and keeps what is not.

use longplay_domain::{Currency, Money, Piece, Time};
use rusqlite::{Row, TransactionBehavior, params};

use crate::{
    Store,
    error::{Context, Result},
};

impl Store {
    pub fn put_pieces(&self, pieces: &[Piece]) -> Result<()> {
        let doing = "write the pieces";
        let mut registry = self.registry();
        let transaction = registry
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .doing(doing)?;
        {
            let mut upsert = transaction
                .prepare_cached(
                    "INSERT INTO piece VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
                     ON CONFLICT (id) DO UPDATE SET
                       title = coalesce(excluded.title, title), url = coalesce(excluded.url, url),
                       channel = coalesce(excluded.channel, channel), published_at = coalesce(excluded.published_at, published_at),
                       format = coalesce(excluded.format, format), topics = iif(excluded.topics = '[]', topics, excluded.topics),
                       effort_hours = coalesce(excluded.effort_hours, effort_hours),
                       cost_minor = coalesce(excluded.cost_minor, cost_minor), currency = coalesce(excluded.currency, currency)",
                )
                .doing(doing)?;
            for piece in pieces {
                let topics = serde_json::Value::from(piece.topics.clone()).to_string();
                upsert
                    .execute(params![
                        piece.id,
                        piece.title,
                        piece.url,
                        piece.channel,
                        piece.published_at.map(Time::micros),
                        piece.format,
                        topics,
                        piece.effort_hours,
                        piece.cost.map(|cost| cost.minor),
                        piece.cost.map(|cost| cost.currency.code().to_owned()),
                    ])
                    .doing(doing)?;
            }
        }
        transaction.commit().doing(doing)
    }

    /// Every piece, by id.
    pub fn pieces(&self) -> Result<Vec<Piece>> {
        let registry = self.registry();
        let mut select = registry
            .prepare_cached(
                "SELECT id, title, url, channel, published_at, format, topics, effort_hours, cost_minor, currency
                 FROM piece ORDER BY id",
            )
            .doing("read the pieces")?;
        let rows = select.query_map([], read);
        rows.and_then(Iterator::collect).doing("read the pieces")
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Piece> {
    let topics: String = row.get(6)?;
    let minor: Option<i64> = row.get(8)?;
    let currency: Option<String> = row.get(9)?;
    let currency = currency.as_deref().and_then(Currency::parse);
    Ok(Piece {
        id: row.get(0)?,
        title: row.get(1)?,
        url: row.get(2)?,
        channel: row.get(3)?,
        published_at: row.get::<_, Option<i64>>(4)?.map(Time::from_micros),
        format: row.get(5)?,
        topics: serde_json::from_str(&topics).unwrap_or_default(),
        effort_hours: row.get(7)?,
        cost: minor.zip(currency).map(|(minor, currency)| Money { minor, currency }),
    })
}
