import type { FieldValue, PacketRef } from "../model/session.js";

/** A whole row as one store hands it to another. */
export interface StoredRow {
  readonly id: string;
  readonly rowVersion: number;
  readonly final: boolean;
  /** Identity of the stream, 32 hex digits. */
  readonly stream: string;
  /** Milliseconds since 1970. */
  readonly firstMs: number;
  readonly lastMs: number;
  readonly packets: readonly PacketRef[];
  /** Bytes that the session had after 1, 2, 4, 8, … packets, the last at its end; null when that was not noted. */
  readonly bytesByPacket: readonly number[] | null;
  /** Fields nested by path, counts beside their lists; nothing of what is above. */
  readonly document: Readonly<Record<string, FieldValue>>;
}

/** 16 bytes of a printed address, IPv4 mapped. */
export function addressBytes(text: string): Buffer {
  const bytes = Buffer.alloc(16);
  const dotted = /^(.*:)?(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
  if (dotted !== null && (dotted[1] === undefined || dotted[1] === "::ffff:")) {
    bytes.set([0xff, 0xff, ...dotted.slice(2).map(Number)], 10);
    return bytes;
  }
  const [head = "", tail = ""] = text.split("::");
  const groups = (part: string): readonly number[] => (part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16)));
  groups(head).forEach((group, position) => { bytes.writeUInt16BE(group & 0xffff, 2 * position); });
  const last = groups(tail);
  last.forEach((group, position) => { bytes.writeUInt16BE(group & 0xffff, 16 - 2 * (last.length - position)); });
  return bytes;
}
