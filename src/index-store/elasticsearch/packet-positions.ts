import { LookbackError } from "../../base/errors.js";
import type { PacketRef } from "../../model/session.js";
import type { SessionPackets, SessionPositions } from "../index-store.js";
import { at, listOf, numberOf, textOf, type JsonObject } from "./json.js";
import { rowIdBytes } from "../row-id.js";
import type { Read } from "./reads.js";

/** What of a document tells where its packets are, and whose. */
export const PLACES_SOURCE = ["node", "packetPos", "packetLen", "lookback.final"] as const;

/** The packets of a stored document. Throws STORE_DAMAGED when its two lists do not fit. */
export function packetsOf(id: string, source: JsonObject): readonly PacketRef[] {
  const packets: PacketRef[] = [];
  const lengths = listOf(source["packetLen"]);
  let fileId: number | null = null;
  for (const position of listOf(source["packetPos"])) {
    const length = lengths[packets.length];
    if (typeof position !== "number" || (position >= 0 && (fileId === null || typeof length !== "number"))) {
      throw new LookbackError("STORE_DAMAGED", `the packet positions of session ${id} do not read back`, { id });
    }
    if (position < 0) fileId = -position;
    else packets.push({ fileId: fileId ?? 0, offset: position, length: numberOf(length) });
  }
  return packets;
}

/** The number of the node that has the packets of a document, below 0; null when they are of this data directory. */
export function elsewhereOf({ ownNodes, parts: { nodes } }: Pick<Read, "ownNodes"> & { readonly parts: Pick<Read["parts"], "nodes"> }, source: JsonObject): number | null {
  const node = textOf(source["node"]);
  return ownNodes.has(node) ? null : nodes.numberOf(node);
}

/**
 * The packets of a stored document, in the places that the catalogue has for them where the cluster has not got those yet. Those of
 * another installation's nodes are there with their number, below 0, for a file: where they are is not known here.
 */
export function placesOf(read: Pick<Read, "ownNodes"> & { readonly parts: Pick<Read["parts"], "nodes" | "shipments"> }, id: string, source: JsonObject): readonly PacketRef[] {
  const elsewhere = elsewhereOf(read, source);
  if (elsewhere !== null) return packetsOf(id, source).map(({ offset, length }) => ({ fileId: elsewhere, offset, length }));
  const { shipments } = read.parts;
  const isFinal = at(source, "lookback", "final") === true;
  const moved = isFinal && shipments.hasMoves() ? shipments.moveOf(rowIdBytes(id)) : null;
  return moved === null ? packetsOf(id, source) : readMove(moved);
}

/** The positions of a session that has a list of them. */
export function sessionPositions({ firstPacketMs, lastPacketMs, packets }: Pick<SessionPackets, "firstPacketMs" | "lastPacketMs" | "packets">): SessionPositions {
  return {
    firstPacketMs, lastPacketMs,
    tell: (visit) => {
      for (const { fileId, offset, length } of packets) visit(fileId, offset, length);
      return packets.length;
    },
  };
}

/** What of a document tells where its packets are: the negative number of a file, then offsets into it. */
export function packetsBody(packets: readonly PacketRef[]): JsonObject {
  const positions: number[] = [];
  let before: number | null = null;
  for (const { fileId, offset } of packets) {
    if (fileId !== before) positions.push(-fileId);
    before = fileId;
    positions.push(offset);
  }
  return { packetPos: positions, packetLen: packets.map(({ length }) => length), fileId: [...new Set(packets.map(({ fileId }) => fileId))] };
}

/** A move of packets as the catalogue keeps it: three numbers a packet. */
export function printMove(packets: readonly PacketRef[]): string {
  return JSON.stringify(packets.map(({ fileId, offset, length }) => [fileId, offset, length]));
}

/** Reads what `printMove` printed. */
export function readMove(text: string): readonly PacketRef[] {
  const list: unknown = JSON.parse(text);
  return listOf(list).map((packet) => ({ fileId: numberOf(listOf(packet)[0]), offset: numberOf(listOf(packet)[1]), length: numberOf(listOf(packet)[2]) }));
}
