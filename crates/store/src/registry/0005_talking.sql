-- Whom the owner talked to, and whom to leave alone. By key: an erasure takes them with it.
CREATE TABLE talk (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  person INTEGER NOT NULL,
  kind TEXT NOT NULL,                -- done, snooze, never, contact; shown and held: on a day's list, or held out of it
  at INTEGER NOT NULL,               -- µs, UTC
  until INTEGER,                     -- until when a snooze lasts, µs, UTC
  channel TEXT,                      -- where a contact was
  why TEXT                           -- the owner's words
) STRICT;
CREATE INDEX talk_person ON talk(person);
