import { LookbackError } from "../base/errors.js";
import type { IndexStore, PacketVisitor, ReadContext } from "../index-store/index-store.js";
import { isCapture, type ExportRequest } from "./export-request.js";
import type { PacketFileLookup } from "./packet-files.js";
import { tableWriter } from "./table-writers.js";

/** Sessions of which a table is made to learn how long a row is. */
const SAMPLED_ROWS = 1000;

/** What an export would hold. */
export interface ExportEstimate {
  readonly sessions: number;
  /** Packets that there are; those of sessions that share a packet count twice. */
  readonly packets: number;
  /** Bytes of the file, within a few percent. */
  readonly bytes: number;
  readonly missingPackets: number;
  /** Sessions of which packets are missing, those that never had any included. */
  readonly incompleteSessions: number;
  /** Most bytes that it may have: of the request or of the server. */
  readonly maxBytes: number;
  /** Whether it would be refused for its size. */
  readonly tooLarge: boolean;
}

export interface EstimateParts {
  readonly store: Pick<IndexStore, "streamPositions" | "streamRows" | "count">;
  readonly lookup: PacketFileLookup;
  readonly maxBytes: number;
}

/** Counts what an export would hold, from the index alone: no packet file is opened. */
export async function estimateExport(parts: EstimateParts, request: ExportRequest, context: ReadContext): Promise<ExportEstimate> {
  const maxBytes = Math.min(parts.maxBytes, request.maxBytes ?? Number.POSITIVE_INFINITY);
  const found = isCapture(request.format) ? await ofCapture(parts, request, context) : await ofTable(parts, request, context);
  return { ...found, maxBytes, tooLarge: found.bytes > maxBytes };
}

type Found = Omit<ExportEstimate, "maxBytes" | "tooLarge">;

async function ofCapture(parts: EstimateParts, request: ExportRequest, context: ReadContext): Promise<Found> {
  const found = { sessions: 0, packets: 0, bytes: 24, missingPackets: 0, incompleteSessions: 0 };
  const there = new Map<number, boolean>();
  const isThere = (fileId: number): boolean => {
    let known = there.get(fileId);
    if (known === undefined) there.set(fileId, (known = "file" in parts.lookup(fileId)));
    return known;
  };
  let missing = 0;
  const see: PacketVisitor = (fileId, _offset, length) => {
    if (isThere(fileId)) found.bytes += length;
    else missing += 1;
  };
  for await (const sessions of parts.store.streamPositions(request, context)) {
    for (const session of sessions) {
      missing = 0;
      const packets = session.tell(see);
      found.sessions += 1;
      found.packets += packets - missing;
      found.missingPackets += missing;
      if (missing > 0 || packets === 0) found.incompleteSessions += 1;
    }
  }
  return found;
}

async function ofTable(parts: EstimateParts, request: ExportRequest, context: ReadContext): Promise<Found> {
  const { format, fields } = request;
  if (isCapture(format)) throw new LookbackError("INTERNAL", "a capture is no table");
  const writer = tableWriter(format, fields);
  let sampled = 0;
  let measured = 0;
  let rows = 0;
  const head = writer.head().length;
  for await (const batch of parts.store.streamRows({ ...request, fields }, context)) {
    if (measured < SAMPLED_ROWS) {
      sampled += writer.rows(batch).length;
      measured += batch.length;
    }
    rows += batch.length;
    // Without whole connections the store can count; nothing more needs to be read.
    if (!request.wholeConnections && rows >= SAMPLED_ROWS) break;
  }
  sampled += writer.end().length;
  const sessions = request.wholeConnections ? rows : await parts.store.count(request, context);
  return { sessions, packets: 0, bytes: head + (measured === 0 ? sampled : Math.ceil((sampled / measured) * sessions)), missingPackets: 0, incompleteSessions: 0 };
}
