import type { FreeSpaceRule } from "../../src/retention/plan.js";
import type { RetentionRules } from "../../src/retention/retention-service.js";

/** What a test wants of retention; the rest keeps everything. */
export interface RulesInput {
  readonly freeSpace?: FreeSpaceRule;
  readonly expireDays?: number | null;
  readonly maxAgeMs?: number | null;
  readonly maxBytes?: number | null;
  readonly sessionBytes?: number | null;
  readonly auditDays?: number;
}

/** Rules for packet directories that all want the same. */
export function retentionRules(directories: readonly string[], input: RulesInput): RetentionRules {
  const freeSpace = input.freeSpace ?? { unit: "percent", value: 0 };
  return {
    packets: { storage: directories.map((directory) => ({ directory, freeSpace })), maxAgeMs: input.maxAgeMs ?? null, maxBytes: input.maxBytes ?? null },
    sessions: { expireDays: input.expireDays ?? null, maxBytes: input.sessionBytes ?? null, nodeFreeSpace: null }, auditDays: input.auditDays ?? 36_500,
  };
}
