//! The owner's goals.

use longplay_domain::{Act, Goal, Renewal};
use rusqlite::{Connection, params};

use crate::{
    Store,
    error::{Context, Result, StoreError},
};

pub(super) fn create(connection: &Connection) -> Result<()> {
    Goal::defaults().iter().try_for_each(|goal| put(connection, goal))
}

fn put(connection: &Connection, goal: &Goal) -> Result<()> {
    let acts: Vec<&str> = goal.acts.iter().map(|act| act.name()).collect();
    connection
        .execute(
            "INSERT OR REPLACE INTO goal (name, acts, event, piece, channel, renews) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                goal.name,
                acts.join(","),
                goal.event,
                goal.piece,
                goal.channel,
                goal.renews.map(Renewal::name)
            ],
        )
        .doing("write a goal")
        .map(drop)
}

impl Store {
    /// Every goal, by name.
    pub fn goals(&self) -> Result<Vec<Goal>> {
        let registry = self.registry();
        let mut select = registry
            .prepare_cached("SELECT name, acts, event, piece, channel, renews FROM goal ORDER BY name")
            .doing("read the goals")?;
        let rows = select.query_map([], |row| {
            let acts: String = row.get(1)?;
            let acts = acts.split(',').filter_map(Act::named).collect();
            Ok(Goal {
                name: row.get(0)?,
                acts,
                event: row.get(2)?,
                piece: row.get(3)?,
                channel: row.get(4)?,
                renews: row.get::<_, Option<String>>(5)?.as_deref().and_then(Renewal::named),
            })
        });
        rows.and_then(Iterator::collect).doing("read the goals")
    }

    /// Adds a goal, or replaces the one of that name.
    pub fn put_goal(&self, goal: &Goal) -> Result<()> {
        if !Goal::is_name(&goal.name) {
            let message = format!(
                "“{}” can't name a goal: use lower-case letters, digits and _, at most 40",
                goal.name
            );
            return Err(StoreError::Invalid(message));
        }
        put(&self.registry(), goal)
    }

    /// Whether there was a goal of that name.
    pub fn remove_goal(&self, name: &str) -> Result<bool> {
        let gone = self
            .registry()
            .execute("DELETE FROM goal WHERE name = ?1", [name])
            .doing("remove a goal")?;
        Ok(gone > 0)
    }
}
