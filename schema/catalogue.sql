CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit WHEN old.at >= (SELECT before_ms FROM audit_expiry) BEGIN
  SELECT RAISE(ABORT, 'entries of the audit log go by expiry alone');
END;

CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit WHEN new.id > 0 AND EXISTS (SELECT 1 FROM audit WHERE id = new.id) BEGIN
  SELECT RAISE(ABORT, 'entries of the audit log are never replaced');
END;

CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN
  SELECT RAISE(ABORT, 'entries of the audit log are never changed');
END;

CREATE TABLE audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  user TEXT NOT NULL,
  action TEXT NOT NULL,
  -- JSON object.
  details TEXT NOT NULL
, address TEXT, method TEXT, outcome TEXT NOT NULL DEFAULT 'ok', duration_ms INTEGER) STRICT;

CREATE INDEX audit_action ON audit (action, id);

CREATE INDEX audit_at ON audit (at);

CREATE INDEX audit_user ON audit (user, id);

CREATE TRIGGER audit_expiry_rises BEFORE UPDATE ON audit_expiry WHEN new.before_ms < old.before_ms BEGIN
  SELECT RAISE(ABORT, 'the date of expiry only rises');
END;

CREATE TRIGGER audit_expiry_stays BEFORE DELETE ON audit_expiry BEGIN
  SELECT RAISE(ABORT, 'the date of expiry is never removed');
END;

CREATE TABLE audit_expiry (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  before_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE capture_ledger (
  node TEXT NOT NULL,
  interface TEXT NOT NULL,
  -- The span, milliseconds since 1970.
  from_ms INTEGER NOT NULL,
  until_ms INTEGER NOT NULL,
  received INTEGER NOT NULL,
  stored INTEGER NOT NULL,
  -- Of those stored, cut at the snap length.
  cut INTEGER NOT NULL,
  -- Seen twice on the loopback interface, counted once.
  duplicate INTEGER NOT NULL,
  lost_to_kernel INTEGER NOT NULL,
  lost_to_interface INTEGER NOT NULL,
  lost_to_queue INTEGER NOT NULL,
  lost_to_disk INTEGER NOT NULL, by_rule INTEGER NOT NULL DEFAULT 0, malformed INTEGER NOT NULL DEFAULT 0, uncounted INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (node, interface, until_ms)
) STRICT, WITHOUT ROWID;

CREATE INDEX capture_ledger_losses ON capture_ledger (until_ms)
  WHERE lost_to_kernel + lost_to_interface + lost_to_queue + lost_to_disk > 0;

CREATE INDEX capture_ledger_uncounted ON capture_ledger (until_ms) WHERE uncounted = 1;

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

CREATE TABLE files (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  node TEXT NOT NULL,
  path TEXT NOT NULL,
  -- What people search for with `file ==`: the path as it was given.
  display_name TEXT NOT NULL,
  directory_inode TEXT,
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

CREATE INDEX files_deletable ON files (storage, state, first_ms);

CREATE UNIQUE INDEX files_path ON files (path) WHERE state <> 'gone';

CREATE INDEX files_stream ON files (stream, first_ordinal);

CREATE TABLE held_packets (
  row_id BLOB NOT NULL REFERENCES held_rows (row_id) ON DELETE CASCADE,
  file INTEGER NOT NULL,
  packets INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (row_id, file)
) STRICT, WITHOUT ROWID;

CREATE INDEX held_packets_file ON held_packets (file, bytes);

CREATE TABLE held_rows (
  row_id BLOB PRIMARY KEY CHECK (length(row_id) = 16),
  first_ms INTEGER NOT NULL,
  last_ms INTEGER NOT NULL,
  -- 0 while the row may still get packets: then it is looked up again before anything is deleted.
  settled INTEGER NOT NULL CHECK (settled IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE INDEX held_rows_open ON held_rows (row_id) WHERE settled = 0;

CREATE INDEX held_rows_time ON held_rows (last_ms);

CREATE TABLE held_sessions (
  hold INTEGER NOT NULL REFERENCES holds (id) ON DELETE CASCADE,
  row_id BLOB NOT NULL CHECK (length(row_id) = 16),
  PRIMARY KEY (hold, row_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX held_sessions_row ON held_sessions (row_id);

CREATE TABLE holds (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  subject TEXT NOT NULL CHECK (subject IN ('file', 'day', 'session')),
  subject_id TEXT NOT NULL,
  reason TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  released_at INTEGER
, until_at INTEGER) STRICT;

CREATE INDEX holds_subject ON holds (subject, subject_id);

CREATE TABLE hourly_statistics (
  -- Start of the hour, milliseconds since 1970.
  hour INTEGER NOT NULL,
  -- `interface:<node>/<name>`, `device:<directory>`, `task:<name>`, `index`.
  subject TEXT NOT NULL,
  measure TEXT NOT NULL,
  value REAL NOT NULL,
  PRIMARY KEY (hour, subject, measure)
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency_keys (
  user TEXT NOT NULL COLLATE NOCASE,
  key TEXT NOT NULL,
  -- SHA-256 of what was asked for.
  request BLOB NOT NULL CHECK (length(request) = 32),
  -- NULL while it runs.
  done_at INTEGER,
  -- JSON of the answer; NULL while it runs, and for good when the answer is not kept.
  answer TEXT,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (user, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_at);

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
, node TEXT, source TEXT, only_new INTEGER NOT NULL DEFAULT 0 CHECK (only_new IN (0, 1))) STRICT, WITHOUT ROWID;

CREATE INDEX jobs_path ON jobs (path);

CREATE INDEX jobs_state ON jobs (state, created_at);

CREATE TABLE logins (
  hash BLOB PRIMARY KEY,
  user TEXT NOT NULL COLLATE NOCASE REFERENCES users (name) ON DELETE CASCADE,
  address TEXT,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX logins_expiry ON logins (expires_at);

CREATE INDEX logins_user ON logins (user);

CREATE TABLE marks (
  stream TEXT PRIMARY KEY,
  node TEXT NOT NULL,
  replay_from_ordinal INTEGER,
  next_ordinal INTEGER NOT NULL,
  complete_until_ms INTEGER,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE overlay_queue (
  row_id BLOB PRIMARY KEY CHECK (length(row_id) = 16),
  queued_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE packet_moves (
  row_id BLOB PRIMARY KEY CHECK (length(row_id) = 16),
  packets TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE replays (
  stream TEXT NOT NULL,
  -- Position in the stream of the first packet after them.
  until_ordinal INTEGER NOT NULL,
  node TEXT NOT NULL,
  -- No session that is to be written has a packet before this position.
  from_ordinal INTEGER NOT NULL,
  -- Packets before this position had been taken into sessions when the last mark was set.
  known_until_ordinal INTEGER NOT NULL,
  -- Which sessions were open then, as the core encodes them.
  open BLOB NOT NULL,
  -- Every packet before this time is in a visible row, milliseconds since 1970.
  complete_until_ms INTEGER NOT NULL,
  PRIMARY KEY (stream, until_ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE retention_classes (
  name TEXT PRIMARY KEY COLLATE NOCASE,
  expression TEXT NOT NULL,
  days REAL NOT NULL,
  max_bytes INTEGER,
  hold INTEGER NOT NULL UNIQUE REFERENCES holds (id),
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE retention_events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  phase TEXT NOT NULL CHECK (phase IN ('occurred', 'began', 'lasts', 'ended')),
  -- JSON object.
  facts TEXT NOT NULL
) STRICT;

CREATE INDEX retention_events_subject ON retention_events (kind, subject, id);

CREATE TABLE revisions (
  subject TEXT PRIMARY KEY CHECK (subject IN ('segments', 'tags')),
  revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

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

CREATE TABLE settings (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

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

CREATE INDEX shipments_day ON shipments (day);

CREATE INDEX shipments_state ON shipments (state, last_ms);

CREATE TABLE shipping (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  revision INTEGER NOT NULL
) STRICT;

CREATE TABLE superseded (
  segment TEXT NOT NULL REFERENCES segments (path) ON DELETE CASCADE,
  id BLOB NOT NULL CHECK (length(id) = 16),
  PRIMARY KEY (segment, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE tag_edits (
  row_id BLOB NOT NULL CHECK (length(row_id) = 16),
  tag TEXT NOT NULL,
  removed INTEGER NOT NULL CHECK (removed IN (0, 1)),
  changed_at INTEGER NOT NULL,
  PRIMARY KEY (row_id, tag)
) STRICT, WITHOUT ROWID;

CREATE TABLE task_pauses (
  task TEXT PRIMARY KEY,
  paused_by TEXT NOT NULL,
  paused_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE task_runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  task TEXT NOT NULL,
  due_at INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  finished_at INTEGER,
  outcome TEXT NOT NULL CHECK (outcome IN ('running', 'ok', 'failed', 'interrupted')),
  -- JSON object.
  details TEXT NOT NULL DEFAULT '{}'
, cause TEXT NOT NULL DEFAULT 'schedule' CHECK (cause IN ('schedule', 'missed', 'retry', 'manual')), requested_by TEXT) STRICT;

CREATE INDEX task_runs_task ON task_runs (task, due_at);

CREATE TABLE tokens (
  id TEXT PRIMARY KEY,
  user TEXT NOT NULL COLLATE NOCASE REFERENCES users (name) ON DELETE CASCADE,
  name TEXT NOT NULL,
  hash BLOB NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  last_used_at INTEGER
, scopes TEXT NOT NULL DEFAULT '["read","tag","export","operate","admin"]') STRICT, WITHOUT ROWID;

CREATE INDEX tokens_user ON tokens (user);

CREATE TABLE unknown_drops (
  node TEXT NOT NULL,
  interface TEXT NOT NULL,
  -- The span, milliseconds since 1970.
  from_ms INTEGER NOT NULL,
  until_ms INTEGER NOT NULL,
  PRIMARY KEY (node, interface, from_ms)
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
  name TEXT PRIMARY KEY COLLATE NOCASE,
  password_hash TEXT NOT NULL,
  role TEXT NOT NULL,
  forced_expression TEXT,
  -- JSON list of document paths.
  hidden_fields TEXT NOT NULL DEFAULT '[]',
  time_limit_hours INTEGER,
  enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
  created_at INTEGER NOT NULL,
  password_changed_at INTEGER NOT NULL,
  last_login_at INTEGER
, rights TEXT NOT NULL DEFAULT '{}', login_by TEXT NOT NULL DEFAULT 'password' CHECK (login_by IN ('password', 'oidc', 'header')), rights_changed_at INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;

CREATE TABLE webhook_deliveries (
  event INTEGER NOT NULL REFERENCES retention_events (id) ON DELETE CASCADE,
  url TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'given-up')),
  attempts INTEGER NOT NULL DEFAULT 0,
  next_attempt_at INTEGER,
  last_attempt_at INTEGER,
  -- HTTP status of the last answer.
  status INTEGER,
  error TEXT,
  PRIMARY KEY (event, url)
) STRICT, WITHOUT ROWID;

CREATE INDEX webhook_deliveries_due ON webhook_deliveries (state, next_attempt_at);
