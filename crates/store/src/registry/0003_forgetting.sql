-- Forgetting people, keeping events for a time, and the tokens of programs that may ask for either.
-- One request to forget somebody. It never says whom.
CREATE TABLE erasure (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  receipt TEXT NOT NULL UNIQUE,
  at INTEGER NOT NULL,               -- µs, UTC
  state TEXT NOT NULL,               -- 'asked', then 'removed' from rows and files, then 'done': no byte is left
  handles INTEGER NOT NULL,
  events INTEGER NOT NULL DEFAULT 0,
  links INTEGER NOT NULL DEFAULT 0,
  segments_rewritten INTEGER NOT NULL DEFAULT 0,
  files_removed INTEGER NOT NULL DEFAULT 0,
  refused_rows INTEGER NOT NULL DEFAULT 0
) STRICT;
-- The names still to be looked for, so that a crash leaves nothing half forgotten; empty once they are removed.
CREATE TABLE erasing (
  erasure INTEGER NOT NULL,
  key INTEGER NOT NULL,
  handle TEXT                        -- where it is known in clear
) STRICT;
-- Tokens that open the API to people's data: more than a write key may.
CREATE TABLE api_token (
  hash TEXT PRIMARY KEY,             -- SHA-256 of the token; the token itself is shown once
  name TEXT NOT NULL UNIQUE,
  prefix TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
