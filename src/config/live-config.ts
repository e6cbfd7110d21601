import type { LookbackConfig, PacketStorage } from "./config.js";
import { settingKeys } from "./config.js";
import type { SettingKey, SettingValues } from "./settings.js";

/** Settings that a running process takes up at SIGHUP; the others wait for its next start. */
export const LIVE_KEYS: ReadonlySet<SettingKey> = new Set<SettingKey>(["logLevel", "logLevels", "apiCostPerMinute", "debug", "freeSpaceG", "pcapMaxAgeDays", "pcapMaxSizeG", "expireDays", "sessionMaxSizeG", "sessionFreeSpaceG", "forecastWarnDays", "auditDays", "queryTimeoutSeconds", "maxExportG"]);

/** What a reload changed. */
export interface Reloaded {
  /** Settings that have their new value now. */
  readonly changed: readonly SettingKey[];
  /** Settings that are written differently and keep their value until the next start. */
  readonly waiting: readonly SettingKey[];
}

/** The configuration of a running process: parts that read a setting each time they need it see a reload. */
export class LiveConfig {
  #values: SettingValues;
  readonly #started: Pick<LookbackConfig, "node" | "storageOf">;
  #newest: Pick<LookbackConfig, "storageOf">;
  readonly #listeners: ((values: SettingValues) => void)[] = [];

  constructor(config: Pick<LookbackConfig, "values" | "node" | "storageOf">) {
    this.#values = config.values;
    this.#started = config;
    this.#newest = config;
  }

  get values(): SettingValues {
    return this.#values;
  }

  /** Where a node keeps its packet files, and how much room it wants there: ours as at the start, others as read last. Throws CONFIG_INVALID. */
  storageOf(node: string): PacketStorage {
    return (node === this.#started.node ? this.#started : this.#newest).storageOf(node);
  }

  /** Calls at each reload, for a part that has to be told. */
  onChange(listener: (values: SettingValues) => void): void {
    this.#listeners.push(listener);
  }

  /** Takes the settings of `next` that can change, and the sections of other nodes where it has them. */
  reload({ storageOf, ...next }: Pick<LookbackConfig, "values"> & Partial<Pick<LookbackConfig, "storageOf">>): Reloaded {
    if (storageOf !== undefined) this.#newest = { storageOf };
    const different = settingKeys().filter((key) => JSON.stringify(plain(this.#values[key])) !== JSON.stringify(plain(next.values[key])));
    const changed = different.filter((key) => LIVE_KEYS.has(key));
    const { logLevel, logLevels, apiCostPerMinute, debug, freeSpaceG, pcapMaxAgeDays, pcapMaxSizeG, expireDays, sessionMaxSizeG, sessionFreeSpaceG, forecastWarnDays, auditDays, queryTimeoutSeconds, maxExportG } = next.values;
    this.#values = { ...this.#values, logLevel, logLevels, apiCostPerMinute, debug, freeSpaceG, pcapMaxAgeDays, pcapMaxSizeG, expireDays, sessionMaxSizeG, sessionFreeSpaceG, forecastWarnDays, auditDays, queryTimeoutSeconds, maxExportG };
    if (changed.length > 0) for (const listener of this.#listeners) listener(this.#values);
    return { changed, waiting: different.filter((key) => !LIVE_KEYS.has(key)) };
  }
}

/** A pattern is an object without members to JSON. */
function plain(value: unknown): unknown {
  return value instanceof RegExp ? String(value) : value;
}
