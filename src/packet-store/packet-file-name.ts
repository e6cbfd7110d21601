import path from "node:path";
import { LookbackError } from "../base/errors.js";

const NODE_NAME = /^[\w.-]{1,64}$/;
const FILE_NAME = /^([\w.-]{1,64})-(\d{6})-(\d{8,16})\.pcap$/;

const LIST_SUFFIX = ".interfaces";

/** The parts of the name of a packet file of ours. */
export interface PacketFileName {
  readonly node: string;
  /** UTC day of the first packet, `YYMMDD`. */
  readonly day: string;
  readonly fileId: number;
}

/**
 * `<node>-YYMMDD-NNNNNNNN.pcap`: the UTC day of the first packet (milliseconds since 1970) and the file's number in the
 * catalogue, at least eight digits. Throws BAD_INPUT for a node name that could leave the directory.
 */
export function packetFileName(node: string, firstPacketMs: number, fileId: number): string {
  if (!NODE_NAME.test(node)) throw new LookbackError("BAD_INPUT", `node name ${node.slice(0, 80)}: allowed: 1 to 64 letters, digits, _ . -`, { node: node.slice(0, 80) });
  if (!Number.isSafeInteger(fileId) || fileId < 0) throw new LookbackError("BAD_INPUT", `file number ${fileId} is not a number from 0`, { fileId });
  const time = new Date(firstPacketMs);
  if (Number.isNaN(time.getTime())) throw new LookbackError("BAD_INPUT", `${firstPacketMs} is not a time in milliseconds`, { firstPacketMs });
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = two(time.getUTCFullYear() % 100) + two(time.getUTCMonth() + 1) + two(time.getUTCDate());
  return `${node}-${day}-${String(fileId).padStart(8, "0")}.pcap`;
}

/** Where the core notes by which interface the packets of a file of ours came, if it does (`interfaceOps`): beside it. Null for a file that has no name of ours. */
export function interfaceListOf(file: string): string | null {
  return parsePacketFileName(path.basename(file)) === null ? null : file.replace(/\.pcap$/, LIST_SUFFIX);
}

/** The name of the packet file that a list of interfaces is of, or null when it is none of ours. */
export function packetFileOfList(name: string): string | null {
  const packets = name.endsWith(LIST_SUFFIX) ? `${name.slice(0, -LIST_SUFFIX.length)}.pcap` : null;
  return packets !== null && parsePacketFileName(packets) !== null ? packets : null;
}

/** Takes a name of ours apart, or null when it is none. */
export function parsePacketFileName(name: string): PacketFileName | null {
  const match = FILE_NAME.exec(name);
  const [, node, day, digits] = match ?? [];
  if (node === undefined || day === undefined || digits === undefined) return null;
  const fileId = Number(digits);
  return Number.isSafeInteger(fileId) ? { node, day, fileId } : null;
}
