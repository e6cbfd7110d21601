import type { Clock } from "../../base/clock.js";
import { LookbackError, type ErrorCode } from "../../base/errors.js";
import { utcDay } from "../../base/utc-day.js";
import type { SegmentInfo } from "../../model/segment.js";
import type { PlannedMerge } from "../index-store.js";
import { merge, mergePlan, type CompactionParts } from "./compaction.js";
import { UNLIMITED } from "./engine.js";
import type { Snapshot } from "./live-set.js";

/** Failures of a merge that would be those of the next one too. */
const ENDS_MERGING: ReadonlySet<ErrorCode> = new Set(["DISK_FULL", "QUERY_CANCELLED"]);
/** Tries to reduce a day, of which sessions may be held meanwhile. */
const REDUCE_TRIES = 5;

/** The merges of a store, one run at a time: two of the same segments would both do the work and one would throw it away. */
export class Merging {
  readonly #parts: CompactionParts;
  readonly #clock: Clock;
  #running: Promise<unknown> = Promise.resolve();

  constructor(parts: CompactionParts, clock: Clock) {
    this.#parts = parts;
    this.#clock = clock;
  }

  /** Merges what is worth it, of one day all that can be; see `IndexStore.optimise`. */
  optimise(day: string | null, signal: AbortSignal | null, progressed: () => void = () => {}): Promise<number> {
    return this.#after(() => this.#optimise(day, signal, progressed));
  }

  /**
   * Keeps the rows of a day that `keep` names, and nothing else of it. What it names when they go is what counts: sessions are held
   * while others are merged. Throws STORE_BUSY when its segments, or what is to be kept, change each time.
   */
  reduce(day: string, keep: () => readonly string[]): Promise<void> {
    return this.#after(async () => {
      for (let tries = 0; tries < REDUCE_TRIES; tries += 1) {
        const isDone = await this.#parts.live.with(async (snapshot) => {
          const segments = snapshot.segments.filter((segment) => segment.day === day);
          const kept = new Set(keep());
          return segments.length === 0 || (await merge(this.#parts, snapshot, segments, UNLIMITED, { ids: kept, isStillAll: () => keep().every((id) => kept.has(id)) })) > 0;
        });
        if (isDone) return;
      }
      throw new LookbackError("STORE_BUSY", `${day} stays: its segments, or which sessions of it are held, changed during each of ${REDUCE_TRIES} tries to remove the others; try again when fewer are being held`, { day });
    });
  }

  /** What `optimise` would do. */
  plan(day: string | null): Promise<readonly PlannedMerge[]> {
    return this.#parts.live.with((snapshot) => {
      const hidden = this.#parts.catalogue.segments.supersededCounts();
      const days = day === null ? [...new Set(snapshot.segments.map((segment) => segment.day))].toSorted() : [day];
      return Promise.resolve(days.flatMap((one) => this.#groupsOf(snapshot, one, day !== null).map((group): PlannedMerge => ({
        day: one, segments: group.length, rows: group.reduce((sum, { rows, path }) => sum + rows - (hidden.get(path) ?? 0), 0),
        bytes: group.reduce((sum, { bytes }) => sum + bytes, 0), reason: group.length > 1 ? "small" : "superseded",
      }))));
    });
  }

  /** Resolves when no merge runs any more. */
  async settled(): Promise<void> {
    await this.#running;
  }

  #after<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#running.then(work);
    this.#running = done.catch(() => undefined);
    return done;
  }

  async #optimise(day: string | null, signal: AbortSignal | null, progressed: () => void): Promise<number> {
    const { catalogue, live } = this.#parts;
    const days = day === null ? [...new Set(catalogue.segments.live().map((segment) => segment.day))] : [day];
    let replaced = 0;
    let failure: unknown = null;
    for (const one of days) {
      replaced += await live.with(async (snapshot: Snapshot) => {
        let merged = 0;
        for (const group of this.#groupsOf(snapshot, one, day !== null)) {
          try {
            merged += await merge(this.#parts, snapshot, group, { ...UNLIMITED, signal });
          } catch (error) {
            // Segments that cannot be merged, damaged ones say, keep no others apart; the first failure is told at the end.
            if (!(error instanceof LookbackError) || ENDS_MERGING.has(error.code)) throw error;
            failure ??= error;
          }
          progressed();
        }
        return merged;
      });
      live.unlinkRetired();
    }
    if (failure !== null) throw failure;
    return replaced;
  }

  /** Groups of segments of a day that are worth merging: all small ones when the day is over or `asked` for. */
  #groupsOf(snapshot: Snapshot, day: string, asked: boolean): readonly (readonly SegmentInfo[])[] {
    const today = utcDay(this.#clock.nowMs());
    return mergePlan(snapshot.segments.filter((segment) => segment.day === day), this.#parts.catalogue.segments.supersededCounts(), asked || day < today);
  }
}
