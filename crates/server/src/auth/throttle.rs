//! Slowing down whoever guesses: so many failures from an address, and so many of an account or of a shared link, within a while. An attempt is counted
//! before it is looked at, so that a thousand at once are not one; what is remembered is bounded.

use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use longplay_domain::Time;

const WINDOW_MICROS: i64 = 15 * 60 * 1_000_000;
const PER_ADDRESS_MAX: u32 = 10;
/// More than of an address, so that a stranger needs several to keep an owner out, and only for a while.
const PER_LOCK_MAX: u32 = 40;
/// Addresses, and accounts with links, remembered, each.
const REMEMBERED_MAX: usize = 10_000;

/// What somebody is guessing the password of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lock {
    Account(i64),
    Share(i64),
}

/// How long somebody has to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slow {
    pub seconds: i64,
}

impl Slow {
    /// What whoever has to wait is told.
    pub fn words(self) -> String {
        format!(
            "That was tried too often. Try again in {} min.",
            (self.seconds + 59) / 60
        )
    }
}

#[derive(Default)]
pub struct Throttle {
    failures: Mutex<Failures>,
}

#[derive(Default)]
struct Failures {
    addresses: HashMap<Option<IpAddr>, Count>,
    locks: HashMap<Lock, Count>,
}

#[derive(Clone, Copy)]
struct Count {
    since: i64,
    times: u32,
}

impl Throttle {
    /// Counts an attempt, or says how long to wait before the next.
    pub fn attempt(&self, address: Option<IpAddr>, lock: Option<Lock>, now: Time) -> Result<(), Slow> {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let address = network(address);
        let waits = [
            wait(&failures.addresses, &address, PER_ADDRESS_MAX, now),
            lock.and_then(|lock| wait(&failures.locks, &lock, PER_LOCK_MAX, now)),
        ];
        if let Some(seconds) = waits.into_iter().flatten().max() {
            return Err(Slow { seconds });
        }
        count(&mut failures.addresses, address, now);
        if let Some(lock) = lock {
            count(&mut failures.locks, lock, now);
        }
        Ok(())
    }

    /// Takes an attempt back that was none: whoever logs in rightly is not guessing. Failures before it stay counted.
    pub fn succeeded(&self, address: Option<IpAddr>, lock: Lock) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        uncount(&mut failures.addresses, &network(address));
        uncount(&mut failures.locks, &lock);
    }
}

/// Whoever has one IPv6 address has its whole network.
fn network(address: Option<IpAddr>) -> Option<IpAddr> {
    Some(match address? {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() & (u128::MAX << 64)).into()),
    })
}

fn wait<K: Hash + Eq>(counts: &HashMap<K, Count>, key: &K, most: u32, now: Time) -> Option<i64> {
    let count = counts
        .get(key)
        .filter(|count| is_recent(count, now) && count.times >= most)?;
    Some((count.since + WINDOW_MICROS - now.micros() + 999_999) / 1_000_000)
}

const fn is_recent(count: &Count, now: Time) -> bool {
    now.micros() - count.since < WINDOW_MICROS
}

fn count<K: Hash + Eq + Copy>(counts: &mut HashMap<K, Count>, key: K, now: Time) {
    if counts.len() >= REMEMBERED_MAX && !counts.contains_key(&key) {
        counts.retain(|_, count| is_recent(count, now));
        // Still full: those who tried least make room, and half of it, so that it isn't looked for each time.
        if counts.len() >= REMEMBERED_MAX {
            let mut times: Vec<u32> = counts.values().map(|count| count.times).collect();
            times.sort_unstable();
            let middle = times[times.len() / 2];
            let mut room = REMEMBERED_MAX / 2;
            counts.retain(|_, count| {
                let goes = count.times <= middle && room > 0;
                room -= usize::from(goes);
                !goes
            });
        }
    }
    let fresh = Count {
        since: now.micros(),
        times: 0,
    };
    let found = counts.entry(key).or_insert(fresh);
    if !is_recent(found, now) {
        *found = fresh;
    }
    found.times += 1;
}

fn uncount<K: Hash + Eq>(counts: &mut HashMap<K, Count>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        count.times = count.times.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use super::{Lock::Account, *};

    fn at(seconds: i64) -> Time {
        Time::from_micros(1_800_000_000_000_000 + seconds * 1_000_000)
    }

    fn address(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn an_address_that_guesses_waits_and_others_do_not() {
        let throttle = Throttle::default();
        let guess =
            |from, account: Option<i64>, seconds| throttle.attempt(address(from), account.map(Account), at(seconds));
        for second in 0..10 {
            assert_eq!(guess("192.0.2.1", Some(second), second), Ok(()));
        }
        assert_eq!(guess("192.0.2.1", None, 10), Err(Slow { seconds: 890 }));
        assert_eq!(guess("192.0.2.2", None, 10), Ok(()));
        assert_eq!(guess("192.0.2.1", None, 15 * 60), Ok(()), "the while is over");
    }

    #[test]
    fn an_account_guessed_at_from_everywhere_waits_too() {
        let throttle = Throttle::default();
        for number in 0..40 {
            let from = address(&format!("192.0.2.{number}"));
            assert_eq!(throttle.attempt(from, Some(Account(7)), at(0)), Ok(()));
        }
        assert!(
            throttle
                .attempt(address("198.51.100.1"), Some(Account(7)), at(1))
                .is_err()
        );
        assert_eq!(
            throttle.attempt(address("198.51.100.1"), Some(Account(8)), at(1)),
            Ok(())
        );
    }

    #[test]
    fn who_logs_in_rightly_is_not_slowed_down_and_hides_no_failures() {
        let throttle = Throttle::default();
        let home = address("192.0.2.1");
        for _ in 0..100 {
            throttle.attempt(home, Some(Account(1)), at(0)).unwrap();
            throttle.succeeded(home, Account(1));
        }
        for _ in 0..9 {
            throttle.attempt(home, Some(Account(2)), at(0)).unwrap();
        }
        throttle.attempt(home, Some(Account(1)), at(0)).unwrap();
        throttle.succeeded(home, Account(1));
        throttle.attempt(home, Some(Account(2)), at(0)).unwrap();
        assert!(throttle.attempt(home, Some(Account(2)), at(0)).is_err());
    }

    #[test]
    fn a_network_of_ipv6_is_one_and_memory_is_bounded() {
        let throttle = Throttle::default();
        for number in 0..10 {
            throttle
                .attempt(address(&format!("2001:db8::{number}")), None, at(0))
                .unwrap();
        }
        assert!(throttle.attempt(address("2001:db8::ffff"), None, at(0)).is_err());
        for number in 0..30_000_u32 {
            let from = Some(IpAddr::V4((0x0b00_0000 + number).into()));
            throttle.attempt(from, None, at(1)).unwrap();
        }
        assert!(throttle.failures.lock().unwrap().addresses.len() <= REMEMBERED_MAX);
        assert!(
            throttle.attempt(address("2001:db8::1"), None, at(2)).is_err(),
            "who tried most is not let go of"
        );
    }
}
