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
        let store = Store::open(&folder.path().join("data"), NOW).unwrap();
        store.put_pieces(&world.pieces).unwrap();
        store.put_samples(&world.samples).unwrap();
        let ideal = world.ideal.map(|rule| rule.parse().unwrap());
        store.set_ideal(ideal.as_ref()).unwrap();
        if !world.rows.is_empty() {
            store.accept(world.rows.iter().map(Row::claim).collect(), NOW).unwrap();
            store.seal(NOW).unwrap();
        }
        Self {
            store,
            _folder: folder,
            zone: Zone::named(world.zone).unwrap(),
            as_of: Day::parse(world.as_of).unwrap(),
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
