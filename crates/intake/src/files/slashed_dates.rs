//! Dates that a spreadsheet re-saved as `01/10/2023`: the order of day and month is found once for a whole part.

use std::ops::ControlFlow;

use crate::{
    output::{Output, Stop},
    source::{Part, Recognised},
    text::TableHead,
    values::DateOrder,
};

/// Looks through the columns until one value tells the order. Only a file that holds slashed dates is read for it.
pub(super) fn order_in(
    file: &Recognised,
    part: &Part,
    head: &TableHead,
    columns: &[Option<usize>],
) -> Result<DateOrder, Stop> {
    let mut nowhere = |_| ControlFlow::Continue(());
    let mut output = Output::new(&mut nowhere);
    let mut rows = file.rows(part, head)?;
    let mut has_slashes = false;
    while rows.next(&mut output)? {
        for &column in columns {
            let cell = rows.maybe(column);
            has_slashes |= cell.contains('/');
            let order = DateOrder::told_by(cell);
            if order != DateOrder::Unknown {
                return Ok(order);
            }
        }
        if !has_slashes && columns.iter().any(|&column| !rows.maybe(column).is_empty()) {
            break;
        }
    }
    Ok(DateOrder::Unknown)
}

pub(super) const AMBIGUOUS: &str = "the date may mean two days and no other date in the file tells which; \
    export again and don't save it in a spreadsheet";
