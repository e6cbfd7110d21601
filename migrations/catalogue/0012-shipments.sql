-- Segments that a search cluster takes: those that wait (their files are listed in segments), those that it has, and those whose rows
-- it must forget. The row of a shipped one stays for as long as the cluster keeps its day.
CREATE TABLE shipments (
  path TEXT PRIMARY KEY,
  day TEXT NOT NULL,
  rows INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  first_ms INTEGER NOT NULL,
  min_last_ms INTEGER NOT NULL,
  last_ms INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'shipped', 'removing')),
  queued_at INTEGER NOT NULL,
  shipped_at INTEGER,
  -- Rows that the cluster refused and that wait among the dead letters.
  dead_rows INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX shipments_state ON shipments (state, last_ms);
CREATE INDEX shipments_day ON shipments (day);

-- Rows whose edited tags the cluster may not have yet.
CREATE TABLE overlay_queue (
  row_id BLOB PRIMARY KEY CHECK (length(row_id) = 16),
  queued_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A number that changes whenever this installation changes what the cluster has.
CREATE TABLE shipping (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  revision INTEGER NOT NULL
) STRICT;
INSERT INTO shipping (id, revision) VALUES (1, 0);

-- Rows whose packets lie elsewhere now and of which the cluster may not know it yet; packets is the list of positions as JSON.
CREATE TABLE packet_moves (
  row_id BLOB PRIMARY KEY CHECK (length(row_id) = 16),
  packets TEXT NOT NULL
) STRICT, WITHOUT ROWID;
