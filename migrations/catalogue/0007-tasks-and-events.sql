-- Why a run began, and who asked for it when a person did.
ALTER TABLE task_runs ADD COLUMN cause TEXT NOT NULL DEFAULT 'schedule' CHECK (cause IN ('schedule', 'missed', 'retry', 'manual'));
ALTER TABLE task_runs ADD COLUMN requested_by TEXT;

-- Tasks that a person stopped from running by the clock.
CREATE TABLE task_pauses (
  task TEXT PRIMARY KEY,
  paused_by TEXT NOT NULL,
  paused_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What operators were told: conditions that began, last or ended, and things that happened.
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

-- Which webhook was told which event, or is still to be.
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

-- What was counted or measured in each UTC hour.
CREATE TABLE hourly_statistics (
  -- Start of the hour, milliseconds since 1970.
  hour INTEGER NOT NULL,
  -- `interface:<node>/<name>`, `device:<directory>`, `task:<name>`, `index`.
  subject TEXT NOT NULL,
  measure TEXT NOT NULL,
  value REAL NOT NULL,
  PRIMARY KEY (hour, subject, measure)
) STRICT, WITHOUT ROWID;
