-- Views that somebody without an account may see, each by a link of its own.
CREATE TABLE share (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  hash TEXT NOT NULL UNIQUE,         -- SHA-256 of what stands in the link
  name TEXT NOT NULL,                -- what the owner calls it
  page TEXT NOT NULL,                -- the path of the page it shows
  query TEXT NOT NULL,               -- and what follows its question mark, a saved segment among it
  password TEXT,                     -- Argon2id, in the PHC form; NULL where the link alone opens it
  made_by TEXT NOT NULL,
  made_at INTEGER NOT NULL,          -- µs, UTC
  ends_at INTEGER                    -- from then on it opens nothing; NULL where it has no end
) STRICT;
