import type { LookbackConfig } from "../../config/config.js";

/** How a check ended. `warn`: it works, and somebody should look. `skip`: there was nothing to check. */
export type Verdict = "ok" | "warn" | "fail" | "skip";

/** What a check found. */
export interface Finding {
  readonly verdict: Verdict;
  /** What is so, for people. */
  readonly detail: string;
  /** What to do about it; only of warnings and failures. */
  readonly advice?: string;
  /** A script of `ops/` that does it, with its words; only what is safe and lasts until the next start of the host. */
  readonly fix?: { readonly script: string; readonly words: readonly string[] };
}

/** One thing that a host must have or should have. */
export interface Check {
  /** One or two words; also what `lookback doctor NAME` takes. */
  readonly name: string;
  /** What it is needed for. */
  readonly purpose: string;
  run(config: LookbackConfig): Promise<readonly Finding[]> | readonly Finding[];
}

/** Findings of a check that was run. A check that throws has failed. */
export async function runCheck(check: Check, config: LookbackConfig): Promise<readonly Finding[]> {
  try {
    return await check.run(config);
  } catch (error) {
    return [{ verdict: "fail", detail: error instanceof Error ? error.message : String(error) }];
  }
}

export const ok = (detail: string): Finding => ({ verdict: "ok", detail });
export const warn = (detail: string, advice: string): Finding => ({ verdict: "warn", detail, advice });
export const fail = (detail: string, advice: string): Finding => ({ verdict: "fail", detail, advice });
export const skip = (detail: string): Finding => ({ verdict: "skip", detail });
