//! The face of this crate: a file, recognised by its content, that can be read as often as needed.

use std::{
    io::{self, Read},
    ops::ControlFlow,
    path::Path,
};

use longplay_domain::{Field, Time, Zone};

use crate::{
    Format, IntakeError, Located, ReadError,
    container::Container,
    limits::HEAD_BYTES,
    output::{Output, Stop},
    recognise,
    text::{Header, Lines, Objects, Records, Rows, TableHead, decode_head, open_text, sniff_encoding},
};

/// What the owner says beside the file.
#[derive(Clone, Debug)]
pub struct Options {
    /// Read it as this format (`--as`), even where its columns alone wouldn't say so.
    pub format: Option<Format>,
    /// The channel of everything that states none of its own (`--channel`).
    pub channel: Option<String>,
    /// The workspace's zone: days and local times of pieces are read in it.
    pub zone: Zone,
    /// When the file was last changed: the day of totals that a file gives as of its export.
    pub modified: Option<Time>,
}

impl Options {
    pub const fn new(zone: Zone) -> Self {
        Self {
            format: None,
            channel: None,
            zone,
            modified: None,
        }
    }
}

/// An opened, recognised file.
pub struct Source {
    file: Recognised,
    format: Format,
}

/// A file whose format is known: what a format reads from.
pub(crate) struct Recognised {
    pub container: Container,
    pub parts: Vec<Part>,
    pub options: Options,
}

/// One file of the upload that belongs to the format.
pub(crate) struct Part {
    pub index: usize,
    pub name: Option<String>,
    pub shape: Shape,
}

/// How a part is laid out.
#[derive(Clone)]
pub(crate) enum Shape {
    Table(TableHead),
    /// One JSON object a line.
    Objects(Header),
    Parquet(Header),
}

impl Source {
    /// Opens a file and finds out what it is.
    pub fn open(path: &Path, options: &Options) -> Result<Self, IntakeError> {
        let container = Container::open(path)?;
        let (format, parts) = recognise::recognise(&container, options)?;
        Ok(Self {
            file: Recognised {
                container,
                parts,
                options: options.clone(),
            },
            format,
        })
    }

    pub const fn format(&self) -> Format {
        self.format
    }

    /// The file's size on disk.
    pub const fn bytes_total(&self) -> u64 {
        self.file.container.bytes
    }

    /// Streams every item to `sink`, which may stop by returning an error. May be called again: a first pass can verify
    /// the whole file (checksums, every row) before a second one hands its items on.
    pub fn read<E>(&self, sink: &mut dyn FnMut(Located) -> Result<(), E>) -> Result<(), ReadError<E>> {
        let mut stopped = None;
        let mut funnel = |located| match sink(located) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                stopped = Some(error);
                ControlFlow::Break(())
            }
        };
        let result = self.format.reader().read(&self.file, &mut Output::new(&mut funnel));
        match (result, stopped) {
            (_, Some(error)) => Err(ReadError::Sink(error)),
            (Err(Stop::Failed(error)), None) => Err(ReadError::Intake(error)),
            (Ok(()) | Err(Stop::Sink), None) => Ok(()),
        }
    }

    /// The file's own name of the column a refused field came from, e.g. `Paid at`.
    pub fn column_of(&self, field: Field) -> Option<String> {
        let keys = self.format.reader().columns(field);
        self.file.parts.iter().find_map(|part| {
            let header = part.shape.header();
            keys.iter()
                .find_map(|key| header.find(key))
                .map(|index| header.name(index).to_owned())
        })
    }
}

impl Shape {
    pub const fn header(&self) -> &Header {
        match self {
            Self::Table(head) => &head.header,
            Self::Objects(header) | Self::Parquet(header) => header,
        }
    }
}

impl Recognised {
    /// The channel of what states none: the owner's word, else the format's own.
    pub fn channel_or(&self, default: &str) -> String {
        self.options.channel.clone().unwrap_or_else(|| default.to_owned())
    }

    /// The rows of a table; none when the part is no table.
    pub fn rows<'a>(&'a self, part: &'a Part, head: &'a TableHead) -> Result<Rows<'a>, IntakeError> {
        let records = Records::new(self.text(part)?, head.delimiter);
        Rows::new(records, head, |line, error| self.failed(part, line, error))
    }

    /// The lines of a file of JSON objects.
    pub fn objects<'a>(&'a self, part: &'a Part) -> Result<Objects<'a>, IntakeError> {
        Ok(Objects::new(Lines::new(self.text(part)?), |line, error| {
            self.failed(part, line, error)
        }))
    }

    fn text(&self, part: &Part) -> Result<Box<dyn Read>, IntakeError> {
        let failed = |error| self.failed(part, 1, error);
        let mut input = self.container.reader(part.index)?;
        let mut head = vec![0; 2_048];
        let read = read_fully(&mut input, &mut head).map_err(failed)?;
        head.truncate(read);
        let sniffed = sniff_encoding(&head);
        open_text(Box::new(io::Cursor::new(head).chain(input)), sniffed).map_err(failed)
    }

    /// What an error of a part's stream means, and where it was met.
    pub fn failed(&self, part: &Part, line: u64, error: io::Error) -> IntakeError {
        let place = match &part.name {
            Some(name) => format!("line {line} of {name}"),
            None => format!("line {line}"),
        };
        self.container.failed(Some(place), error)
    }
}

/// The head of a part as text, and whether it is the whole part; what is no text comes as its first bytes.
pub(crate) fn head_of(container: &Container, index: usize, name: Option<&str>) -> Result<Head, IntakeError> {
    let mut input = container.reader(index)?;
    let mut bytes = vec![0; HEAD_BYTES];
    let read = read_fully(&mut input, &mut bytes).map_err(|error| container.failed(name.map(str::to_owned), error))?;
    bytes.truncate(read);
    Ok(Head {
        is_whole: read < HEAD_BYTES,
        text: decode_head(&bytes),
        is_parquet: bytes.starts_with(b"PAR1"),
    })
}

pub(crate) struct Head {
    pub text: String,
    pub is_whole: bool,
    pub is_parquet: bool,
}

fn read_fully(input: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match input.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
