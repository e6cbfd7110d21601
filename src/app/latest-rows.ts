import type { Clock } from "../base/clock.js";
import { LookbackError } from "../base/errors.js";
import { rowsWritten, wantRows } from "../capture/wanted-rows.js";
import type { Catalogue } from "../catalogue/catalogue.js";

/** A packet is found this long after it came, in milliseconds; younger ones are not waited for. */
const FOUND_MS = 1_000;
/** Longest wait for a capture to write rows, in milliseconds; one that is this late has other troubles, and `completeUntil` tells of it. */
const LONGEST_WAIT_MS = 2_500;
const LOOK_MS = 20;
/** A capture tells where it is every 15 seconds at least; one that did not will not answer either. */
const SILENT_MS = 20_000;

/** What waiting for rows needs. */
export interface LatestRowsParts {
  readonly catalogue: { readonly settings: Pick<Catalogue["settings"], "get" | "increment">; readonly marks: Pick<Catalogue["marks"], "completeUntilMs" | "liveSince"> };
  readonly clock: Clock;
  /** Resolves after so many milliseconds; the other process can only be looked at. */
  readonly pause?: (milliseconds: number) => Promise<void>;
}

/**
 * Makes what comes next find every packet of a running capture that is older than a second and before `endMs` (null: of any time),
 * also of sessions that are open and have no row yet. Asks and waits only where there may be such packets; gives up after 2.5
 * seconds. Throws QUERY_CANCELLED when the signal fires.
 */
export async function awaitLatestRows({ catalogue, clock, pause = pauseFor }: LatestRowsParts, endMs: number | null, signal: AbortSignal | null): Promise<void> {
  const startMs = clock.nowMs();
  const untilMs = catalogue.marks.completeUntilMs();
  if (untilMs === null || untilMs >= Math.min(endMs ?? startMs, startMs) - FOUND_MS || !catalogue.marks.liveSince(startMs - SILENT_MS)) return;
  const wish = wantRows(catalogue.settings);
  while (rowsWritten(catalogue.settings) < wish) {
    if (signal?.aborted === true) throw new LookbackError("QUERY_CANCELLED", "the request was cancelled while it waited for the rows of the latest packets");
    const waitedMs = clock.nowMs() - startMs;
    // Also when the clock was set back: nothing may wait for ever.
    if (waitedMs < 0 || waitedMs >= LONGEST_WAIT_MS) return;
    await pause(LOOK_MS);
  }
}

function pauseFor(milliseconds: number): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve, milliseconds); });
}
