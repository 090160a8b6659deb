//! The pages of `/begin`: one question a screen.

use askama::Template;
use longplay_domain::{Act, Goal};
use longplay_store::Seen;

use super::settings::{RULES, goal_words};
use super::{Frame, words};
use crate::begin::uploads::{Brought, Outcome, Phase, Upload};

/// What nobody would call a goal.
const LOOKING: [Act; 8] = [
    Act::Viewed,
    Act::Opened,
    Act::Clicked,
    Act::Watched,
    Act::Unfollowed,
    Act::Unsubscribed,
    Act::Refunded,
    Act::Identified,
];
const OFFERED_MAX: usize = 8;

#[derive(Template)]
#[template(path = "begin_owner.html")]
pub(crate) struct OwnerPage {
    pub frame: Frame,
    pub name: String,
    pub zone: String,
    /// Whether nobody said a zone yet, so that the browser's may be proposed.
    pub zone_is_guessed: bool,
    pub zone_is_free: bool,
    pub account: String,
    pub makes_account: bool,
    pub error: Option<String>,
}

#[derive(Template)]
#[template(path = "begin_audience.html")]
pub(crate) struct AudiencePage {
    pub frame: Frame,
    pub rule: String,
    pub error: Option<String>,
}

impl AudiencePage {
    fn examples(&self) -> [(&'static str, &'static str); 4] {
        RULES
    }
}

#[derive(Template)]
#[template(path = "begin_goals.html")]
pub(crate) struct GoalsPage {
    frame: Frame,
    /// Name, words, and whether it is a goal now.
    goals: Vec<(String, String, bool)>,
    /// Names of what people did that no goal is about yet, and how often.
    seen: Vec<(String, String)>,
    error: Option<String>,
}

impl GoalsPage {
    /// The goals there are, and the usual ones that were taken away.
    pub fn new(held: Vec<Goal>, seen: &[Seen], error: Option<String>, frame: Frame) -> Self {
        let usual = Goal::defaults();
        let missing = usual
            .into_iter()
            .filter(|goal| !held.iter().any(|held| held.name == goal.name));
        let missing: Vec<(Goal, bool)> = missing.map(|goal| (goal, false)).collect();
        let seen = offered(seen, &held);
        let all = held.into_iter().map(|goal| (goal, true)).chain(missing);
        Self {
            goals: all
                .map(|(goal, is_held)| (goal.name.clone(), goal_words(&goal), is_held))
                .collect(),
            seen,
            error,
            frame,
        }
    }
}

/// Names that could be a goal: what takes more than looking, undoes nothing, and is none yet, by itself or by a usual goal.
fn offered(seen: &[Seen], held: &[Goal]) -> Vec<(String, String)> {
    let usual = Goal::defaults();
    let is_free = |seen: &&Seen| {
        let is_of = |goal: &Goal| {
            let is_any = goal.event.is_none() && goal.piece.is_none() && goal.channel.is_none();
            goal.event.as_ref() == Some(&seen.event) || is_any && goal.acts.contains(&seen.act)
        };
        !LOOKING.contains(&seen.act) && !held.iter().chain(&usual).any(is_of)
    };
    let free = seen.iter().filter(is_free).take(OFFERED_MAX);
    free.map(|seen| (seen.event.clone(), words::count(seen.events)))
        .collect()
}

#[derive(Template)]
#[template(path = "begin_data.html")]
pub(crate) struct DataPage {
    pub frame: Frame,
    pub takes_files: bool,
    /// In gigabytes.
    pub size_max: u64,
    pub files_max: usize,
    pub error: Option<String>,
}

/// One file, as it is told.
struct Told {
    name: String,
    sentence: String,
    is_wrong: bool,
    refusals: Vec<String>,
    notes: Vec<String>,
    /// Where the list of refused rows is.
    list: Option<String>,
}

#[derive(Template)]
#[template(path = "begin_files.html")]
pub(crate) struct FilesPage {
    frame: Frame,
    id: String,
    title: String,
    files: Vec<Told>,
    /// Whether somebody is at work, so that it is worth looking again.
    is_running: bool,
    may_import: bool,
    is_done: bool,
    /// What the data says first.
    sentence: Option<String>,
    /// Whether what came says nothing about anybody: pieces and totals alone.
    knows_nobody: bool,
}

impl FilesPage {
    pub fn new(id: String, upload: &Upload, sentence: Option<String>, frame: Frame) -> Self {
        let good = |outcome: &&Outcome| outcome.error.is_none();
        let outcomes = || upload.files.iter().filter_map(|file| file.outcome.as_ref());
        let (count, ready) = (upload.files.len(), outcomes().count());
        let sum = |of: fn(&Outcome) -> u64| outcomes().filter(good).map(of).sum::<u64>();
        let would = sum(|outcome| outcome.admitted + outcome.pieces + outcome.samples);
        let (events, known) = (sum(|outcome| outcome.admitted), sum(|outcome| outcome.duplicates));
        let others = sum(|outcome| outcome.pieces + outcome.samples);
        let title = match upload.phase {
            Phase::Checking => format!("Looking into file {} of {count} …", (ready + 1).min(count)),
            Phase::Importing => format!("Importing file {} of {count} …", (ready + 1).min(count)),
            Phase::Checked if would == 0 && known > 0 => "All of it is here already.".to_owned(),
            Phase::Checked if would == 0 => "Nothing in here can be imported.".to_owned(),
            Phase::Checked => format!("{}. Import that?", capital_events(events, others)),
            Phase::Done if events + others == 0 => "All of it was known already.".to_owned(),
            Phase::Done => format!("{} are in.", capital_events(events, others)),
        };
        let is_dry = matches!(upload.phase, Phase::Checking | Phase::Checked);
        Self {
            files: upload.files.iter().map(|file| told(file, is_dry)).collect(),
            is_running: matches!(upload.phase, Phase::Checking | Phase::Importing),
            may_import: upload.phase == Phase::Checked && would > 0,
            is_done: upload.phase == Phase::Done,
            knows_nobody: upload.phase == Phase::Done && events + known == 0,
            id,
            title,
            sentence,
            frame,
        }
    }
}

fn events_words(events: u64) -> String {
    match events {
        1 => "1 event".to_owned(),
        events => format!("{} events", words::count(events)),
    }
}

fn capital_events(events: u64, others: u64) -> String {
    match (events, others) {
        (0, others) => format!("{} pieces and totals", words::count(others)),
        (events, 0) => events_words(events),
        (events, others) => format!(
            "{}, and {} pieces and totals",
            events_words(events),
            words::count(others)
        ),
    }
}

fn told(file: &Brought, is_dry: bool) -> Told {
    let mut told = Told {
        name: file.name.clone(),
        sentence: format!("{} kB, waiting", words::count(file.bytes.div_ceil(1_000))),
        is_wrong: false,
        refusals: Vec::new(),
        notes: Vec::new(),
        list: None,
    };
    let Some(outcome) = &file.outcome else { return told };
    told.notes.clone_from(&outcome.notes);
    let format = outcome.format.as_deref().unwrap_or("unknown").replace(['-', '_'], " ");
    if let Some(error) = &outcome.error {
        told.is_wrong = true;
        told.sentence.clone_from(error);
        return told;
    }
    let kept = if is_dry { "can be kept" } else { "new" };
    let parts = [
        (outcome.admitted, kept),
        (outcome.duplicates, "known already"),
        (outcome.refused, "refused"),
        (outcome.pieces, "pieces"),
        (outcome.samples, "totals"),
    ];
    let said: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{} {what}", words::count(*count)))
        .collect();
    let said = if said.is_empty() {
        "nothing in it".to_owned()
    } else {
        said.join(", ")
    };
    told.sentence = format!("Recognised as {format}: {said}.");
    told.refusals = outcome
        .refusals
        .iter()
        .map(|(code, count, example)| format!("{} × {}: {example}", words::count(*count), code.replace('_', " ")))
        .collect();
    told.list = outcome.refusals_file.clone();
    told
}
