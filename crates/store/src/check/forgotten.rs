//! Whether whoever was forgotten is: no row and no link of theirs from before is left. An erasure under way is nothing wrong.

use arrow::{array::AsArray, datatypes::TimestampMicrosecondType};
use longplay_domain::{PersonId, Time};

use super::{Repair, Report, State};
use crate::{
    error::Result,
    forget::own_key,
    order::Keys,
    people::links,
    registry,
    rows::EVERYBODY,
    segment::{
        read::{Form, Segment},
        schema::Column,
    },
};

const CODE: &str = "forgotten";

/// Looks at every row and link. Segments that can't be read are told of elsewhere.
pub fn verify(state: &State, report: &mut Report) -> Result<()> {
    let forgotten = registry::forgotten(&state.registry)?;
    if forgotten.is_empty() || registry::is_asked(&state.registry)? {
        return Ok(());
    }
    let is_left = |key: i64, time: i64| forgotten.covers(PersonId(key), Time::from_micros(time));
    for info in &state.live {
        let rows = Segment::open(info.clone(), Vec::new()).and_then(|segment| {
            let mut rows = 0;
            let columns = [Column::Person, Column::Time, Column::Origin];
            let mut reader = segment.read(&columns, &EVERYBODY, Form::Plain)?;
            while let Some(batch) = reader.next_batch()? {
                let persons = Keys::persons(&batch);
                let times = batch.column(1).as_primitive::<TimestampMicrosecondType>().values();
                let own = |row: usize| own_key(&batch, 2, (persons, row));
                rows += (0..batch.num_rows())
                    .filter(|&row| is_left(own(row), times[row]))
                    .count();
            }
            Ok(rows)
        });
        if let Ok(rows @ 1..) = rows {
            let message = format!("segments/{} holds {rows} rows of somebody who was forgotten", info.name);
            report.add(CODE, Repair::None, message);
        }
    }
    let left = links::forgotten(&state.registry)?;
    if left > 0 {
        let message = format!("longplay.db: {left} links name somebody who was forgotten");
        report.add(CODE, Repair::None, message);
    }
    Ok(())
}
