import type { EarlierImport, ImportJob, ImportState } from "../catalogue/jobs.js";

export type { EarlierImport, ImportJob, ImportState };

/** Whether nothing more happens to a job. A cancelled one is `failed` with QUERY_CANCELLED. */
export function isFinished(state: ImportState): boolean {
  return state !== "queued" && state !== "running";
}
