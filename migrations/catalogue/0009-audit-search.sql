-- Where from, by what credential, with what outcome and for how long.
ALTER TABLE audit ADD COLUMN address TEXT;
ALTER TABLE audit ADD COLUMN method TEXT;
-- `ok` or the code of the error.
ALTER TABLE audit ADD COLUMN outcome TEXT NOT NULL DEFAULT 'ok';
ALTER TABLE audit ADD COLUMN duration_ms INTEGER;
CREATE INDEX audit_user ON audit (user, id);
CREATE INDEX audit_action ON audit (action, id);

-- Entries older than this may be deleted; one row, raised by expiry alone.
CREATE TABLE audit_expiry (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  before_ms INTEGER NOT NULL
) STRICT;
INSERT INTO audit_expiry (only, before_ms) VALUES (1, 0);

-- The log is only ever added to.
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN
  SELECT RAISE(ABORT, 'entries of the audit log are never changed');
END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit WHEN old.at >= (SELECT before_ms FROM audit_expiry) BEGIN
  SELECT RAISE(ABORT, 'entries of the audit log go by expiry alone');
END;
-- INSERT OR REPLACE deletes without the trigger above.
CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit WHEN new.id > 0 AND EXISTS (SELECT 1 FROM audit WHERE id = new.id) BEGIN
  SELECT RAISE(ABORT, 'entries of the audit log are never replaced');
END;
CREATE TRIGGER audit_expiry_stays BEFORE DELETE ON audit_expiry BEGIN
  SELECT RAISE(ABORT, 'the date of expiry is never removed');
END;
CREATE TRIGGER audit_expiry_rises BEFORE UPDATE ON audit_expiry WHEN new.before_ms < old.before_ms BEGIN
  SELECT RAISE(ABORT, 'the date of expiry only rises');
END;
