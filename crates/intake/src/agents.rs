//! Which user agents are programs. The list is monperrus/crawler-user-agents (MIT, licence beside it), parted into plain
//! texts and the few real patterns, so that a user agent is searched once for all of them. Programs are marked, never
//! dropped: their events are counted and shown, and left out of what is said about people.

use std::{cell::RefCell, hash::BuildHasher, sync::LazyLock};

use aho_corasick::AhoCorasick;
use foldhash::fast::RandomState;
use regex::RegexSet;

/// Texts of which any one gives a program away, one a line.
const LITERALS: &str = include_str!("agents/literals.txt");
/// The same as regular expressions.
const PATTERNS: &str = include_str!("agents/patterns.txt");
/// More of a user agent than this is not looked at.
const AGENT_BYTES_MAX: usize = 1_024;

struct Crawlers {
    literals: AhoCorasick,
    patterns: RegexSet,
}

// Constant data in a form that can be searched; it depends on nothing and never changes.
static CRAWLERS: LazyLock<Crawlers> = LazyLock::new(|| Crawlers {
    literals: AhoCorasick::new(LITERALS.lines()).expect("a test builds the same automaton"),
    patterns: RegexSet::new(PATTERNS.lines()).expect("a test builds the same patterns"),
});

/// User agents whose verdict a thread remembers; most of a site's visitors share a few.
const REMEMBERED: usize = 256;

#[derive(Clone, Copy, Default)]
struct Remembered {
    /// Of the user agent, under a key of this thread's own.
    hash: u64,
    verdict: Option<bool>,
}

thread_local! {
    static VERDICTS: RefCell<(RandomState, [Remembered; REMEMBERED])> =
        RefCell::new((RandomState::default(), [Remembered::default(); REMEMBERED]));
}

/// Whether a user agent says that it is a program. A blank one says nothing.
pub(crate) fn is_bot(user_agent: &str) -> bool {
    let end = user_agent.floor_char_boundary(AGENT_BYTES_MAX);
    let agent = &user_agent[..end];
    VERDICTS.with_borrow_mut(|(state, verdicts)| {
        let hash = state.hash_one(agent);
        let remembered = &mut verdicts[hash as usize % REMEMBERED];
        match remembered.verdict {
            Some(verdict) if remembered.hash == hash => verdict,
            _ => {
                let verdict = searched(agent);
                *remembered = Remembered {
                    hash,
                    verdict: Some(verdict),
                };
                verdict
            }
        }
    })
}

fn searched(agent: &str) -> bool {
    CRAWLERS.literals.is_match(agent) || CRAWLERS.patterns.is_match(agent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_told_from_browsers() {
        for bot in [
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0.0.0 Safari/537.36",
            "facebookexternalhit/1.1",
            "curl/8.5.0",
        ] {
            assert!(is_bot(bot), "{bot}");
            assert!(is_bot(bot), "{bot}, asked again");
        }
        for person in [
            "",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0",
        ] {
            assert!(!is_bot(person), "{person}");
        }
        assert!(!is_bot(&"ü".repeat(5_000)));
    }
}
