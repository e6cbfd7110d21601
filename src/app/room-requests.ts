import path from "node:path";
import type { Clock } from "../base/clock.js";
import { isDiskFull, LookbackError } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import type { Catalogue } from "../catalogue/catalogue.js";
import type { DirectoryLooks } from "../packet-store/packet-store.js";
import type { RetentionService } from "../retention/retention-service.js";

/** Key under which a process that cannot delete asks the one that serves for room. */
const KEY = "retention.roomWanted";
/** Milliseconds without a request after which what was freed did help, for a while: captures ask every second as long as they cannot write. */
const HELPED_MS = 2_500;
/** Wait after an answer, in milliseconds, in which whoever asked learns of it; doubled up to the longest after each in vain. */
const FIRST_WAIT_MS = 1_500;
const LONGEST_WAIT_MS = 60_000;
/** Devices that are remembered; beyond, all begin anew. */
const MOST_DEVICES = 64;
/** Milliseconds between two looks whether writing is possible where nobody asked: whoever cannot write may not be able to ask either. */
const LOOK_MS = 30_000;

/** What makes room, and how it is known where there is none. */
export interface RoomParts {
  readonly catalogue: Pick<Catalogue, "settings">;
  readonly retention: Pick<RetentionService, "relieve">;
  /** Directories in which something is written all the time. */
  readonly directories: () => readonly string[];
  readonly looks: Pick<DirectoryLooks, "stat" | "hasNoRoom">;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Asks the serving process to make room where `error` says that there is none, else in `directory`. Other errors ask for nothing: a
 * device that fails is not mended by deleting. A catalogue that is full, too, cannot note it: then the next run of the minute helps.
 */
export function askForRoom(catalogue: Pick<Catalogue, "settings">, directory: string, error: unknown): void {
  if (!isDiskFull(error)) return;
  const full = error instanceof LookbackError ? error.details["path"] : undefined;
  try {
    catalogue.settings.set(KEY, typeof full === "string" ? path.dirname(full) : directory);
  } catch (failure) {
    if (!(failure instanceof Error)) throw failure;
  }
}

/**
 * Makes room for processes that ask for it. Each answer may delete a share of the device, so one that changed nothing for whoever
 * asked is followed by growing waits: something else is wrong then, and packets must not go for it.
 */
export class RoomRequests {
  readonly #parts: RoomParts;
  /** By device: when it was asked for and answered last, and how long the next answer waits. */
  readonly #known = new Map<string, { askedMs: number; answeredMs: number; waitMs: number }>();
  #lookedMs = Number.NEGATIVE_INFINITY;
  #busy = false;

  constructor(parts: RoomParts) {
    this.#parts = parts;
  }

  /** Looks whether somebody asked, or cannot even ask, and makes room. Returns the directory, or null when nobody lacks room or it is too early. */
  async answer(): Promise<string | null> {
    if (this.#busy) return null;
    const { catalogue, clock } = this.#parts;
    const asked = catalogue.settings.get(KEY) ?? "";
    const directory = asked === "" ? await this.#full() : asked;
    if (directory === null) return null;
    this.#takeBack();
    const now = clock.nowMs();
    // A clock that was set back knows nothing of requests to come.
    const known = await this.#of(directory);
    const goesOn = now >= known.askedMs && now - known.askedMs <= HELPED_MS;
    known.askedMs = now;
    if (goesOn && now - known.answeredMs < known.waitMs) return null;
    await this.#relieve(directory, goesOn);
    return directory;
  }

  /** Makes room in every directory that has none, at once. Returns those directories. */
  async relieveFull(): Promise<readonly string[]> {
    const { directories, looks } = this.#parts;
    const full: string[] = [];
    for (const directory of directories()) {
      if (!(await looks.hasNoRoom(directory))) continue;
      full.push(directory);
      await this.relieve(directory);
    }
    return full;
  }

  /** Makes room on the device of a directory, at once. */
  relieve(directory: string): Promise<void> {
    return this.#relieve(directory, false);
  }

  async #full(): Promise<string | null> {
    const { directories, looks, clock } = this.#parts;
    const since = clock.nowMs() - this.#lookedMs;
    if (since >= 0 && since < LOOK_MS) return null;
    this.#lookedMs = clock.nowMs();
    for (const directory of directories()) if (await looks.hasNoRoom(directory)) return directory;
    return null;
  }

  async #of(directory: string): Promise<{ askedMs: number; answeredMs: number; waitMs: number }> {
    const device = (await this.#parts.looks.stat(directory).catch(() => null))?.dev ?? null;
    const key = device === null ? directory : String(device);
    let known = this.#known.get(key);
    if (known === undefined) {
      if (this.#known.size >= MOST_DEVICES) this.#known.clear();
      known = { askedMs: Number.NEGATIVE_INFINITY, answeredMs: Number.NEGATIVE_INFINITY, waitMs: 0 };
      this.#known.set(key, known);
    }
    return known;
  }

  /** Forgets a request: whoever still lacks room asks again. A catalogue without room keeps it until there is some. */
  #takeBack(): void {
    const { settings } = this.#parts.catalogue;
    try {
      if ((settings.get(KEY) ?? "") !== "") settings.set(KEY, "");
    } catch (error) {
      if (!isDiskFull(error)) throw error;
    }
  }

  async #relieve(directory: string, inVain: boolean): Promise<void> {
    const { retention, clock, logger } = this.#parts;
    this.#busy = true;
    const known = await this.#of(directory);
    try {
      const { deleted, deletedBytes, unmeasured } = await retention.relieve(directory, null);
      known.waitMs = inVain ? Math.min(Math.max(FIRST_WAIT_MS, known.waitMs * 2), LONGEST_WAIT_MS) : FIRST_WAIT_MS;
      const next = inVain ? { nextInMs: known.waitMs } : {};
      if (deleted === 0) logger.warn({ directory, unmeasured: unmeasured.map((one) => `${one.directory}: ${one.reason}`), ...next }, "a device is full, and no packet file may be deleted for it now");
      else logger.warn({ directory, deleted, deletedBytes, ...next }, inVain ? "made room again: what was freed before did not help" : "made room where a device was full");
      // What was asked meanwhile is answered by this.
      this.#takeBack();
    } finally {
      known.answeredMs = clock.nowMs();
      this.#busy = false;
    }
  }
}
