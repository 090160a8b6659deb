//! Lists of people kept beside the edition they belong to, so that the page everybody opens first costs no pass.
//!
//! What must stay true: a list is shown only with the edition it was made for, so its counts are those of the edition's figures,
//! and nobody who was forgotten since is in it; and few are kept.

use std::sync::{Arc, Mutex, PoisonError};

use longplay_domain::Time;
use longplay_measures::Edition;
use longplay_measures::people::People;

use crate::app::App;
use crate::error::HttpError;
use crate::who::Asked;

const KEPT_MAX: usize = 64;

/// What was listed for the latest edition.
#[derive(Default)]
pub(crate) struct Lists {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    edition: Option<Arc<Edition>>,
    /// By what the address says, the oldest first.
    lists: Vec<(String, Arc<People>)>,
}

impl Lists {
    fn find(&self, edition: &Arc<Edition>, address: &str) -> Option<Arc<People>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let is_of_it = kept.edition.as_ref().is_some_and(|kept| Arc::ptr_eq(kept, edition));
        let found = kept.lists.iter().find(|(kept, _)| is_of_it && kept == address);
        found.map(|(_, list)| Arc::clone(list))
    }

    fn keep(&self, edition: &Arc<Edition>, address: String, list: Arc<People>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.edition.as_ref().is_none_or(|kept| !Arc::ptr_eq(kept, edition)) {
            kept.lists.clear();
            kept.edition = Some(Arc::clone(edition));
        }
        if kept.lists.len() >= KEPT_MAX {
            kept.lists.remove(0);
        }
        kept.lists.push((address, list));
    }
}

impl App {
    /// The people asked for: as of the latest edition where the address says nothing else, and then from what is kept.
    pub(crate) async fn listed(&self, mut asked: Asked) -> Result<Arc<People>, HttpError> {
        let (Some(address), Some(edition)) = (asked.kept_as.take(), self.edition().await?) else {
            return Ok(Arc::new(self.people(asked.question, asked.ask).await?));
        };
        if let Some(list) = self.lists().find(&edition, &address) {
            return Ok(list);
        }
        if let Some(as_of) = Time::parse(&edition.as_of, &asked.question.zone) {
            asked.question.as_of = as_of;
        }
        let list = Arc::new(self.people(asked.question, asked.ask).await?);
        self.lists().keep(&edition, address, Arc::clone(&list));
        Ok(list)
    }

    /// Lists everybody beforehand, for whoever opens the page first.
    pub(crate) async fn list_beforehand(&self) -> Result<(), HttpError> {
        let asked = Asked::read(self, Vec::new(), None).await?;
        self.listed(asked).await.map(drop)
    }
}
