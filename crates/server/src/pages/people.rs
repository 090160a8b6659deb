//! `/people`: who they are, one a row, each leading to their page. What narrows the list is in the address; a search is not, for
//! what is searched for is mostly somebody's address.

use askama::Template;
use longplay_measures::people::{Order, People, Presence, Row as Person};
use longplay_measures::stage::Stage;

use super::exhibit::{Cell, Column, Exhibit, Row};
use super::filter::Choice;
use super::sections::ladder;
use super::words::{self, Scale};
use super::{Filter, Frame, Titles, pieces};

/// What may be chosen beside what is always there.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    pub tags: Vec<String>,
    pub goals: Vec<String>,
}

/// What was asked for, and what could be.
pub struct PeopleView {
    pub filter: Filter,
    pub choices: Choices,
    pub titles: Titles,
    /// What was searched for, and whether more were found than are shown.
    pub q: String,
    pub is_cut: bool,
    /// Why it can't be shown.
    pub error: Option<String>,
}

#[derive(Template)]
#[template(path = "people.html")]
pub struct PeoplePage {
    frame: Frame,
    sentence: String,
    view: PeopleView,
    exhibits: Vec<Exhibit>,
    source: String,
    /// What must be known beside the list.
    cautions: Vec<String>,
    next: Option<String>,
}

/// The list.
pub fn people(list: &People, view: PeopleView, frame: Frame) -> PeoplePage {
    let mut cautions = Vec::new();
    if list.unknown > 0 {
        cautions.push(format!(
            "Of {} more it is not known whether it holds, so they are left out.",
            words::people(list.unknown)
        ));
    }
    if view.is_cut {
        cautions.push("More were found than can be listed; say more of the name.".to_owned());
    }
    let next = list.next.as_deref().filter(|_| view.q.is_empty());
    PeoplePage {
        sentence: sentence(list, &view),
        exhibits: exhibit(list, &view.titles).into_iter().collect(),
        source: format!("/api/v1{}", address_of(&view.filter)),
        next: next.map(|next| view.filter.with("after", next)),
        cautions,
        view,
        frame,
    }
}

/// The same without a list: what was asked for and why it can't be shown.
pub fn people_refused(view: PeopleView, frame: Frame) -> PeoplePage {
    PeoplePage {
        sentence: "People".to_owned(),
        exhibits: Vec::new(),
        source: String::new(),
        cautions: Vec::new(),
        next: None,
        view,
        frame,
    }
}

/// Where somebody has their page.
pub fn address(person: &str) -> String {
    format!("/people/person?id={person}")
}

fn address_of(filter: &Filter) -> String {
    match serde_urlencoded::to_string(filter.pairs()) {
        Ok(query) if !query.is_empty() => format!("/people?{query}"),
        _ => "/people".to_owned(),
    }
}

fn sentence(list: &People, view: &PeopleView) -> String {
    let people = words::people(list.people);
    if !view.q.is_empty() {
        return match list.people {
            0 => format!("Nobody is known by a name that holds “{}”.", view.q),
            1 => format!("1 person is known by a name that holds “{}”.", view.q),
            _ => format!("{people} are known by a name that holds “{}”.", view.q),
        };
    }
    let narrows = |name: &str| !matches!(name, "order" | "after" | "most" | "currency" | "as_of");
    let is_narrowed = view.filter.pairs().iter().any(|(name, _)| narrows(name));
    match (list.people, is_narrowed) {
        (0, false) => "Nobody is known yet. People come with a file, or with your site.".to_owned(),
        (0, true) => "There is nobody of whom all of this holds.".to_owned(),
        (1, true) => "There is 1 person of whom all of this holds.".to_owned(),
        (_, true) => format!("There are {people} of whom all of this holds."),
        (_, false) => format!("You know {people}."),
    }
}

fn exhibit(list: &People, titles: &Titles) -> Option<Exhibit> {
    if list.rows.is_empty() {
        return None;
    }
    Some(Exhibit {
        id: "people-list".to_owned(),
        title: "Who they are".to_owned(),
        subtitle: format!(
            "{} of {} · {}",
            words::count(list.rows.len() as u64),
            words::people(list.people),
            order_words(list.order)
        ),
        chart: None,
        columns: vec![
            Column::text("Who", "person"),
            Column::text("Step", "stage"),
            Column::text("Presence", "presence"),
            Column::text("Last here", "last_seen"),
            Column::number("Away, and their usual gap", "away_in_usual_gaps"),
            Column::number("Days here", "days"),
            Column::text("Came through", "piece"),
            Column::number("Spent", "spent"),
        ],
        rows: list.rows.iter().map(|person| row(person, titles)).collect(),
        rest: None,
    })
}

fn row(person: &Person, titles: &Titles) -> Row {
    let away = f64::from(person.away_days) / f64::from(person.usual_gap_days.max(1));
    let piece = match person.piece.as_deref() {
        Some(piece) => Cell::text(titles.of(piece)).leading_to(pieces::address(piece)),
        None => Cell::text("–"),
    };
    Row {
        head: Cell::text(name(person)).leading_to(address(&person.person)),
        cells: vec![
            Cell::text(ladder::name(person.stage)),
            Cell::text(words::capital(person.presence)),
            Cell::day(person.last_seen),
            Cell {
                text: format!("{}, {}", days(person.away_days), days(person.usual_gap_days)),
                raw: away.to_string(),
                class: "number",
                href: None,
            },
            Cell::count(person.days as u64),
            piece,
            spent(person),
        ],
    }
}

/// `1 day`, `7 days`
pub fn days(number: i32) -> String {
    longplay_measures::words::days(number.max(0).unsigned_abs().into())
}

fn spent(person: &Person) -> Cell {
    let said = |spent: &longplay_measures::people::Spent| Scale::of(&spent.currency, []).say(spent.value);
    let text: Vec<String> = person.spent.iter().map(said).collect();
    Cell {
        text: if text.is_empty() {
            "–".to_owned()
        } else {
            text.join(", ")
        },
        raw: match &person.spent[..] {
            [one] => one.value.to_string(),
            _ => String::new(),
        },
        class: "number",
        href: None,
    }
}

/// Their name as it was given to us; a part of the key where there is none.
pub fn name(person: &Person) -> String {
    match &person.handle {
        Some(handle) => handle
            .split_once(':')
            .map_or(handle.as_str(), |(_, name)| name)
            .to_owned(),
        None => format!("no name known, {}", person.person.get(..8).unwrap_or_default()),
    }
}

fn order_words(order: &str) -> &'static str {
    match Order::named(order).unwrap_or_default() {
        Order::LastSeen => "who was here last comes first",
        Order::FirstSeen => "who first came most lately comes first",
        Order::Away => "who is away for longest against their own rhythm comes first",
        Order::Days => "who was here on most days comes first",
        Order::Spent => "who spent most comes first",
    }
}

impl PeoplePage {
    /// The lists to choose from.
    fn choices(&self) -> Vec<Choice> {
        let filter = &self.view.filter;
        let choice = |name: &'static str, label: &'static str, none: &str, all: Vec<(String, String)>| {
            let chosen = filter.said(name);
            let mut options = vec![(String::new(), none.to_owned(), chosen.is_empty())];
            options.extend(all.into_iter().map(|(value, words)| {
                let is_it = value == chosen;
                (value, words, is_it)
            }));
            Choice { name, label, options }
        };
        let same = |all: &[String]| all.iter().map(|one| (one.clone(), one.clone())).collect::<Vec<_>>();
        let named = |name: &str, words: String| (name.to_owned(), words);
        let segments: Vec<String> = filter.over_segments().into_iter().map(|(name, _)| name).collect();
        let stages = Stage::ALL.map(|stage| named(stage.name(), ladder::name(stage.name())));
        let presences = Presence::ALL.map(|presence| named(presence.name(), presence.name().to_owned()));
        let orders = Order::ALL.into_iter().filter(|order| *order != Order::LastSeen);
        let orders = orders.map(|order| named(order.name(), order.name().replace('_', " ")));
        let mut all = vec![
            choice("stage", "Step", "any", stages.into()),
            choice("presence", "Presence", "any", presences.into()),
            choice("goal", "Reached", "any goal or none", same(&self.view.choices.goals)),
        ];
        if !segments.is_empty() {
            all.push(choice("segment", "People of", "everybody", same(&segments)));
        }
        if !self.view.choices.tags.is_empty() {
            all.push(choice("tag", "Tagged", "or not", same(&self.view.choices.tags)));
        }
        all.push(choice("order", "In order of", "last seen", orders.collect()));
        all
    }

    /// What the form keeps although it has no field for it.
    fn kept(&self) -> Vec<(&str, &str)> {
        let own = ["stage", "presence", "goal", "segment", "tag", "order", "where", "after"];
        let pairs = self.view.filter.pairs().iter();
        pairs
            .filter(|(name, _)| !own.contains(&name.as_str()))
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }
}
