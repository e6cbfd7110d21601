-- Holds end by themselves at a time, or never.
ALTER TABLE holds ADD COLUMN until_at INTEGER;

-- Sessions that a hold keeps: those that its search found when it was made.
CREATE TABLE held_sessions (
  hold INTEGER NOT NULL REFERENCES holds (id) ON DELETE CASCADE,
  row_id BLOB NOT NULL CHECK (length(row_id) = 16),
  PRIMARY KEY (hold, row_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX held_sessions_row ON held_sessions (row_id);

-- Rows of held sessions, once each however many holds keep them.
CREATE TABLE held_rows (
  row_id BLOB PRIMARY KEY CHECK (length(row_id) = 16),
  first_ms INTEGER NOT NULL,
  last_ms INTEGER NOT NULL,
  -- 0 while the row may still get packets: then it is looked up again before anything is deleted.
  settled INTEGER NOT NULL CHECK (settled IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE INDEX held_rows_time ON held_rows (last_ms);
CREATE INDEX held_rows_open ON held_rows (row_id) WHERE settled = 0;

-- Where the packets of held rows are.
CREATE TABLE held_packets (
  row_id BLOB NOT NULL REFERENCES held_rows (row_id) ON DELETE CASCADE,
  file INTEGER NOT NULL,
  packets INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (row_id, file)
) STRICT, WITHOUT ROWID;
CREATE INDEX held_packets_file ON held_packets (file, bytes);

-- Sessions that were held one by one.
INSERT OR IGNORE INTO held_rows (row_id, first_ms, last_ms, settled)
  SELECT unhex(subject_id, '-'), 0, 0, 0 FROM holds WHERE subject = 'session' AND released_at IS NULL AND length(unhex(subject_id, '-')) = 16;
INSERT OR IGNORE INTO held_sessions (hold, row_id)
  SELECT id, unhex(subject_id, '-') FROM holds WHERE subject = 'session' AND released_at IS NULL AND length(unhex(subject_id, '-')) = 16;
