import { LookbackError } from "../base/errors.js";
import { CLASSIC_RECORD_BYTES } from "../packet-store/record-layout.js";
import { printBytes } from "./print-plan.js";

const DAY_SECONDS = 86_400;

/** What an estimate starts from. */
export interface EstimateInput {
  /** Average load of the link, bits a second. */
  readonly bitsPerSecond: number;
  readonly days: number;
  /** Average bytes of a packet. */
  readonly packetBytes: number;
  /** Average bytes of a session. */
  readonly sessionBytes: number;
  /** Bytes of a session's row in the index. */
  readonly rowBytes: number;
  /** Share of the disk that is kept free, in percent (`freeSpaceG`). */
  readonly freePercent: number;
  /** Days that sessions are kept. */
  readonly sessionDays: number;
}

/** What a mix of office and web traffic comes to; a data directory that has sessions knows better. */
export const USUAL_TRAFFIC = { packetBytes: 700, sessionBytes: 40_000, rowBytes: 350 } as const;

/** Disk and index that are needed, and how that is reckoned. */
export interface Estimate {
  readonly packetsPerSecond: number;
  readonly packetBytes: number;
  readonly sessions: number;
  readonly indexBytes: number;
  /** Packets and index with the share that is kept free. */
  readonly diskBytes: number;
  /** The arithmetic, a line each step. */
  readonly lines: readonly string[];
}

/** What disk a load needs to be kept so many days. Pure. Throws BAD_INPUT for numbers that are none. */
export function estimate(input: EstimateInput): Estimate {
  for (const [name, value] of Object.entries(input)) {
    if (!Number.isFinite(value) || value < 0 || (value === 0 && name !== "freePercent")) throw new LookbackError("BAD_INPUT", `${name} ${value}: expected a number above 0`, { name });
  }
  const { bitsPerSecond, days, packetBytes, sessionBytes, rowBytes, freePercent, sessionDays } = input;
  if (freePercent >= 100) throw new LookbackError("BAD_INPUT", `freePercent ${freePercent}: expected less than 100`, { name: "freePercent" });
  const bytesPerSecond = bitsPerSecond / 8;
  const packetsPerSecond = bytesPerSecond / packetBytes;
  const perDay = (bytesPerSecond + packetsPerSecond * CLASSIC_RECORD_BYTES) * DAY_SECONDS;
  const packets = perDay * days;
  const sessions = (bytesPerSecond / sessionBytes) * DAY_SECONDS * sessionDays;
  const indexBytes = sessions * rowBytes;
  const diskBytes = (packets + indexBytes) / (1 - freePercent / 100);
  const rounded = (value: number): string => Math.round(value).toLocaleString("en-US");
  return {
    packetsPerSecond, packetBytes: packets, sessions, indexBytes, diskBytes,
    lines: [
      `${rounded(bitsPerSecond)} bit/s / 8 = ${printBytes(bytesPerSecond)} a second; / ${packetBytes} bytes a packet = ${rounded(packetsPerSecond)} packets a second`,
      `a day of packets: (${printBytes(bytesPerSecond)} + ${rounded(packetsPerSecond)} x ${CLASSIC_RECORD_BYTES} bytes of record header) x ${rounded(DAY_SECONDS)} s = ${printBytes(perDay)}`,
      `packets: ${printBytes(perDay)} x ${days} days = ${printBytes(packets)}`,
      `sessions: ${printBytes(bytesPerSecond)} / ${printBytes(sessionBytes)} a session x ${rounded(DAY_SECONDS)} s x ${sessionDays} days = ${rounded(sessions)}`,
      `index: ${rounded(sessions)} sessions x ${rounded(rowBytes)} bytes a row = ${printBytes(indexBytes)}`,
      `disk: (${printBytes(packets)} + ${printBytes(indexBytes)}) / (1 - ${freePercent}% kept free) = ${printBytes(diskBytes)}`,
    ],
  };
}
