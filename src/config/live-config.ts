import { LookbackError } from "../base/errors.js";
import type { LookbackConfig, PacketStorage } from "./config.js";
import { settingKeys } from "./config.js";
import type { FreeSpaceSetting } from "./setting.js";
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
  readonly #started: Pick<LookbackConfig, "node" | "storageOf" | "namesStorage" | "freeSpaceWith">;
  #freeSpaceRefusal: string | null = null;
  #newest: Pick<LookbackConfig, "storageOf" | "namesStorage">;
  readonly #listeners: ((values: SettingValues) => void)[] = [];

  constructor(config: Pick<LookbackConfig, "values" | "node" | "storageOf" | "namesStorage" | "freeSpaceWith">) {
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

  /** Whether what `storageOf` says of a node is written for it, and not for all. */
  namesStorage(node: string): boolean {
    return (node === this.#started.node ? this.#started : this.#newest).namesStorage(node);
  }

  /** Why the `freeSpaceG` that was read last waits for the next start, or null: it names a directory that is none of ours before. The one before stays in force. */
  get freeSpaceRefusal(): string | null {
    return this.#freeSpaceRefusal;
  }

  /** Calls at each reload, for a part that has to be told. */
  onChange(listener: (values: SettingValues) => void): void {
    this.#listeners.push(listener);
  }

  /** Takes the settings of `next` that can change, and the sections of other nodes where it has them. */
  reload({ storageOf, namesStorage, ...next }: Pick<LookbackConfig, "values"> & Partial<Pick<LookbackConfig, "storageOf" | "namesStorage">>): Reloaded {
    if (storageOf !== undefined && namesStorage !== undefined) this.#newest = { storageOf, namesStorage };
    this.#freeSpaceRefusal = this.#refusalOf(next.values.freeSpaceG);
    const isTaken = (key: SettingKey): boolean => LIVE_KEYS.has(key) && (key !== "freeSpaceG" || this.#freeSpaceRefusal === null);
    const different = settingKeys().filter((key) => JSON.stringify(plain(this.#values[key])) !== JSON.stringify(plain(next.values[key])));
    const changed = different.filter(isTaken);
    const { logLevel, logLevels, apiCostPerMinute, debug, pcapMaxAgeDays, pcapMaxSizeG, expireDays, sessionMaxSizeG, sessionFreeSpaceG, forecastWarnDays, auditDays, queryTimeoutSeconds, maxExportG } = next.values;
    const { freeSpaceG } = isTaken("freeSpaceG") ? next.values : this.#values;
    this.#values = { ...this.#values, logLevel, logLevels, apiCostPerMinute, debug, freeSpaceG, pcapMaxAgeDays, pcapMaxSizeG, expireDays, sessionMaxSizeG, sessionFreeSpaceG, forecastWarnDays, auditDays, queryTimeoutSeconds, maxExportG };
    if (changed.length > 0) for (const listener of this.#listeners) listener(this.#values);
    return { changed, waiting: different.filter((key) => !isTaken(key)) };
  }

  #refusalOf(freeSpaceG: FreeSpaceSetting): string | null {
    try {
      this.#started.freeSpaceWith(freeSpaceG);
      return null;
    } catch (error) {
      if (!(error instanceof LookbackError)) throw error;
      return error.message;
    }
  }
}

/** A pattern is an object without members to JSON. */
function plain(value: unknown): unknown {
  return value instanceof RegExp ? String(value) : value;
}
