-- What the owner was advised to publish, so that it can be held against what happened. A row where the advice changed.
CREATE TABLE advice (
  given_on TEXT PRIMARY KEY,         -- the day, in the workspace's zone
  topic TEXT,
  format TEXT,
  channel TEXT,
  p_best REAL NOT NULL,
  rate REAL NOT NULL,                -- regulars and buyers …
  is_per_hour INTEGER NOT NULL       -- … for each hour of work (1) or each piece (0)
) STRICT;
