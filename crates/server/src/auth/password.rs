//! Passwords: Argon2id with the parameters that OWASP asks for. Hashing takes 19 MiB and some time on purpose, so only so many are
//! hashed at once, off the threads that serve, and whoever doesn't get a turn in time is told to come back.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::{sync::Semaphore, task, time};

use crate::error::{Code, HttpError};

/// Shorter passwords are refused.
pub const PASSWORD_CHARS_MIN: usize = 12;
const PASSWORD_BYTES_MAX: usize = 1_024;
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
/// Passwords hashed at the same time.
const AT_ONCE_MAX: usize = 2;
const TURN_WAIT_MAX: Duration = Duration::from_secs(10);

/// Why a password could not be hashed.
#[derive(Debug, thiserror::Error)]
#[error("the password could not be hashed: {0}")]
pub struct PasswordError(String);

/// What is wrong with a password that somebody chose, in words.
pub fn fault(password: &str, name: &str) -> Option<String> {
    if password.chars().count() < PASSWORD_CHARS_MIN {
        return Some(format!(
            "A password has at least {PASSWORD_CHARS_MIN} characters; four words that nobody would put together are good."
        ));
    }
    if password.len() > PASSWORD_BYTES_MAX {
        return Some(format!("A password has at most {PASSWORD_BYTES_MAX} bytes."));
    }
    let mut letters: Vec<char> = password.to_lowercase().chars().collect();
    let name = name.trim().to_lowercase();
    if !name.is_empty() && name.chars().count() >= 3 && password.to_lowercase().replace(&name, "").chars().count() < 6 {
        return Some("That is little more than the name. Take words of their own.".to_owned());
    }
    letters.sort_unstable();
    letters.dedup();
    if letters.len() < 5 {
        return Some("That repeats itself, so it is guessed soon. Take several words.".to_owned());
    }
    None
}

fn argon2() -> Result<Argon2<'static>, PasswordError> {
    let parameters = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(|error| PasswordError(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters))
}

/// The hash to keep of a password, with a salt of its own.
pub fn hash(password: &str) -> Result<String, PasswordError> {
    let hash: PasswordHash = argon2()?
        .hash_password(password.as_bytes())
        .map_err(|error| PasswordError(error.to_string()))?;
    Ok(hash.to_string())
}

/// Whether that hash is of this password; what can't be read is of none.
fn is_of(hash: &str, password: &str) -> bool {
    let (Ok(argon2), Ok(hash)) = (argon2(), PasswordHash::new(hash)) else {
        return false;
    };
    password.len() <= PASSWORD_BYTES_MAX && argon2.verify_password(password.as_bytes(), &hash).is_ok()
}

/// Turns at hashing.
pub struct Hashing {
    turns: Arc<Semaphore>,
    /// The hash of a password nobody knows: an unknown name takes as long as a known one.
    nobodys: Arc<OnceLock<String>>,
}

impl Default for Hashing {
    fn default() -> Self {
        Self {
            turns: Arc::new(Semaphore::new(AT_ONCE_MAX)),
            nobodys: Arc::default(),
        }
    }
}

impl Hashing {
    pub async fn hash(&self, password: String) -> Result<String, HttpError> {
        self.in_turn(move || hash(&password)).await?.map_err(HttpError::failed)
    }

    /// Whether `hash` is of that password; without a hash it takes as long and is not.
    pub async fn is_of(&self, hash: Option<String>, password: String) -> Result<bool, HttpError> {
        let nobodys = Arc::clone(&self.nobodys);
        self.in_turn(move || match hash {
            Some(hash) => is_of(&hash, &password),
            None => {
                // A name that the password can't have: its hash is never right, whatever is typed.
                let nobodys = nobodys.get_or_init(|| self::hash("\0").unwrap_or_default());
                is_of(nobodys, &password);
                false
            }
        })
        .await
    }

    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, HttpError> {
        let turn = time::timeout(TURN_WAIT_MAX, Arc::clone(&self.turns).acquire_owned()).await;
        let busy = "Many are logging in just now. Try again in half a minute.";
        let turn = turn
            .map_err(|_| HttpError::new(Code::Busy, busy))?
            .map_err(HttpError::failed)?;
        // The turn goes along: who hangs up doesn't free the memory either.
        task::spawn_blocking(move || {
            let _turn = turn;
            work()
        })
        .await
        .map_err(HttpError::failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_hashed_as_owasp_asks_and_known_again() {
        let hashed = hash("correct horse battery").unwrap();
        assert!(hashed.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hashed}");
        assert_ne!(hashed, hash("correct horse battery").unwrap(), "a salt of its own");
        assert!(is_of(&hashed, "correct horse battery"));
        assert!(!is_of(&hashed, "correct horse batterY") && !is_of(&hashed, "") && !is_of("nonsense", "x"));
    }

    #[test]
    fn weak_passwords_are_refused_in_words() {
        for (password, words) in [
            ("short", "at least 12"),
            ("ada lovelace", "little more than the name"),
            ("AdaAdaAdaAdaAda", "little more than the name"),
            ("aaaaaaaaaaaaaaa", "repeats itself"),
            ("121212121212", "repeats itself"),
        ] {
            let name = if password.starts_with("AdaAda") {
                "ada"
            } else {
                "Ada Lovelace"
            };
            let said = fault(password, name).unwrap_or_default();
            assert!(said.contains(words), "{password}: {said}");
        }
        assert!(fault(&"xyzab1".repeat(200), "Ada").is_some(), "too long");
        assert_eq!(fault("vinyl crackle tuesday", "Ada"), None);
    }

    #[tokio::test]
    async fn no_more_are_hashed_at_once_than_memory_is_meant_for() {
        let hashing = Hashing::default();
        let turns: Vec<_> = (0..AT_ONCE_MAX).map(|_| hashing.turns.try_acquire().unwrap()).collect();
        let waiting = time::timeout(Duration::from_millis(50), hashing.is_of(None, "x".to_owned())).await;
        assert!(waiting.is_err(), "it waits for its turn");
        drop(turns);
        assert!(
            !hashing.is_of(None, "\0".to_owned()).await.unwrap(),
            "nobody's password opens nothing"
        );
    }
}
