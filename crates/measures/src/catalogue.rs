//! The pieces side by side, from the standing answers: how many people each brought, what of it lasts, and where that puts it.

use std::collections::BTreeMap;

use longplay_domain::Piece;
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::{Edition, Figure, State};

/// What tells whether the people of a piece stayed.
const STAYED: &str = "returned_28d";
/// A hit brought at least so many times the people of a typical piece.
pub const HIT_TIMES: f64 = 3.0;

/// Where a piece stands: by how many people it brought, and by whether they came back as those of a typical piece do. Typical is the
/// median piece of those that brought anybody: a mean, or everybody together, would be the largest hit's and little else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Three times the people of a typical piece or more, who came back no less often.
    HitThatStayed,
    /// As many, who clearly came back less often.
    HitThatWent,
    /// Not that many, who clearly came back more often.
    QuietClassic,
    /// Everything else, and whatever it is too early to tell of.
    NotYet,
}

impl Place {
    pub const ALL: [Self; 4] = [Self::HitThatStayed, Self::HitThatWent, Self::QuietClassic, Self::NotYet];

    /// As a person says it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::HitThatStayed => "hit that stayed",
            Self::HitThatWent => "hit that went",
            Self::QuietClassic => "quiet classic",
            Self::NotYet => "not yet",
        }
    }
}

/// One piece with every figure about it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Line {
    /// Its id.
    pub piece: String,
    pub title: Option<String>,
    pub url: Option<String>,
    pub channel: Option<String>,
    /// RFC 3339 in UTC.
    pub published_at: Option<String>,
    pub format: Option<String>,
    pub topics: Vec<String>,
    pub effort_hours: Option<f64>,
    /// Whom it brought.
    pub people: u64,
    pub place: Place,
    /// The figures of all standing answers about this piece, in their order, each key once.
    pub figures: Vec<Figure>,
}

impl Line {
    /// How it is called: its title, or its id.
    pub fn name(&self) -> &str {
        self.title
            .as_deref()
            .filter(|title| !title.trim().is_empty())
            .unwrap_or(&self.piece)
    }

    pub fn figure(&self, key: &str) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.key == key)
    }

    /// What is told of whether its people came back.
    pub fn stayed(&self) -> Option<&Figure> {
        self.figure(STAYED)
    }
}

/// All pieces, those that brought most people first.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Catalogue {
    pub as_of: String,
    pub zone: String,
    pub snapshot: i64,
    /// How many people the median piece brought, of those that brought any.
    pub typical_people: Option<f64>,
    /// Which share of a piece's people came back within 28 days, for the median of those of which it is known.
    pub typical_returned_28d: Option<f64>,
    pub pieces: Vec<Line>,
}

impl Catalogue {
    /// The pieces that are known, and those that people came through without anybody having registered them.
    pub fn of(edition: &Edition, known: Vec<Piece>) -> Self {
        let mut figures = by_piece(edition);
        let mut lines: Vec<Line> = known
            .into_iter()
            .map(|piece| line(figures.remove(piece.id.as_str()).unwrap_or_default(), piece))
            .collect();
        lines.extend(figures.into_iter().map(|(id, figures)| line(figures, Piece::named(id))));
        lines.sort_by(|one, other| (other.people, &one.piece).cmp(&(one.people, &other.piece)));
        let brought = lines
            .iter()
            .map(|line| line.people as f64)
            .filter(|&people| people > 0.0);
        let people = median(brought.collect());
        let stayed = median(lines.iter().filter_map(known_stayed).collect());
        for line in &mut lines {
            line.place = place(line, people, stayed);
        }
        Self {
            as_of: edition.as_of.clone(),
            zone: edition.zone.clone(),
            snapshot: edition.snapshot,
            typical_people: people,
            typical_returned_28d: stayed,
            pieces: lines,
        }
    }
}

/// The figures that are about one piece and nothing else.
fn by_piece(edition: &Edition) -> BTreeMap<&str, Vec<Figure>> {
    let mut by_piece: BTreeMap<&str, Vec<Figure>> = BTreeMap::new();
    for figure in edition.answers.iter().flat_map(|answer| &answer.figures) {
        let Some((&"piece", Some(piece))) = figure.scope.first_key_value() else {
            continue;
        };
        if figure.scope.len() > 1 {
            continue;
        }
        let own = by_piece.entry(piece).or_default();
        if own.iter().all(|known| known.key != figure.key) {
            own.push(figure.clone());
        }
    }
    by_piece
}

fn known_stayed(line: &Line) -> Option<f64> {
    line.stayed().filter(|figure| figure.state == State::Known)?.value
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() % 2 {
        1 => Some(values[middle]),
        _ => Some((values.get(middle)? + values.get(middle.checked_sub(1)?)?) / 2.0),
    }
}

fn line(figures: Vec<Figure>, piece: Piece) -> Line {
    let people = figures.iter().find(|figure| figure.key == "people");
    Line {
        people: people.map_or(0, |people| people.n),
        place: Place::NotYet,
        figures,
        piece: piece.id,
        title: piece.title,
        url: piece.url,
        channel: piece.channel,
        published_at: piece.published_at.map(|time| time.to_string()),
        format: piece.format,
        topics: piece.topics,
        effort_hours: piece.effort_hours,
    }
}

/// What is compared is the piece's interval with the typical share: what chance can explain decides nothing.
fn place(line: &Line, typical_people: Option<f64>, typical_share: Option<f64>) -> Place {
    let own = line.stayed().filter(|figure| figure.state == State::Known);
    let (Some(people), Some(share), Some(own)) = (typical_people, typical_share, own) else {
        return Place::NotYet;
    };
    let is_hit = line.people as f64 >= HIT_TIMES * people;
    let is_below = own.high.is_some_and(|high| high < share);
    let is_above = own.low.is_some_and(|low| low > share);
    match (is_hit, is_below, is_above) {
        (true, true, _) => Place::HitThatWent,
        (true, false, _) => Place::HitThatStayed,
        (false, _, true) => Place::QuietClassic,
        (false, ..) => Place::NotYet,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::Scope;

    fn line_of(people: u64, (back, of): (u64, u64)) -> Line {
        let scope = Scope::from([("piece", Some("p".to_owned()))]);
        let figures = vec![
            Figure::counted("people", "people", scope.clone(), (people, people)),
            Figure::share(STAYED, scope, (back, of), 0.9),
        ];
        line(figures, Piece::named("p"))
    }

    #[test]
    fn a_place_needs_more_than_chance() {
        let place = |people, back| place(&line_of(people, back), Some(100.0), Some(0.3));
        assert_eq!(place(900, (10, 900)), Place::HitThatWent);
        assert_eq!(place(900, (500, 900)), Place::HitThatStayed);
        assert_eq!(place(900, (260, 900)), Place::HitThatStayed);
        assert_eq!(place(60, (40, 60)), Place::QuietClassic);
        assert_eq!(place(6, (3, 6)), Place::NotYet);
        assert_eq!(place(60, (10, 60)), Place::NotYet);
        assert_eq!(place(900, (0, 0)), Place::NotYet, "nobody has had the time");
        assert_eq!(super::place(&line_of(9, (9, 9)), None, Some(0.3)), Place::NotYet);
    }

    #[test]
    fn each_piece_has_its_own_figures_once_and_the_largest_comes_first() {
        let of = |piece: &str, count| {
            let scope = Scope::from([("piece", Some(piece.to_owned()))]);
            Figure::counted("people", "people", scope, (count, count))
        };
        let both = Scope::from([("piece", Some("b".to_owned())), ("channel", None)]);
        let none = Scope::from([("piece", None)]);
        let answer = |figures| crate::Answer {
            question: "returns",
            as_of: String::new(),
            zone: String::new(),
            snapshot: 1,
            sentence: String::new(),
            grade: crate::Grade::Counted,
            level: 0.9,
            figures,
            comparison: None,
            rows: Vec::new(),
            series: Vec::new(),
            curves: Vec::new(),
            cautions: Vec::new(),
            method: String::new(),
        };
        let edition = Edition {
            as_of: String::new(),
            zone: String::new(),
            snapshot: 1,
            answers: vec![
                answer(vec![
                    of("a", 2),
                    of("b", 6),
                    Figure::counted("people", "people", both, (1, 1)),
                    Figure::counted("people", "people", none, (9, 9)),
                ]),
                answer(vec![of("a", 2), of("c", 1)]),
            ],
        };
        let catalogue = Catalogue::of(&edition, vec![Piece::named("a"), Piece::named("new")]);
        let told: Vec<(&str, u64, usize)> = catalogue
            .pieces
            .iter()
            .map(|line| (line.piece.as_str(), line.people, line.figures.len()))
            .collect();
        assert_eq!(told, [("b", 6, 1), ("a", 2, 1), ("c", 1, 1), ("new", 0, 0)]);
        assert_eq!(
            (catalogue.typical_people, catalogue.typical_returned_28d),
            (Some(2.0), None)
        );
    }
}
