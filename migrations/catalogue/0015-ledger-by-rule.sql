-- Packets that were indexed and not stored because a rule said so: received = stored + by_rule + duplicate + lost_*.
ALTER TABLE capture_ledger ADD COLUMN by_rule INTEGER NOT NULL DEFAULT 0;
-- Of those stored or left out by a rule, packets with a damaged header.
ALTER TABLE capture_ledger ADD COLUMN malformed INTEGER NOT NULL DEFAULT 0;
