-- Spans in which an interface was captured by a source that cannot know what the kernel dropped; one for each run of a capture.
CREATE TABLE unknown_drops (
  node TEXT NOT NULL,
  interface TEXT NOT NULL,
  -- The span, milliseconds since 1970.
  from_ms INTEGER NOT NULL,
  until_ms INTEGER NOT NULL,
  PRIMARY KEY (node, interface, from_ms)
) STRICT, WITHOUT ROWID;
