import { createClient as createSseClient } from "graphql-sse";
import { createClient as createSocketClient } from "graphql-ws";
import { WebSocket } from "ws";
import { afterEach, beforeEach, expect, test } from "vitest";
import { silentLogger } from "../../src/base/logger.js";
import { openCatalogue, type Catalogue } from "../../src/catalogue/catalogue.js";
import { RetentionWatch } from "../../src/watching/retention-watch.js";
import { startApi, TEST_NOW_MS, type ApiServer } from "../support/api-server.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const short = { kind: "target-unreachable", subject: "/packets", targetBytes: 300, freeBytes: 100, shortfallBytes: 200 } as const;
const ready = { kind: "export-ready", subject: "e1", user: "ana", sessions: 2, packets: 9, bytes: 1536 } as const;
const query = "subscription { retention { kind phase subject user shortfallBytes packets } }";

let api: ApiServer;
let catalogue: Catalogue;
let watch: RetentionWatch;
let subscribed: Promise<void>;

beforeEach(async () => {
  const clock = { nowMs: () => TEST_NOW_MS };
  catalogue = openCatalogue(temporaryDirectory(), clock);
  watch = new RetentionWatch({ log: catalogue.retentionEvents, clock, logger: silentLogger, urls: [], deliver() {} });
  let begun = (): void => {};
  subscribed = new Promise((resolve) => { begun = resolve; });
  const retentionEvents = {
    events: (...words: Parameters<RetentionWatch["events"]>) => {
      const events = watch.events(...words);
      begun();
      return events;
    },
    list: watch.list.bind(watch), conditions: watch.conditions.bind(watch), deliveries: watch.deliveries.bind(watch),
  };
  api = await startApi(undefined, { retentionEvents });
});
afterEach(async () => {
  await api.server.stop();
  catalogue.close();
});

/** The first `count` events of a subscription, after which it is left. */
async function take(stream: AsyncIterableIterator<unknown>, count: number): Promise<unknown[]> {
  const found: unknown[] = [];
  const first = stream.next();
  await subscribed;
  watch.raise(short);
  watch.raise(ready);
  watch.raise({ ...ready, subject: "e2", user: "oscar" });
  for (let next = await first; !next.done; next = await stream.next()) {
    found.push(next.value);
    if (found.length === count) break;
  }
  await stream.return?.();
  return found;
}

test("operators are told of the service, and of their own exports, by server-sent events", async () => {
  const token = await api.token({ name: "oscar", role: "operator" });
  const client = createSseClient({ url: `${api.server.url}/graphql/stream`, headers: { authorization: `Bearer ${token}` }, retryAttempts: 0 });
  expect(await take(client.iterate({ query }), 2)).toMatchObject([
    { data: { retention: { kind: "TARGET_UNREACHABLE", phase: "BEGAN", subject: "/packets", shortfallBytes: 200, packets: null } } },
    { data: { retention: { kind: "EXPORT_READY", phase: "OCCURRED", subject: "e2", user: "oscar", packets: 9 } } },
  ]);
  client.dispose();
});

test("analysts are told of their own exports only, by WebSocket", async () => {
  const token = await api.token({ name: "ana", role: "analyst" });
  class TokenSocket extends WebSocket {
    constructor(url: string, protocols: string | string[]) {
      super(url, protocols, { headers: { authorization: `Bearer ${token}` } });
    }
  }
  const client = createSocketClient({ url: `${api.server.url.replace("http", "ws")}/graphql`, webSocketImpl: TokenSocket, retryAttempts: 0 });
  expect(await take(client.iterate({ query }), 1)).toMatchObject([{ data: { retention: { kind: "EXPORT_READY", subject: "e1", user: "ana" } } }]);
  await client.dispose();
});

test("what was told can be asked for later, by whoever was told", async () => {
  watch.raise(short);
  watch.raise(ready);
  watch.clear("target-unreachable", "/packets");
  const list = "{ retentionEvents { events { id kind phase message } } }";
  const operator = await api.token({ name: "oscar", role: "operator" });
  const analyst = await api.token({ name: "ana", role: "analyst" });
  const viewer = await api.token({ name: "vic", role: "viewer" });
  expect((await api.ask(operator, list)).data["retentionEvents"].events).toMatchObject([{ kind: "TARGET_UNREACHABLE", phase: "ENDED" }, { kind: "TARGET_UNREACHABLE", phase: "BEGAN" }]);
  expect((await api.ask(analyst, list)).data["retentionEvents"].events).toMatchObject([{ kind: "EXPORT_READY" }]);
  expect((await api.ask(viewer, list)).errors).toMatchObject([{ extensions: { code: "FORBIDDEN" } }]);
  expect((await api.ask(analyst, `{ webhookDeliveries(event: "1") { deliveries { state } } }`)).errors).toMatchObject([{ extensions: { code: "FORBIDDEN" } }]);
  expect((await api.ask(operator, `{ webhookDeliveries(event: "-1") { deliveries { state } } }`)).errors).toMatchObject([{ extensions: { code: "BAD_INPUT" } }]);
});

test("what a capture lost and why it is down has fields of its own, for operators only", async () => {
  watch.raise({ kind: "capture-down", subject: "n/eth0", reason: "the interface is gone", silentSeconds: 75 });
  watch.raise({ kind: "capture-loss", subject: "n/eth0", lostPackets: 10, lostToKernel: 1, lostToInterface: 2, lostToQueue: 3, lostToDisk: 4 });
  watch.raise({ kind: "packet-directory-failed", subject: "/b", reason: "input/output error" });
  const list = "{ retentionEvents { events { kind subject reason silentSeconds lostPackets lostToKernel lostToInterface lostToQueue lostToDisk } } }";
  const nothing = { reason: null, silentSeconds: null, lostPackets: null, lostToKernel: null, lostToInterface: null, lostToQueue: null, lostToDisk: null };
  expect((await api.ask(await api.token({ name: "oscar", role: "operator" }), list)).data["retentionEvents"].events).toEqual([
    { ...nothing, kind: "PACKET_DIRECTORY_FAILED", subject: "/b", reason: "input/output error" },
    { ...nothing, kind: "CAPTURE_LOSS", subject: "n/eth0", lostPackets: 10, lostToKernel: 1, lostToInterface: 2, lostToQueue: 3, lostToDisk: 4 },
    { ...nothing, kind: "CAPTURE_DOWN", subject: "n/eth0", reason: "the interface is gone", silentSeconds: 75 },
  ]);
  expect((await api.ask(await api.token({ name: "ana", role: "analyst" }), list)).data["retentionEvents"].events).toEqual([]);
});

test("webhooks are shown without what may be a secret", async () => {
  catalogue.retentionEvents.add({ kind: "export-ready", subject: "e1", phase: "occurred", facts: { user: "ana" } }, ["https://hooks.example/services/secret"]);
  const operator = await api.token({ name: "oscar", role: "operator" });
  const { data } = await api.ask(operator, `{ webhookDeliveries(event: "1") { deliveries { url state attempts nextAttempt status error } } }`);
  expect(data["webhookDeliveries"].deliveries).toEqual([{ url: "https://hooks.example/services/…", state: "WAITING", attempts: 0, nextAttempt: "2026-11-24T12:00:00.000Z", status: null, error: null }]);
});
