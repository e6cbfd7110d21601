import { LookbackError } from "../../base/errors.js";
import { CLASSIC_HEADER_BYTES, CLASSIC_RECORD_BYTES } from "../../packet-store/record-layout.js";

/** Magic of a classic pcap file with times in microseconds, little-endian, and its link type Ethernet. */
const MAGIC = 0xa1b2c3d4;
const ETHERNET = 1;
const ETHERNET_HEADER = 14;
/** Copies of a packet follow each other by this, in microseconds; so many fit into a second. */
const BETWEEN_US = 1;
/** Most copies: what 16 bits of an address tell apart. */
const MOST = 65_535;

/** Where the two addresses of a packet lie that are changed, by Ethernet type: two bytes at each offset from the network header. */
const ADDRESSES: ReadonlyMap<number, readonly [number, number]> = new Map([[0x0800, [13, 17]], [0x86dd, [16, 32]]]);

/**
 * A capture with every packet of another `copies` times, each copy from hosts of its own: as many times the sessions, all open at
 * the same time, as they are on a link. Copies of a packet come one after the other. Checksums are left as they are.
 *
 * Throws BAD_INPUT where the other is no classic pcap file of Ethernet, little-endian with times in microseconds, or is cut off.
 */
export function repeatCapture(capture: Buffer, copies: number): Buffer {
  if (!Number.isInteger(copies) || copies < 1 || copies > MOST) throw new LookbackError("BAD_INPUT", `${copies} copies of a capture: 1 to ${MOST} can be made`);
  if (capture.length < CLASSIC_HEADER_BYTES || capture.readUInt32LE(0) !== MAGIC || capture.readUInt32LE(20) !== ETHERNET) throw new LookbackError("BAD_INPUT", "only a classic pcap file of Ethernet, little-endian in microseconds, can be repeated");
  const repeated = Buffer.allocUnsafe(CLASSIC_HEADER_BYTES + (capture.length - CLASSIC_HEADER_BYTES) * copies);
  capture.copy(repeated, 0, 0, CLASSIC_HEADER_BYTES);
  let written = CLASSIC_HEADER_BYTES;
  for (let at = CLASSIC_HEADER_BYTES; at < capture.length;) {
    const end = at + CLASSIC_RECORD_BYTES < capture.length ? at + CLASSIC_RECORD_BYTES + capture.readUInt32LE(at + 8) : Number.POSITIVE_INFINITY;
    if (end > capture.length) throw new LookbackError("BAD_INPUT", `the capture is cut off in the packet at ${at}`);
    for (let copy = 0; copy < copies; copy++) {
      capture.copy(repeated, written, at, end);
      change(repeated, written, end - at, copy);
      written += end - at;
    }
    at = end;
  }
  return repeated;
}

/** Gives a copied packet its own time and addresses; the first copy keeps those it has. */
function change(packets: Buffer, at: number, length: number, copy: number): void {
  const us = packets.readUInt32LE(at + 4) + copy * BETWEEN_US;
  packets.writeUInt32LE(packets.readUInt32LE(at) + Math.floor(us / 1e6), at);
  packets.writeUInt32LE(us % 1e6, at + 4);
  if (length < CLASSIC_RECORD_BYTES + ETHERNET_HEADER) return;
  const network = at + CLASSIC_RECORD_BYTES + ETHERNET_HEADER;
  for (const offset of ADDRESSES.get(packets.readUInt16BE(network - 2)) ?? []) {
    const place = network + offset;
    if (place + 2 <= at + length) packets.writeUInt16BE(packets.readUInt16BE(place) ^ copy, place);
  }
}
