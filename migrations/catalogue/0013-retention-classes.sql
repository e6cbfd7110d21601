-- Sessions that are kept longer than others: those that a search finds, so many days and bytes of packets. What a class keeps is
-- under a hold of its own.
CREATE TABLE retention_classes (
  name TEXT PRIMARY KEY COLLATE NOCASE,
  expression TEXT NOT NULL,
  days REAL NOT NULL,
  max_bytes INTEGER,
  hold INTEGER NOT NULL UNIQUE REFERENCES holds (id),
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
