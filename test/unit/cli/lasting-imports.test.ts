import { describe, expect, it } from "vitest";
import { LookbackError, type ErrorCode } from "../../../src/base/errors.js";
import type { Connection } from "../../../src/cli/connection.js";
import type { Imports, ShownJob } from "../../../src/cli/import-run.js";
import { LastingImports } from "../../../src/cli/lasting-imports.js";

const GIVEN = { copy: false, workingDirectory: "/", requestedBy: "test" };

const jobOf = (id: string, state: ShownJob["state"]): ShownJob => ({
  id, path: `/${id}.pcap`, state, packets: 1, bytes: 1, totalBytes: 1, sessions: 1, errorCode: null, errorMessage: null, warnings: [], createdAtMs: 0, startedAtMs: 0, finishedAtMs: 0,
});

/** A service whose imports do what they are told to. */
function service(place: string, imports: Partial<Imports>): Connection & { isClosed: boolean } {
  const unasked = (): never => { throw new Error("not asked for"); };
  return {
    kind: "served", place, ask: async () => unasked(), download: async () => unasked(), isClosed: false,
    imports: { submit: async () => unasked(), finished: async () => unasked(), ...imports },
    close() {
      this.isClosed = true;
      return Promise.resolve();
    },
  };
}

const gone = (code: ErrorCode) => async (): Promise<never> => Promise.reject(new LookbackError(code, `says ${code}`));

/** Imports through services one after the other; null is a look that finds none. */
function lasting(first: Connection, others: (Connection | null)[], signal: AbortSignal = new AbortController().signal): { imports: LastingImports; notes: string[] } {
  const notes: string[] = [];
  return { imports: new LastingImports({ connection: first, connect: () => Promise.resolve(others.shift() ?? null), note: (line) => notes.push(line), signal, lookMs: 0 }), notes };
}

describe("imports through a service that is started again", () => {
  it.each<ErrorCode>(["UNAUTHENTICATED", "UNREACHABLE", "SHUTTING_DOWN"])("go on through the next one after %s", async (code) => {
    const [first, second] = [service("a", { submit: gone(code) }), service("b", { submit: () => Promise.resolve({ jobs: [jobOf("1", "queued")], failed: [] }) })];
    const { imports, notes } = lasting(first, [null, null, second]);
    expect((await imports.submit(["1.pcap"], GIVEN)).jobs.map(({ id }) => id)).toEqual(["1"]);
    expect(notes).toEqual([`the service is gone, and is waited for: says ${code}`, "imports go on through b"]);
    expect([first.isClosed, second.isClosed]).toEqual([true, false]);
    await imports.close();
    expect(second.isClosed).toBe(true);
  });

  it("tell of each job that ends once", async () => {
    const finished = (jobs: readonly ShownJob[], then: Imports["finished"] | null): Imports["finished"] => async (ids, onChange) => {
      for (const job of jobs) onChange?.(job);
      return then === null ? jobs : then(ids, onChange);
    };
    const { imports } = lasting(
      service("a", { finished: finished([jobOf("1", "done"), jobOf("2", "running")], gone("UNREACHABLE")) }),
      [service("b", { finished: finished([jobOf("1", "done"), jobOf("2", "done")], null) })],
    );
    const told: string[] = [];
    expect(await imports.finished(["1", "2"], ({ id, state }) => told.push(`${id} ${state}`))).toHaveLength(2);
    expect(told).toEqual(["1 done", "2 running", "2 done"]);
  });

  it("fail as they did with what is no fault of the connection, and when the wait is ended", async () => {
    const other = lasting(service("a", { submit: gone("FORBIDDEN") }), []);
    await expect(other.imports.submit([], GIVEN)).rejects.toMatchObject({ code: "FORBIDDEN" });
    const ended = new AbortController();
    ended.abort();
    const waiting = lasting(service("a", { submit: gone("UNREACHABLE") }), [], ended.signal);
    await expect(waiting.imports.submit([], GIVEN)).rejects.toMatchObject({ code: "QUERY_CANCELLED" });
  });

  it("do not go on through a service that is found while the wait is ended", async () => {
    const ended = new AbortController();
    const found = service("b", {});
    const imports = new LastingImports({
      connection: service("a", { submit: gone("UNREACHABLE") }), note: () => {}, signal: ended.signal, lookMs: 0,
      connect: () => {
        ended.abort();
        return Promise.resolve(found);
      },
    });
    await expect(imports.submit([], GIVEN)).rejects.toMatchObject({ code: "QUERY_CANCELLED" });
    expect(found.isClosed).toBe(true);
  });
});
