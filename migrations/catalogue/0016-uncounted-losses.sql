-- 1: a capture died, or packets were on their way, in this span; what was lost in it nobody counted.
ALTER TABLE capture_ledger ADD COLUMN uncounted INTEGER NOT NULL DEFAULT 0;

CREATE INDEX capture_ledger_uncounted ON capture_ledger (until_ms) WHERE uncounted = 1;
