-- Tags that people add to rows or remove from them. Keyed by row id: rows may be written again at any time.
CREATE TABLE tag_edits (
  row_id BLOB NOT NULL CHECK (length(row_id) = 16),
  tag TEXT NOT NULL,
  removed INTEGER NOT NULL CHECK (removed IN (0, 1)),
  changed_at INTEGER NOT NULL,
  PRIMARY KEY (row_id, tag)
) STRICT, WITHOUT ROWID;

-- What must not be deleted, and why.
CREATE TABLE holds (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  subject TEXT NOT NULL CHECK (subject IN ('file', 'day', 'session')),
  subject_id TEXT NOT NULL,
  reason TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  released_at INTEGER
) STRICT;
CREATE INDEX holds_subject ON holds (subject, subject_id);
