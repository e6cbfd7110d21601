import { expect, test } from "vitest";
import { hostileRun } from "../support/hostile-run.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

/** Heap that may be gained between a tenth of the requests and the last, in bytes: caches that fill up, and no more. */
const FLAT = 24 * 2 ** 20;

test("12,000 hostile requests over every route and operation: no fault, nothing past a forced expression, memory flat", async () => {
  const seed = Number(process.env["LOOKBACK_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
  process.stdout.write(`hostile requests: seed ${seed} (LOOKBACK_SEED=${seed} repeats the run)\n`);
  const { findings, requests, heap, byStatus } = await hostileRun(temporaryDirectory(), seed, 12_000);
  process.stdout.write(`${JSON.stringify(byStatus)} heap ${Math.round(heap.early / 2 ** 20)} to ${Math.round(heap.late / 2 ** 20)} MiB\n`);
  expect(findings.slice(0, 10)).toEqual([]);
  expect(requests).toBe(12_000);
  expect(heap.late - heap.early).toBeLessThan(FLAT);
});
