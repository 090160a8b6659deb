//! A tile: one figure about everybody, big, with its range in words and as a small bar.

use longplay_domain::Zone;
use longplay_measures::{Answer, Compared, Figure, State};

use super::words::{self, Scale};

/// One figure as the page shows it.
pub struct Tile {
    pub label: String,
    pub value: String,
    pub unit: String,
    /// The range, or what is missing and when it will be there.
    pub note: String,
    pub bar: Option<Bar>,
    pub known: bool,
    /// Where the people are, or more of it.
    pub href: Option<String>,
}

/// The interval drawn to a common scale; all in hundredths of the width.
pub struct Bar {
    pub from: f64,
    pub width: f64,
    pub dot: f64,
}

/// The figures about everybody, what the sentence speaks of first. How many people there are, and how many have not had
/// time yet, is said in the line of evidence and in the cautions.
pub fn tiles(answer: &Answer, most: usize) -> Vec<Tile> {
    let is_aside = |key: &str| key == "people" || key.starts_with("waiting_") || key == "expected_regret";
    // Nobody is held out until the owner wants to know whether talking helps.
    let is_unasked = |figure: &Figure| figure.key.starts_with("holdout_") && figure.state == State::NoData;
    let leads = |figure: &&Figure| !is_aside(&figure.key) && !is_unasked(figure);
    let mut figures: Vec<&Figure> = answer
        .figures
        .iter()
        .filter(|figure| figure.scope.is_empty())
        .filter(leads)
        .collect();
    figures.sort_by_key(|figure| goal_order(figure));
    figures.truncate(most);
    compared(answer, &figures)
}

/// The first of the answer's figures about everybody that `is_it` and that has anything to tell.
pub fn leading(answer: &Answer, is_it: impl Fn(&str) -> bool) -> Option<Tile> {
    let is_told = |figure: &&Figure| figure.scope.is_empty() && is_it(&figure.key) && figure.state != State::NoData;
    let figure = answer
        .figures
        .iter()
        .filter(is_told)
        .min_by_key(|figure| goal_order(figure))?;
    compared(answer, &[figure]).pop()
}

/// The figures side by side, each with what it was in the period it is compared with.
fn compared(answer: &Answer, figures: &[&Figure]) -> Vec<Tile> {
    let mut tiles = beside(figures);
    let then = answer
        .comparison
        .as_ref()
        .map_or(&[][..], |comparison| &comparison.figures);
    for (tile, figure) in tiles.iter_mut().zip(figures) {
        let same = |other: &&Compared| other.figure.key == figure.key && other.figure.scope == figure.scope;
        if let Some(before) = then.iter().find(same).and_then(|other| before(other, figure)) {
            let gap = if tile.note.is_empty() { "" } else { "; " };
            tile.note.push_str(&format!("{gap}{before}"));
        }
    }
    tiles
}

/// `12 before, more by 1 to 5`: the other period, and whether the change is more than chance, where that is known.
fn before(then: &Compared, now: &Figure) -> Option<String> {
    let was = then.figure.value?;
    let scale = Scale::of(
        &now.unit,
        [now.value.unwrap_or(was).min(was)]
            .into_iter()
            .filter(|value| *value > 0.0),
    );
    let change = match (then.change_low, then.change_high) {
        (Some(low), Some(high)) if low > 0.0 => format!(", more by {}", scale.range(low, high)),
        (Some(low), Some(high)) if high < 0.0 => format!(", less by {}", scale.range(-high, -low)),
        (Some(_), Some(_)) => ", which may be chance".to_owned(),
        _ => String::new(),
    };
    Some(format!("{} before{change}", scale.say(was)))
}

/// These figures, side by side.
pub fn beside(figures: &[&Figure]) -> Vec<Tile> {
    figures.iter().map(|figure| tile(figure, figures)).collect()
}

/// Purchases, then the other goals, the rarest first, then what is no goal: the order in which `goals` speaks of them.
pub fn goal_order(figure: &Figure) -> (u8, i64) {
    match figure.key.strip_prefix("converted_") {
        Some("purchase") => (0, 0),
        Some(_) if figure.count > 0 => (1, figure.count),
        Some(_) => (2, 0),
        None => (3, 0),
    }
}

fn tile(figure: &Figure, beside: &[&Figure]) -> Tile {
    let same_unit = || beside.iter().filter(|other| other.unit == figure.unit);
    let longest = same_unit()
        .filter_map(|other| other.high.or(other.value))
        .fold(0.0, f64::max);
    // One scale for neighbours, so that they compare at a glance: the one on which the smallest still reads well.
    let smallest = same_unit()
        .filter_map(|other| other.value)
        .filter(|value| *value > 0.0)
        .fold(f64::INFINITY, f64::min);
    let scale = Scale::of(&figure.unit, [smallest]);
    let known = figure.state == State::Known;
    let value = figure.value.filter(|_| known);
    Tile {
        label: label(&figure.key),
        value: match (value, figure.state) {
            (Some(value), _) => scale.number(value),
            (None, State::TooEarly) => "Too early".to_owned(),
            (None, _) => "Not known".to_owned(),
        },
        unit: value
            .filter(|_| figure.unit != "episodes")
            .map(|_| scale.heading.clone())
            .unwrap_or_default(),
        note: note(figure, &scale),
        bar: bar(figure, longest).filter(|_| known),
        known,
        href: people(figure).filter(|_| known && figure.count > 0),
    }
}

/// Where the people are whom a figure about everybody counts.
fn people(figure: &Figure) -> Option<String> {
    if !figure.scope.is_empty() {
        return None;
    }
    if let Some(goal) = figure.key.strip_prefix("converted_") {
        let query = serde_urlencoded::to_string([("goal", goal)]).ok()?;
        return Some(format!("/people?{query}"));
    }
    (figure.key == "regulars").then(|| "/people?regular=yes".to_owned())
}

fn note(figure: &Figure, scale: &Scale) -> String {
    match (figure.state, figure.low, figure.high, figure.ready_on) {
        (State::Known, Some(low), Some(high), _) => format!("between {} and {}", scale.number(low), scale.number(high)),
        (State::TooEarly, _, _, Some(day)) => format!("known on {}", words::day(day)),
        (State::TooEarly, ..) => format!("{} so far", words::whole(figure.count)),
        (State::NoData, ..) => "nobody to count yet".to_owned(),
        (State::Known, ..) if figure.unit == "episodes" => format!("in {} days watched", words::count(figure.n)),
        (State::Known, ..) => String::new(),
    }
}

fn bar(figure: &Figure, longest: f64) -> Option<Bar> {
    let (low, high, value) = (figure.low?, figure.high?, figure.value?);
    if !(longest > 0.0 && low.is_finite() && high.is_finite() && low <= high) {
        return None;
    }
    let place = |raw: f64| (raw / longest * 100.0).clamp(0.0, 100.0);
    Some(Bar {
        from: place(low),
        width: (place(high) - place(low)).max(0.5),
        dot: place(value),
    })
}

/// What a figure is called on a page.
pub fn label(key: &str) -> String {
    if let Some(goal) = key.strip_prefix("converted_") {
        return words::capital(&did(goal));
    }
    if let Some(days) = key.strip_prefix("returned_").and_then(|rest| rest.strip_suffix('d')) {
        return format!("Came back within {days} days");
    }
    if let Some(currency) = key.strip_prefix("revenue_") {
        return format!("Revenue in {currency}");
    }
    match key {
        "index" => "Durability, from 0 to 1".to_owned(),
        "n_eff" => "Pieces that carry the audience".to_owned(),
        "median_return_days" => "Half of all come back within".to_owned(),
        "spikes" => "Unusual stretches of days".to_owned(),
        "rarity_pieces" => "Pieces that ever had one".to_owned(),
        "candidates_unanswered_comment" => "Unanswered comments".to_owned(),
        "candidates_drifting_regular" => "Drifting regulars".to_owned(),
        "candidates_new_advocate" => "New advocates".to_owned(),
        "candidates_first_time_buyer" => "First-time buyers".to_owned(),
        "holdout_shown" => "On a list, and came back".to_owned(),
        "holdout_held" => "Held out, and came back".to_owned(),
        "holdout_effect" => "What being on the list did".to_owned(),
        "learnt_fit" => "Expected to reach your goal".to_owned(),
        "explore_share" => "Of your time, for trying others".to_owned(),
        "breadth" => "Left without the best piece".to_owned(),
        "back_catalogue" => "Spent on older pieces".to_owned(),
        "returning_share" => "Spent by people who came before".to_owned(),
        "conversions" => "Reached the goal".to_owned(),
        "coverage" => "Of whose way a piece is known".to_owned(),
        "unseen" => "Whose way nobody saw".to_owned(),
        "agreement" => "How far the methods agree, 0 to 1".to_owned(),
        "translated" => "Hits that translated".to_owned(),
        "regulars_month_ago" => "A month ago".to_owned(),
        "regulars_gained" => "Became regulars since".to_owned(),
        "regulars_lost" => "Are regulars no more".to_owned(),
        "fit_share" => "People you want, of those known".to_owned(),
        "fit_unknown" => "Of whom it is not known".to_owned(),
        other => words::capital(&other.replace('_', " ")),
    }
}

/// What people did who reached the goal, for a sentence: "bought", "did “demo booked”".
pub fn did(goal: &str) -> String {
    match goal {
        "signup" => "signed up".to_owned(),
        "download" => "downloaded".to_owned(),
        "purchase" => "bought".to_owned(),
        other => format!("did “{other}”"),
    }
}

/// How an answer knows: grade, whom it is about, level and up to when.
pub fn evidence(answer: &Answer) -> String {
    use longplay_domain::Time;
    use longplay_measures::Grade;
    let grade = match answer.grade {
        Grade::Counted => "Counted",
        Grade::Attributed => "Attributed by a model",
        Grade::Compared => "Compared with what would have happened anyway",
        Grade::Tested => "Tested against people left out at random",
    };
    let mut parts = vec![grade.to_owned()];
    if let Some(people) = answer
        .figures
        .iter()
        .find(|figure| figure.key == "people" && figure.scope.is_empty())
    {
        parts.push(words::people(people.n.max(u64::try_from(people.count).unwrap_or(0))));
    }
    parts.push(format!("ranges hold the truth {}", words::level(answer.level)));
    let zone = Zone::named(&answer.zone).unwrap_or_else(Zone::utc);
    let as_of =
        Time::parse(&answer.as_of, &zone).map_or_else(|| answer.as_of.clone(), |time| words::instant(time, &zone));
    parts.push(format!("as of {as_of}"));
    parts.join(" · ")
}
