//! What a route takes: the one table of who may do what. A route says one of these; nothing else decides.

use longplay_store::{Role, Scope};

use super::Who;

/// What somebody has to be for a route to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum May {
    /// Nothing: files, the login itself, whether the server is up.
    Anybody,
    /// The address itself, which was signed for one person.
    Link,
    /// The address itself, which an owner gave away, and the password they may have set on it.
    Share,
    /// Sees the answers, which name nobody.
    See,
    /// Sees people.
    People,
    /// Sees people, as a program: being at the machine is not enough.
    PeopleByProgram,
    /// Forgets people, as a program.
    EraseByProgram,
    /// Forgets people.
    Erase,
    /// Changes what the answers are about, and brings data.
    Change,
    /// Says who may come in, and looks what they did.
    Own,
    /// Has an account, and sees to it.
    Oneself,
}

/// Why somebody may not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// Nobody knows who they are.
    Unknown,
    /// They are known, and that is not enough.
    NotEnough,
}

impl May {
    pub const ALL: [Self; 11] = [
        Self::Anybody,
        Self::Link,
        Self::Share,
        Self::See,
        Self::People,
        Self::PeopleByProgram,
        Self::EraseByProgram,
        Self::Erase,
        Self::Change,
        Self::Own,
        Self::Oneself,
    ];

    /// The least role, the scope of a token, and whether it is open at the machine while there is no account.
    pub const fn row(self) -> (Option<Role>, Option<Scope>, bool) {
        match self {
            Self::Anybody | Self::Link | Self::Share => (None, None, true),
            Self::See => (Some(Role::Viewer), Some(Scope::Read), true),
            Self::People => (Some(Role::Editor), Some(Scope::People), true),
            Self::PeopleByProgram => (Some(Role::Editor), Some(Scope::People), false),
            Self::EraseByProgram => (Some(Role::Editor), Some(Scope::Erase), false),
            Self::Erase => (Some(Role::Editor), Some(Scope::Erase), true),
            Self::Change => (Some(Role::Editor), Some(Scope::Write), true),
            Self::Own => (Some(Role::Owner), None, true),
            Self::Oneself => (Some(Role::Viewer), None, false),
        }
    }

    /// In words, for whoever reads about it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Anybody => "anybody",
            Self::Link => "whoever has the signed link",
            Self::Share => "whoever has the shared link",
            Self::See => "sees answers",
            Self::People => "sees people",
            Self::PeopleByProgram => "sees people, with credentials",
            Self::EraseByProgram => "forgets people, with credentials",
            Self::Erase => "forgets people",
            Self::Change => "changes what answers are about",
            Self::Own => "says who may come in",
            Self::Oneself => "sees to their own account",
        }
    }

    /// Whether somebody may.
    pub(super) fn judge(self, who: &Who) -> Result<(), Refused> {
        let (Some(least), scope, is_open) = self.row() else {
            return Ok(());
        };
        let (may, is_known) = match who {
            Who::Account(session) => (session.account.role >= least, true),
            Who::Token(token) => (scope.is_some_and(|scope| token.scopes.contains(&scope)), true),
            Who::Local => (is_open, false),
            // As open as before there were accounts, and no wider.
            Who::Passerby => (self == Self::See, false),
            Who::Nobody => (false, false),
        };
        match (may, is_known) {
            (true, _) => Ok(()),
            (false, true) => Err(Refused::NotEnough),
            (false, false) => Err(Refused::Unknown),
        }
    }
}
