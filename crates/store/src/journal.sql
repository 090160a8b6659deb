-- One row per accepted batch. Positions are never given twice, not even after trimming.
CREATE TABLE IF NOT EXISTS batch (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  accepted_at INTEGER NOT NULL, -- µs, UTC
  events INTEGER NOT NULL,
  body BLOB NOT NULL            -- postcard of the admitted events, in order
);
