import type { Logger } from "./logger.js";

/**
 * What timers and events call: it never throws, for nobody would catch it and the process would end. What `run` throws is logged with
 * `message`, once until it succeeds again.
 */
export function guarded<Given extends readonly unknown[]>(run: (...given: Given) => void, logger: Logger, message: string): (...given: Given) => void {
  let failing = false;
  return (...given) => {
    try {
      run(...given);
      failing = false;
    } catch (error) {
      if (!failing) logger.error({ error }, message);
      failing = true;
    }
  };
}
