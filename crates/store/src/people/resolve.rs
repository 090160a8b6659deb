//! From facts to persons: the same facts give the same persons in any order.
//!
//! - Handles of somebody (user ids, addresses) that are said to be one are one: an alias, a common address, the owner's word.
//! - A handle that passes from hand to hand (a browser, the mailbox of a role) belongs to one somebody: to the one it was
//!   linked with first, by the time of the fact, not of its arrival. Later links of it to others stay on record and set
//!   nothing, so a shared device never makes two people one.
//! - What the owner said goes before everything.

use foldhash::fast::RandomState;
use hashbrown::{HashMap, HashSet};
use longplay_domain::{Evidence, Handle, Link, PersonKey};

/// How much a handle says about who stands behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Standing {
    /// A browser or a device.
    Anonymous,
    /// A mailbox that several people read.
    Role,
    Somebody,
}

impl Standing {
    pub fn of(handle: &Handle) -> Self {
        match (handle.is_anonymous(), handle.is_shared()) {
            (true, _) => Self::Anonymous,
            (false, true) => Self::Role,
            (false, false) => Self::Somebody,
        }
    }
}

/// A link as the resolution sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Of the two handles and the evidence: the same fact has the same id.
    pub id: i64,
    pub from: i64,
    pub to: i64,
    pub from_standing: Standing,
    pub to_standing: Standing,
    pub evidence: Evidence,
    /// When it was first said, µs.
    pub at: i64,
}

impl Fact {
    pub fn new(link: &Link, at: i64, key: &PersonKey) -> Self {
        let text = format!(
            "{}\0{}\0{}",
            link.from().as_str(),
            link.to().as_str(),
            link.evidence().name()
        );
        // Not under the workspace's secret: of two facts at the same instant every workspace takes the same one first.
        let id = PersonKey::new([0; 16]).fingerprint(text.as_bytes()) as i64;
        Self {
            id,
            from: key.person(link.from()).0,
            to: key.person(link.to()).0,
            from_standing: Standing::of(link.from()),
            to_standing: Standing::of(link.to()),
            evidence: link.evidence(),
            at,
        }
    }

    /// Whether it holds whatever else is said. A login on top of another user's is none: it tells of a device, not of a name.
    fn is_certain(&self) -> bool {
        match (self.evidence, self.from_standing, self.to_standing) {
            (Evidence::Merge, ..) | (_, Standing::Anonymous, Standing::Anonymous) => true,
            (evidence, Standing::Somebody, Standing::Somebody) => evidence != Evidence::Identify,
            _ => false,
        }
    }
}

/// Whom each key belongs to.
#[derive(Debug, Default)]
pub struct Who {
    /// Keys that belong to a person of another key.
    moved: HashMap<i64, i64, RandomState>,
    /// Ids of facts that set something.
    in_force: HashSet<i64, RandomState>,
}

impl Who {
    /// The person a key belongs to.
    #[inline]
    pub fn person(&self, key: i64) -> i64 {
        self.moved.get(&key).copied().unwrap_or(key)
    }

    pub fn is_empty(&self) -> bool {
        self.moved.is_empty()
    }

    /// Keys that belong to a person of another key, in no order.
    pub fn moved(&self) -> impl Iterator<Item = (i64, i64)> + '_ {
        self.moved.iter().map(|(&key, &person)| (key, person))
    }

    /// Every key of a person, the person's own first.
    pub fn keys_of(&self, person: i64) -> Vec<i64> {
        let mut others: Vec<i64> = self
            .moved()
            .filter(|&(_, owner)| owner == person)
            .map(|(key, _)| key)
            .collect();
        others.sort_unstable();
        others.insert(0, person);
        others
    }

    pub fn is_in_force(&self, fact: i64) -> bool {
        self.in_force.contains(&fact)
    }

    /// What the facts come to.
    pub fn resolve(facts: &[Fact]) -> Self {
        let mut sets = Sets::default();
        let mut in_force = HashSet::default();
        let (mut certain, mut shared): (Vec<&Fact>, Vec<&Fact>) = facts.iter().partition(|fact| fact.is_certain());
        certain.sort_unstable_by_key(|fact| (fact.at, fact.id));
        shared.sort_unstable_by_key(|fact| (fact.at, fact.id));
        for fact in certain {
            let (from, to) = (
                sets.of(fact.from, fact.from_standing),
                sets.of(fact.to, fact.to_standing),
            );
            sets.join(from, to);
            in_force.insert(fact.id);
        }
        for fact in shared {
            let (from, to) = (
                sets.of(fact.from, fact.from_standing),
                sets.of(fact.to, fact.to_standing),
            );
            let (lower, higher) = if fact.from_standing <= fact.to_standing {
                (from, fact.to_standing)
            } else {
                (to, fact.from_standing)
            };
            let is_free = sets.standing[lower] < higher;
            if is_free || from == to {
                sets.join(from, to);
                in_force.insert(fact.id);
            }
        }
        Self {
            moved: sets.into_moved(),
            in_force,
        }
    }
}

/// Disjoint sets of keys.
#[derive(Default)]
struct Sets {
    index: HashMap<i64, usize, RandomState>,
    keys: Vec<(i64, Standing)>,
    parent: Vec<usize>,
    /// The highest standing in the set, kept at its root.
    standing: Vec<Standing>,
}

impl Sets {
    /// The root of the key's set.
    fn of(&mut self, key: i64, standing: Standing) -> usize {
        let next = self.keys.len();
        let place = *self.index.entry(key).or_insert(next);
        if place == next {
            self.keys.push((key, standing));
            self.parent.push(next);
            self.standing.push(standing);
        }
        self.root(place)
    }

    fn root(&mut self, mut place: usize) -> usize {
        while self.parent[place] != place {
            self.parent[place] = self.parent[self.parent[place]];
            place = self.parent[place];
        }
        place
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        self.parent[other] = one;
        self.standing[one] = self.standing[one].max(self.standing[other]);
    }

    /// A set's person is its handle of the highest standing, the one with the least key among several.
    fn into_moved(mut self) -> HashMap<i64, i64, RandomState> {
        let mut person: Vec<Option<(Standing, i64)>> = vec![None; self.keys.len()];
        for place in 0..self.keys.len() {
            let root = self.root(place);
            let (key, standing) = self.keys[place];
            let is_better = person[root].is_none_or(|(best, least)| standing > best || standing == best && key < least);
            if is_better {
                person[root] = Some((standing, key));
            }
        }
        let mut moved = HashMap::default();
        for place in 0..self.keys.len() {
            let root = self.root(place);
            let (key, _) = self.keys[place];
            if let Some((_, owner)) = person[root].filter(|&(_, owner)| owner != key) {
                moved.insert(key, owner);
            }
        }
        moved
    }
}

#[cfg(test)]
mod tests {
    use longplay_domain::PersonId;
    use proptest::prelude::*;

    use super::*;

    const KEY: PersonKey = PersonKey::new([3; 16]);

    fn fact(from: &str, to: &str, evidence: Evidence, at: i64) -> Fact {
        let handle = |text| Handle::parse(text).unwrap();
        Fact::new(&Link::new(handle(from), handle(to), evidence).unwrap(), at, &KEY)
    }

    fn key(text: &str) -> i64 {
        let PersonId(key) = KEY.person(&Handle::parse(text).unwrap());
        key
    }

    fn same(who: &Who, one: &str, other: &str) -> bool {
        who.person(key(one)) == who.person(key(other))
    }

    #[test]
    fn a_visitor_becomes_who_they_say_they_are() {
        let who = Who::resolve(&[
            fact("anonymous:1", "user:ada", Evidence::Identify, 5),
            fact("user:ada", "email:ada@x.io", Evidence::Email, 6),
        ]);
        assert!(same(&who, "anonymous:1", "email:ada@x.io"));
        assert!(!same(&who, "anonymous:2", "user:ada"));
    }

    #[test]
    fn a_shared_device_makes_nobody_one() {
        let facts = [
            fact("anonymous:1", "user:bob", Evidence::Identify, 9),
            fact("anonymous:1", "user:ada", Evidence::Identify, 5),
        ];
        let who = Who::resolve(&facts);
        assert!(
            same(&who, "anonymous:1", "user:ada"),
            "the first, by the time it was said"
        );
        assert!(!same(&who, "user:bob", "user:ada"));
        assert!(who.is_in_force(facts[1].id) && !who.is_in_force(facts[0].id));
    }

    #[test]
    fn a_common_mailbox_makes_nobody_one_but_an_address_does() {
        let who = Who::resolve(&[
            fact("user:ada", "email:info@x.io", Evidence::Email, 1),
            fact("user:bob", "email:info@x.io", Evidence::Email, 2),
            fact("user:eve", "email:eve@x.io", Evidence::Email, 3),
            fact("custom:77", "email:eve@x.io", Evidence::Email, 4),
        ]);
        assert!(same(&who, "user:ada", "email:info@x.io") && !same(&who, "user:bob", "user:ada"));
        assert!(same(&who, "user:eve", "custom:77"));
    }

    #[test]
    fn the_owner_says_who_is_one() {
        let who = Who::resolve(&[
            fact("anonymous:1", "user:ada", Evidence::Identify, 1),
            fact("user:bob", "user:ada", Evidence::Merge, 9),
            fact("anonymous:2", "anonymous:1", Evidence::Alias, 9),
        ]);
        assert!(same(&who, "user:bob", "anonymous:2"));
        assert_eq!(who.keys_of(who.person(key("user:bob"))).len(), 4);
    }

    #[test]
    fn of_two_sign_ins_at_one_instant_every_workspace_takes_the_same() {
        let owner = |secret: u8| {
            let key = PersonKey::new([secret; 16]);
            let handle = |text| Handle::parse(text).unwrap();
            let person = |text| key.person(&handle(text)).0;
            let said = ["user:ada", "user:bob"].map(|user| {
                let link = Link::new(handle("anonymous:1"), handle(user), Evidence::Identify).unwrap();
                Fact::new(&link, 5, &key)
            });
            Who::resolve(&said).person(person("anonymous:1")) == person("user:ada")
        };
        let first = owner(0);
        assert!((1..40).all(|secret| owner(secret) == first));
    }

    proptest! {
        #[test]
        fn any_order_of_the_same_facts_gives_the_same_persons(
            said in proptest::collection::vec((0..6_u8, 0..6_u8, 0..4_usize, 0..50_i64), 1..24),
            shuffle in proptest::collection::vec(any::<u32>(), 24),
        ) {
            let name = |n: u8| match n {
                0 | 1 => format!("anonymous:{n}"),
                2 => "email:info@x.io".to_owned(),
                _ => format!("user:{n}"),
            };
            let facts: Vec<Fact> = said
                .iter()
                .filter(|(from, to, ..)| from != to)
                .map(|&(from, to, evidence, at)| fact(&name(from), &name(to), Evidence::ALL[evidence], at))
                .collect();
            let mut reordered: Vec<(u32, Fact)> = shuffle.iter().copied().cycle().zip(facts.iter().copied()).collect();
            reordered.sort_by_key(|(order, _)| *order);
            let reordered: Vec<Fact> = reordered.into_iter().map(|(_, fact)| fact).collect();
            let (one, other) = (Who::resolve(&facts), Who::resolve(&reordered));
            for n in 0..6 {
                let key = key(&name(n));
                prop_assert_eq!(one.person(key), other.person(key));
                prop_assert_eq!(one.person(one.person(key)), one.person(key), "a person is nobody else's");
            }
        }
    }
}
