//! The file in which an owner finds every row that was refused, and why: `refusals/` in the data directory.
//!
//! It is opened in a spreadsheet, so text that looks like a formula is disarmed. It comes into being with the first refusal.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;
use longplay_domain::Time;

use super::report::RefusedAt;
use crate::output::cell::guarded;

/// Rows listed per import; further ones are only counted.
const ROWS_MAX: u64 = 100_000;
const HEADER: [&str; 6] = ["file", "part", "row", "column", "code", "message"];

/// Where refused rows of one imported file are listed.
pub struct RefusalsFile {
    directory: PathBuf,
    stem: String,
    imported: String,
    open: Option<Open>,
    rows: u64,
}

struct Open {
    path: PathBuf,
    writer: csv::Writer<fs::File>,
}

impl RefusalsFile {
    pub fn new(data: &Path, imported: &Path, now: Time) -> Self {
        let name = imported
            .file_name()
            .map_or_else(|| "import".to_owned(), |name| name.to_string_lossy().into_owned());
        let time: String = now.to_string().chars().filter(|c| !matches!(c, '-' | ':')).collect();
        let time = time.split('.').next().unwrap_or(&time).trim_end_matches('Z').to_owned();
        Self {
            directory: data.join("refusals"),
            stem: format!("{name}-{time}Z"),
            imported: imported.display().to_string(),
            open: None,
            rows: 0,
        }
    }

    pub fn list(&mut self, refused: &RefusedAt<'_>) -> anyhow::Result<()> {
        if self.rows == ROWS_MAX {
            return Ok(());
        }
        self.rows += 1;
        if self.open.is_none() {
            self.open = Some(self.create()?);
        }
        let Some(Open { path, writer }) = &mut self.open else {
            return Ok(());
        };
        let row = refused.row.to_string();
        let cells = [
            guarded(&self.imported),
            guarded(refused.part.unwrap_or("")),
            row.into(),
            guarded(refused.column.unwrap_or("")),
            refused.code.into(),
            guarded(&refused.message),
        ];
        writer
            .write_record(cells.iter().map(|cell| cell.as_bytes()))
            .with_context(|| unwritable(path))
    }

    /// Writes out what is still in memory and says where the list is, if anything was refused.
    pub fn finish(self) -> anyhow::Result<Option<PathBuf>> {
        let Some(Open { path, mut writer }) = self.open else {
            return Ok(None);
        };
        writer.flush().with_context(|| unwritable(&path))?;
        Ok(Some(path))
    }

    fn create(&self) -> anyhow::Result<Open> {
        fs::create_dir_all(&self.directory).with_context(|| unwritable(&self.directory))?;
        for attempt in 1..1_000_u32 {
            let suffix = if attempt == 1 {
                String::new()
            } else {
                format!("-{attempt}")
            };
            let path = self.directory.join(format!("{}{suffix}.csv", self.stem));
            match fs::File::create_new(&path) {
                Ok(file) => {
                    let mut writer = csv::Writer::from_writer(file);
                    writer.write_record(HEADER).with_context(|| unwritable(&path))?;
                    return Ok(Open { path, writer });
                }
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error).with_context(|| unwritable(&path)),
            }
        }
        anyhow::bail!(
            "{}: full of lists of refused rows with this name; delete old ones",
            self.directory.display()
        )
    }
}

fn unwritable(path: &Path) -> String {
    format!("{}: the list of refused rows can't be written", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(message: &str) -> RefusedAt<'static> {
        RefusedAt {
            part: Some("=part"),
            row: 7,
            column: Some("When"),
            code: "time_missing",
            message: message.to_owned(),
        }
    }

    #[test]
    fn rows_are_listed_disarmed_and_a_second_import_gets_its_own_list() {
        let data = tempfile::tempdir().unwrap();
        let list = || {
            let mut file = RefusalsFile::new(data.path(), Path::new("/in/shop.csv"), Time::from_micros(0));
            file.list(&refused("@SUM(1)")).unwrap();
            file.finish().unwrap().unwrap()
        };
        let (first, second) = (list(), list());
        assert_eq!(first.file_name().unwrap(), "shop.csv-19700101T000000Z.csv");
        assert_ne!(first, second);
        let text = fs::read_to_string(first).unwrap();
        assert_eq!(
            text,
            "file,part,row,column,code,message\n/in/shop.csv,'=part,7,When,time_missing,'@SUM(1)\n"
        );
    }

    #[test]
    fn no_refusal_leaves_no_file() {
        let data = tempfile::tempdir().unwrap();
        let file = RefusalsFile::new(data.path(), Path::new("shop.csv"), Time::from_micros(0));
        assert_eq!(file.finish().unwrap(), None);
        assert!(!data.path().join("refusals").exists());
    }
}
