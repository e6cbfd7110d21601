-- What became of the packets of each interface, in spans of about a second: received = stored + duplicate + lost_*.
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
  lost_to_disk INTEGER NOT NULL,
  PRIMARY KEY (node, interface, until_ms)
) STRICT, WITHOUT ROWID;

CREATE INDEX capture_ledger_losses ON capture_ledger (until_ms)
  WHERE lost_to_kernel + lost_to_interface + lost_to_queue + lost_to_disk > 0;
