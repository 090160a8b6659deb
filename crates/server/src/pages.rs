//! Pages: typed views, each with its template beside it. A page function takes answers and gives back a page; it reaches
//! no store and no clock, so whatever it shows can be shown in a test.

pub mod answers;
pub(crate) mod begin;
mod calendar;
pub mod exhibit;
pub mod filter;
pub mod home;
mod login;
pub mod message;
pub mod method;
pub mod methods;
pub mod people;
pub mod person;
pub mod piece;
pub mod pieces;
mod reference;
pub mod sections;
pub(crate) mod settings;
pub mod share;
pub mod sources;
pub mod talk;
pub mod tile;
pub mod words;
pub mod you;

use crate::assets::Assets;

pub use answers::{AnswersPage, answers, answers_refused};
pub use filter::Filter;
pub use home::{HomePage, home, home_refused};
pub(crate) use login::LoginPage;
pub use message::MessagePage;
pub use method::{MethodPage, method};
pub use people::{PeoplePage, people, people_refused};
pub use person::{Someone, erase, erased, person};
pub use piece::{PiecePage, piece, piece_after};
pub use pieces::{PiecesPage, pieces};
pub(crate) use reference::reference;
pub use sections::Titles;
pub use share::Offer;
pub(crate) use share::PasswordPage;
pub(crate) use sources::{Arrivals, sources};
pub use talk::{TalkPage, talk};
pub(crate) use you::{You, you};

/// What every page has around it.
#[derive(Clone, Debug)]
pub struct Frame {
    pub stylesheet: String,
    pub script: String,
    pub keys: String,
    pub charts: String,
    pub forms: String,
    pub icon: String,
    /// Whether the audience is made up; then every page says so.
    pub demo: bool,
    /// Whether one button brings a made-up audience, and one takes it away.
    pub brings_demo: bool,
    /// The address of the place one is in.
    pub here: &'static str,
    /// Whether whoever looks is let in to nowhere else yet.
    pub is_outside: bool,
    /// Whether whoever looks has a shared link and nothing else: nobody is named, and nothing leads further.
    pub is_shared: bool,
    /// What may be made of this view, where whoever looks may share it.
    pub offer: Option<Offer>,
}

/// What the rail leads to.
const PLACES: [(&str, &str); 11] = [
    ("/", "Home"),
    ("/pieces", "Pieces"),
    ("/audience", "Audience"),
    ("/people", "People"),
    ("/outcomes", "Outcomes"),
    ("/durability", "Durability"),
    ("/plan", "Plan"),
    ("/talk", "Talk"),
    ("/audit", "Audit"),
    ("/sources", "Sources"),
    ("/settings", "Settings"),
];

impl Frame {
    pub fn new(assets: &Assets, demo: bool) -> Self {
        Self {
            stylesheet: assets.url("longplay.css"),
            script: assets.url("charts.js"),
            keys: assets.url("keys.js"),
            charts: assets.url("echarts.js"),
            forms: assets.url("forms.js"),
            icon: assets.url("icon.svg"),
            demo,
            brings_demo: false,
            here: "",
            is_outside: false,
            is_shared: false,
            offer: None,
        }
    }

    /// The same around a page of that place.
    #[must_use]
    pub fn at(self, here: &'static str) -> Self {
        Self { here, ..self }
    }

    /// The same without the way to places that would lead back here.
    #[must_use]
    pub fn outside(self) -> Self {
        Self {
            is_outside: true,
            ..self
        }
    }

    /// The same around a view that was shared.
    #[must_use]
    pub fn shared(self) -> Self {
        Self {
            is_shared: true,
            ..self.outside()
        }
    }

    /// The same around a view that may be shared.
    #[must_use]
    pub fn offering(self, offer: Option<Offer>) -> Self {
        Self { offer, ..self }
    }

    /// Address and name of every place, and whether one is there.
    fn places(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        PLACES
            .into_iter()
            .map(|(address, name)| (address, name, address == self.here))
    }
}
