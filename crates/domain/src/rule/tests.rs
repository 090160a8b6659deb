//! The language as a whole: what is read, what it writes itself as, and what whoever made a mistake is told.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use proptest::{collection::vec, option, prelude::*, sample::select};

use super::*;
use crate::{Act, Currency, Day, Money};

fn read(text: &str) -> Rule {
    text.parse()
        .unwrap_or_else(|error: RuleError| panic!("{}", error.shown(text)))
}

#[track_caller]
fn refused(text: &str, at: &str, says: &str) {
    let error = text.parse::<Rule>().expect_err(text);
    assert_eq!(&text[error.span.clone()], at, "{}", error.shown(text));
    assert!(error.message.contains(says), "{}", error.shown(text));
}

#[test]
fn a_rule_has_one_form_however_it_is_written() {
    for (written, form) in [
        ("country is at", "country is AT"),
        ("COUNTRY IN (at, \"Österreich\", de)", "country in (AT, Österreich, DE)"),
        ("not country is AT", "country is not AT"),
        ("country is not in (AT, DE)", "country not in (AT, DE)"),
        ("first channel is not unknown", "first channel is known"),
        ("campaign is \"spring sale\"", "campaign is \"spring sale\""),
        ("campaign is “spring sale”", "campaign is \"spring sale\""),
        (
            "piece is \"https://example.com/a?b#c\"",
            "piece is https://example.com/a?b#c",
        ),
        ("piece is \"a \\\"b\\\" \\ c\"", "piece is \"a \\\"b\\\" \\\\ c\""),
        ("channel is \"unknown\"", "channel is \"unknown\""),
        ("did purchase", "did purchased"),
        ("did not Purchased", "not did purchased"),
        (
            "did \"Lesson Finished\" twice",
            "did \"Lesson Finished\" at least 2 times",
        ),
        ("did viewed more than 2 times", "did viewed at least 3 times"),
        ("did viewed once", "did viewed"),
        (
            "did viewed in the last 1 days within 30 days on topic is repair at least 3 times",
            "did viewed at least 3 times on topic repair within 30 days in last 1 day",
        ),
        (
            "did viewed on channel in (a,b) on piece c",
            "did viewed on channel in (a, b) on piece c",
        ),
        ("spent >= 100 eur", "spent at least 100.00 EUR"),
        (
            "spent less than 5 jpy in last 90 days",
            "spent less than 5 JPY in last 90 days",
        ),
        ("trait plan is Pro", "trait plan is Pro"),
        (
            "trait \"job title\" contains \"buyer\"",
            "trait \"job title\" contains buyer",
        ),
        ("trait employees at least 10.0", "trait employees >= 10"),
        ("not trait employees < 2.5", "not trait employees < 2.5"),
        ("days present >= 5 days", "days present at least 5"),
        ("first seen after 2026-01-01", "first seen after 2026-01-01"),
        ("last seen in last 30 days", "last seen in last 30 days"),
        ("not (not (country is AT))", "not country is not AT"),
        (
            "country is AT and (country is DE and did viewed) or not (did viewed or did opened)",
            "(country is AT and country is DE and did viewed) or not (did viewed or did opened)",
        ),
    ] {
        let rule = read(written);
        assert_eq!(rule.to_string(), form, "{written}");
        assert_eq!(read(form), rule, "{written}");
    }
}

#[test]
fn and_binds_closer_than_or() {
    let rule = read("did viewed or did opened and did clicked");
    assert_eq!(rule, read("did viewed or (did opened and did clicked)"));
    assert_ne!(rule, read("(did viewed or did opened) and did clicked"));
}

#[test]
fn a_mistake_is_pointed_at_and_says_what_would_be_right() {
    refused("", "", "expected a condition such as `country is AT`");
    refused("contry is AT", "contry", "did you mean `country`?");
    refused(
        "country AT",
        "AT",
        "expected `is`, `is not`, `in` or `not in`, such as `country is AT`",
    );
    refused("country is", "", "found the end of the rule");
    refused("country is and did viewed", "and", "put it in quotes");
    refused("country in AT", "AT", "`(` and values with commas between them");
    refused("country in (AT DE)", "DE", "`,` and another value, or `)`");
    refused("country is AT did viewed", "did", "expected `and`, `or` or the end");
    refused("campaign is spring sale", "sale", "several words stands in quotes");
    refused("did viewd", "viewd", "did you mean `viewed`?");
    refused(
        "did Lesson Finished",
        "Lesson",
        "stands in quotes: `did \"Lesson Finished\"`",
    );
    refused(
        "did viewed at least many times",
        "many",
        "a whole number from 1 to 1000000",
    );
    refused("did viewed at most 3 times", "at", "acts are counted from below");
    refused("did viewed once twice", "twice", "said twice");
    refused("did viewed on topic a on topic b", "on", "on which topic is said twice");
    refused("did viewed within 30", "", "expected `days`");
    refused(
        "purchased",
        "purchased",
        "an act needs `did` before it: `did purchased`",
    );
    refused("spent 100 EUR", "100", "`at least` or another comparison");
    refused("spent at least 1,000 EUR", ",", "a currency's three letters");
    refused("spent at least 100 dollars", "dollars", "such as EUR");
    refused("trait plan", "", "`is`, `in`, `contains` or a comparison");
    refused("trait employees >= ten", "ten", "a number, such as 10 or 2.5");
    refused("first seen after tomorrow", "tomorrow", "a day, such as 2026-01-31");
    refused("last channel is x", "channel", "`last seen in last 30 days`");
    refused("language is de", "language", "`trait language is de`");
    refused("(country is AT", "(", "never closed");
    refused("country is AT)", ")", "closes nothing");
    refused("country is \"AT", "\"AT", "this quote is never closed");
    refused("country != AT", "!=", "write `is not`");
    refused("did viewed && did opened", "&&", "write `and`");
    refused("country is \"\"", "\"\"", "write `is unknown`");
    refused("first", "", "`seen` or one of country, channel");
}

/// The page that explains the language to owners.
const PAGE: &str = include_str!("../../../../docs/rules.md");

#[test]
fn every_example_on_the_page_is_a_rule() {
    let mut blocks = PAGE.split("```rule\n").skip(1).peekable();
    assert!(blocks.peek().is_some());
    let examples: Vec<&str> = blocks
        .flat_map(|block| block.split("```").next().unwrap().lines())
        .collect();
    examples.iter().for_each(|example| drop(read(example)));
    let shows = |part: &str| examples.iter().any(|example| example.contains(part));
    for place in Place::ALL {
        assert!(shows(&format!("first {} ", place.name())), "{}", place.name());
    }
    for act in Act::ALL {
        assert!(PAGE.contains(&format!("`{act}`")), "{act}");
    }
    for comparison in Comparison::ALL {
        let explained = format!("`{}` is `{}`", comparison.sign(), comparison.words());
        assert!(PAGE.contains(&explained), "{explained}");
    }
}

#[test]
fn the_mistake_on_the_page_is_told_as_it_is() {
    let shown = PAGE.split("```text\n").nth(1).unwrap().split("\n```").next().unwrap();
    let rule = shown.lines().nth(1).unwrap().trim();
    assert_eq!(rule.parse::<Rule>().unwrap_err().shown(rule), shown);
}

#[test]
fn the_caret_stands_under_the_word() {
    let text = "country is AT\n  and contry is DE or did viewed";
    let error = text.parse::<Rule>().unwrap_err();
    assert_eq!(
        error.shown(text),
        "no condition begins with `contry`; did you mean `country`?\n    and contry is DE or did viewed\n        ^^^^^^"
    );
    let text = format!("country is {} and Ä is B", "x".repeat(200));
    let error = text.parse::<Rule>().unwrap_err();
    let shown = error.shown(&text);
    let lines: Vec<&str> = shown.lines().collect();
    let caret = lines[2].chars().position(|letter| letter == '^').unwrap();
    assert_eq!(lines[1].chars().nth(caret), Some('Ä'), "{shown}");
    assert!(lines[1].chars().count() < 140, "{shown}");
}

#[test]
fn length_depth_and_number_of_conditions_have_limits() {
    let fits = format!("{}did viewed{}", "(".repeat(DEPTH_MAX), ")".repeat(DEPTH_MAX));
    assert_eq!(read(&fits), read("did viewed"));
    refused(&format!("({fits})"), "(", "at most 32 parentheses and nots");
    refused(
        &format!("{}did viewed", "not ".repeat(DEPTH_MAX + 1)),
        "not",
        "at most 32",
    );
    let many = |count: usize| vec!["did viewed"; count].join(" or ");
    assert_eq!(read(&many(CONDITIONS_MAX)).conditions().len(), CONDITIONS_MAX);
    refused(&many(CONDITIONS_MAX + 1), "did", "at most 256 conditions");
    refused(
        &format!("did viewed{}", " ".repeat(BYTES_MAX)),
        &" ".repeat(10),
        "at most 4096 bytes",
    );
}

#[test]
fn what_is_settled_by_how_somebody_came_is_known_at_first_contact() {
    let known = |text| read(text).conditions()[0].is_known_at_first_contact();
    assert!(known("first country is AT") && known("first seen before 2026-01-01"));
    assert!(!known("country is AT") && !known("last seen before 2026-01-01") && !known("did viewed"));
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        select(vec![
            "AT",
            "intro",
            "and",
            "Unknown",
            "in",
            "spring sale",
            "a\"b",
            "\\",
            "a\\\"",
            "“x”",
            "did",
            "10",
            "ü"
        ])
        .prop_map(str::to_owned),
        "[a-zA-Z0-9 ._/\"\\\\“”()<>=!-]{0,8}x",
    ]
    .prop_map(|text: String| text.trim().to_owned())
}

fn values() -> impl Strategy<Value = Vec<String>> {
    vec(text(), 1..4)
}

fn at(place: Place) -> impl Strategy<Value = Vec<String>> {
    values().prop_map(move |values| {
        let sent = |value: String| {
            if place == Place::Country {
                crate::admit::country(value)
            } else {
                value
            }
        };
        values.into_iter().map(sent).collect()
    })
}

fn place() -> impl Strategy<Value = Place> {
    select(Place::ALL.to_vec())
}

fn comparison() -> impl Strategy<Value = Comparison> {
    select(Comparison::ALL.to_vec())
}

fn days() -> impl Strategy<Value = u32> {
    1..2_000_u32
}

fn condition() -> impl Strategy<Value = Condition> {
    let of = select(vec![Of::Ever, Of::First]);
    let test = |place| prop_oneof![Just(Test::Unknown), at(place).prop_map(Test::OneOf)];
    let places = (of, place())
        .prop_flat_map(move |(of, place)| test(place).prop_map(move |test| Condition::Place { of, place, test }));
    let deed = prop_oneof![
        select(Act::ALL.to_vec()).prop_map(Deed::Act),
        text().prop_map(Deed::Event)
    ];
    let on = place().prop_flat_map(|place| at(place).prop_map(move |values| On { place, values }));
    let did = (deed, 1..5_u32, option::of(on), option::of(days()), option::of(days())).prop_map(
        |(deed, times, on, within_days, last_days)| Condition::Did {
            deed,
            times,
            on: on.into_iter().collect(),
            within_days,
            last_days,
        },
    );
    let currency = select(vec!["EUR", "JPY", "KWD"]);
    let spent = (comparison(), 0..10_000_000_i64, currency, option::of(days())).prop_map(
        |(comparison, minor, code, last_days)| {
            let currency = Currency::parse(code).unwrap();
            let money = Money { minor, currency };
            Condition::Spent {
                comparison,
                money,
                last_days,
            }
        },
    );
    let number = prop_oneof![(-1_000..1_000_i32).prop_map(f64::from), -1e6..1e6_f64];
    let trait_test = prop_oneof![
        values().prop_map(TraitTest::OneOf),
        text().prop_map(TraitTest::Contains),
        (comparison(), number).prop_map(|(comparison, number)| TraitTest::Compare(comparison, number)),
        Just(TraitTest::Unknown),
    ];
    let traits = (text(), trait_test).prop_map(|(name, test)| Condition::Trait { name, test });
    let present = (comparison(), days()).prop_map(|(comparison, days)| Condition::DaysPresent { comparison, days });
    let day = (0..30_000_i32).prop_map(Day);
    let seen_test = prop_oneof![
        day.clone().prop_map(SeenTest::After),
        day.clone().prop_map(SeenTest::Before),
        day.prop_map(SeenTest::On),
        days().prop_map(SeenTest::InLast),
    ];
    let seen =
        (select(vec![Which::First, Which::Last]), seen_test).prop_map(|(which, test)| Condition::Seen { which, test });
    prop_oneof![places, did, spent, traits, present, seen]
}

fn tree<C: Clone + std::fmt::Debug + 'static>(
    leaf: impl Strategy<Value = C> + 'static,
) -> impl Strategy<Value = Tree<C>> {
    leaf.prop_map(Tree::Is).prop_recursive(4, 24, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|rule| !rule),
            (inner.clone(), inner.clone()).prop_map(|(one, other)| one.and(other)),
            (inner.clone(), inner).prop_map(|(one, other)| one.or(other)),
        ]
    })
}

/// Words of the language and others, in no order: more often nearly a rule than random letters are.
fn babble() -> impl Strategy<Value = String> {
    let words = "country channel first last seen did not and or in is ( ) , \" “ ” >= < = ! & at least most times within days present \
                 spent 100 EUR trait plan contains pro on topic after 2026-01-01 viewed purchased unknown known \\ ü 0 -1 99999999999";
    let words: Vec<&str> = words.split_whitespace().collect();
    vec(select(words), 0..20).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_rule_reads_back_as_it_writes_itself(rule in tree(condition())) {
        let form = rule.to_string();
        let back: Rule = form.parse().map_err(|error: RuleError| TestCaseError::fail(error.shown(&form)))?;
        prop_assert_eq!(&back, &rule, "{}", form);
        prop_assert_eq!(back.to_string(), form);
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in ".{0,200}") {
        never_panics(&text)?;
    }

    #[test]
    fn nor_do_words_of_the_language_in_no_order(text in babble()) {
        never_panics(&text)?;
    }

    #[test]
    fn nor_does_a_rule_that_was_cut_or_changed(rule in tree(condition()), at in 0..200_usize, letter in any::<char>()) {
        let mut letters: Vec<char> = rule.to_string().chars().collect();
        let at = at % (letters.len() + 1);
        letters.insert(at, letter);
        never_panics(&letters.iter().collect::<String>())?;
        never_panics(&letters[..at].iter().collect::<String>())?;
    }

    #[test]
    fn not_of_all_is_any_of_nots(leaves in vec(select(Verdict::ALL.to_vec()), 4), one in tree(0..4_usize), other in tree(0..4_usize)) {
        let judge = |rule: &Tree<usize>| rule.judge(&mut |leaf: &usize| leaves[*leaf]);
        let (a, b) = (one.clone(), other.clone());
        prop_assert_eq!(judge(&!a.clone().and(b.clone())), judge(&(!a.clone()).or(!b.clone())));
        prop_assert_eq!(judge(&!a.clone().or(b.clone())), judge(&(!a.clone()).and(!b.clone())));
        prop_assert_eq!(judge(&!!a.clone()), judge(&a));
        prop_assert_eq!(judge(&a.clone().and(b.clone())), judge(&b.clone().and(a.clone())));
        prop_assert_eq!(judge(&a.clone().or(b.clone())), judge(&b.or(a)));
    }

    /// More knowledge never turns a yes into a no: that is what the third value is for.
    #[test]
    fn what_is_settled_stays_settled_when_more_is_known(
        leaves in vec(select(Verdict::ALL.to_vec()), 4),
        learnt in vec(any::<bool>(), 4),
        rule in tree(0..4_usize),
    ) {
        let before = rule.judge(&mut |leaf: &usize| leaves[*leaf]);
        let after = rule.judge(&mut |leaf: &usize| match leaves[*leaf] {
            Verdict::Unknown => Verdict::from(learnt[*leaf]),
            known => known,
        });
        prop_assert!(after != Verdict::Unknown);
        prop_assert!(before == Verdict::Unknown || before == after);
    }
}

fn never_panics(text: &str) -> Result<(), TestCaseError> {
    match text.parse::<Rule>() {
        Ok(rule) => prop_assert_eq!(rule.to_string().parse::<Rule>(), Ok(rule)),
        Err(error) => {
            prop_assert!(text.get(error.span.clone()).is_some(), "{:?} of {:?}", error.span, text);
            prop_assert!(!error.message.is_empty() && error.shown(text).contains('^'));
        }
    }
    Ok(())
}
