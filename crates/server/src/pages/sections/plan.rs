//! The picture of `plan`: what each way of publishing brings, the best first.

use longplay_measures::{Answer, Figure};

use super::bars::{self, Bars};
use crate::pages::exhibit::Exhibit;
use crate::pages::words;

const WAYS_MAX: usize = 10;
/// In the order in which a way of publishing is told.
const PARTS: [&str; 3] = ["topic", "format", "channel"];

pub fn exhibits(answer: &Answer) -> Vec<Exhibit> {
    let is_way =
        |figure: &&Figure| figure.key.starts_with("per_") && !figure.scope.is_empty() && figure.value.is_some();
    let Some(first) = answer.figures.iter().find(is_way) else {
        return Vec::new();
    };
    let same = answer
        .figures
        .iter()
        .filter(|figure| is_way(figure) && figure.key == first.key);
    let mut ways: Vec<(String, &Figure)> = same.map(|figure| (name(figure), figure)).collect();
    ways.sort_by(|(_, one), (_, other)| other.value.unwrap_or(0.0).total_cmp(&one.value.unwrap_or(0.0)));
    let left = ways.len().saturating_sub(WAYS_MAX);
    ways.truncate(WAYS_MAX);
    let told = Bars {
        id: "plan-ways",
        title: "What each way of publishing brings",
        about: format!("people who became regulars or bought, {}", first.key.replace('_', " ")),
        head: ("Way", "way"),
        named: ways,
    };
    let mut exhibit = bars::bars(told, answer.level);
    if let Some(exhibit) = exhibit.as_mut().filter(|_| left > 0) {
        let more = words::count(left as u64);
        exhibit.rest = Some(format!("The ten best are shown; {more} more in the full answer."));
    }
    exhibit.into_iter().collect()
}

/// `Bench notes · series · website`
fn name(figure: &Figure) -> String {
    let part = |part| figure.scope.get(part).and_then(Option::as_deref);
    let parts: Vec<&str> = PARTS.into_iter().filter_map(part).collect();
    if parts.is_empty() {
        "No topic, format or channel known".to_owned()
    } else {
        words::capital(&parts.join(" · "))
    }
}
