//! `fit`, from rows to the sentence: every shape the answer can have, and questions about some people only.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use longplay_domain::{Claim, Piece, Time, When, Zone};
use longplay_measures::{Answer, By, Figure, Grade, Key, Question, State, ask};
use longplay_store::Store;

const NOW: Time = Time::from_micros(1_790_000_000_000_000);

struct Audience {
    store: Store,
    claims: Vec<Claim>,
    _directory: tempfile::TempDir,
}

impl Audience {
    fn new(rule: Option<&str>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path(), NOW).unwrap();
        store
            .set_ideal(rule.map(|rule| rule.parse().unwrap()).as_ref())
            .unwrap();
        let piece = |id: &str, title: &str, topic: &str| Piece {
            title: Some(title.to_owned()),
            topics: vec![topic.to_owned()],
            ..Piece::named(id)
        };
        store
            .put_pieces(&[piece("tour", "Studio tour", "craft"), piece("hit", "The hit", "fun")])
            .unwrap();
        Self {
            store,
            claims: Vec::new(),
            _directory: directory,
        }
    }

    /// So many people whom a piece brought, from a country.
    fn brought(mut self, count: usize, piece: &str, country: Option<&str>) -> Self {
        for _ in 0..count {
            let person = self.claims.len();
            self.claims.push(Claim {
                time: When::At(Time::from_micros(1_780_000_000_000_000)),
                person: format!("p{person}"),
                event: "viewed".to_owned(),
                piece: Some(piece.to_owned()),
                channel: Some("website".to_owned()),
                country: country.map(str::to_owned),
                ..Claim::default()
            });
        }
        self
    }

    fn ask(&self, by: By, whose: Option<&str>, key: Key) -> Answer {
        self.store.accept(self.claims.clone(), NOW).unwrap();
        let question = Question {
            by,
            whose: whose.map(|rule| rule.parse().unwrap()),
            ..Question::new(key, NOW, Zone::utc())
        };
        ask(&question, &self.store).unwrap()
    }

    fn fit(&self) -> Answer {
        self.ask(By::Piece, None, Key::Fit)
    }
}

fn figure<'a>(answer: &'a Answer, key: &str, piece: Option<&str>) -> &'a Figure {
    let is_it = |figure: &&Figure| {
        figure.key == key && figure.scope.get("piece").map(|name| name.as_deref()) == piece.map(Some)
    };
    answer
        .figures
        .iter()
        .find(is_it)
        .unwrap_or_else(|| panic!("{key} of {piece:?}: {answer:?}"))
}

fn codes(answer: &Answer) -> Vec<&str> {
    answer.cautions.iter().map(|caution| caution.code).collect()
}

#[test]
fn without_a_rule_it_says_how_to_write_one() {
    let answer = Audience::new(None).brought(3, "tour", Some("AT")).fit();
    assert_eq!(
        answer.sentence,
        "Nobody said yet whom you want, so nobody can be counted; say it with `longplay ideal set \"RULE\"`."
    );
    assert_eq!(codes(&answer), ["no_rule", "score_too_early"]);
    assert!(answer.figures.iter().all(|figure| figure.key == "people"), "{answer:?}");
}

#[test]
fn nobody_yet() {
    let answer = Audience::new(Some("country is AT")).fit();
    assert_eq!(
        answer.sentence,
        "Nobody has been seen yet, so nobody can be whom you want."
    );
    assert_eq!(figure(&answer, "fit_share", None).state, State::NoData);
}

#[test]
fn too_few_known_is_too_early_and_unknown_is_no_no() {
    let audience = Audience::new(Some("country is AT"));
    let audience = audience
        .brought(20, "tour", Some("AT"))
        .brought(9, "tour", Some("DE"))
        .brought(70, "hit", None);
    let answer = audience.fit();
    assert_eq!(
        answer.sentence,
        "Not enough of your people are known (29 of 99) to say who they are."
    );
    let share = figure(&answer, "fit_share", None);
    assert_eq!(
        (share.state, share.n, share.count, share.value),
        (State::TooEarly, 29, 20, None)
    );
    let unknown = figure(&answer, "fit_unknown", Some("hit"));
    assert_eq!(
        (unknown.state, unknown.n, unknown.count, unknown.value),
        (State::Known, 70, 70, Some(1.0))
    );
    assert_eq!(codes(&answer), ["unknown_people", "score_too_early"]);
}

#[test]
fn none_and_all_are_said_as_such() {
    let none = Audience::new(Some("country is AT"))
        .brought(40, "tour", Some("DE"))
        .fit();
    assert_eq!(
        none.sentence,
        "None of the 40 people of whom it is known is one you want (between 0 and 5 in 100)."
    );
    let all = Audience::new(Some("country is AT"))
        .brought(40, "tour", Some("AT"))
        .fit();
    assert_eq!(
        all.sentence,
        "All of the 40 people of whom it is known are people you want (between 95 and 100 in 100)."
    );
    assert_eq!(figure(&all, "fit_share", Some("tour")).value, Some(1.0));
}

#[test]
fn the_piece_that_clearly_brought_more_of_them_is_named() {
    let audience = Audience::new(Some("country is AT and not did purchased"));
    let audience = audience
        .brought(120, "tour", Some("AT"))
        .brought(180, "tour", Some("DE"));
    let audience = audience.brought(80, "hit", Some("AT")).brought(820, "hit", Some("DE"));
    let answer = audience.brought(50, "hit", None).fit();
    assert_eq!(
        answer.sentence,
        "About 17 in 100 people look like the ones you want (between 14 and 19), of 1,200 people of whom it is known. \
         Of those whom “Studio tour” brought, about 39 in 100."
    );
    assert_eq!(codes(&answer), ["unknown_people", "takes_time", "score_too_early"]);
    let raw = figure(&answer, "fit_share", Some("tour"));
    let shrunk = figure(&answer, "fit_shrunk", Some("tour"));
    assert_eq!((raw.count, raw.n, raw.value), (120, 300, Some(0.4)));
    assert!(
        shrunk.value < raw.value && shrunk.low < shrunk.value && shrunk.value < shrunk.high,
        "{shrunk:?}"
    );
    let row = answer.rows.iter().find(|row| row["piece"] == "tour").unwrap();
    assert_eq!(
        (
            &row["kind"],
            &row["title"],
            &row["people"],
            &row["known"],
            &row["unknown"],
            &row["fit_share"]
        ),
        (
            &"scope".into(),
            &"Studio tour".into(),
            &300.into(),
            &300.into(),
            &0.into(),
            &0.4.into()
        )
    );
    let by_topic = audience_of_topics().ask(By::Topic, None, Key::Fit).sentence;
    assert!(
        by_topic.ends_with("Of those whom pieces on craft brought, about 100 in 100."),
        "{by_topic}"
    );
}

/// So many people whom a piece brought through a channel, of whom every `nth` buys after some days.
fn who_buy(mut audience: Audience, count: usize, (piece, channel): (&str, &str), nth: usize) -> Audience {
    const DAY_MICROS: i64 = 86_400_000_000;
    for index in 0..count {
        let person = format!("p{}", audience.claims.len());
        let arrived = 1_770_000_000_000_000 + (index as i64 * 7 % 97) * DAY_MICROS;
        let event = |name: &str, time: i64| Claim {
            time: When::At(Time::from_micros(time)),
            person: person.clone(),
            event: name.to_owned(),
            piece: Some(piece.to_owned()),
            channel: Some(channel.to_owned()),
            ..Claim::default()
        };
        audience.claims.push(event("viewed", arrived));
        if index % nth == 0 {
            let lag_days = 1 + (index / nth) as i64 % 20;
            audience
                .claims
                .push(event("purchased", arrived + lag_days * DAY_MICROS));
        }
    }
    audience
}

#[test]
fn who_buys_is_learnt_from_how_they_came() {
    let audience = who_buy(Audience::new(None), 400, ("tour", "newsletter"), 4);
    let audience = who_buy(audience, 600, ("hit", "ads"), 50);
    let answer = audience.fit();
    let (said, best) = answer.sentence.split_once(". Of those").unwrap();
    assert_eq!(
        said,
        "Nobody said yet whom you want (say it with `longplay ideal set \"RULE\"`). By how they first came, about 11 in 100 \
         people can be expected to reach “purchase” within 90 days (between 10 and 12)"
    );
    assert!(best.starts_with(" whom “Studio tour” brought, about 2"), "{best}");
    assert_eq!(codes(&answer), ["no_rule", "score_is_of_groups"]);
    for (piece, truth) in [("tour", 0.25), ("hit", 0.02)] {
        let learnt = figure(&answer, "learnt_fit", Some(piece));
        assert!((learnt.value.unwrap() - truth).abs() < 0.03, "{learnt:?}");
        assert_eq!(learnt.grade, Grade::Attributed);
    }
    let score = answer.rows.iter().find(|row| row["kind"] == "score").unwrap();
    assert_eq!(
        (&score["used"], &score["reached"], &score["horizon_days"]),
        (&true.into(), &112.into(), &90.into())
    );
    assert!(
        score["auc"].as_f64().unwrap() > 0.65 && score["log_loss"].as_f64() < score["log_loss_base"].as_f64(),
        "{score}"
    );
    assert!(
        answer.rows.iter().any(|row| row["feature"] == "channel: newsletter"),
        "{answer:?}"
    );
}

#[test]
fn what_says_nothing_gives_no_score_and_few_buyers_are_too_few() {
    let audience = who_buy(Audience::new(None), 400, ("tour", "newsletter"), 5);
    let answer = who_buy(audience, 400, ("hit", "ads"), 5).fit();
    assert_eq!(codes(&answer), ["no_rule", "score_says_nothing"]);
    assert!(answer.figures.iter().all(|figure| figure.key == "people"));
    let few = who_buy(Audience::new(Some("did purchased")), 490, ("tour", "newsletter"), 10).fit();
    assert_eq!(codes(&few), ["takes_time", "score_too_early"]);
    let score = few.rows.iter().find(|row| row["kind"] == "score").unwrap();
    assert_eq!((&score["used"], &score["reached"]), (&false.into(), &49.into()));
}

fn audience_of_topics() -> Audience {
    let audience = Audience::new(Some("country is AT"));
    audience.brought(60, "tour", Some("AT")).brought(60, "hit", Some("DE"))
}

#[test]
fn one_piece_alone_is_compared_with_nothing() {
    let audience = Audience::new(Some("country is AT"));
    let answer = audience
        .brought(20, "tour", Some("AT"))
        .brought(30, "tour", Some("DE"))
        .fit();
    assert_eq!(
        answer.sentence,
        "About 40 in 100 people look like the ones you want (between 29 and 52), of 50 people of whom it is known."
    );
    assert!(answer.figures.iter().all(|figure| figure.key != "fit_shrunk"));
}

#[test]
fn a_question_can_be_about_some_people_only() {
    let audience = Audience::new(None)
        .brought(5, "tour", Some("AT"))
        .brought(7, "hit", Some("DE"))
        .brought(2, "hit", None);
    let people = |whose| figure(&audience.ask(By::Piece, whose, Key::Returns), "people", None).n;
    assert_eq!(
        (
            people(None),
            people(Some("country is DE")),
            people(Some("did purchased"))
        ),
        (14, 7, 0)
    );
    let answer = audience.ask(By::Piece, Some("country is not DE"), Key::Hits);
    assert_eq!(
        answer
            .cautions
            .iter()
            .rev()
            .map(|caution| caution.message.as_str())
            .take(2)
            .collect::<Vec<_>>(),
        [
            "Platform totals can't be told apart by person, so they are left out.",
            "Only people of whom this is true: country is not DE. Of 2 people more it is not known, so they are left out."
        ]
    );
}
