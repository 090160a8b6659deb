//! `audit`: what the base of people is made of and how it changes, in five lenses, monthly, for the audience and for the buyers of
//! each currency.
//!
//! All of it is counted. Periods are calendar months, or quarters where a month has too few people; one that is not over is
//! never compared with one that is.

mod length;
mod lenses;
mod view;

use longplay_domain::{Currency, Day};

use self::{
    length::{MONTHLY_MIN, span},
    lenses::{Change, PEOPLE_MIN, PERIODS_LISTED},
    view::View,
};
use crate::{
    answer::{Answer, Caution, Figure, Scope, State},
    ask::{AskError, Ground},
    evidence::{Evidence, Part},
    folds::{Base, Ledgers, Span},
    question::Question,
    words,
};

/// Periods of which figures are given, the newest.
const PERIODS_TOLD: i32 = 12;

pub const PARTS: &[Part] = &[Part::Ledgers];

pub fn answer(question: &Question, ground: &Ground, evidence: &Evidence) -> Result<Answer, AskError> {
    let ledgers = evidence.ledgers();
    let buyers = buyers(ground, ledgers);
    let span = span(ledgers.audience(), &buyers, &ground.memory);
    let mut views = vec![View::new(ledgers.audience(), (None, span), &ground.memory)];
    views.extend(
        buyers
            .iter()
            .map(|&(currency, base)| View::new(base, (Some(currency), span), &ground.memory)),
    );
    let mut answer = ground.blank(question);
    for view in &views {
        push_figures(&mut answer, view);
    }
    for view in &views {
        answer.rows.extend(lenses::lens_1(view, question.level));
    }
    for view in &views {
        answer.rows.extend(lenses::lens_2(view));
    }
    for view in &views {
        answer.rows.extend(lenses::lens_3(view, question.level));
    }
    for view in &views {
        answer.rows.extend(lenses::lens_4(view, question.level));
    }
    for view in &views {
        answer.rows.extend(lenses::lens_5(view));
    }
    answer.sentence = sentence(question, &views);
    answer.cautions = cautions(&views, span);
    Ok(answer)
}

/// The buyers of each currency, by its code.
fn buyers<'a>(ground: &Ground, ledgers: &'a Ledgers) -> Vec<(Currency, &'a Base)> {
    let terms = ground.snapshot.terms();
    let currency = |code| terms.text(code).and_then(|text| Currency::parse(&text));
    let mut all: Vec<(Currency, &Base)> = ledgers
        .buyers()
        .map(|(code, base)| (currency(code).unwrap_or(Currency::UNSTATED), base))
        .collect();
    all.sort_unstable_by_key(|&(currency, _)| currency);
    all
}

/// What the figures of a base are called: `active` for the audience, `buyers_EUR` for buyers.
struct Keys {
    active: String,
    deeds: String,
    spend: Option<String>,
    kept: String,
    kept_share: String,
    lost: String,
    gained: String,
    gini: String,
    top_10_share: String,
}

impl Keys {
    fn of(currency: Option<Currency>) -> Self {
        let Some(currency) = currency else {
            return Self {
                active: "active".to_owned(),
                deeds: "active_days".to_owned(),
                spend: None,
                kept: "kept".to_owned(),
                kept_share: "kept_share".to_owned(),
                lost: "lost".to_owned(),
                gained: "gained".to_owned(),
                gini: "gini".to_owned(),
                top_10_share: "top_10_share".to_owned(),
            };
        };
        let key = |name: &str| format!("{name}_{currency}");
        Self {
            active: key("buyers"),
            deeds: key("orders"),
            spend: Some(key("spend")),
            kept: key("buyers_kept"),
            kept_share: key("buyers_kept_share"),
            lost: key("buyers_lost"),
            gained: key("buyers_gained"),
            gini: key("spend_gini"),
            top_10_share: key("spend_top_10_share"),
        }
    }
}

fn push_figures(answer: &mut Answer, view: &View<'_>) {
    let keys = Keys::of(view.currency);
    for period in view.over(PERIODS_TOLD).rev() {
        push_period(answer, view, (period, &keys));
    }
    push_unfinished(answer, view, &keys);
    let scope = || Scope::from([("period", Some(view.label(view.last())))]);
    let spread = lenses::spread_of_last(view);
    let people = view.total(view.last()).active;
    let level = answer.level;
    let gini = spread.as_ref().and_then(|spread| lenses::gini(view, spread, level));
    let top = spread
        .as_ref()
        .and_then(|spread| lenses::top_tenth(view, spread, level));
    let gini = Figure::estimated(keys.gini, "gini", scope(), (gini, people));
    let top = Figure::estimated(keys.top_10_share, "share", scope(), (top, people));
    let with_count = |figure: Figure| Figure {
        count: people as i64,
        ..figure
    };
    answer.figures.extend([gini, top].map(with_count));
}

fn push_period(answer: &mut Answer, view: &View<'_>, (period, keys): (i32, &Keys)) {
    let scope = || Scope::from([("period", Some(view.label(period)))]);
    let cell = view.total(period);
    let amount = |key: &str, unit: &str, count: u64, value: f64| Figure {
        n: cell.active,
        count: i64::try_from(count).unwrap_or(i64::MAX),
        value: Some(value),
        state: State::Known,
        ..Figure::unknown(key, unit, scope())
    };
    let active = amount(&keys.active, "people", cell.active, cell.active as f64);
    let deeds = amount(&keys.deeds, "days", cell.deeds, cell.deeds as f64);
    answer.figures.extend([active, deeds]);
    if let (Some(key), Some(currency), Some(spend)) = (&keys.spend, view.currency, view.money(cell.minor)) {
        answer.figures.push(amount(key, currency.code(), cell.deeds, spend));
    }
    if let Some(change) = Change::of(view, period) {
        let before = change.before.active;
        let counted = |key: &str, count: u64, n: u64| Figure::counted(key, "people", scope(), (count, n));
        let share = Figure::share(&*keys.kept_share, scope(), (change.kept, before), answer.level);
        answer.figures.extend([
            counted(&keys.kept, change.kept, before),
            share,
            counted(&keys.lost, change.lost(), before),
            counted(&keys.gained, change.gained(), cell.active),
        ]);
    }
}

/// The period that is not over: what has been counted so far, and no value to compare with others.
fn push_unfinished(answer: &mut Answer, view: &View<'_>, keys: &Keys) {
    let period = view.last() + 1;
    let cell = view.total(period);
    let figure = |key: &str, unit: &str, count: u64| {
        Figure {
            n: cell.active,
            count: i64::try_from(count).unwrap_or(i64::MAX),
            ..Figure::unknown(key, unit, Scope::from([("period", Some(view.label(period)))]))
        }
        .too_early(Some(view.ends(period)))
    };
    if cell.active > 0 {
        let active = figure(&keys.active, "people", cell.active);
        answer.figures.extend([active, figure(&keys.deeds, "days", cell.deeds)]);
    }
}

fn sentence(question: &Question, views: &[View<'_>]) -> String {
    let Some(audience) = views.first().filter(|view| view.first().is_some()) else {
        return "Nobody has been seen yet, so there is nothing to audit.".to_owned();
    };
    let last = audience.last();
    if audience.first().is_some_and(|first| first > last) {
        let ends = audience.ends(last + 1);
        return match ends > question.today() {
            true => format!(
                "Too early to tell: the first whole {} is over on {}.",
                audience.span.name(),
                words::day(ends)
            ),
            false => "Too early to tell: no whole period is over yet.".to_owned(),
        };
    }
    let active = audience.total(last).active;
    let who = if active == 0 {
        "Nobody was".to_owned()
    } else {
        format!("{} {}", words::people(active), were(active))
    };
    let mut text = format!("{who} here in {}", period_words(audience, last));
    match Change::of(audience, last) {
        Some(change) if active == 0 && change.before.active == 0 => text.push_str(", nor in the period before."),
        Some(change) if active == 0 => {
            text.push_str(&format!(
                "; in the period before it was {}.",
                words::people(change.before.active)
            ));
        }
        Some(change) if change.before.active > 0 => {
            text.push_str(&of_the_period_before(&change, question.level));
        }
        Some(_) => text.push_str(", and nobody the period before."),
        None => text.push_str(", the first period there is."),
    }
    if let Some(more) = views[1..]
        .iter()
        .filter_map(|view| about_buyers(view, question.level))
        .next()
    {
        text.push(' ');
        text.push_str(&more);
    }
    text
}

fn of_the_period_before(change: &Change, level: f64) -> String {
    let before = change.before.active;
    let (kept, gained) = (change.kept, change.gained());
    let new = match gained {
        0 => "nobody else came".to_owned(),
        _ => format!("{} had not been here then", words::count(gained)),
    };
    match longplay_stats::rates::jeffreys(kept, before, level) {
        Some(share) if kept > 0 && kept < before => {
            let share = words::Share::of(share.value, share.low, share.high);
            format!(
                "; {} of those of the period before were among them ({}), and {new}.",
                share.value(),
                share.range()
            )
        }
        _ if kept > 0 => format!("; all of the period before were among them, and {new}."),
        _ => format!(
            "; none of the {} of the period before were among them.",
            words::people(before)
        ),
    }
}

/// How unequally they spend, where enough bought for it.
fn about_buyers(view: &View<'_>, level: f64) -> Option<String> {
    let (currency, spread) = (view.currency?, lenses::spread_of_last(view)?);
    let top = lenses::top_tenth(view, &spread, level)?;
    let share = words::Share::of(top.value, top.low, top.high);
    Some(format!(
        "Of what {} spent in {currency}, the tenth who spent most paid {} ({}).",
        words::people(spread.people()),
        share.value(),
        share.range()
    ))
}

const fn were(people: u64) -> &'static str {
    if people == 1 { "was" } else { "were" }
}

/// `March 2024`, or `the third quarter of 1997`.
fn period_words(view: &View<'_>, period: i32) -> String {
    let first: Day = view.span.start(period);
    match view.span {
        Span::Month => first.date().strftime("%B %Y").to_string(),
        Span::Quarter => {
            let which = ["first", "second", "third", "fourth"][period.rem_euclid(4) as usize];
            format!("the {which} quarter of {}", first.date().year())
        }
    }
}

fn cautions(views: &[View<'_>], span: Span) -> Vec<Caution> {
    let mut cautions = Vec::new();
    let Some(audience) = views.first().filter(|view| view.first().is_some()) else {
        return cautions;
    };
    if span == Span::Quarter {
        let who = if views.len() > 1 { "buyers" } else { "people" };
        cautions.push(Caution {
            code: "by_quarter",
            message: format!(
                "Months have too few {who} to be told apart (it takes about {MONTHLY_MIN}), so the periods are quarters."
            ),
        });
    }
    if audience.total(audience.last() + 1).active > 0 {
        let ends = audience.ends(audience.last() + 1);
        cautions.push(Caution {
            code: "unfinished_period",
            message: format!(
                "The {} that ends before {} is not over; it is counted so far and compared with none.",
                span.name(),
                words::day(ends)
            ),
        });
    }
    if audience.over(PERIODS_LISTED).next() == audience.first()
        && audience.first().is_some_and(|first| first <= audience.last())
    {
        cautions.push(Caution {
            code: "data_begin",
            message: "Where the data begin in the middle of things, everybody of the first period looks new in it."
                .to_owned(),
        });
    }
    let people = audience.total(audience.last()).active;
    if people > 0 && people < PEOPLE_MIN {
        cautions.push(Caution {
            code: "few_people",
            message: format!(
                "{} {} too few to say how people differ.",
                words::people(people),
                if people == 1 { "is" } else { "are" }
            ),
        });
    }
    cautions
}
