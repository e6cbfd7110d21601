import type { Clock } from "../../base/clock.js";
import { DAY_MS } from "../../base/utc-day.js";
import { LookbackError } from "../../base/errors.js";
import type { Catalogue } from "../../catalogue/catalogue.js";
import type { Shipment } from "../../catalogue/shipments.js";
import type { NativeCore, VersionedRow } from "../../native/types.js";
import { sendBulk } from "./bulk.js";
import type { Cluster } from "./cluster.js";
import { indexNamed, isOfIndices } from "./cluster-errors.js";
import type { DeadLetters } from "./dead-letters.js";
import type { IndexList } from "./index-list.js";
import type { IndexNames, Rotation } from "./index-names.js";
import { byRow, withEditedTags } from "./overlay.js";
import type { Pace } from "./pace.js";
import { dropSuperseded, VERSIONS_MS } from "./versions.js";

/** What became of the rows of a segment. */
export interface ShippedRows {
  readonly rows: number;
  /** Rows that the cluster had already. */
  readonly repeated: number;
  /** Rows that it refused for good. */
  readonly dead: number;
  /** Bytes of JSON. */
  readonly bytes: number;
  readonly indices: ReadonlySet<string>;
}

export interface SegmentShippingParts {
  readonly cluster: Cluster;
  readonly native: Pick<NativeCore, "readSegment">;
  readonly catalogue: Pick<Catalogue, "shipments">;
  readonly indices: IndexList;
  readonly names: IndexNames;
  readonly rotation: Rotation;
  readonly deadLetters: DeadLetters;
  readonly pace: Pace;
  readonly clock: Clock;
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly status: { waiting(error: unknown): void };
}

const NEVER = new AbortController().signal;

/** Times that rows are sent before their index is left alone for a while. */
const TRIES = 2;

/**
 * An index takes no rows for now, keeps those that are to go, or lacks a shard that may have some of them, while others may be written.
 * `cause` is what the cluster said.
 */
export class IndexHeldUp extends Error {
  /** Null where the cluster does not say which: then it holds up the segment alone. */
  readonly index: string | null;
  declare readonly cause: LookbackError;

  constructor(index: string | null, cause: LookbackError) {
    super(cause.message, { cause });
    this.index = index;
  }
}

/** The ids that a time range can have: the lowest of its first millisecond and the highest of its last. */
function idRange(firstMs: number, lastMs: number): readonly [Buffer, Buffer] {
  const id = (ms: number, rest: string): Buffer => Buffer.from(Math.max(0, ms).toString(16).padStart(12, "0").slice(-12) + rest.repeat(20), "hex");
  return [id(firstMs, "0"), id(lastMs, "f")];
}

/** Sends the rows of one segment. */
export class SegmentShipping {
  readonly #parts: SegmentShippingParts;

  constructor(parts: SegmentShippingParts) {
    this.#parts = parts;
  }

  /** Sends every row of the file; resolves when the cluster answered for each. Throws when the cluster is away. */
  async ship(shipment: Pick<Shipment, "path" | "firstMs" | "minLastMs" | "lastMs">, file: string, signal: AbortSignal | null): Promise<ShippedRows> {
    const { names, rotation, native, catalogue, deadLetters, pace } = this.#parts;
    // A segment is of one UTC day of last packets, whatever other times its rows have.
    const dayEndMs = (Math.floor(shipment.minLastMs / DAY_MS) + 1) * DAY_MS - 1;
    const periods = names.periodsBetween(shipment.minLastMs, Math.min(shipment.lastMs, dayEndMs), rotation);
    const reader = native.readSegment(file, periods.map(({ index, startMs }) => ({ index, startMs })), shipment.path);
    const dead = deadLetters.open(shipment.path);
    const edits = byRow(catalogue.shipments.tagEdits(...idRange(shipment.firstMs, shipment.lastMs)));
    const versioned: VersionedRow[] = [];
    const sums = { rows: 0, repeated: 0, dead: 0, bytes: 0 };
    const sending = new Set<Promise<void>>();
    let failure: unknown = null;
    const send = async (lines: Buffer): Promise<void> => {
      try {
        const { repeated, refused } = await this.#send(withEditedTags(lines, edits), dead, signal);
        sums.repeated += repeated;
        sums.dead += refused;
      } catch (error) {
        failure ??= error;
      }
    };
    try {
      while (failure === null) {
        const next = await reader.next(pace.bytes);
        if (next === null) break;
        sums.rows += next.rows;
        sums.bytes += next.lines.length;
        versioned.push(...next.versioned);
        const one: Promise<void> = send(next.lines).finally(() => sending.delete(one));
        sending.add(one);
        while (sending.size >= pace.requests) await Promise.race(sending);
      }
      await Promise.all(sending);
      if (failure !== null) throw failure;
      if (versioned.length > 0) await this.#dropSuperseded(versioned, signal);
      dead.close();
      return { ...sums, indices: new Set(periods.map(({ index }) => index)) };
    } catch (error) {
      await Promise.allSettled(sending);
      dead.abandon();
      throw error;
    } finally {
      reader.close();
    }
  }

  /** Deletes what the shipped rows hide. Where another index is in the way, the segment is held up by that one. */
  async #dropSuperseded(versioned: readonly VersionedRow[], signal: AbortSignal | null): Promise<void> {
    const { cluster, indices } = this.#parts;
    try {
      await dropSuperseded(cluster, indices, versioned, { signal, timeoutMs: VERSIONS_MS });
    } catch (error) {
      throw isOfIndices(error) ? new IndexHeldUp(indexNamed(error), error) : error;
    }
  }

  /** Sends one request until the cluster has answered for each of its rows. */
  async #send(lines: Buffer, dead: ReturnType<DeadLetters["open"]>, signal: AbortSignal | null): Promise<{ readonly repeated: number; readonly refused: number }> {
    const { cluster, pace, clock, wait, status } = this.#parts;
    let open = lines;
    let repeated = 0;
    let refused = 0;
    for (let tries = 1; ; tries++) {
      const startMs = clock.nowMs();
      try {
        const outcome = await sendBulk(cluster, open, signal);
        repeated += outcome.repeated;
        refused += outcome.dead.length;
        dead.add(outcome.dead);
        if (outcome.again === null) {
          pace.taken(clock.nowMs() - startMs);
          return { repeated, refused };
        }
        open = outcome.again;
        status.waiting(outcome.cause);
        const index = indexNamed(outcome.cause);
        if (tries >= TRIES && outcome.cause !== null && index !== null) throw new IndexHeldUp(index, outcome.cause);
      } catch (error) {
        // Too much at once, or too much for the request: smaller parts may be taken. Anything else is the shipper's to wait for.
        if (!(error instanceof LookbackError) || !["CLUSTER_BUSY", "QUERY_MEMORY", "LIMIT_EXCEEDED"].includes(error.code)) throw error;
        if (error.code === "LIMIT_EXCEEDED") {
          const [first, second] = halves(open);
          if (second.length === 0) throw error;
          pace.refused();
          const before = await this.#send(first, dead, signal);
          repeated += before.repeated;
          refused += before.refused;
          open = second;
          continue;
        }
        status.waiting(error);
      }
      await wait(pace.refused(), signal ?? NEVER);
      if (signal?.aborted === true) throw new LookbackError("SHUTTING_DOWN", "the shipper is stopping");
    }
  }
}

/** The rows of a request as two halves; the second is empty when there is one row. */
function halves(lines: Buffer): readonly [Buffer, Buffer] {
  const starts: number[] = [];
  for (let start = 0; start < lines.length;) {
    starts.push(start);
    const middle = lines.indexOf(10, start) + 1;
    start = lines.indexOf(10, middle) + 1;
    if (middle <= 0 || start <= 0) break;
  }
  const cut = starts.length < 2 ? lines.length : (starts[Math.ceil(starts.length / 2)] ?? lines.length);
  return [lines.subarray(0, cut), lines.subarray(cut)];
}

