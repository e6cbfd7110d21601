-- Which file it was when its import began: inode, size and time of the last write; null where that is not known.
ALTER TABLE jobs ADD COLUMN source TEXT;
-- Whether it is not imported either when it was before and its packets expired.
ALTER TABLE jobs ADD COLUMN only_new INTEGER NOT NULL DEFAULT 0 CHECK (only_new IN (0, 1));
CREATE INDEX jobs_path ON jobs (path);
