import type { Clock } from "../base/clock.js";
import { systemClock } from "../base/clock.js";
import type { Logger } from "../base/logger.js";
import { captureConditions, captureState, isUndecided, type CaptureObservation } from "../capture/capture-state.js";
import type { CaptureCondition, RetentionEvents } from "../model/retention-event.js";
import { observeCapture } from "./capture-observation.js";
import type { Core } from "./core.js";
import type { Lifecycle } from "./lifecycle.js";

/** Milliseconds between two looks at the capture. */
const LOOK_MS = 5_000;

const KINDS = ["capture-loss", "capture-down", "packet-directory-failed"] as const satisfies readonly CaptureCondition["kind"][];

/** What alarms are raised from. */
export interface CaptureAlarmParts {
  readonly observe: (nowMs: number) => CaptureObservation;
  readonly events: RetentionEvents;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Tells when packets are lost, the capture is down or a packet directory takes nothing, and when that is over. */
export class CaptureAlarms {
  readonly #parts: CaptureAlarmParts;

  constructor(parts: CaptureAlarmParts) {
    this.#parts = parts;
  }

  /** Looks once. Never throws: a catalogue that cannot be read just now is read again. */
  look(): void {
    const { observe, events, clock, logger } = this.#parts;
    try {
      const observed = observe(clock.nowMs());
      const conditions = captureConditions(observed);
      for (const condition of conditions) events.raise(condition);
      const undecided = isUndecided(captureState(observed));
      for (const kind of KINDS) {
        if (kind === "capture-down" && undecided) continue;
        // Also of another interface, or by an earlier process.
        for (const subject of events.lasting(kind)) {
          if (!conditions.some((one) => one.kind === kind && one.subject === subject)) events.clear(kind, subject);
        }
      }
    } catch (error) {
      logger.error({ error: error instanceof Error ? error.message : String(error) }, "how the capture is could not be found out");
    }
  }
}

/** Looks at the capture from now on, until `lifecycle` stops. */
export function watchCapture({ catalogue, logger }: Pick<Core, "catalogue" | "logger">, events: RetentionEvents, lifecycle: Lifecycle): void {
  const alarms = new CaptureAlarms({ observe: (nowMs) => observeCapture(catalogue, nowMs), events, clock: systemClock, logger: logger.child({ area: "capture" }) });
  lifecycle.add("alarms of capture", setInterval(() => { alarms.look(); }, LOOK_MS), (timer) => { clearInterval(timer); });
}
