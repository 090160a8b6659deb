//! The formats, one file each. Adding one takes its file here, its `mod` and one line in the list below. (`mod` stands
//! outside the list because rustfmt finds no files through a macro.)

mod longplay_events;
mod longplay_pieces;
mod longplay_samples;
mod mailchimp_audience;
mod shopify_orders;
mod slashed_dates;
mod substack;
mod youtube_studio;

use longplay_domain::Field;

use crate::{
    output::{Output, RefusedRow, Stop},
    source::{Recognised, Shape},
    text::Header,
    values::Entries,
};

/// What every format can do.
pub(crate) trait ExportFormat: Sync {
    /// Whether a table (or a file of objects) with this header is one of this format's.
    fn fit(&self, layout: Layout, header: &Header) -> Fit;

    /// What a file must have, in words, for the owner who asked for this format in vain.
    fn needs(&self) -> &'static str;

    /// The header keys from which a field of a claim is read, in order of preference.
    fn columns(&self, field: Field) -> &'static [&'static str];

    /// Hands out everything the file says.
    fn read(&self, file: &Recognised, output: &mut Output<'_>) -> Result<(), Stop>;
}

/// How a part is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    Table,
    Objects,
    Parquet,
}

/// How well a header fits a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fit {
    No,
    /// It can be read when the owner says so, or when it lies beside something that is sure.
    Asked,
    Sure,
}

/// A row of a table or an object of JSON Lines, by the names of its columns or keys.
pub(crate) struct Row<'a> {
    pub line: u64,
    cells: &'a dyn Fn(&str) -> Option<String>,
}

impl Row<'_> {
    /// The text under a name (`published_at` also finds `Published at`); none when it is blank.
    pub fn text(&self, name: &str) -> Option<String> {
        (self.cells)(name)
    }
}

type RowReader<'r> = dyn FnMut(Row<'_>, &mut Output<'_>) -> Result<(), Stop> + 'r;

/// Walks the rows of every part, tables and JSON Lines alike.
pub(crate) fn each_row(file: &Recognised, output: &mut Output<'_>, read: &mut RowReader<'_>) -> Result<(), Stop> {
    for part in &file.parts {
        output.enter(part.name.clone());
        match &part.shape {
            Shape::Table(head) => {
                let mut rows = file.rows(part, head)?;
                while rows.next(output)? {
                    let cells = |name: &str| {
                        let index = head
                            .header
                            .find(name)
                            .or_else(|| head.header.find(&name.replace('_', " ")));
                        Some(rows.maybe(index).to_owned()).filter(|text| !text.is_empty())
                    };
                    read(
                        Row {
                            line: rows.line(),
                            cells: &cells,
                        },
                        output,
                    )?;
                }
            }
            Shape::Objects(_) => {
                let mut objects = file.objects(part)?;
                while let Some((line, text)) = objects.next(output)? {
                    match Entries::parse(text) {
                        Ok(entries) => read(
                            Row {
                                line,
                                cells: &|name| entries.text(name),
                            },
                            output,
                        )?,
                        Err(error) => {
                            let message = format!("the line is no JSON object ({error})");
                            output.refuse(line, RefusedRow::new("row_unreadable", None, message))?;
                        }
                    }
                }
            }
            Shape::Parquet(_) => {}
        }
    }
    Ok(())
}

/// One line a format: variant, name, module; the module's `Reader` reads it.
macro_rules! formats {
    ($($(#[$doc:meta])* $variant:ident, $name:literal, $module:ident;)*) => {
        /// A format we can read.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Format { $($(#[$doc])* $variant),* }

        impl Format {
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name used with `--as` and in `docs/formats`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            pub(crate) fn reader(self) -> &'static dyn ExportFormat {
                match self { $(Self::$variant => &$module::Reader),* }
            }
        }
    };
}

formats! {
    /// Our own open format for events: CSV, JSON Lines, Parquet.
    LongplayEvents, "longplay-events", longplay_events;
    LongplayPieces, "longplay-pieces", longplay_pieces;
    LongplaySamples, "longplay-samples", longplay_samples;
    YoutubeStudio, "youtube-studio", youtube_studio;
    Substack, "substack", substack;
    ShopifyOrders, "shopify-orders", shopify_orders;
    MailchimpAudience, "mailchimp-audience", mailchimp_audience;
}

impl Format {
    /// The format of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|format| format.name() == name)
    }
}
