//! The columns of an event on disk. The only file that names a column; field ids never change their meaning.

use std::{collections::HashMap, sync::Arc};

use arrow::{
    array::{ArrayRef, Int64Array, Int64Builder, RecordBatch, StringBuilder, TimestampMicrosecondBuilder},
    datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit},
};
use longplay_domain::{Event, Handle, Mark};

/// A column of the lake table `events`, in its order on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Column {
    Person,
    Time,
    Id,
    Act,
    Event,
    Piece,
    Channel,
    Referrer,
    Source,
    Medium,
    Campaign,
    Country,
    ValueMinor,
    Currency,
    Properties,
    /// Key of the handle the event came under, where it is not `person`.
    Origin,
    /// That handle in clear; never an anonymous one.
    Handle,
    /// Why answers leave the event out.
    Mark,
}

impl Column {
    pub const ALL: [Self; 18] = [
        Self::Person,
        Self::Time,
        Self::Id,
        Self::Act,
        Self::Event,
        Self::Piece,
        Self::Channel,
        Self::Referrer,
        Self::Source,
        Self::Medium,
        Self::Campaign,
        Self::Country,
        Self::ValueMinor,
        Self::Currency,
        Self::Properties,
        Self::Origin,
        Self::Handle,
        Self::Mark,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Time => "time",
            Self::Id => "id",
            Self::Act => "act",
            Self::Event => "event",
            Self::Piece => "piece",
            Self::Channel => "channel",
            Self::Referrer => "referrer",
            Self::Source => "source",
            Self::Medium => "medium",
            Self::Campaign => "campaign",
            Self::Country => "country",
            Self::ValueMinor => "value_minor",
            Self::Currency => "currency",
            Self::Properties => "properties",
            Self::Origin => "origin",
            Self::Handle => "handle",
            Self::Mark => "mark",
        }
    }

    pub const fn index(self) -> usize {
        self as usize
    }

    /// Parquet field id and DuckLake column id.
    pub const fn field_id(self) -> i64 {
        self as i64 + 1
    }

    pub const fn lake_type(self) -> &'static str {
        match self {
            Self::Person | Self::ValueMinor | Self::Origin => "int64",
            Self::Time => "timestamptz",
            Self::Properties => "json",
            _ => "varchar",
        }
    }

    fn arrow_type(self) -> DataType {
        match self {
            Self::Person | Self::ValueMinor | Self::Origin => DataType::Int64,
            Self::Time => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            _ => DataType::Utf8,
        }
    }

    /// Whether the same few texts come again and again, so that a dictionary pays.
    pub const fn is_repetitive(self) -> bool {
        !matches!(
            self,
            Self::Person | Self::Time | Self::Id | Self::ValueMinor | Self::Properties | Self::Origin | Self::Handle
        )
    }

    pub const fn is_required(self) -> bool {
        matches!(self, Self::Person | Self::Time | Self::Id | Self::Act | Self::Event)
    }
}

/// The schema a segment is written with.
pub fn segment_schema() -> SchemaRef {
    let field = |column: Column| {
        let metadata = HashMap::from([("PARQUET:field_id".to_owned(), column.field_id().to_string())]);
        Field::new(column.name(), column.arrow_type(), !column.is_required()).with_metadata(metadata)
    };
    Arc::new(Schema::new(Column::ALL.map(field).to_vec()))
}

/// Lays events out in columns, in the order given.
pub fn to_batch(events: &[Event]) -> RecordBatch {
    let texts = |text: fn(&Event) -> Option<&str>| -> ArrayRef {
        let bytes = events.iter().map(|event| text(event).map_or(0, str::len)).sum();
        let mut builder = StringBuilder::with_capacity(events.len(), bytes);
        events.iter().for_each(|event| builder.append_option(text(event)));
        Arc::new(builder.finish())
    };
    let mut person = Int64Builder::with_capacity(events.len());
    let mut time = TimestampMicrosecondBuilder::with_capacity(events.len()).with_timezone("UTC");
    let mut value = Int64Builder::with_capacity(events.len());
    for event in events {
        person.append_value(event.person().0);
        time.append_value(event.time().micros());
        value.append_option(event.value().map(|money| money.minor));
    }
    let mut currency = StringBuilder::with_capacity(events.len(), 0);
    events
        .iter()
        .for_each(|event| currency.append_option(event.value().map(|money| money.currency).as_ref().map(|c| c.code())));
    let columns = Column::ALL.map(|column| -> ArrayRef {
        match column {
            Column::Person => Arc::new(person.finish()),
            Column::Time => Arc::new(time.finish()),
            Column::Id => texts(|event| Some(event.id().as_str())),
            Column::Act => texts(|event| Some(event.act().name())),
            Column::Event => texts(|event| Some(event.name())),
            Column::Piece => texts(Event::piece),
            Column::Channel => texts(Event::channel),
            Column::Referrer => texts(Event::referrer),
            Column::Source => texts(Event::source),
            Column::Medium => texts(Event::medium),
            Column::Campaign => texts(Event::campaign),
            Column::Country => texts(Event::country),
            Column::ValueMinor => Arc::new(value.finish()),
            Column::Currency => Arc::new(currency.finish()),
            Column::Properties => texts(Event::properties),
            Column::Origin => Arc::new(Int64Array::new_null(events.len())),
            Column::Handle => texts(|event| event.handle().map(Handle::as_str)),
            Column::Mark => texts(|event| event.mark().map(Mark::name)),
        }
    });
    RecordBatch::try_new(segment_schema(), columns.to_vec())
        .expect("one array of its type per column, all equally long")
}
