-- Packet files that positions in the index point into.
CREATE TABLE files (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  node TEXT NOT NULL,
  path TEXT NOT NULL,
  -- What people search for with `file ==`: the path as it was given.
  display_name TEXT NOT NULL,
  device TEXT,
  -- Identity of the stream, 32 hex digits.
  stream TEXT NOT NULL,
  storage TEXT NOT NULL CHECK (storage IN ('own', 'in-place')),
  locked INTEGER NOT NULL DEFAULT 0 CHECK (locked IN (0, 1)),
  state TEXT NOT NULL CHECK (state IN ('writing', 'complete', 'gone')),
  format TEXT NOT NULL,
  -- JSON list of numbers.
  link_types TEXT NOT NULL DEFAULT '[]',
  bytes INTEGER NOT NULL DEFAULT 0,
  packets INTEGER NOT NULL DEFAULT 0,
  first_ms INTEGER,
  last_ms INTEGER,
  first_ordinal INTEGER NOT NULL DEFAULT 0,
  imported_at INTEGER NOT NULL
) STRICT;
CREATE INDEX files_stream ON files (stream, first_ordinal);
CREATE INDEX files_deletable ON files (storage, state, first_ms);
CREATE UNIQUE INDEX files_path ON files (path) WHERE state <> 'gone';

-- Parquet files of session rows under sessions/.
CREATE TABLE segments (
  path TEXT PRIMARY KEY,
  day TEXT NOT NULL,
  level INTEGER NOT NULL,
  rows INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  first_ms INTEGER NOT NULL,
  min_last_ms INTEGER NOT NULL,
  last_ms INTEGER NOT NULL,
  -- JSON list of names.
  columns TEXT NOT NULL,
  open_rows INTEGER NOT NULL,
  total_packets INTEGER NOT NULL,
  total_bytes INTEGER NOT NULL,
  -- 0 once another segment or nothing took its place; the row goes when the file is gone.
  live INTEGER NOT NULL DEFAULT 1 CHECK (live IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE INDEX segments_day ON segments (live, day);

-- Rows of live segments that a row with the same id and a later version hides.
CREATE TABLE superseded (
  segment TEXT NOT NULL REFERENCES segments (path) ON DELETE CASCADE,
  id BLOB NOT NULL CHECK (length(id) = 16),
  PRIMARY KEY (segment, id)
) STRICT, WITHOUT ROWID;

-- Where each stream stands.
CREATE TABLE marks (
  stream TEXT PRIMARY KEY,
  node TEXT NOT NULL,
  replay_from_ordinal INTEGER,
  next_ordinal INTEGER NOT NULL,
  complete_until_ms INTEGER,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
