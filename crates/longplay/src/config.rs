//! What every command is told: raw flags and environment in, one resolved [`Config`] out. Nobody else reads the environment.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use longplay_domain::{Time, Zone};

use crate::exit::Usage;

const DATA_DEFAULT: &str = "./longplay-data";

/// Flags that every command takes.
#[derive(clap::Args)]
pub struct GlobalArgs {
    /// Data directory of the workspace [env: LONGPLAY_DATA] [default: ./longplay-data; demo: ./longplay-demo]
    #[arg(long, global = true, value_name = "DIR", help_heading = "Workspace")]
    data: Option<PathBuf>,

    /// Time zone whose calendar days count, by its IANA name such as Europe/Vienna; fixed when the workspace is first
    /// used [env: LONGPLAY_ZONE] [default: UTC]
    #[arg(long, global = true, value_name = "ZONE", help_heading = "Workspace")]
    zone: Option<String>,
}

/// Resolved settings of one run.
#[derive(Clone, Debug)]
pub struct Config {
    /// The directory that was asked for, by flag or environment.
    data: Option<PathBuf>,
    /// The zone that was asked for; `None` means the workspace's own.
    pub zone: Option<Zone>,
    /// What the server logs, in the syntax of tracing's filters.
    pub log: String,
    /// The present, read once so that one run has one now.
    pub now: Time,
    pub trial: Trial,
}

impl Config {
    /// Flags win over the environment; a variable that is set but empty counts as not set.
    pub fn resolve(args: GlobalArgs) -> anyhow::Result<Self> {
        Self::resolve_from(args, |name| std::env::var_os(name), now())
    }

    fn resolve_from(args: GlobalArgs, variable: impl Fn(&str) -> Option<OsString>, now: Time) -> anyhow::Result<Self> {
        let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
        let text = |name: &str| variable(name).map(|value| value.to_string_lossy().into_owned());
        let zone = match args.zone.or_else(|| text("LONGPLAY_ZONE")) {
            None => None,
            Some(name) => Some(Zone::named(name.trim()).ok_or_else(|| {
                Usage(format!(
                    "“{name}” is no time zone; use a name of the IANA database such as Europe/Vienna or UTC"
                ))
            })?),
        };
        Ok(Self {
            data: args
                .data
                .filter(|data| !data.as_os_str().is_empty())
                .or_else(|| variable("LONGPLAY_DATA").map(PathBuf::from)),
            zone,
            log: text("LONGPLAY_LOG").unwrap_or_else(|| "warn".to_owned()),
            now,
            trial: Trial::from_environment(text),
        })
    }

    /// The workspace's data directory.
    pub fn data(&self) -> &Path {
        self.data_or(Path::new(DATA_DEFAULT))
    }

    /// The data directory for a command with a default of its own.
    pub fn data_or<'a>(&'a self, default: &'a Path) -> &'a Path {
        self.data.as_deref().unwrap_or(default)
    }
}

/// What the crash test asks of a build with debug assertions, and nobody of any other: a place to die at, and upkeep
/// without patience.
#[derive(Clone, Debug, Default)]
pub struct Trial {
    /// A place of `longplay_store::crash` and at which passage, as `place:count`.
    pub crash_at: Option<(String, i64)>,
    pub is_hurried: bool,
}

impl Trial {
    fn from_environment(text: impl Fn(&str) -> Option<String>) -> Self {
        if !cfg!(debug_assertions) {
            return Self::default();
        }
        let place = text("LONGPLAY_CRASH_AT");
        let crash_at = place.as_deref().and_then(|place| place.split_once(':'));
        Self {
            crash_at: crash_at.and_then(|(place, count)| Some((place.to_owned(), count.parse().ok()?))),
            is_hurried: text("LONGPLAY_HURRY").is_some(),
        }
    }
}

/// The clock, for this run and for the server's requests.
pub fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(data: Option<&str>, zone: Option<&str>, environment: &[(&str, &str)]) -> anyhow::Result<Config> {
        let args = GlobalArgs {
            data: data.map(PathBuf::from),
            zone: zone.map(str::to_owned),
        };
        let variable = |name: &str| {
            environment
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| OsString::from(value))
        };
        Config::resolve_from(args, variable, Time::from_micros(0))
    }

    #[test]
    fn flags_win_over_the_environment_and_empty_variables_count_as_unset() {
        let environment = [("LONGPLAY_DATA", "/env"), ("LONGPLAY_ZONE", "Asia/Tokyo")];
        let from_flags = resolve(Some("/flag"), Some("Europe/Vienna"), &environment).unwrap();
        assert_eq!(
            (from_flags.data(), from_flags.zone.as_ref().unwrap().name()),
            (Path::new("/flag"), "Europe/Vienna")
        );
        let from_environment = resolve(None, None, &environment).unwrap();
        assert_eq!(
            (from_environment.data(), from_environment.zone.as_ref().unwrap().name()),
            (Path::new("/env"), "Asia/Tokyo")
        );
        let neither = resolve(None, None, &[("LONGPLAY_DATA", ""), ("LONGPLAY_ZONE", "")]).unwrap();
        assert_eq!(
            (neither.data(), neither.zone.is_none()),
            (Path::new(DATA_DEFAULT), true)
        );
    }

    #[test]
    fn an_unknown_zone_is_a_usage_error() {
        let error = resolve(None, Some("Europe/Atlantis"), &[]).unwrap_err();
        assert!(error.is::<Usage>(), "{error}");
        assert!(error.to_string().contains("Europe/Atlantis"));
    }
}
