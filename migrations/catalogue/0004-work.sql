-- Imports asked for.
CREATE TABLE jobs (
  id TEXT PRIMARY KEY,
  path TEXT NOT NULL,
  mode TEXT NOT NULL CHECK (mode IN ('in-place', 'copy')),
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'already')),
  requested_by TEXT NOT NULL,
  packets INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0,
  total_bytes INTEGER NOT NULL DEFAULT 0,
  sessions INTEGER NOT NULL DEFAULT 0,
  file_id INTEGER,
  error_code TEXT,
  error_message TEXT,
  -- JSON list of {name, count, firstOffset}.
  warnings TEXT NOT NULL DEFAULT '[]',
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  finished_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX jobs_state ON jobs (state, created_at);

CREATE TABLE exports (
  id TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled', 'expired')),
  -- JSON: what was asked for.
  request TEXT NOT NULL,
  file_name TEXT,
  sessions INTEGER NOT NULL DEFAULT 0,
  packets INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0,
  missing_packets INTEGER NOT NULL DEFAULT 0,
  sha256 TEXT,
  error_code TEXT,
  error_message TEXT,
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  finished_at INTEGER,
  expires_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX exports_state ON exports (state, created_at);

CREATE TABLE task_runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  task TEXT NOT NULL,
  due_at INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  finished_at INTEGER,
  outcome TEXT NOT NULL CHECK (outcome IN ('running', 'ok', 'failed', 'interrupted')),
  -- JSON object.
  details TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE INDEX task_runs_task ON task_runs (task, due_at);

-- Values that outlive a process: keys that sign, the identity of this node's stream.
CREATE TABLE settings (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
