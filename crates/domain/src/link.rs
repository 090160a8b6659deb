//! Reasons to believe that two handles are one person. Deterministic only: somebody said so; nothing is guessed.

use crate::Handle;

/// By what a link is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[repr(u8)]
pub enum Evidence {
    /// A visitor told who they are: an anonymous handle and the known one it turned out to be.
    Identify,
    /// A program said that one handle is another name of the other.
    Alias,
    /// A person gave this e-mail address.
    Email,
    /// The owner said so.
    Merge,
}

impl Evidence {
    pub const ALL: [Self; 4] = [Self::Identify, Self::Alias, Self::Email, Self::Merge];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Identify => "identify",
            Self::Alias => "alias",
            Self::Email => "email",
            Self::Merge => "merge",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|evidence| evidence.name() == name)
    }
}

/// Two handles that are one person, as said. The same two handles are always in the same order: an anonymous one comes
/// first, else the smaller text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Link {
    from: Handle,
    to: Handle,
    evidence: Evidence,
}

impl Link {
    /// `None` when both are the same handle.
    pub fn new(one: Handle, other: Handle, evidence: Evidence) -> Option<Self> {
        let order = |handle: &Handle| (!handle.is_anonymous(), handle.as_str().to_owned());
        match order(&one).cmp(&order(&other)) {
            std::cmp::Ordering::Equal => None,
            std::cmp::Ordering::Less => Some(Self {
                from: one,
                to: other,
                evidence,
            }),
            std::cmp::Ordering::Greater => Some(Self {
                from: other,
                to: one,
                evidence,
            }),
        }
    }

    pub const fn from(&self) -> &Handle {
        &self.from
    }

    pub const fn to(&self) -> &Handle {
        &self.to
    }

    pub const fn evidence(&self) -> Evidence {
        self.evidence
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_anonymous_one_comes_first_whoever_says_it() {
        let handle = |text| Handle::parse(text).unwrap();
        let link = |one, other| Link::new(handle(one), handle(other), Evidence::Identify);
        let there = link("user:ada", "anonymous:1").unwrap();
        assert_eq!(Some(&there), link("anonymous:1", "user:ada").as_ref());
        assert_eq!(there.from().as_str(), "anonymous:1");
        assert_eq!(link("user:b", "email:a@x.io").unwrap().from().as_str(), "email:a@x.io");
        assert_eq!(link("user:b", "user:b"), None);
    }
}
