import { silentLogger } from "../../src/base/logger.js";
import type { PacketFiles } from "../../src/catalogue/packet-files.js";
import type { ExportRequest } from "../../src/export/export-request.js";
import type { ExportParts } from "../../src/export/run-export.js";
import { openSigningKey } from "../../src/export/signing-key.js";
import { catalogueLookup } from "../../src/export/packet-files.js";
import { sessionPositions } from "../../src/index-store/elasticsearch/packet-positions.js";
import type { IndexStore } from "../../src/index-store/index-store.js";
import { packagedCatalogue } from "../../src/model/field-catalogue.js";
import { noRetentionEvents } from "../../src/model/retention-event.js";
import { ALL_TIME } from "../../src/model/time-range.js";

/** A request for the packets of everything. */
export const EVERYTHING_REQUEST: ExportRequest = { expression: { node: "everything" }, range: ALL_TIME, query: "", format: "pcap", wholeConnections: false, maxBytes: null, fields: [] };

/** What exports are made with beside store, reader and look-up; the key lies in `directory`. */
export function plainParts(directory: string): Omit<ExportParts, "store" | "reader" | "lookup"> {
  return {
    probe: () => Promise.resolve({ freeBytes: 1e12, totalBytes: 1e12 }), signingKey: openSigningKey(directory), describeFile: () => null, goneFiles: () => [], fields: packagedCatalogue(),
    lossIn: () => ({ packets: 0, uncounted: false, unknownDrops: false }),
    maxBytes: Number.POSITIVE_INFINITY, version: "0.0.0",
  };
}

/** The parts of an export service beside those that a test is about. */
export function serviceParts(directory: string, files: PacketFiles) {
  return {
    ...plainParts(directory), lookup: catalogueLookup(files), goneFiles: () => files.goneIds(), fields: packagedCatalogue(), key: Buffer.alloc(32, 7), completeUntilMs: () => null, awaitLatestRows: () => Promise.resolve(),
    events: noRetentionEvents, logger: silentLogger,
  };
}

/** A store of which only some reads are tested. */
export function partialStore(reads: Partial<Pick<IndexStore, "streamPackets" | "streamRows" | "count">>): Pick<IndexStore, "streamPackets" | "streamPositions" | "streamRows" | "count"> {
  const store = { async *streamPackets() {}, async *streamRows() {}, count: () => Promise.resolve(0), ...reads };
  return { ...store, streamPositions: positionsOf(store) };
}

/** `streamPositions` of what a store streams as packets. */
export function positionsOf(store: Pick<IndexStore, "streamPackets">): IndexStore["streamPositions"] {
  return async function* (request, context) {
    for await (const sessions of store.streamPackets(request, context)) {
      yield sessions.map(sessionPositions);
    }
  };
}
