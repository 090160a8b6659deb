//! YouTube Studio's “advanced mode” export: a zip of `Table data.csv`, `Totals.csv` and `Chart data.csv`, or those loose.
//!
//! Quirks: the range of the table stands only in the zip's name, so a loose table yields pieces but no totals. A row
//! `Total` comes first and is a total of the channel, never a piece. Ids that start with `-` carry a blank before them.
//! At most 500 rows are exported, so a missing video isn't zero. Days are YouTube's own (US Pacific) and stay so.
//! Tabs other than Content (Geography, Viewer age …) have no pieces: only their totals of the channel are read.

mod columns;

use std::collections::HashSet;

use columns::{Metric, Tab, is_total_word, metric_of, tab_of};
use longplay_domain::{Day, Field, Piece, Sample, sample::Span};

use super::{ExportFormat, Fit, Layout};
use crate::{
    limits::PIECES_REMEMBERED_MAX,
    output::{Item, Output, RefusedRow, Stop},
    source::{Part, Recognised, Shape},
    text::{Header, Rows, TableHead},
    values::{day, is_missing},
};

pub(crate) struct Reader;

const CHANNEL: &str = "youtube";

impl ExportFormat for Reader {
    fn fit(&self, layout: Layout, header: &Header) -> Fit {
        if layout != Layout::Table {
            return Fit::No;
        }
        match tab_of(header) {
            None => Fit::No,
            Some(Tab::Totals) if !columns::is_unmistakable(header) => Fit::Asked,
            Some(_) => Fit::Sure,
        }
    }

    fn needs(&self) -> &'static str {
        "a table with Content, Video title and Video publish time (Table data, Chart data), or Date and one metric (Totals)"
    }

    fn columns(&self, _: Field) -> &'static [&'static str] {
        &[]
    }

    fn read(&self, file: &Recognised, output: &mut Output<'_>) -> Result<(), Stop> {
        let mut export = Export {
            file,
            range: range_in_name(file),
            channel: file.channel_or(CHANNEL),
            seen: HashSet::new(),
        };
        if export.range.is_none() && file.container.is_archive() {
            export.range = range_of_totals(file)?;
        }
        for part in &file.parts {
            let Shape::Table(head) = &part.shape else { continue };
            output.enter(part.name.clone());
            match tab_of(&head.header) {
                Some(Tab::Pieces) => export.pieces(part, head, output)?,
                Some(Tab::PieceDays) => export.piece_days(part, head, output)?,
                Some(Tab::Totals) => export.totals(part, head, output)?,
                Some(Tab::Others) => export.others(part, head, output)?,
                Some(Tab::OtherDays) => output.note(0, "not_per_piece", NOT_PER_PIECE)?,
                None => {}
            }
        }
        Ok(())
    }
}

const NOT_PER_PIECE: &str = "this tab isn't about single videos; for totals per video and day export the tab Content";

const RANGE_MISSING: &str = "a table alone doesn't say which days its totals cover, so only the pieces were read; import \
    the zip as YouTube made it";

/// The days a table covers, both included.
type Range = (Day, Day);

/// `Content 2024-01-01_2024-01-31 My Channel.zip`
fn range_in_name(file: &Recognised) -> Option<Range> {
    let name = file.container.path.file_name()?.to_string_lossy();
    if !file.container.is_archive() {
        return None;
    }
    let starts = name.char_indices().map(|(start, _)| start);
    starts
        .filter_map(|start| {
            let text = name.get(start..start + 21)?;
            let (from, to) = (Day::parse(text.get(..10)?)?, Day::parse(text.get(11..)?)?);
            (text.as_bytes()[10] == b'_' && from <= to).then_some((from, to))
        })
        .next()
}

/// In a renamed zip: the first and last day of the totals that lie beside the table.
fn range_of_totals(file: &Recognised) -> Result<Option<Range>, Stop> {
    let mut range: Option<Range> = None;
    for part in &file.parts {
        let Shape::Table(head) = &part.shape else { continue };
        if tab_of(&head.header) == Some(Tab::Totals) && is_daily(file, part, head)? {
            each_quietly(file, part, head, &mut |rows| {
                if let Some(day) = day(rows.get(0)) {
                    let (from, to) = range.unwrap_or((day, day));
                    range = Some((from.min(day), to.max(day)));
                }
                true
            })?;
        }
    }
    Ok(range)
}

/// Walks rows without handing anything out, while `visit` says go on.
fn each_quietly(
    file: &Recognised,
    part: &Part,
    head: &TableHead,
    visit: &mut dyn FnMut(&Rows<'_>) -> bool,
) -> Result<(), Stop> {
    let mut nowhere = |_| std::ops::ControlFlow::Continue(());
    let mut output = Output::new(&mut nowhere);
    let mut rows = file.rows(part, head)?;
    while rows.next(&mut output)? && visit(&rows) {}
    Ok(())
}

/// Studio can chart by week or month; such rows are dated by their first day and are no day totals.
fn is_daily(file: &Recognised, part: &Part, head: &TableHead) -> Result<bool, Stop> {
    const ROWS_COMPARED: usize = 40;
    let (mut last, mut compared, mut is_daily) = (None, 0, None);
    each_quietly(file, part, head, &mut |rows| {
        let today = day(rows.get(0));
        if let (Some(last), Some(today)) = (last, today)
            && today > last
        {
            is_daily = Some(is_daily.unwrap_or(false) || today.since(last) == 1);
        }
        last = today;
        compared += 1;
        compared < ROWS_COMPARED
    })?;
    Ok(is_daily.unwrap_or(true))
}

/// What the metrics of a row are about.
struct Of<'a> {
    piece: Option<&'a str>,
    day: Day,
    span: Span,
}

struct Export<'a> {
    file: &'a Recognised,
    range: Option<Range>,
    channel: String,
    seen: HashSet<String>,
}

/// What the first cell of a row is.
enum Subject<'a> {
    Video(&'a str),
    Total,
    Footer,
    Unknown(&'a str),
}

fn subject<'a>(cell: &'a str, rows: &Rows<'_>) -> Subject<'a> {
    let id = cell.trim_start_matches('\'').trim();
    let is_video = id.len() == 11
        && id
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    if is_total_word(id) {
        Subject::Total
    } else if is_video {
        Subject::Video(id)
    } else if (1..rows.len()).all(|index| rows.get(index).is_empty()) {
        Subject::Footer
    } else {
        Subject::Unknown(id)
    }
}

impl Export<'_> {
    /// `Table data.csv` of the tab Content.
    fn pieces(&mut self, part: &Part, head: &TableHead, output: &mut Output<'_>) -> Result<(), Stop> {
        let metrics = metrics(&head.header);
        if self.range.is_none() {
            output.note(0, "range_missing", RANGE_MISSING)?;
        }
        let mut rows = self.file.rows(part, head)?;
        while rows.next(output)? {
            match subject(rows.get(0), &rows) {
                Subject::Total => self.period(None, &rows, &metrics, output)?,
                Subject::Video(id) => {
                    let id = id.to_owned();
                    self.piece(&id, &rows, head, output)?;
                    self.period(Some(&id), &rows, &metrics, output)?;
                }
                Subject::Footer => output.note(
                    rows.line(),
                    "cut_off",
                    format!(
                        "YouTube says “{}”: videos behind these are missing, not zero",
                        rows.get(0)
                    ),
                )?,
                Subject::Unknown(id) => refuse_id(id, head, &rows, output)?,
            }
        }
        Ok(())
    }

    /// `Chart data.csv` of the tab Content: the one file with days per video.
    fn piece_days(&mut self, part: &Part, head: &TableHead, output: &mut Output<'_>) -> Result<(), Stop> {
        if !is_daily(self.file, part, head)? {
            return output.note(0, "not_daily", NOT_DAILY);
        }
        let metrics = metrics(&head.header);
        let mut rows = self.file.rows(part, head)?;
        while rows.next(output)? {
            let Some(day) = day(rows.get(0)) else {
                refuse_day(head, &rows, output)?;
                continue;
            };
            match subject(rows.get(1), &rows) {
                Subject::Total => self.samples(
                    &Of {
                        piece: None,
                        day,
                        span: Span::Day,
                    },
                    &rows,
                    &metrics,
                    output,
                )?,
                Subject::Video(id) => {
                    let id = id.to_owned();
                    self.piece(&id, &rows, head, output)?;
                    self.samples(
                        &Of {
                            piece: Some(&id),
                            day,
                            span: Span::Day,
                        },
                        &rows,
                        &metrics,
                        output,
                    )?;
                }
                Subject::Footer => {}
                Subject::Unknown(id) => refuse_id(id, head, &rows, output)?,
            }
        }
        Ok(())
    }

    /// `Totals.csv`: the whole channel, day by day.
    fn totals(&self, part: &Part, head: &TableHead, output: &mut Output<'_>) -> Result<(), Stop> {
        if !is_daily(self.file, part, head)? {
            return output.note(0, "not_daily", NOT_DAILY);
        }
        let metrics = metrics(&head.header);
        let mut rows = self.file.rows(part, head)?;
        while rows.next(output)? {
            match day(rows.get(0)) {
                Some(day) => self.samples(
                    &Of {
                        piece: None,
                        day,
                        span: Span::Day,
                    },
                    &rows,
                    &metrics,
                    output,
                )?,
                None => refuse_day(head, &rows, output)?,
            }
        }
        Ok(())
    }

    /// A table of another tab: its row of totals says something about the channel, the others nothing about pieces.
    fn others(&self, part: &Part, head: &TableHead, output: &mut Output<'_>) -> Result<(), Stop> {
        output.note(0, "not_per_piece", NOT_PER_PIECE)?;
        let metrics = metrics(&head.header);
        let mut rows = self.file.rows(part, head)?;
        while rows.next(output)? {
            if is_total_word(rows.get(0)) {
                self.period(None, &rows, &metrics, output)?;
            }
        }
        Ok(())
    }

    fn piece(&mut self, id: &str, rows: &Rows<'_>, head: &TableHead, output: &mut Output<'_>) -> Result<(), Stop> {
        if self.seen.contains(id) {
            return Ok(());
        }
        if self.seen.len() < PIECES_REMEMBERED_MAX {
            self.seen.insert(id.to_owned());
        }
        let text = |keys: &[&str]| rows.maybe(head.header.find_any(keys)).to_owned();
        let published = day(&text(&columns::PUBLISHED));
        let piece = Piece {
            title: Some(text(&columns::TITLE)).filter(|title| !title.is_empty()),
            url: Some(format!("https://www.youtube.com/watch?v={id}")),
            channel: Some(self.channel.clone()),
            published_at: published.map(|day| self.file.options.zone.start_of(day)),
            format: Some("video".to_owned()),
            ..Piece::named(id)
        };
        output.give(rows.line(), Item::Piece(piece))
    }

    /// Totals of the table's range: of one day they are that day's.
    fn period(
        &self,
        piece: Option<&str>,
        rows: &Rows<'_>,
        metrics: &[(usize, Metric)],
        output: &mut Output<'_>,
    ) -> Result<(), Stop> {
        let Some((from, to)) = self.range else { return Ok(()) };
        let span = if from == to { Span::Day } else { Span::Period { from } };
        self.samples(&Of { piece, day: to, span }, rows, metrics, output)
    }

    fn samples(
        &self,
        of: &Of<'_>,
        rows: &Rows<'_>,
        metrics: &[(usize, Metric)],
        output: &mut Output<'_>,
    ) -> Result<(), Stop> {
        for (index, metric) in metrics {
            let cell = rows.get(*index);
            // Viewers of a video don't add up to those of the channel; Studio leaves them empty per video.
            if is_missing(cell) || (metric.is_of_people && of.piece.is_some()) {
                continue;
            }
            match metric.read(cell) {
                Some(value) => {
                    let (channel, piece) = (self.channel.clone(), of.piece.map(str::to_owned));
                    let sample = Sample {
                        channel,
                        piece,
                        day: of.day,
                        metric: metric.name.clone(),
                        value,
                        span: of.span,
                    };
                    output.give(rows.line(), Item::Sample(sample))?;
                }
                None => {
                    let message = format!("“{cell}” is no number");
                    output.refuse(
                        rows.line(),
                        RefusedRow::new("value_unreadable", Some(&metric.column), message),
                    )?;
                }
            }
        }
        Ok(())
    }
}

const NOT_DAILY: &str =
    "the rows of this chart are no single days; choose “Daily” above the chart in Studio and export again";

fn metrics(header: &Header) -> Vec<(usize, Metric)> {
    (0..header.keys.len())
        .filter_map(|index| Some((index, metric_of(header, index)?)))
        .collect()
}

fn refuse_id(id: &str, head: &TableHead, rows: &Rows<'_>, output: &mut Output<'_>) -> Result<(), Stop> {
    let column = head.header.find_any(&columns::IDS).map(|index| head.header.name(index));
    let refused = if id.starts_with('#') || crate::values::is_spreadsheet_damage(id) {
        RefusedRow::new(
            "spreadsheet_damage",
            column,
            format!(
                "“{id}” was a video's id before a spreadsheet took it for a formula; export again and don't save it there"
            ),
        )
    } else {
        RefusedRow::new(
            "piece_missing",
            column,
            format!("“{id}” is no video id (11 letters, digits, - or _)"),
        )
    };
    output.refuse(rows.line(), refused)
}

fn refuse_day(head: &TableHead, rows: &Rows<'_>, output: &mut Output<'_>) -> Result<(), Stop> {
    let message = format!(
        "“{}” is no day that could be told for sure; export again and don't save it in a spreadsheet",
        rows.get(0)
    );
    output.refuse(
        rows.line(),
        RefusedRow::new("time_unreadable", Some(head.header.name(0)), message),
    )
}
