//! Shopify's orders (`orders_export_1.csv`): one row per line item, so rows are gathered into orders first.
//!
//! The first row of an order carries everything, further rows repeat `Name`, `Email` and `Created at`. An order becomes one
//! purchase worth its `Total`. What was refunded becomes a refund of its own, dated like the order because the export
//! doesn't say when; the owner is told. Cancelled and unpaid orders are refused: nobody bought anything.

mod order;

use longplay_domain::Field;
use order::{Columns, Order};

use super::{ExportFormat, Fit, Layout, slashed_dates};
use crate::{
    output::{Item, Output, Stop},
    source::{Part, Recognised, Shape},
    text::{Header, TableHead},
};

pub(crate) struct Reader;

const CHANNEL: &str = "shop";

impl ExportFormat for Reader {
    fn fit(&self, layout: Layout, header: &Header) -> Fit {
        let has_time = header.has("created at") || header.has("paid at");
        if layout != Layout::Table || !header.has("name") || !has_time {
            Fit::No
        } else if header.has("lineitem name") || header.has("financial status") {
            Fit::Sure
        } else if header.has("total") || header.has("lineitem price") {
            Fit::Asked
        } else {
            Fit::No
        }
    }

    fn needs(&self) -> &'static str {
        "the columns Name, Created at (or Paid at), and Total or Lineitem price"
    }

    fn columns(&self, field: Field) -> &'static [&'static str] {
        match field {
            Field::Time => &order::TIME,
            Field::Person => &["email", "phone", "billing phone"],
            Field::Id => &["id", "name"],
            Field::Value => &["total", "lineitem price"],
            Field::Currency => &["currency"],
            Field::Country => &order::COUNTRY,
            _ => &[],
        }
    }

    fn read(&self, file: &Recognised, output: &mut Output<'_>) -> Result<(), Stop> {
        for part in &file.parts {
            output.enter(part.name.clone());
            if let Shape::Table(head) = &part.shape {
                orders(file, part, head, output)?;
            }
        }
        Ok(())
    }
}

fn orders(file: &Recognised, part: &Part, head: &TableHead, output: &mut Output<'_>) -> Result<(), Stop> {
    let times = order::TIME.map(|key| head.header.find(key));
    let order = slashed_dates::order_in(file, part, head, &times)?;
    let columns = Columns::new(&head.header, file.channel_or(CHANNEL), order);
    if !columns.has_status() {
        output.note(
            0,
            "status_missing",
            "there is no column Financial Status, so every order was taken as paid",
        )?;
    }
    let mut rows = file.rows(part, head)?;
    let mut open: Option<Order> = None;
    let mut refunds = 0;
    while rows.next(output)? {
        match &mut open {
            Some(order) if order.goes_on_in(&rows, &columns) => order.add_item(&rows, &columns),
            _ => {
                if let Some(order) = open.replace(Order::begin(&rows, &columns)) {
                    refunds += give(order, &columns, output)?;
                }
            }
        }
    }
    if let Some(order) = open {
        refunds += give(order, &columns, output)?;
    }
    if refunds > 0 {
        let message = format!(
            "{refunds} orders were refunded, in part or whole; the export doesn't say when, so the refunds bear the orders' dates"
        );
        output.note(0, "refund_time_unknown", message)?;
    }
    Ok(())
}

/// Hands an order out; how many refunds it had.
fn give(order: Order, columns: &Columns, output: &mut Output<'_>) -> Result<u32, Stop> {
    let line = order.line;
    match order.claims(columns) {
        Ok((purchase, refund)) => {
            output.give(line, Item::Claim(purchase))?;
            let Some(refund) = refund else { return Ok(0) };
            output.give(line, Item::Claim(refund))?;
            Ok(1)
        }
        Err(refused) => output.refuse(line, refused).map(|()| 0),
    }
}
