-- Who is who, and what is kept but left out of answers.
-- A reason to believe that two handles are one person. The same fact has the same id, however often it is said.
CREATE TABLE link (
  id INTEGER PRIMARY KEY,
  from_handle TEXT NOT NULL,
  to_handle TEXT NOT NULL,
  from_key INTEGER NOT NULL,
  to_key INTEGER NOT NULL,
  evidence TEXT NOT NULL,
  at INTEGER NOT NULL,      -- when it was first said, µs, UTC
  why TEXT,                 -- the owner's words
  undone_at INTEGER
) STRICT;
CREATE INDEX link_from ON link(from_key);
CREATE INDEX link_to ON link(to_key);
-- Rows that a merge wrote under another key than their own, by segment: what a link undone later has to put back.
CREATE TABLE rekeyed (
  segment TEXT NOT NULL,
  origin INTEGER NOT NULL,
  person INTEGER NOT NULL,
  PRIMARY KEY (segment, origin, person)
) STRICT, WITHOUT ROWID;
-- Keys of people who were forgotten, and when: what they did before is not taken in again.
CREATE TABLE forgotten (
  key INTEGER PRIMARY KEY,
  at INTEGER NOT NULL       -- µs, UTC
) STRICT;
-- Whether a segment holds only events that answers leave out.
ALTER TABLE segment ADD COLUMN marked INTEGER NOT NULL DEFAULT 0;
