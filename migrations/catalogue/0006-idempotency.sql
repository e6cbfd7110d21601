-- Changes that were asked for under a key of the client's own, so that asking again does not change again.
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
