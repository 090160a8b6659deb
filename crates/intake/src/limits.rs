//! Every limit of this crate, in one place, so that no file of a stranger can take more than stated here.

/// Longest row (or line of JSON) that is read; a longer one is refused and reading goes on behind it.
pub const ROW_BYTES_MAX: usize = 1024 * 1024;

/// How much of a file is looked at to recognise it.
pub const HEAD_BYTES: usize = 64 * 1024;

/// A header stands within the first rows: platforms write a title, comments or a description above it.
pub const HEADER_ROWS_SEARCHED: usize = 16;

pub const COLUMNS_MAX: usize = 4_096;

/// Files in one archive. A newsletter of ten years has about three files a post.
pub const ENTRIES_MAX: usize = 50_000;

/// What one upload may unpack to.
pub const UNPACKED_BYTES_MAX: u64 = 64 * 1024 * 1024 * 1024;

/// What an upload may unpack to per byte of its own. Real exports reach about 30, the most deflate can do is 1,032.
pub const UNPACKED_RATIO_MAX: u64 = 300;

/// Below this size the ratio doesn't matter.
pub const UNPACKED_BYTES_FREE: u64 = 32 * 1024 * 1024;

/// Longest id, URL and title of a piece, in bytes.
pub const PIECE_TEXT_BYTES_MAX: usize = 4_096;

/// Topics of one piece.
pub const TOPICS_MAX: usize = 100;

/// Items of one order that are kept in its properties; the others are counted.
pub const ORDER_ITEMS_MAX: usize = 50;

/// Ids remembered so that a piece that stands on every row of a chart is handed out once.
pub const PIECES_REMEMBERED_MAX: usize = 100_000;
