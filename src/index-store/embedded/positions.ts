import type { PacketRef } from "../../model/session.js";
import type { PacketVisitor } from "../index-store.js";

/** The positions of the column `packetPos`, null when the bytes are damaged. The result is at most as long as the bytes. */
export function unpackPositions(bytes: Uint8Array): readonly PacketRef[] | null {
  const positions: PacketRef[] = [];
  const count = visitPositions(bytes, (fileId, offset, length) => { positions.push({ fileId, offset, length }); });
  return count === null ? null : positions;
}

/**
 * Unpacks the column `packetPos`: groups of `varint file, varint count, count × (zigzag varint offset delta, varint
 * length)`, varints in LEB128, deltas from 0 in each group. Offsets and lengths are bytes. Returns how many it told, null
 * when the bytes are damaged; those before the damage were told.
 */
export function visitPositions(bytes: Uint8Array, visit: PacketVisitor): number | null {
  let told = 0;
  let at = 0;
  const varint = (): number => {
    let value = 0;
    let scale = 1;
    // Ten bytes hold 64 bits; what is beyond 2^53 is no offset of a file.
    for (let length = 0; length < 10; length++) {
      const byte = bytes[at++];
      if (byte === undefined) return -1;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return Number.isSafeInteger(value) ? value : -1;
      scale *= 128;
    }
    return -1;
  };
  while (at < bytes.length) {
    const fileId = varint();
    const count = varint();
    if (fileId < 0 || count < 0 || count > bytes.length) return null;
    let offset = 0;
    for (let packet = 0; packet < count; packet++) {
      const zigzag = varint();
      const length = varint();
      if (zigzag < 0 || length < 0) return null;
      offset += zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
      if (offset < 0 || !Number.isSafeInteger(offset)) return null;
      visit(fileId, offset, length);
      told += 1;
    }
  }
  return told;
}

/** Packs positions as `unpackPositions` reads them. Offsets and lengths are whole numbers below 2^52. */
export function packPositions(positions: readonly PacketRef[]): Uint8Array {
  const bytes: number[] = [];
  const varint = (given: number): void => {
    let value = given;
    for (; value >= 0x80; value = Math.floor(value / 128)) bytes.push((value % 128) | 0x80);
    bytes.push(value);
  };
  for (let at = 0; at < positions.length; ) {
    const fileId = positions[at]?.fileId ?? 0;
    let end = at;
    while (positions[end]?.fileId === fileId) end += 1;
    varint(fileId);
    varint(end - at);
    let before = 0;
    for (const { offset, length } of positions.slice(at, end)) {
      const delta = offset - before;
      varint(delta >= 0 ? delta * 2 : -delta * 2 - 1);
      varint(length);
      before = offset;
    }
    at = end;
  }
  return Uint8Array.from(bytes);
}
