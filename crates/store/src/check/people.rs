//! Who is who and what the owner set: links that are what their handles come to, and settings that can be read.

use longplay_domain::{Act, Currency, Day, Evidence, Handle, Link, Time};
use rusqlite::Row;

use super::{Repair, Report, State};
use crate::{
    error::{Context, Result},
    people::{
        links::{self, LinkFact},
        resolve::Who,
    },
    registry,
};

const DOING: &str = "read the registry";

pub fn verify_settings(state: &State, report: &mut Report) -> Result<()> {
    let secret = registry::secret(&state.registry).map(drop);
    let zone = registry::zone(&state.registry).map(drop);
    for error in [secret, zone].into_iter().filter_map(std::result::Result::err) {
        report.add("settings", Repair::None, error.to_string());
    }
    if let Err(error) = registry::rules::verify(&state.registry) {
        report.add("registry", Repair::None, error.to_string());
    }
    let unreadable = |sql: &str, is_sound: &dyn Fn(&Row<'_>) -> rusqlite::Result<bool>| -> Result<u64> {
        let mut select = state.registry.prepare(sql).doing(DOING)?;
        let mut rows = select.query([]).doing(DOING)?;
        let mut count = 0;
        while let Some(row) = rows.next().doing(DOING)? {
            count += u64::from(!is_sound(row).unwrap_or(false));
        }
        Ok(count)
    };
    let goals = unreadable("SELECT acts FROM goal", &|row| {
        let acts: String = row.get(0)?;
        Ok(acts.split(',').all(|act| act.is_empty() || Act::named(act).is_some()))
    })?;
    let pieces = unreadable("SELECT topics, currency FROM piece", &|row| {
        let (topics, currency): (String, Option<String>) = (row.get(0)?, row.get(1)?);
        let is_currency = currency.is_none_or(|code| Currency::parse(&code).is_some());
        Ok(is_currency && serde_json::from_str::<Vec<String>>(&topics).is_ok())
    })?;
    let samples = unreadable("SELECT day, value FROM sample", &|row| {
        let (day, value): (String, f64) = (row.get(0)?, row.get(1)?);
        Ok(Day::parse(&day).is_some() && value.is_finite())
    })?;
    let keys = unreadable("SELECT hash FROM write_key", &|row| {
        let hash: String = row.get(0)?;
        Ok(hash.len() == 64 && hash.bytes().all(|digit| digit.is_ascii_hexdigit()))
    })?;
    for (count, what) in [
        (goals, "goals"),
        (pieces, "pieces"),
        (samples, "platform totals"),
        (keys, "write keys"),
    ] {
        if count > 0 {
            report.add(
                "registry",
                Repair::None,
                format!("longplay.db: {count} {what} can't be read"),
            );
        }
    }
    Ok(())
}

pub fn verify_links(state: &State, report: &mut Report) -> Result<()> {
    let (mut unreadable, mut wrong) = (0_u64, 0_u64);
    let mut facts = Vec::new();
    let mut select = state
        .registry
        .prepare("SELECT id, from_handle, to_handle, from_key, to_key, evidence, at, undone_at FROM link")
        .doing(DOING)?;
    let mut rows = select.query([]).doing(DOING)?;
    while let Some(row) = rows.next().doing(DOING)? {
        report.checked.links += 1;
        let (kept, undone) = match read(row) {
            Ok(Some(read)) => read,
            _ => {
                unreadable += 1;
                continue;
            }
        };
        let Some(key) = &state.key else { continue };
        let said = LinkFact::new(kept.link.clone(), Time::from_micros(kept.fact.at), key);
        wrong += u64::from(said.fact != kept.fact);
        if undone.is_none() {
            facts.push(kept.fact);
        }
    }
    if unreadable > 0 {
        report.add(
            "links",
            Repair::None,
            format!("longplay.db: {unreadable} links can't be read"),
        );
    }
    if wrong > 0 {
        let message = format!("longplay.db: {wrong} links have another id or other keys than their handles come to");
        report.add("links", Repair::Possible, message);
    }
    let who = Who::resolve(&facts);
    let chains = who.moved().filter(|&(_, person)| who.person(person) != person).count();
    if chains > 0 {
        report.add(
            "links",
            Repair::None,
            format!("{chains} keys belong to somebody who belongs to another"),
        );
    }
    Ok(())
}

/// A link as it is kept, and when it was undone; `None` when it is none.
fn read(row: &Row<'_>) -> rusqlite::Result<Option<(LinkFact, Option<i64>)>> {
    let (from, to, evidence): (String, String, String) = (row.get(1)?, row.get(2)?, row.get(5)?);
    let parts = (row.get(0)?, row.get(3)?, row.get(4)?, row.get(6)?);
    let undone = row.get(7)?;
    let is_link = Handle::parse(&from)
        .zip(Handle::parse(&to))
        .zip(Evidence::parse(&evidence));
    let is_link = is_link.is_some_and(|((from, to), evidence)| Link::new(from, to, evidence).is_some());
    let kept = links::link_row((from, to, evidence), parts).filter(|_| is_link);
    Ok(kept.map(|kept| (kept, undone)))
}
