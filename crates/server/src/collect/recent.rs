//! What arrived lately, kept in memory for the owner: counts since the server started, the last batches, and why items were
//! refused. Nothing of a person is in here: no handles, no properties.

use std::collections::{BTreeMap, VecDeque};

use longplay_domain::Time;
use serde::Serialize;

const BATCHES_MAX: usize = 100;
const REFUSALS_MAX: usize = 200;
/// Hosts of sites remembered.
const SITES_MAX: usize = 50;

/// Counts since the start, and what came last, newest first.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Recent {
    pub admitted: u64,
    pub duplicates: u64,
    pub marked: u64,
    pub passed: u64,
    /// Refused items by the code of their refusal.
    pub refused: BTreeMap<&'static str, u64>,
    /// Whole requests turned away, by why.
    pub turned_away: BTreeMap<&'static str, u64>,
    /// Sites that browsers sent from, and when last.
    #[serde(serialize_with = "sites")]
    pub sites: BTreeMap<String, Time>,
    pub batches: VecDeque<BatchNote>,
    pub refusals: VecDeque<RefusalNote>,
    /// Which state of what is forgotten the refusals were noted in.
    #[serde(skip)]
    erasures: i64,
}

/// One request.
#[derive(Clone, Debug, Serialize)]
pub struct BatchNote {
    #[serde(serialize_with = "time")]
    pub at: Time,
    pub protocol: &'static str,
    /// The name of its key.
    pub key: Option<String>,
    /// The site whose page sent it.
    pub site: Option<String>,
    pub admitted: usize,
    pub duplicates: usize,
    pub marked: usize,
    pub passed: usize,
    pub refused: usize,
    /// Why the whole request was turned away.
    pub turned_away: Option<&'static str>,
}

/// One item that was refused.
#[derive(Clone, Debug, Serialize)]
pub struct RefusalNote {
    #[serde(serialize_with = "time")]
    pub at: Time,
    pub protocol: &'static str,
    /// Which item of its batch, from 1.
    pub item: usize,
    pub code: &'static str,
    pub message: String,
}

impl Recent {
    /// Lets go of all messages when somebody was forgotten since: they quote what strangers sent, and who it was isn't known
    /// here any more.
    pub fn let_go(&mut self, erasures: i64) {
        if self.erasures != erasures {
            self.erasures = erasures;
            self.refusals.clear();
        }
    }

    pub fn note(&mut self, batch: BatchNote, refusals: Vec<RefusalNote>) {
        self.admitted += batch.admitted as u64;
        self.duplicates += batch.duplicates as u64;
        self.marked += batch.marked as u64;
        self.passed += batch.passed as u64;
        if let Some(why) = batch.turned_away {
            *self.turned_away.entry(why).or_default() += 1;
        }
        if let Some(site) = &batch.site
            && (self.sites.len() < SITES_MAX || self.sites.contains_key(site))
        {
            self.sites.insert(site.clone(), batch.at);
        }
        for refusal in refusals {
            *self.refused.entry(refusal.code).or_default() += 1;
            self.refusals.truncate(REFUSALS_MAX - 1);
            self.refusals.push_front(refusal);
        }
        self.batches.truncate(BATCHES_MAX - 1);
        self.batches.push_front(batch);
    }
}

impl BatchNote {
    /// One that nothing is known of yet but when and how it came.
    pub fn at(at: Time, protocol: &'static str) -> Self {
        Self {
            at,
            protocol,
            key: None,
            site: None,
            admitted: 0,
            duplicates: 0,
            marked: 0,
            passed: 0,
            refused: 0,
            turned_away: None,
        }
    }
}

fn time<S: serde::Serializer>(time: &Time, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(time)
}

fn sites<S: serde::Serializer>(sites: &BTreeMap<String, Time>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(sites.iter().map(|(site, at)| (site, at.to_string())))
}
