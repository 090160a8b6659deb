//! Writing a segment: sorted batches in, one durable Parquet file, its id index and its statistics out.

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Int64Type;
use longplay_domain::PersonKey;
use parquet::{
    arrow::{ArrowWriter, arrow_writer::ArrowWriterOptions},
    basic::{Compression, Encoding, ZstdLevel},
    file::properties::{EnabledStatistics, WriterProperties},
    schema::types::ColumnPath,
};

use super::{
    Written,
    bounds::Bounds,
    checksum::checksum,
    ids::{self, IdIndex, Union},
    schema::{Column, segment_schema},
};
use crate::{
    crash,
    error::{PathContext, Result},
};

/// Rows per row group: the grain in which workers share a segment and statistics prune it.
pub const ROW_GROUP_ROWS: usize = 131_072;
const ZSTD_LEVEL: i32 = 3;
/// For ids, in which nothing repeats: a longer search finds no more.
const ZSTD_LEVEL_IDS: i32 = 1;
/// From so many rows a person on, zstd makes more of keys that repeat than is won by writing how far they lie apart.
const ROWS_PER_PERSON_REPETITIVE: usize = 2;

/// Where the fingerprints of a segment's ids come from.
enum Ids {
    /// From its rows, and kept in memory until the end.
    Appended(Vec<u64>),
    /// From the id indexes of the segments it is merged of.
    United(Vec<PathBuf>),
    /// From the id index of the segment it is written anew of, without those that are left out.
    Without(PathBuf, Vec<u64>),
}

/// A segment being written. Nothing counts until [`SegmentWriter::finish`] has returned and the catalog names the file.
pub struct SegmentWriter<'a> {
    directory: &'a Path,
    name: String,
    key: PersonKey,
    /// Begun with the first rows, which say how the others are best written.
    writer: Option<ArrowWriter<File>>,
    rows: u64,
    ids: Ids,
    bounds: Vec<Bounds>,
    is_marked: bool,
    rekeyed: Vec<(i64, i64)>,
}

impl<'a> SegmentWriter<'a> {
    /// Starts `segments/<name>` under the data directory.
    pub fn create(directory: &'a Path, name: String, key: PersonKey) -> Result<Self> {
        let bounds = Column::ALL.map(|_| Bounds::default()).to_vec();
        Ok(Self {
            directory,
            name,
            key,
            writer: None,
            rows: 0,
            ids: Ids::Appended(Vec::new()),
            bounds,
            is_marked: false,
            rekeyed: Vec::new(),
        })
    }

    /// Says, before the first row, that the rows are those of these segments: their id indexes are then merged, and the
    /// memory a merge takes doesn't grow with it.
    pub fn merges<'s>(&mut self, segments: impl IntoIterator<Item = &'s str>) {
        let path = |name: &str| ids::path(self.directory, name);
        self.ids = Ids::United(segments.into_iter().map(path).collect());
    }

    /// Says, before the first row, that the rows are those of this segment but for the ones that are left out.
    pub fn rewrites(&mut self, segment: &str) {
        self.ids = Ids::Without(ids::path(self.directory, segment), Vec::new());
    }

    /// Says that rows of the segment being rewritten are not in this one.
    pub fn leave_out(&mut self, batch: &RecordBatch) {
        if let Ids::Without(_, out) = &mut self.ids {
            let ids = batch.column(Column::Id.index()).as_string::<i32>();
            out.extend(ids.iter().flatten().map(|id| self.key.fingerprint(id.as_bytes())));
        }
    }

    /// The file and its writer, begun for rows like these.
    fn begin(&self, path: &Path, first: &RecordBatch) -> Result<ArrowWriter<File>> {
        let file = File::create(path).at("create the segment", path)?;
        let options = ArrowWriterOptions::new()
            .with_properties(properties(person_encoding(first)))
            .with_skip_arrow_metadata(true);
        ArrowWriter::try_new_with_options(file, segment_schema(), options).at("started", path)
    }

    /// Appends rows, which must follow those before in (person, time, id).
    pub fn append(&mut self, batch: &RecordBatch) -> Result<()> {
        let path = self.directory.join("segments").join(&self.name);
        let mut writer = match self.writer.take() {
            Some(writer) => writer,
            None => self.begin(&path, batch)?,
        };
        writer.write(batch).at("written", &path)?;
        self.writer = Some(writer);
        for (column, bounds) in Column::ALL.into_iter().zip(&mut self.bounds) {
            bounds.widen(column, batch.column(column.index()).as_ref());
        }
        // A person's rows lie together, so their pairs repeat nearby.
        let rekeyed = &mut self.rekeyed;
        rekeyed_pairs(batch, &mut |pair| {
            let mut nearby = rekeyed.iter().rev().take_while(|known| known.1 == pair.1);
            if !nearby.any(|known| known.0 == pair.0) {
                rekeyed.push(pair);
            }
        });
        self.is_marked |= batch.column(Column::Mark.index()).null_count() < batch.num_rows();
        self.rows += batch.num_rows() as u64;
        if let Ids::Appended(fingerprints) = &mut self.ids {
            let ids = batch.column(Column::Id.index()).as_string::<i32>();
            fingerprints.extend((0..ids.len()).map(|row| self.key.fingerprint(ids.value(row).as_bytes())));
        }
        Ok(())
    }

    fn write_ids(&mut self) -> Result<()> {
        let path = ids::path(self.directory, &self.name);
        match &mut self.ids {
            Ids::Appended(fingerprints) => {
                fingerprints.sort_unstable();
                ids::write(&path, self.rows, fingerprints.iter().copied().map(Ok))
            }
            Ids::United(parts) => {
                let parts: Vec<IdIndex> = parts.iter().map(|part| IdIndex::open(part)).collect::<Result<_>>()?;
                ids::write(&path, self.rows, Union::of(&parts)?)
            }
            Ids::Without(part, out) => {
                out.sort_unstable();
                let parts = [IdIndex::open(part)?];
                let mut out = out.iter().peekable();
                let left = Union::of(&parts)?.filter(|id| {
                    let Ok(id) = id else { return true };
                    while out.next_if(|gone| *gone < id).is_some() {}
                    out.peek() != Some(&id)
                });
                ids::write(&path, self.rows, left)
            }
        }
    }

    /// Writes the footer and the id index and makes both durable.
    pub fn finish(mut self) -> Result<Written> {
        let path = self.directory.join("segments").join(&self.name);
        let mut writer = match self.writer.take() {
            Some(writer) => writer,
            None => self.begin(&path, &RecordBatch::new_empty(segment_schema()))?,
        };
        let metadata = writer.finish().at("finished", &path)?;
        let rows = self.rows;
        let mut bytes_of = vec![0_i64; Column::ALL.len()];
        for group in metadata.row_groups() {
            for (index, column) in group.columns().iter().enumerate() {
                bytes_of[index] += column.compressed_size();
            }
        }
        writer.inner().sync_all().at("flush the segment", &path)?;
        crash::point("segment.written");
        self.write_ids()?;
        crash::point("segment.indexed");
        sync_directory(&self.directory.join("segments"))?;
        sync_directory(&self.directory.join("ids"))?;
        let (bytes, footer_bytes) = sizes(&path)?;
        let crc32 = checksum(&path)?;
        let columns = Column::ALL.into_iter().zip(self.bounds).zip(bytes_of);
        let columns = columns
            .map(|((column, bounds), size)| bounds.into_stats(column, size, rows))
            .collect();
        Ok(Written {
            name: self.name,
            rows,
            bytes,
            footer_bytes,
            crc32,
            is_marked: self.is_marked,
            rekeyed: self.rekeyed,
            columns,
        })
    }
}

/// (origin, person) of every row that lies under another key than its own.
pub fn rekeyed_pairs(batch: &RecordBatch, sink: &mut dyn FnMut((i64, i64))) {
    let origins = batch.column(Column::Origin.index()).as_primitive::<Int64Type>();
    if origins.null_count() == origins.len() {
        return;
    }
    let persons = batch.column(Column::Person.index()).as_primitive::<Int64Type>();
    for (origin, &person) in origins.iter().zip(persons.values()) {
        if let Some(origin) = origin {
            sink((origin, person));
        }
    }
}

/// Keys are random, so those of different persons have nothing in common but that they rise: written apart, each takes what
/// its distance takes. Where most rows repeat the key before, zstd does better on the keys themselves.
fn person_encoding(sorted: &RecordBatch) -> Encoding {
    let persons = sorted
        .column(Column::Person.index())
        .as_primitive::<Int64Type>()
        .values();
    let distinct = persons.chunk_by(|a, b| a == b).count();
    match persons.len() < ROWS_PER_PERSON_REPETITIVE * distinct {
        true => Encoding::DELTA_BINARY_PACKED,
        false => Encoding::PLAIN,
    }
}

fn properties(person: Encoding) -> WriterProperties {
    let level = |level| Compression::ZSTD(ZstdLevel::try_new(level).expect("a level zstd has"));
    let mut builder = WriterProperties::builder()
        .set_compression(level(ZSTD_LEVEL))
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_created_by(concat!("longplay ", env!("CARGO_PKG_VERSION")).to_owned());
    for column in Column::ALL {
        let path = ColumnPath::from(column.name());
        // Properties are often the same few; where they aren't, the writer gives the dictionary up.
        let has_dictionary = column.is_repetitive() || column == Column::Properties;
        builder = builder.set_column_dictionary_enabled(path.clone(), has_dictionary);
        if column == Column::Person {
            builder = builder.set_column_encoding(path, person);
        } else if column == Column::Time {
            builder = builder.set_column_encoding(path, Encoding::DELTA_BINARY_PACKED);
        } else if column == Column::Id {
            // Lengths apart from texts: mostly they are all the same.
            builder = builder
                .set_column_encoding(path.clone(), Encoding::DELTA_LENGTH_BYTE_ARRAY)
                .set_column_compression(path, level(ZSTD_LEVEL_IDS));
        } else if column == Column::Handle {
            // A person's handle is the same row after row: only where it changes is it written.
            builder = builder.set_column_encoding(path, Encoding::DELTA_BYTE_ARRAY);
        }
    }
    builder.build()
}

/// Bytes of a file and of its footer.
pub fn sizes(path: &Path) -> Result<(u64, u64)> {
    use std::os::unix::fs::FileExt;
    let file = File::open(path).at("open the segment", path)?;
    let bytes = file.metadata().at("read the segment", path)?.len();
    let mut tail = [0_u8; 4];
    file.read_exact_at(&mut tail, bytes.saturating_sub(8))
        .at("read the segment", path)?;
    Ok((bytes, u64::from(u32::from_le_bytes(tail))))
}

/// A new file's name is durable only once its directory is.
pub fn sync_directory(path: &Path) -> Result<()> {
    File::open(path)
        .and_then(|directory| directory.sync_all())
        .at("flush the directory", path)
}
