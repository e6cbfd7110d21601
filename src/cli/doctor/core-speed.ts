import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import type { Clock } from "../../base/clock.js";
import { LookbackError } from "../../base/errors.js";
import type { EngineSettings, LiveEngine, NativeCore } from "../../native/types.js";
import { CLASSIC_HEADER_BYTES, CLASSIC_RECORD_BYTES } from "../../packet-store/record-layout.js";
import { repeatCapture } from "./repeated-capture.js";

/** Copies of a small capture that are made: enough for a tenth of a second, few enough for some 30 MB of memory. */
const COPIES = 256;
/** Bytes of one push: as much as the core's queue takes as one, so that it takes all of it or nothing. */
const PUSH_BYTES = 128 << 10;
/** Longest that one run pushes, in milliseconds; a slower host is measured by what it took until then. */
const LONGEST_RUN_MS = 400;
/** Runs that are measured after the first, which fills memory and caches; the middle one counts. */
const RUNS = 3;

/** What the core of this host was measured to do, with nothing to receive and no packet to write. */
export interface CoreSpeed {
  /** Packets a second that one worker takes into sessions and rows. */
  readonly byOne: number;
  /** The same of `workers` at a time. */
  readonly byAll: number;
  readonly workers: number;
  /** Captured bytes of a packet, on average. */
  readonly packetBytes: number;
  /** Packets of a session, on average. */
  readonly sessionPackets: number;
}

/** What measuring the core takes. */
export interface CoreSpeedParts {
  readonly native: Pick<NativeCore, "openLive">;
  readonly settings: EngineSettings;
  readonly workers: number;
  /** A small classic pcap file of Ethernet, which is repeated with other hosts. */
  readonly capture: Buffer;
  /** Takes the rows; what was written there is removed again. */
  readonly directory: string;
  readonly clock: Clock;
  /** Milliseconds of a clock that is never set. */
  readonly elapsedMs: () => number;
  /** Waits a moment for the core to make room. */
  readonly pause: () => Promise<void>;
}

interface Run {
  readonly packets: number;
  readonly sessions: number;
  readonly seconds: number;
}

interface Load {
  readonly pushes: readonly Buffer[];
  readonly packetBytes: number;
}

/**
 * Measures what the native core does per packet: it is given packets as live capture gives them, as fast as it takes them, and
 * ends when their rows are on disk. Takes a second, three and a half at most of a slow host.
 * Throws UNAVAILABLE when it takes none, BAD_INPUT of a capture that cannot be repeated, and what the core throws.
 */
export async function measureCore(parts: CoreSpeedParts): Promise<CoreSpeed> {
  const load = loadOf(parts.capture);
  const one = await middleRun(parts, load, 1);
  const all = parts.workers === 1 ? one : await middleRun(parts, load, parts.workers);
  return { byOne: one.packets / one.seconds, byAll: all.packets / all.seconds, workers: parts.workers, packetBytes: load.packetBytes, sessionPackets: one.packets / Math.max(1, one.sessions) };
}

function loadOf(capture: Buffer): Load {
  const repeated = repeatCapture(capture, COPIES);
  const pushes: Buffer[] = [];
  let [start, packets] = [CLASSIC_HEADER_BYTES, 0];
  for (let at = CLASSIC_HEADER_BYTES; at < repeated.length; packets++) {
    const end = at + CLASSIC_RECORD_BYTES + repeated.readUInt32LE(at + 8);
    if (end - start > PUSH_BYTES && at > start) {
      pushes.push(repeated.subarray(start, at));
      start = at;
    }
    at = end;
  }
  pushes.push(repeated.subarray(start));
  return { pushes, packetBytes: (repeated.length - CLASSIC_HEADER_BYTES) / packets - CLASSIC_RECORD_BYTES };
}

async function middleRun(parts: CoreSpeedParts, load: Load, workers: number): Promise<Run> {
  await run(parts, load, workers);
  const runs: Run[] = [];
  for (let at = 0; at < RUNS; at++) runs.push(await run(parts, load, workers));
  const middle = runs.sort((one, other) => one.packets / one.seconds - other.packets / other.seconds)[(RUNS - 1) / 2];
  if (middle === undefined || middle.packets === 0) throw new LookbackError("UNAVAILABLE", `the core took no packet in ${LONGEST_RUN_MS} ms: the host is too busy to be measured; try again when it is not`);
  return middle;
}

async function run(parts: CoreSpeedParts, { pushes }: Load, workers: number): Promise<Run> {
  const { native, settings, directory, clock, elapsedMs } = parts;
  const rows = path.join(directory, "rows");
  await mkdir(rows, { recursive: true });
  const engine = native.openLive({
    // Rules need libpcap, and values of interfaces the interfaces.
    settings: { ...settings, workers, minPacketsSaveBpfs: [], interfaces: [] }, segmentDirectory: rows, packetDirectories: [directory], directoryChoice: "round-robin",
    linkType: 1, snaplen: 65_535, stream: "0".repeat(32), firstOrdinal: 0, firstFileId: 1, fileIds: 1, maxFileBytes: 2 ** 30, maxFileSeconds: 0, openRowsAfterSeconds: 3600, sources: [],
    keepPackets: false, dontSaveBpfs: [], giveUpRights: false,
  }, null);
  const startMs = elapsedMs();
  const pushing = pushAll(engine, pushes, startMs + LONGEST_RUN_MS, parts);
  await pushing.catch(() => {});
  const { counters } = await engine.close(clock.nowMs());
  const seconds = (elapsedMs() - startMs) / 1000;
  await rm(rows, { recursive: true, force: true });
  return { packets: await pushing, sessions: counters["sessions.opened"] ?? 0, seconds };
}

/** Gives the core what it takes until a time; resolves to how many packets that were. */
async function pushAll(engine: Pick<LiveEngine, "push">, pushes: Load["pushes"], untilMs: number, { elapsedMs, pause }: Pick<CoreSpeedParts, "elapsedMs" | "pause">): Promise<number> {
  let packets = 0;
  for (const bytes of pushes) {
    for (let taken = 0; taken === 0;) {
      if (elapsedMs() >= untilMs) return packets;
      taken = engine.push(bytes);
      packets += taken;
      if (taken === 0) await pause();
    }
  }
  return packets;
}
