//! How a command ended, and the one place where that becomes an exit code and words on stderr.

use std::{io, process::ExitCode};

/// A command that ran to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Ok,
    /// It said what was wrong in its own output.
    Failed,
    /// Nothing was recognised or admitted.
    Nothing,
}

/// The command line asks for something that doesn't exist or contradicts itself.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Usage(pub String);

pub fn code_of(done: anyhow::Result<Exit>) -> ExitCode {
    match done {
        Ok(Exit::Ok) => ExitCode::SUCCESS,
        Ok(Exit::Failed) => ExitCode::from(1),
        Ok(Exit::Nothing) => ExitCode::from(3),
        // Whoever reads our output has had enough (`longplay … | head`): that is no failure.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("longplay: {}", in_words(&error));
            ExitCode::from(if error.is::<Usage>() { 2 } else { 1 })
        }
    }
}

/// The error and its causes in one line, leaving out a cause whose words already stand in what was said before it.
pub fn in_words(error: &anyhow::Error) -> String {
    let mut words = String::new();
    for cause in error.chain() {
        let cause = cause.to_string();
        if words.is_empty() {
            words = cause;
        } else if !words.contains(&cause) {
            words = format!("{words}: {cause}");
        }
    }
    words
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let io = cause.downcast_ref::<io::Error>().map(io::Error::kind);
        let json = cause
            .downcast_ref::<serde_json::Error>()
            .and_then(serde_json::Error::io_error_kind);
        // The csv crate's errors name no source, so it is asked for here.
        let csv = match cause.downcast_ref::<csv::Error>().map(csv::Error::kind) {
            Some(csv::ErrorKind::Io(error)) => Some(error.kind()),
            _ => None,
        };
        io.or(json).or(csv) == Some(io::ErrorKind::BrokenPipe)
    })
}

#[cfg(test)]
mod tests {
    use anyhow::Context;

    use super::*;

    #[test]
    fn causes_are_told_once() {
        let inner = io::Error::other("no space");
        let error = anyhow::Error::new(inner)
            .context("cannot write x: no space")
            .context("import stopped");
        assert_eq!(in_words(&error), "import stopped: cannot write x: no space");
    }

    #[test]
    fn a_closed_pipe_is_no_failure_wherever_it_shows() {
        let pipe = || io::Error::from(io::ErrorKind::BrokenPipe);
        assert!(is_broken_pipe(&anyhow::Error::new(pipe())));
        assert!(is_broken_pipe(&Err::<(), _>(pipe()).context("writing").unwrap_err()));
        assert!(is_broken_pipe(&anyhow::Error::new(serde_json::Error::io(pipe()))));
        assert!(is_broken_pipe(&anyhow::Error::new(csv::Error::from(pipe()))));
        assert!(is_broken_pipe(&anyhow::Error::new(csv::Error::from(pipe()))));
        assert!(!is_broken_pipe(&anyhow::Error::new(io::Error::other("x"))));
    }
}
