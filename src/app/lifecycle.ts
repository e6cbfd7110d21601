import { LookbackError } from "../base/errors.js";
import type { Logger } from "../base/logger.js";

/** Longest that stopping everything may take, in milliseconds; what is not done by then is left to the next start. */
export const STOP_MS = 10_000;

interface Part {
  readonly name: string;
  readonly stop: () => void | Promise<void>;
}

/** Parts that were started, to be stopped in reverse. */
export class Lifecycle {
  readonly #logger: Logger;
  readonly #parts: Part[] = [];
  #stopping: Promise<void> | null = null;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Notes a started part and how it is stopped; returns it. */
  add<T>(name: string, part: T, stop: (part: T) => void | Promise<void>): T {
    this.#parts.push({ name, stop: () => stop(part) });
    return part;
  }

  /** Stops every part, last started first, whatever fails. Calling it again waits for the same stop. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async #stopAll(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<"late">((resolve) => { timer = setTimeout(() => { resolve("late"); }, STOP_MS); });
    for (let part = this.#parts.pop(); part !== undefined; part = this.#parts.pop()) {
      const { name, stop } = part;
      const stopped = Promise.resolve().then(stop).catch((error: unknown) => {
        this.#logger.error({ part: name, error: error instanceof Error ? error.message : String(error) }, "a part did not stop in order");
      });
      if ((await Promise.race([stopped, deadline])) === "late") {
        this.#logger.error({ part: name }, `${name} did not stop within ${STOP_MS / 1000} s`);
        break;
      }
    }
    clearTimeout(timer);
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
