import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openCatalogue } from "../../../src/catalogue/catalogue.js";
import type { Connection } from "../../../src/cli/connection.js";
import type { ShownJob } from "../../../src/cli/import-run.js";
import { QueuedImports } from "../../../src/cli/queued-imports.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

it("an import that waits for another process takes over when that ends without it, and tells each result once", async () => {
  const directory = temporaryDirectory();
  const catalogue = openCatalogue(directory, { nowMs: () => 1_760_000_000_000 });
  for (const name of ["a.pcap", "b.pcap", "c.pcap"]) writeFileSync(join(directory, name), "x");
  let attempts = 0;
  let closed = 0;
  const queue = new QueuedImports(catalogue, "n", /pcap$/, () => {
    // The holder goes on at first, and finishes one job before it ends.
    if (++attempts === 1) return Promise.resolve(null);
    const finished = (ids: readonly string[], onChange: (job: ShownJob) => void = () => {}): Promise<readonly ShownJob[]> => {
      const jobs = ids.map((id) => {
        catalogue.jobs.move(id, "done");
        const job = catalogue.jobs.get(id);
        if (job === null) throw new Error("no job");
        return job;
      });
      // One was done before anybody listened.
      for (const job of jobs.slice(1)) onChange(job);
      return Promise.resolve(jobs);
    };
    const connection: Pick<Connection, "imports" | "close"> = { imports: { submit: () => Promise.reject(new Error("not again")), finished }, close: () => { closed++; return Promise.resolve(); } };
    return Promise.resolve(connection as Connection);
  }, new AbortController().signal, 1);
  const { jobs } = await queue.submit(["a.pcap", "b.pcap", "c.pcap"], { copy: false, workingDirectory: directory });
  const [first] = jobs;
  catalogue.jobs.move(first?.id ?? "", "done");
  const told: string[] = [];
  const final = await queue.finished(jobs.map((job) => job.id), (job) => { if (job.state === "done") told.push(job.path); });
  expect(final.map((job) => job.state)).toEqual(["done", "done", "done"]);
  expect(told.sort()).toEqual(["a.pcap", "b.pcap", "c.pcap"].map((name) => join(directory, name)));
  expect([attempts, closed]).toEqual([2, 1]);
  catalogue.close();
});

/** A queue with one job that nobody does, whose holder ends as `takeOver` says. */
async function waiting(takeOver: () => Promise<Connection | null>, signal: AbortSignal, lookMs: number) {
  const directory = temporaryDirectory();
  const catalogue = openCatalogue(directory, { nowMs: () => 1_760_000_000_000 });
  writeFileSync(join(directory, "a.pcap"), "x");
  const queue = new QueuedImports(catalogue, "n", /pcap$/, takeOver, signal, lookMs);
  const { jobs } = await queue.submit(["a.pcap"], { copy: false, workingDirectory: directory });
  const ids = jobs.map((job) => job.id);
  return { catalogue, ids, ended: queue.finished(ids) };
}

it("an interrupt ends the wait for another process, and leaves the job in the queue", async () => {
  const interrupted = new AbortController();
  const { catalogue, ids, ended } = await waiting(() => Promise.resolve(null), interrupted.signal, 3_600_000);
  interrupted.abort();
  await expect(ended).rejects.toMatchObject({ code: "QUERY_CANCELLED", message: expect.stringContaining("stays in the queue") });
  expect(catalogue.jobs.get(ids[0] ?? "")?.state).toBe("queued");
  catalogue.close();
});

it("an interrupt after it took over ends the import that runs", async () => {
  const interrupted = new AbortController();
  let end = (): void => {};
  let closed = 0;
  const connection: Pick<Connection, "kind" | "imports" | "close"> = {
    kind: "local", close: () => { closed++; end(); return Promise.resolve(); },
    imports: { submit: () => Promise.reject(new Error("not again")), finished: () => new Promise((resolve) => { end = () => { resolve([]); }; interrupted.abort(); }) },
  };
  const { catalogue, ended } = await waiting(() => Promise.resolve(connection as Connection), interrupted.signal, 1);
  await expect(ended).rejects.toMatchObject({ code: "QUERY_CANCELLED" });
  expect(closed).toBe(2);
  catalogue.close();
});
