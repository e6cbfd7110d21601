import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { LookbackError } from "../../../src/base/errors.js";
import { runMonitor } from "../../../src/cli/monitor-run.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

afterEach(() => { vi.useRealTimers(); });

it("a capture that could not be read is tried again after a minute, then two, then four", async () => {
  const directory = temporaryDirectory();
  const file = path.join(directory, "a.pcap");
  writeFileSync(file, "1");
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  const ended = new AbortController();
  const triedMs: number[] = [];
  const running = runMonitor({
    imports: {
      submit(paths) {
        triedMs.push(Date.now());
        if (triedMs.length === 4) ended.abort();
        return Promise.resolve({ jobs: [], failed: paths.map((one) => ({ path: one, error: new LookbackError("CAPTURE_UNREADABLE", "EACCES") })) });
      },
      finished: () => Promise.resolve([]),
    },
    directories: [directory], fileNames: /\.pcap$/, copy: false, note: () => {}, imported: new Map(),
    output: { json: true, print: () => {}, progress: { write: () => true }, nowMs: () => 0 },
  }, ended.signal);
  while (!ended.signal.aborted) {
    // No time passes before it waits.
    if (vi.getTimerCount() > 0) await vi.advanceTimersToNextTimerAsync();
    await new Promise((resolve) => { setImmediate(resolve); });
  }
  await running;
  const waits = triedMs.slice(1).map((at, index) => (at - (triedMs[index] ?? 0)) / 60_000);
  expect(waits.map((wait) => Math.round(Math.log2(wait)))).toEqual([0, 1, 2]);
});
