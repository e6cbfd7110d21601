import { LookbackError } from "../base/errors.js";
import type { Logger } from "../base/logger.js";

/** Longest that stopping everything may take, in milliseconds; what is not done by then is left to the next start. */
export const STOP_MS = 10_000;

/** What is left for parts that are stopped in spite of one that was late, together, in milliseconds. */
export const LATE_MS = 1_000;

interface Part {
  readonly name: string;
  readonly stop: () => void | Promise<void>;
  readonly evenIfLate: boolean;
}

/** Parts that were started, to be stopped in reverse. */
export class Lifecycle {
  readonly #logger: Logger;
  readonly #parts: Part[] = [];
  #stopping: Promise<void> | null = null;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /**
   * Notes a started part and how it is stopped; returns it. With `evenIfLate` it is stopped although one that was started after it
   * did not stop in time: for parts that may go while that one still runs. Roles and stores may not; they end with the process.
   */
  add<T>(name: string, part: T, stop: (part: T) => void | Promise<void>, { evenIfLate = false }: { readonly evenIfLate?: boolean } = {}): T {
    this.#parts.push({ name, stop: () => stop(part), evenIfLate });
    return part;
  }

  /** Stops every part, last started first, whatever fails, within STOP_MS + LATE_MS. Calling it again waits for the same stop. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async #stopAll(): Promise<void> {
    let deadline = new Deadline(STOP_MS);
    let late = false;
    for (let part = this.#parts.pop(); part !== undefined; part = this.#parts.pop()) {
      if (late && !part.evenIfLate) continue;
      if (await this.#stopsBy(deadline, part)) continue;
      this.#logger.error({ part: part.name }, `${part.name} did not stop within ${(late ? STOP_MS + LATE_MS : STOP_MS) / 1000} s`);
      if (!late) deadline = new Deadline(LATE_MS);
      late = true;
    }
    deadline.callOff();
  }

  /** Tells a part to stop; false when it has not by then. */
  async #stopsBy(deadline: Deadline, { name, stop }: Part): Promise<boolean> {
    const stopped = Promise.resolve().then(stop).then(() => true, (error: unknown) => {
      this.#logger.error({ part: name, error: error instanceof Error ? error.message : String(error) }, "a part did not stop in order");
      return true;
    });
    return Promise.race([stopped, deadline.passed]);
  }
}

/** A moment from now. */
class Deadline {
  #timer: NodeJS.Timeout | undefined;
  /** Resolves to false then. */
  readonly passed: Promise<false>;

  constructor(ms: number) {
    this.passed = new Promise((resolve) => {
      this.#timer = setTimeout(() => { resolve(false); }, ms);
    });
  }

  callOff(): void {
    clearTimeout(this.#timer);
  }
}

/** Builds parts with `build`; when that fails, what was started is stopped before the error goes on. */
export async function withLifecycle<T>(logger: Logger, build: (lifecycle: Lifecycle) => Promise<T>): Promise<T & { readonly stop: () => Promise<void> }> {
  const lifecycle = new Lifecycle(logger);
  try {
    const built = await build(lifecycle);
    return { ...built, stop: () => lifecycle.stop() };
  } catch (error) {
    await lifecycle.stop();
    throw error instanceof Error ? error : new LookbackError("INTERNAL", String(error));
  }
}
