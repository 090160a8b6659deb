//! What can go wrong with a whole file. A row that can't be read is no error: it is an [`crate::Item::Refused`].

use std::{io, path::PathBuf};

/// Why a file can't be read. Each says what, where and what to do.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    #[error("{}: there is no such file", path.display())]
    NotFound { path: PathBuf },
    #[error("{}: this is a folder; name the files in it (FOLDER/*), or the zip as the platform gave it", path.display())]
    Directory { path: PathBuf },
    #[error("{}: no permission to read it; change its rights (chmod u+r) or run as the user who owns it", path.display())]
    NoPermission { path: PathBuf },
    #[error("{}: the file is empty; export or download it again", path.display())]
    Empty { path: PathBuf },
    #[error("{}: not recognised: {why}", path.display())]
    NotRecognised { path: PathBuf, why: String },
    #[error("{}: refused for its size: {why}", path.display())]
    TooLarge { path: PathBuf, why: String },
    #[error("{}: damaged{}: {why}; download or copy it again", path.display(), place.as_deref().map(|p| format!(" at {p}")).unwrap_or_default())]
    Damaged {
        path: PathBuf,
        place: Option<String>,
        why: String,
    },
    #[error("{}: could not be read", path.display())]
    Io {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

impl IntakeError {
    /// A stable code for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "not_found",
            Self::Directory { .. } => "directory",
            Self::NoPermission { .. } => "no_permission",
            Self::Empty { .. } => "empty",
            Self::NotRecognised { .. } => "not_recognised",
            Self::TooLarge { .. } => "too_large",
            Self::Damaged { .. } => "damaged",
            Self::Io { .. } => "io",
        }
    }

    /// What the operating system said when the file was opened or read.
    pub(crate) fn of_io(path: &std::path::Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::NotFound => Self::NotFound { path },
            io::ErrorKind::IsADirectory => Self::Directory { path },
            io::ErrorKind::PermissionDenied => Self::NoPermission { path },
            _ => Self::Io { path, source },
        }
    }
}

/// Why reading stopped before the end.
#[derive(Debug, thiserror::Error)]
pub enum ReadError<E> {
    /// The file turned out damaged or unreadable; what was handed out before is not to be trusted as the whole.
    #[error(transparent)]
    Intake(IntakeError),
    /// The sink said stop.
    #[error("the reader was stopped")]
    Sink(E),
}
