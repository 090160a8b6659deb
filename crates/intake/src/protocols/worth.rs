//! What is the same in every protocol about an event's name: what it was worth, by what id an order is one order however
//! often it is told of, and in which channel it happened.

use std::borrow::Cow;

use longplay_domain::{Act, Amount, Claim};

use super::fields::Fields;

/// Where pages live unless somebody says otherwise.
pub(super) const WEBSITE: &str = "website";

/// Properties that become the value, the currency and the id.
pub(super) const READ: [&str; 3] = ["revenue", "currency", "order_id"];

/// The channel by the event's name.
pub(super) fn channel(name: &str) -> &'static str {
    let is_mail = name
        .get(..6)
        .is_some_and(|start| start.eq_ignore_ascii_case("email ") || start.eq_ignore_ascii_case("email_"));
    if is_mail { "newsletter" } else { WEBSITE }
}

/// Sets value, currency and, for an order, its id, so that the shop's page and its server tell of one and the same.
pub(super) fn settle(claim: &mut Claim, properties: &Fields<'_>, currency_default: Option<&str>) {
    let act = Act::of(&claim.event);
    if act == Act::Purchased
        && let Some(id) = properties.first(&["order_id", "orderId", "checkout_id"])
    {
        claim.id = Some(order_id(&id));
    }
    // Only an order's worth must be readable; others may use the same words for something else.
    let amount = match act {
        Act::Purchased | Act::Refunded => properties.first(&["revenue", "total", "value", "amount"]),
        _ => properties.text("revenue").filter(|text| decimal(text).is_some()),
    };
    let Some(amount) = amount else { return };
    let mut value = decimal(&amount).unwrap_or_else(|| amount.into_owned());
    if act == Act::Refunded
        && let Some(positive) = value.strip_prefix('-')
    {
        value = positive.to_owned();
    }
    claim.value = Amount::Decimal(value);
    let stated = properties.text("currency").map(Cow::into_owned);
    claim.currency = stated.or_else(|| currency_default.map(str::to_owned));
}

/// The id of an order's event.
pub(super) fn order_id(order: &str) -> String {
    format!("order:{order}")
}

/// A number as decimal digits; JSON may write it with an exponent.
pub(super) fn decimal(text: &str) -> Option<String> {
    let text = text.trim();
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-'));
    if plain {
        return Some(text.to_owned());
    }
    let number: f64 = text.parse().ok()?;
    number.is_finite().then(|| format!("{number}"))
}
