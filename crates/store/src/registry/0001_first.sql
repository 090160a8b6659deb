-- Small facts that are not events.
CREATE TABLE setting (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
CREATE TABLE goal (
  name TEXT PRIMARY KEY,
  acts TEXT NOT NULL,     -- names of acts joined by commas; empty means any
  event TEXT,
  piece TEXT,
  channel TEXT
) STRICT;
CREATE TABLE piece (
  id TEXT PRIMARY KEY,
  title TEXT,
  url TEXT,
  channel TEXT,
  published_at INTEGER,   -- µs, UTC
  format TEXT,
  topics TEXT NOT NULL,   -- JSON array
  effort_hours REAL,
  cost_minor INTEGER,
  currency TEXT
) STRICT;
-- A platform's own total. A later import of the same total replaces it.
CREATE TABLE sample (
  channel TEXT NOT NULL,
  piece TEXT NOT NULL,    -- '' for the whole channel
  day TEXT NOT NULL,      -- the platform's own day
  metric TEXT NOT NULL,
  value REAL NOT NULL,
  span TEXT NOT NULL,     -- 'day', 'lifetime', or the first day of the period that ends on `day`
  PRIMARY KEY (channel, piece, metric, span, day)
) STRICT, WITHOUT ROWID;
CREATE TABLE write_key (
  hash TEXT PRIMARY KEY,  -- SHA-256 of the key; the key itself is shown once
  name TEXT NOT NULL,
  prefix TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
-- What a published segment must hash to; a flipped bit is found by `longplay check`.
CREATE TABLE segment (
  name TEXT PRIMARY KEY,
  crc32 INTEGER NOT NULL
) STRICT;
CREATE TABLE import (
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL,
  format TEXT NOT NULL,
  at INTEGER NOT NULL,
  claims INTEGER NOT NULL,
  admitted INTEGER NOT NULL,
  duplicates INTEGER NOT NULL,
  refused INTEGER NOT NULL,
  pieces INTEGER NOT NULL,
  samples INTEGER NOT NULL
) STRICT;
