import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../base/clock.js";
import { LookbackError, systemErrorCode } from "../../base/errors.js";
import type { Logger } from "../../base/logger.js";
import type { Catalogue } from "../../catalogue/catalogue.js";
import type { Shipment } from "../../catalogue/shipments.js";
import type { NativeCore } from "../../native/types.js";
import type { Cluster } from "./cluster.js";
import { isOfIndices, mayPass } from "./cluster-errors.js";
import type { DeadLetters } from "./dead-letters.js";
import { deleteRows } from "./expiry.js";
import type { IndexList } from "./index-list.js";
import type { IndexNames, Rotation } from "./index-names.js";
import type { Overlays } from "./overlay.js";
import type { Pace } from "./pace.js";
import { IndexHeldUp, SegmentShipping, type ShippedRows } from "./segment-shipping.js";
import type { ShipperStatus } from "./shipper-status.js";

/** Segments that are made visible by one refresh and acknowledged together. */
const ROUND_SEGMENTS = 16;
/** Rows of one round: what is shipped becomes visible after so many at the latest. */
const ROUND_ROWS = 200_000;
/** Milliseconds between two looks for new segments. */
const LOOK_MS = 1_000;
/** Milliseconds for which an index that takes no rows is passed over, so that rows of others go on. */
const PASSED_OVER_MS = 5_000;
/** Segments among which a round looks for some of other indices. */
const LOOK_AHEAD = 10_000;
/** Segments of a day whose rows are deleted by one request. */
const DELETE_MS = 600_000;
const NEVER = new AbortController().signal;

export interface ShipperParts {
  readonly cluster: Cluster;
  readonly native: Pick<NativeCore, "readSegment">;
  readonly catalogue: Catalogue;
  readonly indices: IndexList;
  readonly overlays: Overlays;
  readonly names: IndexNames;
  readonly rotation: Rotation;
  readonly segmentDirectory: string;
  readonly deadLetters: DeadLetters;
  readonly pace: Pace;
  readonly status: ShipperStatus;
  /** Makes sure that the cluster is one that is supported and has template and migrations. Throws what it is not. */
  readonly prepare: (signal: AbortSignal | null) => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Resolves after so many milliseconds, or when the signal aborts. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

/**
 * Brings segments to the cluster. A segment waits on disk until the cluster has said of each of its rows that it has it or
 * never takes it; only then is that noted in the catalogue, and the file goes. So whatever dies, and whenever, the segment
 * is shipped again, and rows that were there are conflicts that count as done.
 */
export class Shipper {
  readonly #parts: ShipperParts;
  readonly #segments: SegmentShipping;
  /** Indices that take no rows for now and paths of segments that they hold up, and until when they are passed over, by `performance.now()`. */
  readonly #passedOver = new Map<string, number>();

  constructor(parts: ShipperParts) {
    this.#parts = parts;
    this.#segments = new SegmentShipping(parts);
  }

  /** Ships until the signal aborts. Never throws for what the cluster does: it waits and tries again. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const busy = await this.round(signal);
        if (!busy) await this.#parts.wait(LOOK_MS, signal);
      } catch (error) {
        if (signal.aborted) return;
        this.#parts.status.failed(error);
        if (!mayPass(error)) this.#parts.logger.error({ error }, "shipping failed; it is tried again");
        await this.#parts.wait(this.#parts.pace.refused(), signal);
      }
    }
  }

  /** Ships until nothing waits, or until the signal aborts; whether nothing waits. Throws what stops it. */
  async drain(signal: AbortSignal | null = null): Promise<boolean> {
    for (;;) {
      const busy = await this.round(signal);
      if (busy && signal?.aborted !== true) continue;
      const isDone = this.#isDone();
      // What waits still is for indices that take no rows now, or keep what they have.
      if (isDone || signal?.aborted === true) return isDone;
      await this.#parts.wait(LOOK_MS, signal ?? NEVER);
    }
  }

  /** Whether the cluster has what it is to have, and nothing that is to go. */
  #isDone(): boolean {
    const { catalogue: { shipments } } = this.#parts;
    return shipments.waiting().segments === 0 && shipments.removing().length === 0;
  }

  /** Says that nothing more is shipped by this process. */
  end(): void {
    this.#parts.status.ended();
  }

  /** Ships what waits first, up to a bound. Returns whether there was anything. */
  async round(signal: AbortSignal | null): Promise<boolean> {
    const { catalogue: { shipments }, prepare, status } = this.#parts;
    await prepare(signal);
    this.#tryAgain();
    const isDue = (shipment: Shipment): boolean => !this.#isPassedOver(shipment);
    let forgotten = 0;
    for (const shipment of shipments.removing()) if (isDue(shipment) && (await this.#forget(shipment, signal))) forgotten += 1;
    const queued = this.#choose();
    // One that is to go since the look above may be replaced by one of these, whose rows are conflicts while it is there: it goes first.
    // What replaces one that cannot go is passed over with its indices.
    const isReplacing = shipments.removing().some(isDue);
    const chosen = isReplacing ? [] : queued;
    const shipped: { readonly shipment: Shipment; readonly rows: ShippedRows }[] = [];
    try {
      for (const shipment of chosen) {
        const rows = await this.#ship(shipment, signal);
        if (rows !== null) shipped.push({ shipment, rows });
      }
    } finally {
      // What of the round is done stays done when a later segment fails.
      if (shipped.length > 0) await this.#acknowledge(shipped, signal);
    }
    const changed = await this.#parts.overlays.apply();
    status.round(this.#isDone());
    return isReplacing || forgotten > 0 || shipped.length > 0 || changed > 0;
  }

  /** Passes over nothing any more that was for long enough. */
  #tryAgain(): void {
    const nowMs = performance.now();
    for (const [held, untilMs] of this.#passedOver) if (untilMs <= nowMs) this.#passedOver.delete(held);
  }

  #passOver(held: Iterable<string>): void {
    for (const one of held) this.#passedOver.set(one, performance.now() + PASSED_OVER_MS);
  }

  /** The newest segments that wait, up to a bound; none of an index that is passed over. */
  #choose(): readonly Shipment[] {
    const { catalogue: { shipments } } = this.#parts;
    const queued = shipments.queued(this.#passedOver.size === 0 ? ROUND_SEGMENTS : LOOK_AHEAD).filter((shipment) => !this.#isPassedOver(shipment)).slice(0, ROUND_SEGMENTS);
    let rows = 0;
    return queued.filter((shipment, position) => {
      rows += shipment.rows;
      return position === 0 || rows <= ROUND_ROWS;
    });
  }

  #isPassedOver({ path, minLastMs, lastMs }: Shipment): boolean {
    const { names, rotation } = this.#parts;
    return this.#passedOver.has(path) || (this.#passedOver.size > 0 && names.periodsBetween(minLastMs, lastMs, rotation).some(({ index }) => this.#passedOver.has(index)));
  }

  async #ship(shipment: Shipment, signal: AbortSignal | null): Promise<ShippedRows | null> {
    const { catalogue, segmentDirectory, logger } = this.#parts;
    if (this.#isPassedOver(shipment)) return null;
    try {
      return await this.#segments.ship(shipment, join(segmentDirectory, shipment.path), signal);
    } catch (error) {
      if (error instanceof IndexHeldUp) {
        // It may be held up by another index than its own.
        this.#passOver([shipment.path, ...(error.index === null ? [] : [error.index])]);
        this.#parts.status.failed(error.cause);
        return null;
      }
      if (!(error instanceof LookbackError) || error.code !== "STORE_DAMAGED") throw error;
      // Retired meanwhile, its file may be gone: there is nothing to ship.
      if (catalogue.shipments.get(shipment.path)?.state !== "queued") return null;
      // A file that does not read back must not hold up the others: its packets are there, rebuild makes it again.
      logger.error({ error, path: shipment.path }, `the segment ${shipment.path} cannot be shipped; lookback rebuild makes it again`);
      this.#parts.status.failed(error);
      catalogue.shipments.setDeadRows(shipment.path, shipment.rows);
      catalogue.shipments.shipped(shipment.path, shipment.rows);
      return null;
    }
  }

  /** Makes shipped rows visible, then notes them in the catalogue, then lets go of the files. */
  async #acknowledge(shipped: readonly { readonly shipment: Shipment; readonly rows: ShippedRows }[], signal: AbortSignal | null): Promise<void> {
    const { cluster, catalogue, indices, status } = this.#parts;
    const touched = [...new Set(shipped.flatMap(({ rows }) => [...rows.indices]))];
    if (touched.length > 0) {
      await cluster.request({ method: "POST", path: `/${touched.join(",")}/_refresh`, query: { ignore_unavailable: true, allow_no_indices: true } }, { signal, timeoutMs: DELETE_MS });
    }
    catalogue.transaction(() => {
      for (const { shipment, rows } of shipped) {
        if (catalogue.shipments.shipped(shipment.path, rows.dead)) catalogue.segments.apply({ add: [], remove: [shipment.path], superseded: [] });
      }
    });
    indices.forget();
    for (const { shipment, rows } of shipped) {
      status.shipped(rows);
      this.unlink(shipment.path);
    }
  }

  /** Deletes the file of a segment that is retired, and forgets it. What fails stays for the next time. */
  unlink(path: string): void {
    const { catalogue, segmentDirectory, logger } = this.#parts;
    try {
      rmSync(join(segmentDirectory, path));
    } catch (error) {
      if (systemErrorCode(error) !== "ENOENT") {
        logger.warn({ error, path }, `the shipped segment ${path} could not be deleted`);
        return;
      }
    }
    catalogue.segments.forget(path);
  }

  /** Deletes files of segments that an earlier shipper acknowledged and did not come to delete. */
  unlinkLeftovers(): void {
    const { catalogue } = this.#parts;
    for (const path of catalogue.segments.retired()) {
      if (catalogue.shipments.get(path)?.state !== "queued") this.unlink(path);
    }
  }

  /** Deletes the rows of a segment that others replace. Returns whether it is gone; where an index keeps them, others go on. */
  async #forget(shipment: Shipment, signal: AbortSignal | null): Promise<boolean> {
    const { cluster, catalogue, indices, names, rotation, status } = this.#parts;
    const existing = await indices.list();
    const touched = existing.filter(({ startMs, endMs }) => startMs <= shipment.lastMs && endMs > shipment.minLastMs).map(({ index }) => index);
    try {
      if (touched.length > 0) {
        await deleteRows(cluster, touched.join(","), { term: { "lookback.segment": { value: shipment.path } } }, { signal, timeoutMs: DELETE_MS });
      }
    } catch (error) {
      if (!isOfIndices(error)) throw error;
      // What replaces it may go to an index of another rotation than it did.
      this.#passOver([shipment.path, ...touched, ...names.periodsBetween(shipment.minLastMs, shipment.lastMs, rotation).map(({ index }) => index)]);
      status.failed(error);
      return false;
    }
    catalogue.shipments.forget(shipment.path);
    this.unlink(shipment.path);
    return true;
  }
}
