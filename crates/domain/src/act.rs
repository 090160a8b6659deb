//! The closed classification of what a person can do, and which names of the outside mean which act.

use std::{collections::BTreeMap, fmt};

/// What a person did. The number is the code used in memory; on disk and on the wire an act is its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Act {
    Viewed,
    Opened,
    Clicked,
    Watched,
    Reacted,
    Commented,
    Replied,
    Shared,
    Followed,
    Unfollowed,
    Subscribed,
    Unsubscribed,
    SignedUp,
    Registered,
    Downloaded,
    Purchased,
    Refunded,
    Referred,
    Identified,
    Other,
}

impl Act {
    pub const ALL: [Self; 20] = [
        Self::Viewed,
        Self::Opened,
        Self::Clicked,
        Self::Watched,
        Self::Reacted,
        Self::Commented,
        Self::Replied,
        Self::Shared,
        Self::Followed,
        Self::Unfollowed,
        Self::Subscribed,
        Self::Unsubscribed,
        Self::SignedUp,
        Self::Registered,
        Self::Downloaded,
        Self::Purchased,
        Self::Refunded,
        Self::Referred,
        Self::Identified,
        Self::Other,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Viewed => "viewed",
            Self::Opened => "opened",
            Self::Clicked => "clicked",
            Self::Watched => "watched",
            Self::Reacted => "reacted",
            Self::Commented => "commented",
            Self::Replied => "replied",
            Self::Shared => "shared",
            Self::Followed => "followed",
            Self::Unfollowed => "unfollowed",
            Self::Subscribed => "subscribed",
            Self::Unsubscribed => "unsubscribed",
            Self::SignedUp => "signed_up",
            Self::Registered => "registered",
            Self::Downloaded => "downloaded",
            Self::Purchased => "purchased",
            Self::Refunded => "refunded",
            Self::Referred => "referred",
            Self::Identified => "identified",
            Self::Other => "other",
        }
    }

    /// The act of exactly that name, as written on disk.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.name() == name)
    }

    /// The act of that code (see [`Act::code`]).
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }

    pub const fn code(self) -> u8 {
        self as u8
    }

    /// Whether the person did it of their own accord, so that it shows they were there. What happened to them
    /// (`other`, such as a delivery) or ended something (unsubscribed, refunded) doesn't.
    pub const fn is_presence(self) -> bool {
        !matches!(
            self,
            Self::Unfollowed | Self::Unsubscribed | Self::Refunded | Self::Identified | Self::Other
        )
    }

    /// Classifies an event's name as sent: case, spaces, hyphens and underscores don't matter; a name that means nothing to
    /// us is [`Act::Other`].
    pub fn of(event: &str) -> Self {
        let mut key = [0_u8; 40];
        let mut length = 0;
        for byte in event.trim().bytes() {
            if matches!(byte, b' ' | b'_' | b'-') {
                continue;
            }
            let Some(slot) = key.get_mut(length) else {
                return Self::Other;
            };
            *slot = byte.to_ascii_lowercase();
            length += 1;
        }
        std::str::from_utf8(&key[..length]).map_or(Self::Other, Self::of_key)
    }

    fn of_key(key: &str) -> Self {
        match key {
            "viewed" | "view" | "page" | "pageview" | "$pageview" | "pageviewed" | "screen" | "$screen"
            | "screenview" | "productviewed" | "articleviewed" | "viewitem" => Self::Viewed,
            "opened" | "open" | "emailopened" | "emailopen" => Self::Opened,
            "clicked" | "click" | "emaillinkclicked" | "emailclick" | "emailclicked" | "linkclicked" => Self::Clicked,
            "watched"
            | "watch"
            | "videostart"
            | "videoprogress"
            | "videocomplete"
            | "videoplaybackstarted"
            | "videoplaybackcompleted"
            | "videocontentstarted"
            | "videocontentcompleted"
            | "listened"
            | "played" => Self::Watched,
            "reacted" | "reaction" | "liked" | "like" | "favourited" | "favorited" => Self::Reacted,
            "commented" | "comment" => Self::Commented,
            "replied" | "reply" => Self::Replied,
            "shared" | "share" | "contentshared" | "productshared" | "reposted" | "repost" => Self::Shared,
            "followed" | "follow" => Self::Followed,
            "unfollowed" | "unfollow" => Self::Unfollowed,
            "subscribed" | "subscribe" => Self::Subscribed,
            "unsubscribed" | "unsubscribe" | "emailunsubscribed" | "emailmarkedasspam" => Self::Unsubscribed,
            "signedup" | "signup" => Self::SignedUp,
            "registered" | "register" | "registration" | "generatelead" => Self::Registered,
            "downloaded" | "download" | "filedownload" => Self::Downloaded,
            "purchased" | "purchase" | "ordercompleted" => Self::Purchased,
            "refunded" | "refund" | "orderrefunded" | "ordercancelled" | "ordercanceled" => Self::Refunded,
            "referred" | "referral" => Self::Referred,
            "identified" | "identify" | "$identify" | "login" | "signedin" => Self::Identified,
            _ => Self::Other,
        }
    }
}

/// What the owner says that names mean, where it is not what they mean to everybody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Acts(BTreeMap<String, Act>);

impl Acts {
    /// A name as it is looked up: case, spaces, hyphens and underscores don't matter.
    pub fn key(event: &str) -> String {
        let kept = event.trim().chars().filter(|letter| !matches!(letter, ' ' | '_' | '-'));
        kept.flat_map(char::to_lowercase).collect()
    }

    /// What an event's name means.
    pub fn of(&self, event: &str) -> Act {
        if self.0.is_empty() {
            return Act::of(event);
        }
        let said = self.0.get(&Self::key(event)).copied();
        said.unwrap_or_else(|| Act::of(event))
    }

    /// The names that mean something of the owner's own, as they are looked up.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Act)> {
        self.0.iter().map(|(key, act)| (key.as_str(), *act))
    }
}

impl FromIterator<(String, Act)> for Acts {
    fn from_iter<I: IntoIterator<Item = (String, Act)>>(said: I) -> Self {
        Self(said.into_iter().map(|(name, act)| (Self::key(&name), act)).collect())
    }
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_act_is_known_by_its_own_name_and_code() {
        for act in Act::ALL {
            assert_eq!(Act::named(act.name()), Some(act));
            assert_eq!(Act::from_code(act.code()), Some(act));
            assert_eq!(Act::of(act.name()), act);
        }
    }

    #[test]
    fn the_owners_word_goes_before_ours() {
        let acts: Acts = [
            ("Lesson Finished".to_owned(), Act::Watched),
            ("page".to_owned(), Act::Other),
        ]
        .into_iter()
        .collect();
        for (name, act) in [
            ("lesson_finished", Act::Watched),
            (" LESSON-finished", Act::Watched),
            ("page", Act::Other),
            ("pageview", Act::Viewed),
            ("Lesson Started", Act::Other),
        ] {
            assert_eq!(acts.of(name), act, "{name}");
        }
        assert_eq!(Acts::default().of("page"), Act::Viewed);
    }

    #[test]
    fn names_match_whatever_their_case_and_gaps() {
        assert_eq!(Act::of("Order Completed"), Act::Purchased);
        assert_eq!(Act::of("ORDER_COMPLETED "), Act::Purchased);
        assert_eq!(Act::of("Signed Up"), Act::SignedUp);
        assert_eq!(Act::of("page_view"), Act::Viewed);
        for unknown in ["", "delivered", "Product Added", "ünïcode", &"x".repeat(500)] {
            assert_eq!(Act::of(unknown), Act::Other, "{unknown}");
        }
    }

    #[test]
    fn the_names_of_the_tracking_sdks_mean_what_their_makers_say() {
        for (name, act) in [
            ("Email Delivered", Act::Other),
            ("Email Opened", Act::Opened),
            ("Email Link Clicked", Act::Clicked),
            ("Email Bounced", Act::Other),
            ("Email Marked as Spam", Act::Unsubscribed),
            ("Product Viewed", Act::Viewed),
            ("Product Added", Act::Other),
            ("Checkout Started", Act::Other),
            ("order_refunded", Act::Refunded),
            ("Order Cancelled", Act::Refunded),
            ("Signed In", Act::Identified),
            ("Video Playback Started", Act::Watched),
            ("Video Content Completed", Act::Watched),
            ("Content Shared", Act::Shared),
            ("article viewed", Act::Viewed),
            ("page", Act::Viewed),
            ("$pageview", Act::Viewed),
            ("$pageleave", Act::Other),
            ("$identify", Act::Identified),
            ("alias", Act::Other),
            ("group", Act::Other),
        ] {
            assert_eq!(Act::of(name), act, "{name}");
        }
    }

    #[test]
    fn presence_is_the_fifteen_acts_done_of_ones_own_accord() {
        let absent: Vec<_> = Act::ALL
            .into_iter()
            .filter(|act| !act.is_presence())
            .map(Act::name)
            .collect();
        assert_eq!(
            absent,
            ["unfollowed", "unsubscribed", "refunded", "identified", "other"]
        );
    }
}
