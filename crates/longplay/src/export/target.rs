//! Where an export goes: stdout, or a file that appears under its name only when it is complete.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Stdout, Write},
    path::{Path, PathBuf},
};

use anyhow::Context;

pub struct Target {
    writer: Writer,
    /// The file being written and the name it will get.
    rename: Option<(PathBuf, PathBuf)>,
}

enum Writer {
    Stdout(BufWriter<Stdout>),
    File(BufWriter<File>),
}

impl Target {
    pub fn open(out: Option<&Path>) -> anyhow::Result<Self> {
        let Some(path) = out else {
            return Ok(Self {
                writer: Writer::Stdout(crate::output::stdout()),
                rename: None,
            });
        };
        let doing = || format!("{}: can't be written", path.display());
        anyhow::ensure!(
            !path.is_dir(),
            "{}: this is a directory; name a file in it",
            path.display()
        );
        // A device or a pipe is written to as it is; a file is replaced whole or not at all.
        if path.exists() && !path.is_file() {
            let file = File::options().write(true).open(path).with_context(doing)?;
            return Ok(Self {
                writer: Writer::File(BufWriter::new(file)),
                rename: None,
            });
        }
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.part", std::process::id()));
        let part = path.with_file_name(name);
        let file = File::create(&part).with_context(doing)?;
        Ok(Self {
            writer: Writer::File(BufWriter::new(file)),
            rename: Some((part, path.to_owned())),
        })
    }

    pub fn finish(mut self) -> anyhow::Result<()> {
        self.flush()?;
        if let Some((part, path)) = &self.rename {
            fs::rename(part, path).with_context(|| format!("{}: can't be written", path.display()))?;
            self.rename = None;
        }
        Ok(())
    }
}

/// An export that broke off leaves nothing behind.
impl Drop for Target {
    fn drop(&mut self) {
        if let Some((part, _)) = &self.rename {
            // The export has failed already and says why; a part that can't be removed adds nothing to that.
            let _ = fs::remove_file(part);
        }
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.writer {
            Writer::Stdout(writer) => writer.write(bytes),
            Writer::File(writer) => writer.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.writer {
            Writer::Stdout(writer) => writer.flush(),
            Writer::File(writer) => writer.flush(),
        }
    }
}
