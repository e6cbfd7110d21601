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
) STRICT, WITHOUT ROWID;

-- Bearer tokens; only their hash is kept.
CREATE TABLE tokens (
  id TEXT PRIMARY KEY,
  user TEXT NOT NULL COLLATE NOCASE REFERENCES users (name) ON DELETE CASCADE,
  name TEXT NOT NULL,
  hash BLOB NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  last_used_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX tokens_user ON tokens (user);

-- Logins of browsers; only the hash of their id is kept.
CREATE TABLE logins (
  hash BLOB PRIMARY KEY,
  user TEXT NOT NULL COLLATE NOCASE REFERENCES users (name) ON DELETE CASCADE,
  address TEXT,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX logins_user ON logins (user);
CREATE INDEX logins_expiry ON logins (expires_at);

CREATE TABLE audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  user TEXT NOT NULL,
  action TEXT NOT NULL,
  -- JSON object.
  details TEXT NOT NULL
) STRICT;
CREATE INDEX audit_at ON audit (at);
