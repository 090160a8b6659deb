//! Writing a segment: sorted batches in, one durable Parquet file, its id index and its statistics out.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Int64Type;
use longplay_domain::{PersonKey, Time};
use parquet::{
    arrow::ArrowWriter,
    basic::{Compression, Encoding, ZstdLevel},
    file::properties::{EnabledStatistics, WriterProperties},
    schema::types::ColumnPath,
};

use super::{
    ColumnStats, Written,
    ids::{self, IdIndex, Union},
    lake_time,
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

/// Where the fingerprints of a segment's ids come from.
enum Ids {
    /// From its rows, and kept in memory until the end.
    Appended(Vec<u64>),
    /// From the id indexes of the segments it is merged of.
    United(Vec<PathBuf>),
}

/// A segment being written. Nothing counts until [`SegmentWriter::finish`] has returned and the catalog names the file.
pub struct SegmentWriter<'a> {
    directory: &'a Path,
    name: String,
    key: PersonKey,
    writer: ArrowWriter<File>,
    rows: u64,
    ids: Ids,
    bounds: Vec<Bounds>,
    is_marked: bool,
    rekeyed: Vec<(i64, i64)>,
}

impl<'a> SegmentWriter<'a> {
    /// Starts `segments/<name>` under the data directory.
    pub fn create(directory: &'a Path, name: String, key: PersonKey) -> Result<Self> {
        let path = directory.join("segments").join(&name);
        let file = File::create(&path).at("create the segment", &path)?;
        let writer = ArrowWriter::try_new(file, segment_schema(), Some(properties())).at("started", &path)?;
        let bounds = Column::ALL.map(|_| Bounds::default()).to_vec();
        Ok(Self {
            directory,
            name,
            key,
            writer,
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

    /// Appends rows, which must follow those before in (person, time, id).
    pub fn append(&mut self, batch: &RecordBatch) -> Result<()> {
        let path = self.directory.join("segments").join(&self.name);
        self.writer.write(batch).at("written", &path)?;
        for (column, bounds) in Column::ALL.into_iter().zip(&mut self.bounds) {
            bounds.widen(column, batch.column(column.index()).as_ref());
        }
        self.note_rekeyed(batch);
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
        }
    }

    /// A person's rows lie together, so their pairs repeat nearby.
    fn note_rekeyed(&mut self, batch: &RecordBatch) {
        let origins = batch.column(Column::Origin.index()).as_primitive::<Int64Type>();
        if origins.null_count() == origins.len() {
            return;
        }
        let persons = batch.column(Column::Person.index()).as_primitive::<Int64Type>();
        for (origin, &person) in origins.iter().zip(persons.values()) {
            let Some(origin) = origin else { continue };
            let mut nearby = self.rekeyed.iter().rev().take_while(|pair| pair.1 == person);
            if !nearby.any(|pair| pair.0 == origin) {
                self.rekeyed.push((origin, person));
            }
        }
    }

    /// Writes the footer and the id index and makes both durable.
    pub fn finish(mut self) -> Result<Written> {
        let path = self.directory.join("segments").join(&self.name);
        let metadata = self.writer.finish().at("finished", &path)?;
        let rows = self.rows;
        let mut bytes_of = vec![0_i64; Column::ALL.len()];
        for group in metadata.row_groups() {
            for (index, column) in group.columns().iter().enumerate() {
                bytes_of[index] += column.compressed_size();
            }
        }
        self.writer.inner().sync_all().at("flush the segment", &path)?;
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

fn properties() -> WriterProperties {
    let level = |level| Compression::ZSTD(ZstdLevel::try_new(level).expect("a level zstd has"));
    let mut builder = WriterProperties::builder()
        .set_compression(level(ZSTD_LEVEL))
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_created_by(concat!("longplay ", env!("CARGO_PKG_VERSION")).to_owned());
    for column in Column::ALL {
        let path = ColumnPath::from(column.name());
        builder = builder.set_column_dictionary_enabled(path.clone(), column.is_repetitive());
        if column == Column::Person {
            builder = builder.set_column_encoding(path, Encoding::PLAIN);
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

fn sizes(path: &Path) -> Result<(u64, u64)> {
    use std::os::unix::fs::FileExt;
    let file = File::open(path).at("open the segment", path)?;
    let bytes = file.metadata().at("read the segment", path)?.len();
    let mut tail = [0_u8; 4];
    file.read_exact_at(&mut tail, bytes.saturating_sub(8))
        .at("read the segment", path)?;
    Ok((bytes, u64::from(u32::from_le_bytes(tail))))
}

/// CRC-32 of a file.
pub fn checksum(path: &Path) -> Result<u32> {
    let mut file = File::open(path).at("open the segment", path)?;
    let mut hasher = crc32fast::Hasher::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer).at("read the segment", path)? {
            0 => return Ok(hasher.finalize()),
            bytes => hasher.update(&buffer[..bytes]),
        }
    }
}

/// A new file's name is durable only once its directory is.
pub fn sync_directory(path: &Path) -> Result<()> {
    File::open(path)
        .and_then(|directory| directory.sync_all())
        .at("flush the directory", path)
}

/// Least and greatest value of a column over a whole file.
#[derive(Clone, Debug, Default)]
struct Bounds {
    nulls: i64,
    numbers: Option<(i64, i64)>,
    texts: Option<(String, String)>,
}

/// Longer texts get no bounds: DuckLake's statistics are for pruning, and a cut maximum would lie.
const BOUND_BYTES_MAX: usize = 256;

impl Bounds {
    fn widen(&mut self, column: Column, array: &dyn Array) {
        self.nulls += array.null_count() as i64;
        match column {
            Column::Person | Column::ValueMinor | Column::Origin => {
                self.widen_numbers(array.as_primitive::<Int64Type>().iter().flatten())
            }
            Column::Time => {
                let times = array.as_primitive::<arrow::datatypes::TimestampMicrosecondType>();
                self.widen_numbers(times.iter().flatten());
            }
            // Nobody looks a handle up by range, and the catalog is no place for addresses.
            Column::Handle => {}
            _ => {
                let texts = array.as_string::<i32>();
                for text in texts.iter().flatten() {
                    match &mut self.texts {
                        None => self.texts = Some((text.to_owned(), text.to_owned())),
                        Some((low, _)) if text < low.as_str() => text.clone_into(low),
                        Some((_, high)) if text > high.as_str() => text.clone_into(high),
                        Some(_) => {}
                    }
                }
            }
        }
    }

    fn widen_numbers(&mut self, numbers: impl Iterator<Item = i64>) {
        for number in numbers {
            let (low, high) = self.numbers.unwrap_or((number, number));
            self.numbers = Some((low.min(number), high.max(number)));
        }
    }

    fn into_stats(self, column: Column, bytes: i64, rows: u64) -> ColumnStats {
        let show = |number: i64| match column {
            Column::Time => lake_time(Time::from_micros(number)),
            _ => number.to_string(),
        };
        let bounds = match (self.numbers, self.texts) {
            (Some((low, high)), _) => Some((show(low), show(high))),
            (_, Some((low, high))) if low.len().max(high.len()) <= BOUND_BYTES_MAX => Some((low, high)),
            _ => None,
        };
        let (min, max) = bounds.unzip();
        ColumnStats {
            field_id: column.field_id(),
            bytes,
            values: rows as i64 - self.nulls,
            nulls: self.nulls,
            min,
            max,
        }
    }
}
