//! Share links: one view for whoever has the link, without an account. What a link shows is kept under its secret, so an address
//! says nothing and nothing in it can widen the view; nobody is named in it, and nothing leads further.

mod making;
mod opening;
mod view;

use longplay_store::Store;

pub use making::{api_create, api_end, api_list, create, end};
pub use opening::{api as api_look, data, look, open};
pub(crate) use view::{SharedViews, View};

use crate::app::App;
use crate::auth::{Caller, May};
use crate::error::HttpError;
use crate::pages::Offer;

/// What whoever looks may make of the view at that address, if they may.
pub(crate) async fn offer(
    app: &App,
    caller: &Caller,
    page: &'static str,
    pairs: &[(String, String)],
) -> Result<Option<Offer>, HttpError> {
    if !caller.may(May::Change) {
        return Ok(None);
    }
    let Ok(view) = View::read(page, pairs.to_vec()) else {
        // What can't be read is told on the page; there is nothing to share.
        return Ok(None);
    };
    let (segments, zone) = app
        .read(|store: &Store| Ok((store.saved_segments()?, store.zone()?)))
        .await?;
    let chosen = view.said("segment").to_owned();
    Ok(Some(Offer {
        page,
        query: view.without("segment").query(),
        segments: segments
            .into_iter()
            .map(|(name, _)| {
                let is_it = name == chosen;
                (name, is_it)
            })
            .collect(),
        today: zone.day_of(app.now()).to_string(),
    }))
}
