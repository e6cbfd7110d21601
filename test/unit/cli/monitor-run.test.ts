import { renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { LookbackError, type ErrorCode } from "../../../src/base/errors.js";
import { openCatalogue } from "../../../src/catalogue/catalogue.js";
import { importedBefore, runMonitor } from "../../../src/cli/monitor-run.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

afterEach(() => { vi.useRealTimers(); });

/** Watches a directory in which every import fails with a code until it was asked `times` times; `between` runs before each wait. Returns when that was, and what it asked for. */
async function watchFailing(directory: string, code: ErrorCode, times: number, between: (tried: number) => void = () => {}): Promise<{ readonly triedMs: readonly number[]; readonly asked: readonly unknown[] }> {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  const ended = new AbortController();
  const triedMs: number[] = [];
  const asked: unknown[] = [];
  const running = runMonitor({
    imports: {
      submit(paths, { onlyNew }) {
        asked.push(onlyNew);
        triedMs.push(Date.now());
        if (triedMs.length === times) ended.abort();
        return Promise.resolve({ jobs: [], failed: paths.map((one) => ({ path: one, error: new LookbackError(code, "failed") })) });
      },
      finished: () => Promise.resolve([]),
    },
    directories: [directory], fileNames: /\.pcap$/, copy: false, note: () => {}, imported: { of: () => [] },
    output: { json: true, print: () => {}, progress: { write: () => true }, nowMs: () => 0 },
  }, ended.signal);
  while (!ended.signal.aborted) {
    // No time passes before it waits.
    if (vi.getTimerCount() > 0) between(triedMs.length);
    if (vi.getTimerCount() > 0) await vi.advanceTimersToNextTimerAsync();
    await new Promise((resolve) => { setImmediate(resolve); });
  }
  await running;
  return { triedMs, asked };
}

it.each(["CAPTURE_UNREADABLE", "UNAVAILABLE"] as const)("a capture that failed with %s is tried again after a minute, then two, then four", async (code) => {
  const directory = temporaryDirectory();
  writeFileSync(path.join(directory, "a.pcap"), "1");
  const { triedMs, asked } = await watchFailing(directory, code, 4);
  // What was imported and expired stays away, however often it is found.
  expect(asked).toEqual([true, true, true, true]);
  const waits = triedMs.slice(1).map((at, index) => (at - (triedMs[index] ?? 0)) / 60_000);
  expect(waits.map((wait) => Math.round(Math.log2(wait)))).toEqual([0, 1, 2]);
});

it("a capture whose import a user ended is tried again when it was moved out and back, and not before", async () => {
  const directory = temporaryDirectory();
  const [file, away] = [path.join(directory, "a.pcap"), path.join(directory, "a.away")];
  writeFileSync(file, "1");
  let waits = 0;
  const { triedMs } = await watchFailing(directory, "QUERY_CANCELLED", 2, (tried) => {
    if (tried === 0) return;
    waits += 1;
    if (waits === 100) renameSync(file, away);
    if (waits === 102) renameSync(away, file);
  });
  expect((triedMs[1] ?? 0) - (triedMs[0] ?? 0)).toBeGreaterThan(900_000);
});

it("of a service of this machine the catalogue says what was imported, of each file for itself", async () => {
  const directory = temporaryDirectory();
  const clock = { now: 0, nowMs: () => clock.now };
  const catalogue = openCatalogue(directory, clock);
  const add = (file: string, state: "done" | "already" | "failed", startedAtMs: number, source: string | null): void => {
    const id = catalogue.jobs.add({ path: file, mode: "in-place", requestedBy: "test" });
    clock.now = startedAtMs;
    catalogue.jobs.move(id, "running");
    if (source !== null) catalogue.jobs.noteSource(id, source);
    catalogue.jobs.move(id, state);
  };
  add("/spool/a.pcap", "done", 1, "1 2 3");
  add("/spool/a.pcap", "already", 2, "1 2 4");
  add("/spool/a.pcap", "failed", 3, "1 2 5");
  add("/spool/b.pcap", "done", 4, null);
  catalogue.close();
  const served = { kind: "served", imports: { submit: () => Promise.reject(new Error("not here")), finished: () => Promise.resolve([]) } } as unknown as Parameters<typeof importedBefore>[0];
  const imported = await importedBefore(served, directory);
  expect(imported.of(["/spool/a.pcap", "/spool/b.pcap", "/spool"])).toEqual([{ startedAtMs: 2, source: "1 2 4" }, { startedAtMs: 4, source: null }, null]);
  imported.close?.();
  // What came in meanwhile is found by the next look.
  const later = openCatalogue(directory, clock);
  later.jobs.move(later.jobs.add({ path: "/spool/c.pcap", mode: "in-place", requestedBy: "test" }), "running");
  for (const { id } of later.jobs.inState("running")) later.jobs.move(id, "done");
  later.close();
  expect(imported.of(["/spool/c.pcap"])).toEqual([{ startedAtMs: 4, source: null }]);
  imported.close?.();
  await expect(importedBefore(served, temporaryDirectory())).rejects.toThrow();
});
