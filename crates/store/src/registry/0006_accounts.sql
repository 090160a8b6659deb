-- Who may look and who may change: accounts, their sessions, what opens them, and what was done.
CREATE TABLE account (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE COLLATE NOCASE,
  role TEXT NOT NULL,                -- owner, editor, viewer
  password TEXT NOT NULL,            -- Argon2id, in the PHC form; the password itself is nowhere
  created_at INTEGER NOT NULL,       -- µs, UTC
  totp TEXT,                         -- the secret of one-time codes, base32; NULL where they aren't used
  totp_step INTEGER NOT NULL DEFAULT 0  -- the latest step whose code was used; none up to it opens again
) STRICT;
-- Each opens its account once, in the place of a one-time code.
CREATE TABLE recovery_code (
  account INTEGER NOT NULL,
  hash TEXT NOT NULL,                -- SHA-256
  PRIMARY KEY (account, hash)
) STRICT, WITHOUT ROWID;
CREATE TABLE session (
  hash TEXT PRIMARY KEY,             -- SHA-256 of what the browser holds
  account INTEGER NOT NULL,
  started_at INTEGER NOT NULL,       -- µs, UTC
  seen_at INTEGER NOT NULL,
  address TEXT,                      -- where it began
  agent TEXT                         -- and in which browser
) STRICT;
CREATE INDEX session_account ON session(account);
-- Who did what from where. It never holds a handle, a password, a key or a token.
CREATE TABLE audit_log (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,               -- µs, UTC
  who TEXT NOT NULL,
  what TEXT NOT NULL,                -- a stable code
  about TEXT,
  address TEXT
) STRICT;
-- What a token opens, joined by commas. Those made before opened all of it.
ALTER TABLE api_token ADD COLUMN scopes TEXT NOT NULL DEFAULT 'read,people,erase';
