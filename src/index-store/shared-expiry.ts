import type { Partition } from "./index-store.js";

/** Times of last packets: from one to before another, milliseconds since 1970. */
export type ExpirySpan = Pick<Partition, "startMs" | "endMs">;

/** What a server holds of a span that expires. */
export interface HeldInSpan extends ExpirySpan {
  /** Whether all of it is kept. */
  readonly whole: boolean;
  /** Ids of held sessions, 16 bytes each. */
  readonly ids: readonly Uint8Array[];
}

/** What is known of runs that expire shared rows, at one moment. */
export interface SharedRuns {
  /** Changes with every run; null while nobody knows how a run ended, or whether it did. */
  readonly token: string | null;
  /** Spans of the run that goes on; none when none does. */
  readonly spans: readonly ExpirySpan[];
}

/**
 * What servers that share an index tell each other about rows that expire. Each holds sessions by itself, and one of them expires
 * those of all: it asks the others first.
 */
export interface SharedExpiry {
  /** What goes on at this moment. Whoever asked is one of those that are asked from now on. Throws what the cluster throws. */
  look(signal: AbortSignal | null): Promise<SharedRuns>;
  /**
   * Asks every other server what it holds in spans, then does `work` with the answers; `isOurs` says whether the others still believe
   * that this run goes on. Throws SERVER_SILENT when one does not answer in time, CLUSTER_BUSY when another run goes on, and what the
   * cluster throws: nothing was done then.
   */
  during<T>(spans: readonly ExpirySpan[], work: (held: readonly HeldInSpan[], isOurs: () => boolean) => Promise<T>, signal: AbortSignal | null): Promise<T>;
}
