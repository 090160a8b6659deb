//! A world in a store of its own.

use longplay_domain::{Day, Time, Zone};
use longplay_measures::{By, Key, Question};
use longplay_store::Store;
use longplay_testkit::{Row, worlds::World};
use serde_json::Value;

/// All worlds lie before it.
const NOW: Time = Time::from_micros(1_790_000_000_000_000);

pub struct Held {
    store: Store,
    _folder: tempfile::TempDir,
    zone: Zone,
    pub as_of: Day,
}

impl Held {
    pub fn new(world: &World) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let held = Self {
            store: Store::open(&folder.path().join("data"), NOW).unwrap(),
            _folder: folder,
            zone: Zone::named(world.zone).unwrap(),
            as_of: Day::parse(world.as_of).unwrap(),
        };
        let ideal = world.ideal.map(|rule| rule.parse().unwrap());
        held.store.set_ideal(ideal.as_ref()).unwrap();
        held.add(world);
        held
    }

    /// Takes in what the world holds, or more of it.
    pub fn add(&self, world: &World) {
        self.store.put_pieces(&world.pieces).unwrap();
        self.store.put_samples(&world.samples).unwrap();
        if !world.rows.is_empty() {
            self.store
                .accept(world.rows.iter().map(Row::claim).collect(), NOW)
                .unwrap();
            self.store.seal(NOW).unwrap();
        }
    }

    /// The question as of the world's day; all are asked, so its key doesn't matter.
    pub fn question(&self, by: By) -> Question {
        Question {
            by,
            ..Question::new(Key::ALL[0], self.zone.end_of(self.as_of), self.zone.clone())
        }
    }

    /// All answers.
    pub fn ask(&self, question: &Question) -> Vec<Value> {
        let edition = longplay_measures::ask_all(question, &self.store).unwrap();
        let answers = edition.answers.iter().map(serde_json::to_value);
        answers.collect::<Result<_, _>>().unwrap()
    }
}
