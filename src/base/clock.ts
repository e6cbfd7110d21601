/** Where "now" comes from; tests inject one of their own. */
export interface Clock {
  /** Milliseconds since 1970. */
  nowMs(): number;
}

/** The host's clock. */
export const systemClock: Clock = { nowMs: () => Date.now() };

/** Calls `run` once after so many milliseconds; what it returns calls that off. Tests inject one of their own. */
export type Timer = (run: () => void, ms: number) => () => void;

/** The host's; it keeps no process alive. */
export const systemTimer: Timer = (run, ms) => {
  const timer = setTimeout(run, ms).unref();
  return () => { clearTimeout(timer); };
};
