import type { CheckedExpression } from "./checked-expression.js";

/** What a reader may see. Every read of the store, of packets, every export and count takes one; there is no read without. */
export interface AccessScope {
  /** Who asks, for audit and cancellation. */
  readonly user: string;
  /** ANDed to every filter, or null for none. */
  readonly forcedExpression: CheckedExpression | null;
  /** Field paths this reader may not see or search. */
  readonly hiddenFields: ReadonlySet<string>;
  /** Oldest lastPacket that may be seen, in milliseconds since 1970, or null. */
  readonly oldestMs: number | null;
}

/** The scope of the service itself: retention, compaction, start-up. */
export const SERVICE_SCOPE: AccessScope = { user: "service", forcedExpression: null, hiddenFields: new Set(), oldestMs: null };
