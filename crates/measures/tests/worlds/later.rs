//! What is learnt later changes nothing that was said of an earlier day: no event, piece or platform total leaks backwards.

use longplay_domain::{Day, Zone};
use longplay_measures::By;
use longplay_testkit::worlds::{ALL, Size, World};
use serde_json::Value;

use crate::held::Held;

/// What had happened by the end of a day, and what came after it.
fn parted(world: World, day: Day) -> (World, World) {
    let end = Zone::named(world.zone).unwrap().end_of(day);
    let (mut then, mut later) = (world.clone(), world);
    then.rows.retain(|row| row.time <= end);
    later.rows.retain(|row| row.time > end);
    then.pieces
        .retain(|piece| piece.published_at.is_none_or(|at| at <= end));
    later
        .pieces
        .retain(|piece| piece.published_at.is_some_and(|at| at > end));
    then.samples.retain(|sample| sample.day <= day);
    later.samples.retain(|sample| sample.day > day);
    (then, later)
}

/// The answers by piece and by channel; the number of the snapshot is another, whatever is said.
fn answers(held: &Held) -> Vec<Value> {
    let by = [By::Piece, By::Channel].map(|by| held.ask(&held.question(by)));
    let mut answers = by.concat();
    answers.iter_mut().for_each(|answer| answer["snapshot"] = 0.into());
    answers
}

#[test]
fn nothing_leaks_backwards() {
    for (name, make) in ALL {
        let world = make(1, Size::Small);
        let as_of = Day::parse(world.as_of).unwrap();
        for before in [240, 100, 30] {
            let day = as_of.plus(-before);
            let (then, later) = parted(world.clone(), day);
            if then.rows.is_empty() && then.samples.is_empty() {
                continue;
            }
            let mut held = Held::new(&then);
            held.as_of = day;
            let said = answers(&held);
            held.add(&later);
            for (said, now) in said.iter().zip(answers(&held)) {
                assert_eq!(*said, now, "{name} on {day}: {}", said["question"]);
            }
        }
    }
}
