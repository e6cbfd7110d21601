import { createClient as createSseClient } from "graphql-sse";
import { createClient as createSocketClient } from "graphql-ws";
import { WebSocket } from "ws";
import { afterEach, describe, expect, it } from "vitest";
import { silentLogger } from "../../src/base/logger.js";
import { Arrivals } from "../../src/index-store/arrivals.js";
import { someRows, startApi, TEST_NOW_MS, type ApiServer } from "../support/api-server.js";
import { MemoryStore, type MemoryRow } from "../support/memory-store.js";

const QUERY = "subscription ($expression: String) { sessionsArriving(expression: $expression) { more asOf sessions { id source { port } packetsAvailable field(name: \"databytes\") } } }";

const LATER = "00000000-0000-4000-8000-0000000000ff";

let api: ApiServer;
let store: MemoryStore;
let look: () => void = () => {};
/** Whether packet files are there. */
let stored = true;
/** Subscriptions that the service has taken. */
let begun = 0;
/** How often the names of packet files were asked for. */
let filesRead = 0;

afterEach(() => api.server.stop());

/** A server whose store has rows in the segments a, b, c in turn, and `more`; `look` is what the clock would do once a second. */
async function start(rows = 12, more: readonly MemoryRow[] = []): Promise<void> {
  store = new MemoryStore([...someRows(rows).map((row, at) => ({ ...row, columns: { ...row.columns, segment: "abc"[at % 3] ?? "" } })), ...more]);
  const arrivals = new Arrivals(store, silentLogger, (each) => {
    look = each;
    return () => { look = () => {}; };
  });
  begun = 0;
  filesRead = 0;
  stored = true;
  api = await startApi(store, {
    hasPackets: () => stored,
    fileLookup: () => {
      filesRead += 1;
      return () => [1];
    },
    arrivals: {
      subscribe: (user, signal) => {
        const reader = arrivals.subscribe(user, signal);
        begun += 1;
        return reader;
      },
    },
  });
}

type Results = AsyncIterableIterator<{ readonly data?: Record<string, unknown> | null; readonly errors?: readonly unknown[] }>;

function overSse(token: string, expression: string): Results {
  return createSseClient({ url: `${api.server.url}/graphql/stream`, headers: { authorization: `Bearer ${token}` }, retryAttempts: 0 }).iterate({ query: QUERY, variables: { expression } }) as Results;
}

function overSocket(token: string, expression: string): Results {
  class TokenSocket extends WebSocket {
    constructor(url: string, protocols: string | string[]) {
      super(url, protocols, { headers: { authorization: `Bearer ${token}` } });
    }
  }
  return createSocketClient({ url: `${api.server.url.replace("http", "ws")}/graphql`, webSocketImpl: TokenSocket, retryAttempts: 0 }).iterate({ query: QUERY, variables: { expression } }) as Results;
}

/** The next result of the `count`th subscription, when these segments are there. */
async function next(results: Results, count: number, segments: readonly string[]): Promise<unknown> {
  const result = results.next();
  await expect.poll(() => begun).toBe(count);
  store.arrived = [...segments];
  look();
  return (await result).value;
}

describe("sessions as they arrive", () => {
  it.each([["server-sent events", overSse], ["a WebSocket", overSocket]])("come over %s: those that match, of the segments that are new", async (_name, over) => {
    await start();
    const token = await api.token({ name: "ana", role: "analyst" });
    store.arrived = ["a"];
    const results = over(token, "port.dst == 80");
    const first = await next(results, 1, ["a", "b"]);
    // Of b's rows (1, 4, 7, 10) every second is HTTP, the newest first.
    expect(first).toMatchObject({ data: { sessionsArriving: { more: 0, sessions: [{ source: { port: 40_010 }, field: 10 }, { source: { port: 40_004 } }] } } });
    store.arrived = ["b"];
    look();
    expect(await next(results, 1, ["b", "c"])).toMatchObject({ data: { sessionsArriving: { sessions: [{ source: { port: 40_008 } }, { source: { port: 40_002 } }] } } });
    await results.return?.();
  });

  it("are only those that the user may see, and are in the audit log", async () => {
    await start();
    const token = await api.token({ name: "eve", role: "analyst", forcedExpression: "ip.src == 10.0.0.4" });
    const results = overSse(token, "");
    // Of b's rows (1, 4, 7, 10) one is of 10.0.0.4.
    expect(await next(results, 1, ["b"])).toMatchObject({ data: { sessionsArriving: { more: 0, sessions: [{ source: { port: 40_004 } }] } } });
    await results.return?.();
    await expect.poll(() => api.records.listAudit(5).map(({ user, action }) => `${user} ${action}`)).toContain("eve session.watch");
  });

  it.each([
    ["a time limit", { maxAgeHours: 1 }, ""],
    ["a forced expression", { forcedExpression: "stoptime >= -1h" }, ""],
    ["the expression asked for", {}, "stoptime >= -1h"],
  ])("are those of this moment by %s, however long they are watched", async (_name, limits, expression) => {
    const laterMs = TEST_NOW_MS + 5 * 3_600_000;
    await start(12, someRows(1).map((row) => ({ ...row, id: LATER, columns: { ...row.columns, lastPacket: laterMs, segment: "d" } })));
    const results = overSse(await api.token({ name: "eve", role: "analyst", ...limits }), expression);
    store.arrived = ["a"];
    expect(await next(results, 1, ["a", "b"])).toMatchObject({ data: { sessionsArriving: { asOf: new Date(TEST_NOW_MS).toISOString(), sessions: { length: 4 } } } });
    api.clock.now = laterMs;
    // The rows of c are five hours old by now.
    expect(await next(results, 1, ["a", "b", "c", "d"])).toMatchObject({ data: { sessionsArriving: { asOf: new Date(laterMs).toISOString(), more: 0, sessions: [{ id: LATER }] } } });
    await results.return?.();
  });

  it("say whether their packets are stored at that moment", async () => {
    await start();
    const results = overSse(await api.token({ name: "ana", role: "analyst" }), "port.src == [40001, 40005]");
    store.arrived = ["a"];
    expect(await next(results, 1, ["a", "b"])).toMatchObject({ data: { sessionsArriving: { sessions: [{ packetsAvailable: true }] } } });
    stored = false;
    api.clock.now += 1_000;
    expect(await next(results, 1, ["a", "b", "c"])).toMatchObject({ data: { sessionsArriving: { sessions: [{ packetsAvailable: false }] } } });
    await results.return?.();
  });

  it("are compared with the packet files of that moment", async () => {
    await start();
    const results = overSse(await api.token({ name: "ana", role: "analyst" }), "port.src == [40001, 40005] || file == a.pcap");
    store.arrived = ["a"];
    await next(results, 1, ["a", "b"]);
    const before = filesRead;
    await next(results, 1, ["a", "b", "c"]);
    expect(filesRead).toBeGreaterThan(before);
    await results.return?.();
  });

  it("beyond a hundred are counted", async () => {
    await start(600);
    const results = overSse(await api.token({ name: "ana", role: "analyst" }), "");
    expect(await next(results, 1, ["b"])).toMatchObject({ data: { sessionsArriving: { more: 100, sessions: { length: 100 } } } });
    await results.return?.();
  });

  it("are watched by a user ten times at most, and not at all in a store that cannot tell", async () => {
    await start();
    const token = await api.token({ name: "ana", role: "analyst" });
    const arrivals = Array.from({ length: 10 }, () => overSse(token, ""));
    const firsts = arrivals.map((results) => results.next());
    await expect.poll(() => begun).toBe(10);
    const refused = await overSse(token, "").next();
    expect(refused.value?.errors).toMatchObject([{ extensions: { code: "LIMIT_EXCEEDED" } }]);
    store.arrived = ["c"];
    look();
    expect((await Promise.all(firsts)).every(({ value }) => value?.data !== undefined)).toBe(true);
    for (const results of arrivals) await results.return?.();
    store.arrived = null;
    await expect.poll(async () => ((await overSse(token, "").next()).value?.errors?.[0] as { extensions?: { code?: string } } | undefined)?.extensions?.code).toBe("UNAVAILABLE");
  });

  it("need the expression to be right", async () => {
    await start();
    const token = await api.token({ name: "ana", role: "analyst" });
    expect((await overSse(token, "no.such.field == 1").next()).value?.errors).toMatchObject([{ extensions: { code: "EXPRESSION_UNKNOWN_FIELD" } }]);
  });
});
