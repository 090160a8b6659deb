//! What an owner can read aloud about the right people.

use super::{EVERYBODY, KNOWN_MIN, Known, learnt::Score};
use crate::{folds::HORIZON_DAYS, question::By, words};

const WRITE_ONE: &str = "say it with `longplay ideal set \"RULE\"`";

pub fn of(known: &Known<'_>) -> String {
    let all = known.everybody();
    if known.ground.ideal.is_none() {
        let learnt = known.learnt.score().and_then(|score| by_score(known, score));
        return learnt
            .unwrap_or_else(|| format!("Nobody said yet whom you want, so nobody can be counted; {WRITE_ONE}."));
    }
    if all.people == 0 {
        return "Nobody has been seen yet, so nobody can be whom you want.".to_owned();
    }
    if all.known() < KNOWN_MIN {
        return format!(
            "Not enough of your people are known ({} of {}) to say who they are.",
            words::count(all.known()),
            words::count(all.people)
        );
    }
    let usual = all.yes as f64 / all.known() as f64;
    let told = |place: usize| known.tallies[place].known() >= KNOWN_MIN;
    let best = best(known, |place| {
        let estimate = known.shrunk.at(place).filter(|_| told(place))?;
        Some((estimate.value, estimate.low)).filter(|(_, low)| *low > usual)
    });
    match best {
        Some(best) => format!("{} {best}", everybody(known)),
        None => everybody(known),
    }
}

fn everybody(known: &Known<'_>) -> String {
    let all = known.everybody();
    let who = format!("{} of whom it is known", words::people(all.known()));
    let Some(estimate) = longplay_stats::rates::jeffreys(all.yes, all.known(), known.question.level) else {
        return String::new();
    };
    let share = words::Share::of(estimate.value, estimate.low, estimate.high);
    match all.yes {
        0 => format!("None of the {who} is one you want ({}).", share.range_in()),
        every if every == all.known() => format!("All of the {who} are people you want ({}).", share.range_in()),
        _ => format!(
            "About {} people look like the ones you want ({}), of {who}.",
            share.value(),
            share.range()
        ),
    }
}

/// Without a rule, those who reached the goal say whom the owner wants.
fn by_score(known: &Known<'_>, score: &Score) -> Option<String> {
    let all = score.at(EVERYBODY)?.estimate(known.question.level).map(super::within)?;
    let share = words::Share::of(all.value, all.low, all.high);
    let best = best(known, |place| {
        let estimate = score.at(place)?.estimate(known.question.level)?;
        Some((estimate.value, estimate.low)).filter(|(_, low)| *low > all.high)
    });
    let mut sentence = format!(
        "Nobody said yet whom you want ({WRITE_ONE}). By how they first came, about {} people can be expected to reach “{}” \
         within {HORIZON_DAYS} days ({}).",
        share.value(),
        score.goal,
        share.range()
    );
    if let Some(best) = best {
        sentence.push(' ');
        sentence.push_str(&best);
    }
    Some(sentence)
}

/// The scope whose value is highest among those that clearly lie above the usual: `(value, low)` where they do.
fn best(known: &Known<'_>, clear: impl Fn(usize) -> Option<(f64, f64)>) -> Option<String> {
    let named = known
        .order
        .iter()
        .filter_map(|&place| Some((place, known.scopes.names[place].as_ref()?.as_deref()?)));
    let clear = named.filter_map(|(place, name)| Some((clear(place)?, name)));
    let ((value, low), name) = clear.max_by(|((one, _), _), ((other, _), _)| one.total_cmp(other))?;
    let whom = match known.question.by {
        By::Piece => format!("whom “{}” brought", known.ground.title(name)),
        By::Channel => format!("who came through {name}"),
        By::Topic => format!("whom pieces on {name} brought"),
        By::Source => format!("who came from {name}"),
        By::Campaign => format!("whom the campaign {name} brought"),
        By::Week => format!("who first came in the week of {name}"),
    };
    let share = words::Share::of(value, low, value);
    Some(format!("Of those {whom}, about {}.", share.value()))
}
