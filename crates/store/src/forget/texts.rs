//! Names in the registry's own texts: titles that pages told, paths of imported files, the owner's reasons for a link.

use longplay_domain::{Handle, forgotten::without};
use rusqlite::{Transaction, params};

use crate::error::{Context, Result};

const DOING: &str = "take a name out of the registry";

/// Texts that may name somebody, each with the columns of its row.
const PLACES: [(&str, &[&str]); 5] = [
    ("piece", &["title", "url", "topics"]),
    ("import", &["path"]),
    ("link", &["why"]),
    ("advice", &["topic"]),
    ("talk", &["channel", "why"]),
];

pub fn remove(transaction: &Transaction<'_>, handles: &[Handle]) -> Result<()> {
    let values: Vec<&str> = handles.iter().map(Handle::value).collect();
    for (table, columns) in PLACES {
        for column in columns {
            let named = find(transaction, table, column, &values)?;
            for (row, text) in named {
                transaction
                    .execute(
                        &format!("UPDATE {table} SET {column} = ?1 WHERE rowid = ?2"),
                        params![text, row],
                    )
                    .doing(DOING)?;
            }
        }
    }
    // A piece that is called after somebody is called otherwise in the events that are left.
    for (row, _) in find(transaction, "piece", "id", &values)? {
        transaction
            .execute("DELETE FROM piece WHERE rowid = ?1", [row])
            .doing(DOING)?;
    }
    Ok(())
}

/// Rows whose text names one of the values, with the text as it would be without.
fn find(transaction: &Transaction<'_>, table: &str, column: &str, values: &[&str]) -> Result<Vec<(i64, String)>> {
    let mut select = transaction
        .prepare(&format!(
            "SELECT rowid, {column} FROM {table} WHERE {column} IS NOT NULL"
        ))
        .doing(DOING)?;
    let mut rows = select.query([]).doing(DOING)?;
    let mut named = Vec::new();
    while let Some(row) = rows.next().doing(DOING)? {
        let text = row.get_ref(1).doing(DOING)?;
        let Ok(text) = text.as_str() else { continue };
        if let Some(left) = without(text, values.iter().copied()) {
            named.push((row.get(0).doing(DOING)?, left));
        }
    }
    Ok(named)
}
