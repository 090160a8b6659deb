//! What can go wrong with the data directory, and whose fault it is. The words name the path and what to do; the cause is
//! the `source`.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("{path}: can't {what}", path = path.display())]
    Io {
        what: &'static str,
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("the database refused to {what}")]
    Sqlite {
        what: &'static str,
        source: rusqlite::Error,
    },
    #[error("{path}: the segment can't be {what}; run `longplay check`", path = path.display())]
    Segment {
        what: &'static str,
        path: PathBuf,
        source: parquet::errors::ParquetError,
    },
    #[error("{path}: {message}; run `longplay check`", path = path.display())]
    Damaged { path: PathBuf, message: String },
    #[error("{path} holds no Longplay data; import something into it first, or name another with --data", path = .0.display())]
    Missing(PathBuf),
    #[error("{path} was written by a newer Longplay (format {found}, this one knows {known}); update Longplay", path = path.display())]
    Newer { path: PathBuf, found: i64, known: i64 },
    #[error("{0}")]
    Invalid(String),
    #[error("more is coming in than the disk takes; send it again in a second")]
    Busy,
    /// What failed for all batches that were to become durable together.
    #[error(transparent)]
    Together(Arc<StoreError>),
}

pub type Result<T> = std::result::Result<T, StoreError>;

/// Turns the errors of the libraries below into ours, with what was being done.
pub(crate) trait Context<T> {
    fn doing(self, what: &'static str) -> Result<T>;
}

impl<T> Context<T> for rusqlite::Result<T> {
    fn doing(self, what: &'static str) -> Result<T> {
        self.map_err(|source| StoreError::Sqlite { what, source })
    }
}

pub(crate) trait PathContext<T> {
    fn at(self, what: &'static str, path: &Path) -> Result<T>;
}

impl<T> PathContext<T> for std::io::Result<T> {
    fn at(self, what: &'static str, path: &Path) -> Result<T> {
        self.map_err(|source| StoreError::Io {
            what,
            path: path.to_owned(),
            source,
        })
    }
}

impl<T> PathContext<T> for parquet::errors::Result<T> {
    fn at(self, what: &'static str, path: &Path) -> Result<T> {
        self.map_err(|source| StoreError::Segment {
            what,
            path: path.to_owned(),
            source,
        })
    }
}

impl<T> PathContext<T> for std::result::Result<T, arrow::error::ArrowError> {
    fn at(self, what: &'static str, path: &Path) -> Result<T> {
        self.map_err(parquet::errors::ParquetError::from).at(what, path)
    }
}
