import { expect, test } from "vitest";
import { hostileRun } from "../support/hostile-run.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

/** Twenty times this, with other seeds, are in test/long. */
const REQUESTS = 600;

test("hostile requests over every route and operation find no fault and nothing past a forced expression", async () => {
  const seed = 20_261_124;
  process.stdout.write(`hostile requests: seed ${seed}\n`);
  const report = await hostileRun(temporaryDirectory(), seed, REQUESTS);
  expect(report.findings.slice(0, 10)).toEqual([]);
  expect(report.requests).toBe(REQUESTS);
  expect(report.secrets).toBeGreaterThan(50);
  // They got somewhere: some were answered, some refused in each way.
  for (const status of ["200", "400", "401", "403", "404"]) expect(report.byStatus[status] ?? 0, status).toBeGreaterThan(0);
});
