//! Links on disk (`link` in `longplay.db`) and on their way there (in the tail).

use longplay_domain::{Evidence, Forgotten, Handle, Link, PersonId, PersonKey, Time};
use rusqlite::{Connection, params};

use super::resolve::{Fact, Standing};
use crate::error::{Context, Result};

const DOING: &str = "write who is who";

/// A link as it was said, with what the resolution needs of it.
#[derive(Clone, Debug)]
pub struct LinkFact {
    pub link: Link,
    pub fact: Fact,
}

impl LinkFact {
    pub fn new(link: Link, at: Time, key: &PersonKey) -> Self {
        let fact = Fact::new(&link, at.micros(), key);
        Self { link, fact }
    }

    /// Whether it names somebody who is forgotten, and was said before.
    pub fn is_forgotten(&self, forgotten: &Forgotten) -> bool {
        let at = Time::from_micros(self.fact.at);
        [self.fact.from, self.fact.to]
            .into_iter()
            .any(|key| forgotten.covers(PersonId(key), at))
    }
}

/// A link as it is kept.
#[derive(Clone, Debug)]
pub struct LinkRow {
    pub link: LinkFact,
    pub why: Option<String>,
    pub undone_at: Option<Time>,
}

/// Which state the links are in; grows with every change.
pub fn version(connection: &Connection) -> Result<i64> {
    connection
        .prepare_cached("SELECT coalesce((SELECT CAST(value AS INTEGER) FROM setting WHERE name = 'links_version'), 0)")
        .and_then(|mut select| select.query_row([], |row| row.get(0)))
        .doing("read who is who")
}

fn touch(connection: &Connection) -> Result<()> {
    connection
        .execute(
            "INSERT INTO setting VALUES ('links_version', '1')
             ON CONFLICT(name) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)",
            [],
        )
        .doing(DOING)
        .map(drop)
}

/// Adds what is new; of a fact said again the earliest time stays, and one that was undone stays undone. One that is about to
/// go because somebody is forgotten makes place for what was said since.
pub fn record(connection: &Connection, facts: &[LinkFact]) -> Result<()> {
    let mut changed = 0;
    for LinkFact { link, fact } in facts {
        changed += connection
            .prepare_cached(
                "INSERT INTO link VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, NULL, NULL)
                 ON CONFLICT(id) DO UPDATE SET at = excluded.at WHERE excluded.at < at
                 OR EXISTS (SELECT 1 FROM forgotten WHERE key IN (from_key, to_key) AND link.at <= forgotten.at)",
            )
            .and_then(|mut insert| {
                insert.execute(params![
                    fact.id,
                    link.from().as_str(),
                    link.to().as_str(),
                    fact.from,
                    fact.to,
                    link.evidence().name(),
                    fact.at
                ])
            })
            .doing(DOING)?;
    }
    if changed > 0 { touch(connection) } else { Ok(()) }
}

/// Writes the owner's word: a link that holds until it is undone.
pub fn merge(connection: &Connection, said: &LinkFact, why: &str) -> Result<()> {
    record(connection, std::slice::from_ref(said))?;
    connection
        .execute(
            "UPDATE link SET why = ?2, undone_at = NULL WHERE id = ?1",
            params![said.fact.id, why],
        )
        .doing(DOING)?;
    touch(connection)
}

/// What names somebody who is forgotten and was said before.
const FORGOTTEN: &str =
    "FROM link WHERE EXISTS (SELECT 1 FROM forgotten WHERE key IN (from_key, to_key) AND link.at <= forgotten.at)";

/// Takes that away.
pub fn forget(connection: &Connection) -> Result<()> {
    connection.execute(&format!("DELETE {FORGOTTEN}"), []).doing(DOING)?;
    touch(connection)
}

/// How much of that there is.
pub fn forgotten(connection: &Connection) -> Result<u64> {
    connection
        .query_row(&format!("SELECT count(*) {FORGOTTEN}"), [], |row| row.get(0))
        .doing("read who is who")
}

/// Ids of what was said before a time, each with a key it is about.
pub fn before(connection: &Connection, time: Time) -> Result<Vec<(i64, i64)>> {
    connection
        .prepare_cached("SELECT id, from_key FROM link WHERE at < ?1")
        .and_then(|mut select| {
            let rows = select.query_map([time.micros()], |row| Ok((row.get(0)?, row.get(1)?)));
            rows?.collect()
        })
        .doing("read who is who")
}

/// Takes links away as if they had never been said.
pub fn remove(connection: &Connection, ids: &[i64]) -> Result<()> {
    for id in ids {
        connection
            .prepare_cached("DELETE FROM link WHERE id = ?1")
            .and_then(|mut delete| delete.execute([id]))
            .doing(DOING)?;
    }
    touch(connection)
}

/// Undoes a link. Returns whether there was one that held.
pub fn undo(connection: &Connection, said: &LinkFact, now: Time) -> Result<bool> {
    record(connection, std::slice::from_ref(said))?;
    let changed = connection
        .execute(
            "UPDATE link SET undone_at = ?2 WHERE id = ?1 AND undone_at IS NULL",
            params![said.fact.id, now.micros()],
        )
        .doing(DOING)?;
    touch(connection)?;
    Ok(changed > 0)
}

/// Works every link's id and keys out again from its handles.
pub fn rehash(connection: &Connection, key: &PersonKey) -> Result<()> {
    for row in rows(connection, "", &[])? {
        let LinkFact { link, fact } = &row.link;
        let anew = Fact::new(link, fact.at, key);
        if anew == *fact {
            continue;
        }
        connection
            .execute("DELETE FROM link WHERE id = ?1", [fact.id])
            .doing(DOING)?;
        record(
            connection,
            &[LinkFact {
                link: link.clone(),
                fact: anew,
            }],
        )?;
        connection
            .execute(
                "UPDATE link SET why = coalesce(why, ?2), undone_at = coalesce(undone_at, ?3) WHERE id = ?1",
                params![anew.id, row.why, row.undone_at.map(Time::micros)],
            )
            .doing(DOING)?;
    }
    touch(connection)
}

/// Every fact on disk: those that hold, and the ids of those undone.
pub fn facts(connection: &Connection) -> Result<(Vec<Fact>, Vec<i64>)> {
    let mut undone = Vec::new();
    let mut held = Vec::new();
    for row in rows(connection, "", &[])? {
        match row.undone_at {
            Some(_) => undone.push(row.link.fact.id),
            None => held.push(row.link.fact),
        }
    }
    Ok((held, undone))
}

/// Every link that touches one of the keys, oldest first.
pub fn touching(connection: &Connection, keys: &[i64]) -> Result<Vec<LinkRow>> {
    let list = keys.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
    let condition = format!("WHERE from_key IN ({list}) OR to_key IN ({list})");
    rows(connection, &condition, &[])
}

/// Every link of which a handle holds that text, whatever the case of its plain letters.
pub fn naming(connection: &Connection, text: &str) -> Result<Vec<LinkFact>> {
    let mut select = connection
        .prepare_cached(
            "SELECT id, from_handle, to_handle, from_key, to_key, evidence, at FROM link
             WHERE instr(lower(from_handle), ?1) > 0 OR instr(lower(to_handle), ?1) > 0 LIMIT 10000",
        )
        .doing("read who is who")?;
    let rows = select.query_map([text], |row| {
        let said = (row.get(1)?, row.get(2)?, row.get(5)?);
        Ok(link_row(said, (row.get(0)?, row.get(3)?, row.get(4)?, row.get(6)?)))
    });
    let rows: Vec<_> = rows.and_then(Iterator::collect).doing("read who is who")?;
    Ok(rows.into_iter().flatten().collect())
}

/// The link of that id.
pub fn find(connection: &Connection, id: i64) -> Result<Option<LinkRow>> {
    Ok(rows(connection, "WHERE id = ?1", &[id])?.pop())
}

fn rows(connection: &Connection, condition: &str, values: &[i64]) -> Result<Vec<LinkRow>> {
    let sql = format!(
        "SELECT id, from_handle, to_handle, from_key, to_key, evidence, at, why, undone_at FROM link {condition} ORDER BY at, id"
    );
    let mut select = connection.prepare(&sql).doing("read who is who")?;
    let rows = select.query_map(rusqlite::params_from_iter(values), |row| {
        let (from, to): (String, String) = (row.get(1)?, row.get(2)?);
        let evidence: String = row.get(5)?;
        let parts = (row.get(0)?, row.get(3)?, row.get(4)?, row.get(6)?);
        Ok((
            link_row((from, to, evidence), parts),
            row.get::<_, Option<String>>(7)?,
            row.get::<_, Option<i64>>(8)?,
        ))
    });
    let rows: Vec<_> = rows.and_then(Iterator::collect).doing("read who is who")?;
    let known = rows.into_iter().filter_map(|(link, why, undone_at)| {
        Some(LinkRow {
            link: link?,
            why,
            undone_at: undone_at.map(Time::from_micros),
        })
    });
    Ok(known.collect())
}

/// A link of its columns; `None` when they make none.
pub fn link_row(
    (from, to, evidence): (String, String, String),
    (id, from_key, to_key, at): (i64, i64, i64, i64),
) -> Option<LinkFact> {
    let (from, to) = (Handle::parse(&from)?, Handle::parse(&to)?);
    let evidence = Evidence::parse(&evidence)?;
    let fact = Fact {
        id,
        from: from_key,
        to: to_key,
        from_standing: Standing::of(&from),
        to_standing: Standing::of(&to),
        evidence,
        at,
    };
    let link = Link::new(from, to, evidence)?;
    Some(LinkFact { link, fact })
}
