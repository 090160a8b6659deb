//! The same index for each topic or channel: of its own pieces, as if they were the whole catalogue.
//!
//! People are those its pieces brought and those who were there with them lately; whether somebody returns is judged over all they
//! did. Only where a breakdown by topic or channel is asked for: every index costs a bootstrap of its own.

use std::collections::BTreeMap;

use super::catalogue::{Catalogue, Entry};
use crate::{ask::Ground, evidence::Evidence, folds::Map, question::By, question::Question};

/// Scopes told: those that brought most people.
const SCOPES_TOLD: usize = 10;

/// The catalogues of the topics or channels, by name, that with most people first; none where neither is asked for.
pub fn catalogues(
    question: &Question,
    ground: &Ground,
    evidence: &Evidence,
    whole: &Catalogue,
) -> Vec<(Option<String>, Catalogue)> {
    let names: Map<&str, Vec<Option<String>>> = match question.by {
        By::Topic => whole
            .pieces
            .iter()
            .map(|piece| (piece.id.as_str(), topics(ground, piece)))
            .collect(),
        By::Channel => {
            let seen = seen_in(ground, evidence);
            let name = |piece: &Entry| vec![channel(ground, &seen, piece)];
            whole
                .pieces
                .iter()
                .map(|piece| (piece.id.as_str(), name(piece)))
                .collect()
        }
        _ => return Vec::new(),
    };
    let mut scopes: BTreeMap<&Option<String>, Vec<&str>> = BTreeMap::new();
    for piece in &whole.pieces {
        for name in &names[piece.id.as_str()] {
            scopes.entry(name).or_default().push(&piece.id);
        }
    }
    let mut told: Vec<(Option<String>, Catalogue)> = scopes
        .into_iter()
        .map(|(name, pieces)| (name.clone(), whole.only(question, evidence, &pieces)))
        .collect();
    told.sort_by(|a, b| b.1.people.cmp(&a.1.people).then_with(|| a.0.cmp(&b.0)));
    told.truncate(SCOPES_TOLD);
    told
}

fn topics(ground: &Ground, piece: &Entry) -> Vec<Option<String>> {
    let known = ground.pieces.iter().find(|known| known.id == piece.id);
    let topics = known.map_or(&[][..], |known| known.topics.as_slice());
    match topics {
        [] => vec![None],
        topics => topics.iter().cloned().map(Some).collect(),
    }
}

/// People a day, by piece and channel.
type Seen = BTreeMap<String, BTreeMap<Option<String>, u64>>;

fn seen_in(ground: &Ground, evidence: &Evidence) -> Seen {
    let terms = ground.snapshot.terms();
    let mut seen = Seen::new();
    for (origin, people) in evidence.reach().cells() {
        let text = |code| terms.text(code).map(|text| text.to_string());
        if let Some(piece) = text(origin.piece) {
            let channels = seen.entry(piece).or_default();
            *channels.entry(text(origin.channel)).or_default() += u64::from(people);
        }
    }
    seen
}

/// As the owner says, else where most people saw it.
fn channel(ground: &Ground, seen: &Seen, piece: &Entry) -> Option<String> {
    let known = ground.pieces.iter().find(|known| known.id == piece.id);
    if let Some(channel) = known.and_then(|known| known.channel.clone()) {
        return Some(channel);
    }
    let channels = seen.get(&piece.id)?.iter();
    let most = channels.max_by(|a, b| a.1.cmp(b.1).then_with(|| b.0.cmp(a.0)))?;
    most.0.clone()
}
