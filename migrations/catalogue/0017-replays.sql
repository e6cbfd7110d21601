-- Packets of a stream that a capture left on disk when it died: they are indexed again beside the next capture.
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
