import type { Catalogue } from "../catalogue/catalogue.js";
import type { IndexStore, ReadContext, SessionFilter } from "../index-store/index-store.js";
import type { CheckedExpression } from "../model/checked-expression.js";
import type { RetentionEvents } from "../model/retention-event.js";
import { ALL_TIME } from "../model/time-range.js";
import { measureSpace } from "../packet-store/packet-store.js";
import { gatherDevices, type FactSources } from "./facts.js";
import { forecast, whatIf, type Forecast, type ForecastFacts, type WhatIf } from "./forecast.js";
import { isKeptCopy } from "./keep-packets.js";
import { deviceTarget } from "./policy.js";
import type { RetentionRules } from "./retention-service.js";
import { DAY_MS } from "../base/utc-day.js";

/** How far back files are looked at: two months show a rate, and how well it would have told what came. */
const HISTORY_MS = 57 * DAY_MS;
/** Sessions of these days tell what keeping fewer packets would save. */
const WHAT_IF_MS = 7 * DAY_MS;

export interface ForecastParts extends Omit<FactSources, "store"> {
  readonly catalogue: Pick<Catalogue, "files" | "holds" | "marks" | "replays">;
  readonly store: Pick<IndexStore, "partitions" | "dataNodes" | "byteBudget">;
  readonly rules: RetentionRules;
  /** Directory of the index. */
  readonly indexDirectory: string;
  /** Days below which a forecast is told, or null. */
  readonly warnDays: number | null;
  readonly events: RetentionEvents;
}

/** A bound on the packets of some sessions, to see what it would save. */
export interface WhatIfRequest {
  readonly expression: CheckedExpression;
  /** Packets that each session would keep, from 1. */
  readonly firstPackets: number;
}

/** How long packets and sessions will be kept. */
export class ForecastService {
  readonly #parts: ForecastParts;

  constructor(parts: ForecastParts) {
    this.#parts = parts;
  }

  async forecast(): Promise<Forecast> {
    return forecast(await this.#facts());
  }

  /** What a bound on packets would change, by the sessions of the last seven days (of all time, when there are none). */
  async whatIf(made: Forecast, request: WhatIfRequest, context: ReadContext): Promise<WhatIf> {
    const { store } = this.#parts;
    const recent = { startMs: made.madeMs - WHAT_IF_MS, endMs: null, bounding: "last" } as const;
    const budget = (range: SessionFilter["range"], expression: CheckedExpression) => store.byteBudget({ expression, range, firstPackets: request.firstPackets }, context);
    const everything: CheckedExpression = { node: "everything" };
    let range: SessionFilter["range"] = recent;
    let all = await budget(range, everything);
    if (all.sessions === 0) {
      range = ALL_TIME;
      all = await budget(range, everything);
    }
    return whatIf(made, await budget(range, request.expression), all);
  }

  /** Tells when packets or sessions will be kept for fewer days than wanted, and when that is over. */
  async watch(): Promise<Forecast> {
    const { warnDays, events } = this.#parts;
    const made = await this.forecast();
    const days = { packets: made.packets.days, sessions: made.sessions.days };
    for (const [subject, value] of Object.entries(days)) {
      if (warnDays !== null && value !== null && value < warnDays) events.raise({ kind: "forecast-low", subject, days: value, thresholdDays: warnDays });
      else events.clear("forecast-low", subject);
    }
    return made;
  }

  async #facts(): Promise<ForecastFacts> {
    const { catalogue, store, clock, probe, indexDirectory, rules } = this.#parts;
    const nowMs = clock.nowMs();
    const { devices } = await gatherDevices(this.#parts);
    const index = await measureSpace([indexDirectory], probe);
    const held = catalogue.holds.packetsByFile();
    let [packetBytes, oldestMs]: [number, number | null] = [0, null];
    for (const file of catalogue.files.retained()) {
      if (file.storage !== "own") continue;
      const free = Math.max(0, file.bytes - (held.get(file.id)?.bytes ?? 0));
      packetBytes += free;
      if (!isKeptCopy(file) && file.firstMs !== null && (oldestMs === null || file.firstMs < oldestMs)) oldestMs = file.firstMs;
    }
    return {
      nowMs, written: catalogue.files.writtenSince(nowMs - HISTORY_MS).filter((file) => !isKeptCopy(file)), oldestMs, packetBytes,
      roomBytes: devices.reduce((sum, device) => sum + device.freeBytes - deviceTarget(device, rules.packets), 0),
      maxAgeMs: rules.packets.maxAgeMs, maxBytes: rules.packets.maxBytes, indexOnDevice: index.devices.some((one) => devices.some(({ device }) => device === one.device)),
      days: await store.partitions(), expireDays: rules.sessions.expireDays, indexMaxBytes: rules.sessions.maxBytes,
    };
  }
}
