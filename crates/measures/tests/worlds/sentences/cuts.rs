//! The edges of a world: nothing, one of everything, none who did, all who did, too early, and before anything.

use std::collections::BTreeMap;

use longplay_domain::{Day, Time, Zone};
use longplay_testkit::{Row, worlds::World};

const CONVERSIONS: [&str; 2] = ["signed_up", "purchased"];

pub fn of(world: &World) -> Vec<(&'static str, World)> {
    let rows = &world.rows;
    let person = rows.first().map(|row| row.person.clone());
    let piece = rows.iter().find_map(|row| row.piece.clone());
    let of_piece = rows.iter().filter(|row| row.piece.is_none() || row.piece == piece);
    let mut empty = with_rows(world, Vec::new());
    (empty.pieces, empty.samples) = (Vec::new(), Vec::new());
    vec![
        ("whole", world.clone()),
        ("nothing", empty),
        ("no events", with_rows(world, Vec::new())),
        ("one event", with_rows(world, rows.iter().take(1).cloned().collect())),
        (
            "one person",
            with_rows(
                world,
                rows.iter()
                    .filter(|row| Some(&row.person) == person.as_ref())
                    .cloned()
                    .collect(),
            ),
        ),
        ("one piece", with_rows(world, of_piece.cloned().collect())),
        (
            "nobody converts",
            with_rows(
                world,
                rows.iter()
                    .filter(|row| !CONVERSIONS.contains(&row.event.as_str()))
                    .cloned()
                    .collect(),
            ),
        ),
        ("everybody converts", with_rows(world, everybody_converts(rows))),
        ("one converts", with_rows(world, one_converts(rows))),
        (
            "second day",
            World {
                as_of: second_day(world),
                ..world.clone()
            },
        ),
        (
            "fifth week",
            World {
                as_of: day_after(world, 30),
                ..world.clone()
            },
        ),
        (
            "before anything",
            World {
                as_of: "1999-12-31",
                ..world.clone()
            },
        ),
    ]
}

fn with_rows(world: &World, rows: Vec<Row>) -> World {
    World { rows, ..world.clone() }
}

/// Each person signs up and buys for one euro in the second after they arrived.
fn everybody_converts(rows: &[Row]) -> Vec<Row> {
    let mut first: BTreeMap<&str, Time> = BTreeMap::new();
    for row in rows {
        let known = first.entry(&row.person).or_insert(row.time);
        *known = row.time.min(*known);
    }
    let converts = first.into_iter().flat_map(|(person, time)| {
        CONVERSIONS.map(|event| {
            let mut row = Row::new(Time::from_micros(time.micros() + 1_000_000), person, event);
            if event == "purchased" {
                (row.value, row.currency) = (Some("1.00".to_owned()), Some("EUR".to_owned()));
            }
            row
        })
    });
    rows.iter().cloned().chain(converts).collect()
}

fn one_converts(rows: &[Row]) -> Vec<Row> {
    let only = rows.iter().find(|row| CONVERSIONS.contains(&row.event.as_str()));
    let only = only.map(|row| row.id.clone());
    let stays = |row: &&Row| !CONVERSIONS.contains(&row.event.as_str()) || only.as_ref() == Some(&row.id);
    rows.iter().filter(stays).cloned().collect()
}

fn second_day(world: &World) -> &'static str {
    day_after(world, 1)
}

/// So many days after the first.
fn day_after(world: &World, days: i32) -> &'static str {
    let zone = Zone::named(world.zone).unwrap();
    let of_rows = world.rows.iter().map(|row| zone.day_of(row.time));
    let first = of_rows.chain(world.samples.iter().map(|sample| sample.day)).min();
    let day = first.unwrap_or(Day(0)).plus(days);
    // Worlds state their day as a text that lives as long as the program, and so few are made here.
    Box::leak(day.to_string().into_boxed_str())
}
