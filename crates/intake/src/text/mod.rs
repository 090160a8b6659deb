//! From bytes to rows: encodings, rows of delimited tables, lines of JSON, header names. All in bounded memory.

mod encoding;
mod entities;
mod header;
mod lines;
mod objects;
mod records;
mod table;
mod window;

pub(crate) use encoding::{decode_head, decode_line, open_text, sniff as sniff_encoding};
pub(crate) use entities::unescaped;
pub(crate) use header::{Header, key};
pub(crate) use lines::Lines;
pub(crate) use objects::Objects;
pub(crate) use records::Records;
pub(crate) use table::{Rows, TableHead, headers_in};
