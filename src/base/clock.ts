/** Where "now" comes from; tests inject one of their own. */
export interface Clock {
  /** Milliseconds since 1970. */
  nowMs(): number;
}

/** The host's clock. */
export const systemClock: Clock = { nowMs: () => Date.now() };
