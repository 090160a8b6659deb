//! An estimate as a person reads it at a terminal.

use std::io::Write;

use super::outcome::{Outcome, Point, Range, Scores};
use super::sheet::Sheet;
use crate::output::{cell, number, table::Table};

/// Rows of any list shown before pointing to `--json`.
const SHOWN_MAX: usize = 25;

/// Six digits that count.
fn digits(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    if !(1e-4..1e9).contains(&value.abs()) {
        return format!("{value:.5e}");
    }
    let places = (5.0 - value.abs().log10().floor()).clamp(0.0, 12.0) as usize;
    let text = format!("{value:.places$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

fn or_dash(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), digits)
}

fn interval(range: &Range) -> String {
    match (range.low, range.high) {
        (Some(low), Some(high)) => format!("{} to {}", digits(low), digits(high)),
        _ => "–".to_owned(),
    }
}

pub fn write(outcome: &Outcome, sheet: &Sheet, out: &mut impl Write) -> anyhow::Result<()> {
    writeln!(out, "{}, n = {}", outcome.model, number::count(outcome.n))?;
    if let Some(whole) = outcome.log_likelihood {
        writeln!(out, "log-likelihood {}", format_args!("{whole:.4}"))?;
    }
    if !outcome.parameters.0.is_empty() {
        let mut table = Table::with(&["parameter", ">value", ">interval"]);
        for (name, range) in &outcome.parameters.0 {
            table.push(vec![(*name).to_owned(), digits(range.value), interval(range)]);
        }
        writeln!(out)?;
        table.write(out)?;
    }
    write_effect(outcome, out)?;
    write_groups(outcome, out)?;
    write_curve(outcome.curve.as_deref().unwrap_or_default(), out)?;
    write_credits(outcome, out)?;
    write_episodes(outcome, out)?;
    if let Some(scores) = &outcome.rows {
        write_rows(scores.as_ref(), sheet, out)?;
    }
    for warning in &outcome.warnings {
        writeln!(out, "\nBeware: {}", cell::shown(&warning.message))?;
    }
    writeln!(out, "\nIntervals at {}.", outcome.level)?;
    Ok(())
}

fn write_effect(outcome: &Outcome, out: &mut impl Write) -> anyhow::Result<()> {
    let Some(effect) = &outcome.effect else { return Ok(()) };
    let (low, high) = (digits(effect.low), digits(effect.high));
    writeln!(
        out,
        "\neffect per day {} ({low} to {high}): {}",
        digits(effect.value),
        effect.verdict.replace('_', " ")
    )?;
    writeln!(
        out,
        "altogether {}; in the last third of the days {} a day",
        digits(effect.cumulative),
        digits(effect.last_third)
    )?;
    Ok(())
}

fn write_groups(outcome: &Outcome, out: &mut impl Write) -> anyhow::Result<()> {
    let Some(comparison) = &outcome.comparison else {
        return Ok(());
    };
    let mut table = Table::with(&["group", ">n", ">events", ">median", ">mean within", ">watched"]);
    for group in &comparison.groups {
        table.push(vec![
            group.group.clone().unwrap_or_else(|| "everybody".to_owned()),
            number::count(group.n),
            number::count(group.events),
            group.median.map_or_else(|| "not reached".to_owned(), digits),
            or_dash(group.restricted_mean),
            digits(group.until),
        ]);
    }
    writeln!(out)?;
    table.write(out)?;
    if let (Some(chi_squared), Some(p)) = (comparison.chi_squared, comparison.p) {
        writeln!(out, "log-rank χ² {}, p {}", digits(chi_squared), digits(p))?;
    }
    Ok(())
}

/// Points of a long curve that are shown: the first, the last, and even steps between.
fn write_curve(points: &[Point], out: &mut impl Write) -> anyhow::Result<()> {
    if points.is_empty() {
        return Ok(());
    }
    let mut table = Table::with(&["group", ">t", ">share", ">interval", ">watched"]);
    let step = points.len().div_ceil(SHOWN_MAX);
    for (_, point) in points
        .iter()
        .enumerate()
        .filter(|(index, _)| index % step == 0 || index + 1 == points.len())
    {
        table.push(vec![
            point.group.clone().flatten().unwrap_or_default(),
            digits(point.t),
            digits(point.range.value),
            interval(&point.range),
            or_dash(point.at_risk),
        ]);
    }
    writeln!(out)?;
    table.write(out)?;
    if step > 1 {
        writeln!(out, "one in {step} of {} points: --json shows them all.", points.len())?;
    }
    Ok(())
}

fn write_credits(outcome: &Outcome, out: &mut impl Write) -> anyhow::Result<()> {
    let Some(credits) = &outcome.credits else { return Ok(()) };
    let mut methods: Vec<&'static str> = Vec::new();
    for credit in credits {
        if !methods.contains(&credit.method) {
            methods.push(credit.method);
        }
    }
    let mut table = Table::with(&["channel", ">conversions", ">from", ">to", ">value"]);
    for method in methods {
        let mut rows: Vec<_> = credits.iter().filter(|credit| credit.method == method).collect();
        rows.sort_by(|one, other| other.conversions.total_cmp(&one.conversions));
        table.push(vec![
            method.to_uppercase(),
            String::new(),
            String::new(),
            String::new(),
            String::new(),
        ]);
        for credit in rows.into_iter().take(SHOWN_MAX) {
            table.push(vec![
                credit.channel.clone(),
                digits(credit.conversions),
                or_dash(credit.low),
                or_dash(credit.high),
                or_dash(credit.value),
            ]);
        }
    }
    writeln!(out)?;
    table.write(out)?;
    Ok(())
}

fn write_episodes(outcome: &Outcome, out: &mut impl Write) -> anyhow::Result<()> {
    let Some(episodes) = &outcome.episodes else {
        return Ok(());
    };
    let mut order: Vec<_> = episodes.iter().collect();
    order.sort_by(|one, other| other.z.total_cmp(&one.z));
    let mut table = Table::with(&["start", "end", "peak day", ">peak", ">usual", ">z", "shape"]);
    for episode in order.into_iter().take(SHOWN_MAX) {
        table.push(vec![
            episode.start.clone(),
            episode.end.clone(),
            episode.peak_day.clone(),
            digits(episode.peak),
            digits(episode.base),
            digits(episode.z),
            episode.shape.unwrap_or("–").replace('_', " "),
        ]);
    }
    writeln!(
        out,
        "\n{} episodes, the strongest first",
        number::count(episodes.len() as u64)
    )?;
    table.write(out)?;
    for shift in outcome.shifts.iter().flatten() {
        let (before, after) = (digits(shift.before), digits(shift.after));
        writeln!(
            out,
            "a new level from {} on: {before} before, {after} after",
            shift.start
        )?;
    }
    Ok(())
}

fn write_rows(scores: &dyn Scores, sheet: &Sheet, out: &mut impl Write) -> anyhow::Result<()> {
    let heads: Vec<&str> = sheet
        .heads()
        .iter()
        .map(String::as_str)
        .chain(scores.names().iter().copied())
        .collect();
    let mut table = Table::headed(&heads);
    let mut shown = 0;
    let mut found = Vec::new();
    let count = sheet.each_row(|row| {
        if shown < SHOWN_MAX {
            shown += 1;
            found.clear();
            scores.score(row, &mut found)?;
            let cells = (0..sheet.heads().len()).map(|column| row.text(column).into_owned());
            table.push(cells.chain(found.iter().map(|value| or_dash(*value))).collect());
        }
        Ok(())
    })?;
    writeln!(out)?;
    table.write(out)?;
    if count > SHOWN_MAX as u64 {
        writeln!(
            out,
            "… and {} more rows: --json shows them all.",
            number::count(count - SHOWN_MAX as u64)
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_digits_count() {
        for (value, text) in [
            (0.2425938, "0.242594"),
            (-9582.42921, "-9582.43"),
            (12.0, "12"),
            (3.5e-9, "3.50000e-9"),
            (0.0, "0"),
        ] {
            let found = digits(value);
            assert_eq!(found, text);
        }
    }
}
