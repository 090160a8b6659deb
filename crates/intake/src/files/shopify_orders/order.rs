//! One Shopify order, gathered from its rows, and the claims it makes.

use longplay_domain::{Amount, Claim, Currency, Money, When};

use crate::{
    address::{email_handle, phone_handle},
    files::slashed_dates::AMBIGUOUS,
    limits::ORDER_ITEMS_MAX,
    output::RefusedRow,
    text::{Header, Rows},
    values::{DateOrder, Properties, is_spreadsheet_damage, json_text, number},
};

pub(super) const TIME: [&str; 2] = ["paid at", "created at"];
pub(super) const COUNTRY: [&str; 2] = ["billing country", "shipping country"];
const PHONE: [&str; 3] = ["phone", "billing phone", "shipping phone"];
const ITEM_TEXT_CHARS_MAX: usize = 200;

/// Where in this file what stands.
pub(super) struct Columns {
    header: Header,
    channel: String,
    dates: DateOrder,
}

impl Columns {
    pub fn new(header: &Header, channel: String, dates: DateOrder) -> Self {
        Self {
            header: header.clone(),
            channel,
            dates,
        }
    }

    pub fn has_status(&self) -> bool {
        self.header.has("financial status")
    }

    fn text<'a>(&self, rows: &'a Rows<'_>, key: &str) -> &'a str {
        rows.maybe(self.header.find(key))
    }

    /// The first of these columns that isn't blank.
    fn first<'a>(&self, rows: &'a Rows<'_>, keys: &[&str]) -> &'a str {
        keys.iter()
            .map(|key| self.text(rows, key))
            .find(|text| !text.is_empty())
            .unwrap_or("")
    }

    fn refuse(&self, code: &'static str, key: &str, message: impl Into<String>) -> RefusedRow {
        let name = self.header.find(key).map(|index| self.header.name(index).trim());
        RefusedRow::new(code, name, message)
    }
}

pub(super) struct Order {
    pub line: u64,
    name: String,
    id: String,
    person: String,
    status: String,
    cancelled: String,
    time: String,
    currency: String,
    total: String,
    outstanding: String,
    refunded: String,
    country: String,
    discount_code: String,
    source: String,
    items: Vec<String>,
    items_left_out: usize,
    /// Sum of the line items in minor units; none once one of them can't be read.
    items_minor: Option<i64>,
}

impl Order {
    pub fn begin(rows: &Rows<'_>, columns: &Columns) -> Self {
        let text = |key| columns.text(rows, key).to_owned();
        let name = text("name");
        let mut order = Self {
            line: rows.line(),
            id: text("id").trim_start_matches('\'').to_owned(),
            person: person(rows, columns, &name),
            name,
            status: text("financial status").to_lowercase(),
            cancelled: text("cancelled at"),
            time: columns.first(rows, &TIME).to_owned(),
            currency: text("currency"),
            total: text("total"),
            outstanding: text("outstanding balance"),
            refunded: text("refunded amount"),
            country: columns.first(rows, &COUNTRY).to_owned(),
            discount_code: text("discount code"),
            source: text("source"),
            items: Vec::new(),
            items_left_out: 0,
            items_minor: Some(0),
        };
        order.add_item(rows, columns);
        order
    }

    /// Whether the row is a further line item of this order.
    pub fn goes_on_in(&self, rows: &Rows<'_>, columns: &Columns) -> bool {
        let id = columns.text(rows, "id").trim_start_matches('\'');
        !self.name.is_empty() && columns.text(rows, "name") == self.name && (id.is_empty() || id == self.id)
    }

    pub fn add_item(&mut self, rows: &Rows<'_>, columns: &Columns) {
        let text = |key| columns.text(rows, key);
        let (name, price, quantity) = (text("lineitem name"), text("lineitem price"), text("lineitem quantity"));
        if name.is_empty() && price.is_empty() {
            return;
        }
        self.items_minor = self
            .items_minor
            .and_then(|sum| sum.checked_add(self.item_minor(price, quantity, text("lineitem discount"))?));
        if self.items.len() == ORDER_ITEMS_MAX {
            self.items_left_out += 1;
            return;
        }
        let mut item = Properties::default();
        for (key, value) in [
            ("\"name\"", name),
            ("\"sku\"", text("lineitem sku")),
            ("\"price\"", price),
            ("\"quantity\"", quantity),
        ] {
            if !value.is_empty() {
                item.text(key, &value.chars().take(ITEM_TEXT_CHARS_MAX).collect::<String>());
            }
        }
        self.items.push(item.finish());
    }

    fn item_minor(&self, price: &str, quantity: &str, discount: &str) -> Option<i64> {
        let minor = |text: &str| Money::parse(text, self.money_unit()).ok().map(|money| money.minor);
        let quantity: i64 = if quantity.is_empty() { 1 } else { quantity.parse().ok()? };
        let discount = if discount.is_empty() { 0 } else { minor(discount)? };
        minor(price)?.checked_mul(quantity)?.checked_sub(discount)
    }

    fn money_unit(&self) -> Currency {
        Currency::parse(&self.currency).unwrap_or(Currency::UNSTATED)
    }

    /// The purchase and, if money went back, the refund.
    pub fn claims(self, columns: &Columns) -> Result<(Claim, Option<Claim>), RefusedRow> {
        self.check(columns)?;
        let Some(time) = columns.dates.resolve(&self.time) else {
            let key = if self.time.is_empty() {
                "created at"
            } else {
                TIME[usize::from(!columns.header.has(TIME[0]))]
            };
            return Err(columns.refuse("date_ambiguous", key, AMBIGUOUS));
        };
        let id = format!("shopify:{}", if self.id.is_empty() { &self.name } else { &self.id });
        let purchase = Claim {
            time: When::Text(time),
            person: self.person.clone(),
            event: "purchased".to_owned(),
            id: Some(id.clone()),
            channel: Some(columns.channel.clone()),
            country: Some(self.country.clone()),
            value: self.value(),
            currency: Some(self.currency.clone()),
            properties: self.properties(),
            ..Claim::default()
        };
        let refund = number(&self.refunded).is_some_and(|amount| amount > 0.0).then(|| {
            let mut properties = Properties::default();
            properties.text("\"order\"", &self.name);
            properties.text("\"refund_time\"", "unknown");
            Claim {
                event: "refunded".to_owned(),
                id: Some(format!("{id}:refunded")),
                value: Amount::Decimal(self.refunded.clone()),
                properties: properties.finish(),
                ..purchase.clone()
            }
        });
        Ok((purchase, refund))
    }

    /// Refuses what is no purchase.
    fn check(&self, columns: &Columns) -> Result<(), RefusedRow> {
        let order = &self.name;
        if order.is_empty() && self.id.is_empty() {
            return Err(columns.refuse("row_unreadable", "name", "the row names no order"));
        }
        if is_spreadsheet_damage(&self.id) {
            let message = format!(
                "order {order}: the id “{}” was rounded by a spreadsheet; export again and don't save it there",
                self.id
            );
            return Err(columns.refuse("spreadsheet_damage", "id", message));
        }
        if !self.cancelled.is_empty() {
            return Err(columns.refuse(
                "order_cancelled",
                "cancelled at",
                format!("order {order} was cancelled"),
            ));
        }
        if !columns.has_status() {
            return Ok(());
        }
        match self.status.as_str() {
            "paid" | "partially_paid" | "partially_refunded" | "refunded" => Ok(()),
            "" => {
                let message = format!(
                    "order {order}: its first row is missing or stands elsewhere; keep the rows in Shopify's order"
                );
                Err(columns.refuse("order_incomplete", "financial status", message))
            }
            status => {
                let message = format!("order {order} is {status}, so nothing was bought yet");
                Err(columns.refuse("not_a_purchase", "financial status", message))
            }
        }
    }

    /// The order's total; of an order paid in part what was paid; without a column for it the sum of its items.
    fn value(&self) -> Amount {
        let minor = |text: &str| Money::parse(text, self.money_unit()).ok().map(|money| money.minor);
        if self.status == "partially_paid"
            && let (Some(total), Some(outstanding)) = (minor(&self.total), minor(&self.outstanding))
        {
            return Amount::Minor(total.saturating_sub(outstanding));
        }
        match self.items_minor {
            Some(sum) if self.total.is_empty() && !self.items.is_empty() => Amount::Minor(sum),
            _ => Amount::Decimal(self.total.clone()),
        }
    }

    fn properties(&self) -> String {
        let mut properties = Properties::default();
        for (key, value) in [
            ("\"order\"", &self.name),
            ("\"discount_code\"", &self.discount_code),
            ("\"order_source\"", &self.source),
        ] {
            if !value.is_empty() {
                properties.json(
                    key,
                    &json_text(&value.chars().take(ITEM_TEXT_CHARS_MAX).collect::<String>()),
                );
            }
        }
        if !self.items.is_empty() {
            properties.json("\"items\"", &format!("[{}]", self.items.join(",")));
        }
        if self.items_left_out > 0 {
            properties.json("\"items_left_out\"", &self.items_left_out.to_string());
        }
        properties.finish()
    }
}

/// Who bought: their address, else their phone, else only the order itself is known (as at a till).
fn person(rows: &Rows<'_>, columns: &Columns, order: &str) -> String {
    let email = columns.text(rows, "email");
    if email.contains('@') {
        return email_handle(email);
    }
    phone_handle(columns.first(rows, &PHONE)).unwrap_or_else(|| format!("shopify:order:{order}"))
}
