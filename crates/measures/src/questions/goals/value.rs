//! What customers are still worth: expected orders of the next year times expected value of an order (models.md §1).
//!
//! MBG/NBD over purchase days, because a one-time buyer may be gone; NBD where no drop-out shows. Gamma–Gamma for the value of
//! a repeat order, or their plain mean where it can't be fitted. Never across currencies. The interval is that of both
//! models' parameters: each drawn with the other held, their spreads in logs added as independent.

use std::sync::Arc;

use longplay_domain::Currency;
use longplay_stats::{
    Bootstrap, Estimate, Fitted,
    btyd::{Condensed, Evidence, GammaGamma, MbgNbd, Nbd, Recurring, Spend, drop_out_shows},
};
use serde_json::{Value, json};

use crate::{
    answer::{Caution, Figure, Grade, Scope, State},
    folds::Purchasing,
    memory::{Given, Memory},
};

/// Below so many customers, or so many who bought again, nothing is said (models.md §0).
const CUSTOMERS_MIN: u64 = 200;
const REPEATERS_MIN: u64 = 50;
/// What "a year" is.
const HORIZON_DAYS: f64 = 365.0;
/// Beyond this correlation of frequency and spend, Gamma–Gamma's assumption is said to be doubtful.
const CORRELATION_MAX: f64 = 0.25;
/// Customers standing for all in the draws: what is drawn is the spread, which few give as well as many.
const SAMPLE_MAX: u64 = 400;
const DRAWS: usize = 200;
/// Fixed, so that the same data give the same digits.
const SEED: u64 = 0x7661_6c75;

/// What is said of one currency.
pub struct Worth {
    pub figure: Figure,
    pub row: Option<Value>,
    pub cautions: Vec<Caution>,
}

/// How often people buy, by the model that shows.
enum Orders {
    DropOut(Fitted<MbgNbd, 4>),
    Lasting(Fitted<Nbd, 2>),
}

impl Orders {
    fn fit(histories: &[Purchasing]) -> Option<Self> {
        let rows: Vec<Evidence> = histories.iter().map(evidence).collect();
        let condensed = Condensed::new(&rows).ok()?;
        let nbd = Nbd::fit(&condensed).ok()?;
        let mbg = MbgNbd::fit(&condensed).ok();
        Some(
            match mbg.filter(|mbg| mbg.warning.is_none() && drop_out_shows(mbg, &nbd)) {
                Some(mbg) => Self::DropOut(mbg),
                None => Self::Lasting(nbd),
            },
        )
    }

    const fn name(&self) -> &'static str {
        match self {
            Self::DropOut(_) => "mbg_nbd",
            Self::Lasting(_) => "nbd",
        }
    }

    fn expected(&self, history: &Purchasing) -> f64 {
        match self {
            Self::DropOut(fitted) => fitted.model.expected(&evidence(history), HORIZON_DAYS),
            Self::Lasting(fitted) => fitted.model.expected(&evidence(history), HORIZON_DAYS),
        }
    }

    /// The mean of `worth` times the expected orders, with the spread of this model's parameters.
    fn spread(&self, rows: &[(Purchasing, f64)], level: f64) -> Option<Estimate> {
        match self {
            Self::DropOut(fitted) => fitted.estimate(level, draws(), |model| {
                sum(rows, |row| model.expected(row, HORIZON_DAYS))
            }),
            Self::Lasting(fitted) => fitted.estimate(level, draws(), |model| {
                sum(rows, |row| model.expected(row, HORIZON_DAYS))
            }),
        }
    }
}

fn sum(rows: &[(Purchasing, f64)], expected: impl Fn(&Evidence) -> f64) -> f64 {
    rows.iter()
        .map(|(history, worth)| worth * expected(&evidence(history)))
        .sum()
}

const fn draws() -> Bootstrap {
    Bootstrap {
        count: DRAWS,
        seed: SEED,
    }
}

fn evidence(history: &Purchasing) -> Evidence {
    Evidence {
        weight: history.people as f64,
        ..Evidence::new(f64::from(history.x), f64::from(history.t_x), f64::from(history.t))
    }
}

/// The value of an order.
enum Order {
    Modelled(Fitted<GammaGamma, 3>),
    /// The mean of all repeat orders.
    Plain(f64),
}

impl Order {
    fn fit(histories: &[Purchasing], spends: &[Spend], unit: f64) -> Self {
        let fitted = GammaGamma::fit(spends).ok();
        if let Some(fitted) =
            fitted.filter(|fitted| fitted.warning.is_none() && fitted.model.population_mean().is_some())
        {
            return Self::Modelled(fitted);
        }
        let orders: f64 = histories.iter().map(|row| f64::from(row.x) * row.people as f64).sum();
        let worth: f64 = histories
            .iter()
            .map(|row| row.repeat_minor as f64 * row.people as f64)
            .sum();
        Self::Plain(worth / unit / orders.max(1.0))
    }

    const fn name(&self) -> &'static str {
        match self {
            Self::Modelled(_) => "gamma_gamma",
            Self::Plain(_) => "mean",
        }
    }

    fn expected(&self, history: &Purchasing, unit: f64) -> f64 {
        match self {
            Self::Modelled(fitted) => of_model(&fitted.model, history, unit),
            Self::Plain(mean) => *mean,
        }
    }
}

fn of_model(model: &GammaGamma, history: &Purchasing, unit: f64) -> f64 {
    let mean = history.repeat_minor as f64 / unit / f64::from(history.x.max(1));
    model.expected(f64::from(history.x), mean).unwrap_or(f64::NAN)
}

/// What single customers are expected to spend in the next year, by the models fitted to all of them.
pub struct Expectation {
    orders: Orders,
    order: Order,
    unit: f64,
}

impl Expectation {
    /// `None` where there are too few customers to tell.
    pub fn of(histories: &[Purchasing], currency: Currency, memory: &Memory) -> Arc<Option<Self>> {
        memory.recall(given("customers", histories, currency), || {
            Self::fit(histories, currency)
        })
    }

    fn fit(histories: &[Purchasing], currency: Currency) -> Option<Self> {
        let customers: u64 = histories.iter().map(|row| row.people).sum();
        let repeaters: u64 = histories.iter().filter(|row| row.x > 0).map(|row| row.people).sum();
        if customers < CUSTOMERS_MIN || repeaters < REPEATERS_MIN {
            return None;
        }
        let unit = 10_f64.powi(currency.exponent() as i32);
        let spends: Vec<Spend> = histories.iter().map(|row| spend(row, unit)).collect();
        Some(Self {
            orders: Orders::fit(histories)?,
            order: Order::fit(histories, &spends, unit),
            unit,
        })
    }

    /// In major units.
    pub fn of_customer(&self, history: &Purchasing) -> f64 {
        self.orders.expected(history) * self.order.expected(history, self.unit)
    }
}

/// All that is known of customers.
fn given(kind: &'static str, histories: &[Purchasing], currency: Currency) -> Given {
    let code = currency.code().bytes().map(|letter| [u64::from(letter)]);
    let rows = histories.iter().map(|row| {
        let [t_x, t] = [row.t_x, row.t].map(|days| days as u32);
        [
            u64::from(row.x),
            u64::from(t_x) << 32 | u64::from(t),
            row.repeat_minor,
            row.people,
        ]
    });
    Given::of(kind).and_each(code).and_each(rows)
}

/// Value per customer of the next year in one currency.
pub fn worth(histories: &[Purchasing], currency: Currency, level: f64, memory: &Memory) -> Arc<Worth> {
    let given = given("value", histories, currency).and_real(level);
    memory.recall(given, || worked_out(histories, currency, level, memory))
}

fn worked_out(histories: &[Purchasing], currency: Currency, level: f64, memory: &Memory) -> Worth {
    let customers: u64 = histories.iter().map(|row| row.people).sum();
    let repeaters: u64 = histories.iter().filter(|row| row.x > 0).map(|row| row.people).sum();
    let figure = Figure {
        n: customers,
        count: i64::try_from(repeaters).unwrap_or(i64::MAX),
        state: if customers == 0 { State::NoData } else { State::TooEarly },
        ..Figure::unknown(format!("value_per_person_{currency}"), currency.code(), Scope::new())
    }
    .graded(Grade::Attributed);
    let nothing = |figure| Worth {
        figure,
        row: None,
        cautions: Vec::new(),
    };
    if customers < CUSTOMERS_MIN || repeaters < REPEATERS_MIN {
        return nothing(figure);
    }
    let unit = 10_f64.powi(currency.exponent() as i32);
    let expectation = Expectation::of(histories, currency, memory);
    let Some(Expectation { orders, order, .. }) = &*expectation else {
        return nothing(figure);
    };
    let spends: Vec<Spend> = histories.iter().map(|row| spend(row, unit)).collect();
    let total: f64 = histories
        .iter()
        .map(|row| row.people as f64 * orders.expected(row) * order.expected(row, unit))
        .sum();
    let value = total / customers as f64;
    let Some((low, high)) = interval(histories, (orders, order), unit, level) else {
        return nothing(figure);
    };
    let correlation = GammaGamma::correlation(&spends);
    let row = json!({
        "kind": "customer_value",
        "currency": currency.code(),
        "customers": customers,
        "repeaters": repeaters,
        "orders_model": orders.name(),
        "spend_model": order.name(),
        "spend_frequency_r": correlation,
    });
    Worth {
        figure: Figure {
            value: Some(value),
            low: Some(value * low),
            high: Some(value * high),
            state: State::Known,
            ..figure
        },
        row: Some(row),
        cautions: cautions(currency, orders, order, correlation),
    }
}

fn spend(history: &Purchasing, unit: f64) -> Spend {
    Spend {
        x: f64::from(history.x),
        mean: history.repeat_minor as f64 / unit / f64::from(history.x.max(1)),
        weight: history.people as f64,
    }
}

/// The ends of the interval as multiples of the value.
fn interval(histories: &[Purchasing], (orders, order): (&Orders, &Order), unit: f64, level: f64) -> Option<(f64, f64)> {
    let sample = sampled(histories);
    let rows: Vec<(Purchasing, f64)> = sample
        .iter()
        .map(|row| (*row, row.people as f64 * order.expected(row, unit)))
        .collect();
    let by_orders = orders.spread(&rows, level)?;
    let by_order = match order {
        Order::Plain(_) => None,
        Order::Modelled(fitted) => {
            let expected: Vec<f64> = sample
                .iter()
                .map(|row| row.people as f64 * orders.expected(row))
                .collect();
            let worth = |model: &GammaGamma| {
                let each = sample.iter().zip(&expected);
                each.map(|(row, expected)| expected * of_model(model, row, unit)).sum()
            };
            Some(fitted.estimate(level, draws(), worth)?)
        }
    };
    let below = |estimate: &Estimate| (estimate.value / estimate.low).ln();
    let above = |estimate: &Estimate| (estimate.high / estimate.value).ln();
    let both = |width: &dyn Fn(&Estimate) -> f64| by_order.as_ref().map_or(0.0, width).hypot(width(&by_orders));
    let (low, high) = ((-both(&below)).exp(), both(&above).exp());
    (low.is_finite() && high.is_finite()).then_some((low, high))
}

/// Every so many-th customer, in the order of the histories.
fn sampled(histories: &[Purchasing]) -> Vec<Purchasing> {
    let customers: u64 = histories.iter().map(|row| row.people).sum();
    let step = customers.div_ceil(SAMPLE_MAX).max(1);
    let mut passed = 0;
    let mut sample = Vec::new();
    for row in histories {
        let before = passed / step;
        passed += row.people;
        let people = passed / step - before;
        if people > 0 {
            sample.push(Purchasing { people, ..*row });
        }
    }
    sample
}

fn cautions(currency: Currency, orders: &Orders, order: &Order, correlation: Option<f64>) -> Vec<Caution> {
    let mut cautions = Vec::new();
    if matches!(orders, Orders::Lasting(_)) {
        let message = format!(
            "How customers paying in {currency} buy does not tell who has left from who buys seldom, so the value counts on all of \
             them staying. When old customers are in the data only from the middle on, it looks like this too."
        );
        cautions.push(Caution {
            code: "no_drop_out_visible",
            message,
        });
    }
    if matches!(order, Order::Plain(_)) {
        let message = format!("Every repeat order in {currency} is taken to be worth their mean.");
        cautions.push(Caution {
            code: "spend_not_modelled",
            message,
        });
    }
    if let Some(r) = correlation.filter(|r| r.abs() > CORRELATION_MAX) {
        let more = if r > 0.0 { "more" } else { "less" };
        let message = format!(
            "Who buys more often spends {more} an order in {currency} (r {r:.2}); the value takes the two as unrelated."
        );
        cautions.push(Caution {
            code: "spend_depends_on_frequency",
            message,
        });
    }
    cautions
}
