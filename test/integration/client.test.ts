import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { silentLogger } from "../../src/base/logger.js";
import { CountSessions, Fields, LookbackClient, LookbackClientError, RetentionEvents, Search } from "../../src/client/client.js";
import { serverEvents } from "../../src/client/server-events.js";
import { openCatalogue, type Catalogue } from "../../src/catalogue/catalogue.js";
import { CostBudgets } from "../../src/graphql/cost-budget.js";
import { RetentionWatch } from "../../src/watching/retention-watch.js";
import { startApi, TEST_NOW_MS, type ApiServer } from "../support/api-server.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

let api: ApiServer;
let catalogue: Catalogue;
let watch: RetentionWatch;
let client: LookbackClient;
let requests: { readonly body: Readonly<Record<string, unknown>>; readonly status: number }[];
let waits: number[];
const clock = { now: TEST_NOW_MS, nowMs: () => clock.now };

beforeEach(async () => {
  catalogue = openCatalogue(temporaryDirectory(), clock);
  watch = new RetentionWatch({ log: catalogue.retentionEvents, clock, logger: silentLogger, urls: [], deliver() {} });
  api = await startApi(undefined, { retentionEvents: watch, budgets: new CostBudgets(clock, () => 3_000) });
  const token = await api.token({ name: "oscar", role: "operator" });
  requests = [];
  waits = [];
  client = new LookbackClient({
    url: `${api.server.url}/`, token,
    fetch: async (url, init) => {
      const response = await fetch(url, init);
      if (typeof init?.body === "string") requests.push({ body: JSON.parse(init.body) as Readonly<Record<string, unknown>>, status: response.status });
      return response;
    },
    wait: (ms) => { waits.push(ms); clock.now += ms; return Promise.resolve(); },
  });
});
afterEach(async () => {
  await api.server.stop();
  catalogue.close();
});

describe("the client", () => {
  test("asks with types, by hash once the text is known, and knows its budget", async () => {
    const first = await client.ask(Search, { expression: "protocols == http", first: 2 });
    expect(first.sessions.nodes.map((node) => node.source?.ip)).toEqual(["10.0.0.4", "10.0.0.2"]);
    const next = await client.ask(Search, { expression: "protocols == http", first: 2, after: first.sessions.pageInfo.endCursor });
    expect(next.sessions.nodes).toHaveLength(2);
    expect(requests.map(({ body }) => "query" in body)).toEqual([false, true, false]);
    expect(client.budget).toMatchObject({ limit: 3_000, remaining: expect.any(Number) });
  });

  test("reads the catalogue once", async () => {
    const [one, two] = [await client.ask(Fields, { group: "dns" }), await client.ask(Fields, { group: "dns" })];
    expect(two).toEqual(one);
    expect(requests.map(({ status }) => status)).toEqual([200, 200, 304]);
  });

  test("waits when its budget is spent, and gives up on what does not help", async () => {
    for (let times = 0; times < 60; times += 1) await client.ask(CountSessions, {});
    expect(waits.length).toBeGreaterThan(0);
    await expect(client.ask(Search, { expression: "no.such == 1" })).rejects.toMatchObject({ code: "EXPRESSION_UNKNOWN_FIELD", retryable: false });
    clock.now += 60_000;
    await expect(client.ask(Search, { first: 5_000 })).rejects.toMatchObject({ code: "LIMIT_EXCEEDED", limit: 1_000 });
    const stranger = new LookbackClient({ url: api.server.url, token: "lb_wrongwrongwrongwrongwrongwrong" });
    await expect(stranger.ask(Search, {})).rejects.toBeInstanceOf(LookbackClientError);
    await expect(stranger.ask(Search, {})).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  });

  test("follows a subscription until its loop ends", async () => {
    const events = client.subscribe(RetentionEvents, {});
    const first = events.next();
    const raise = setInterval(() => { watch.raise({ kind: "export-ready", subject: "e", user: "oscar", sessions: 1, packets: 2, bytes: 3 }); }, 20);
    expect((await first).value).toMatchObject({ retention: { kind: "EXPORT_READY", subject: "e" } });
    clearInterval(raise);
    await events.return();
    const refused = new LookbackClient({ url: api.server.url, token: await api.token({ name: "vic", role: "viewer" }) }).subscribe(RetentionEvents, {});
    await expect(refused.next()).rejects.toMatchObject({ code: "FORBIDDEN" });
  });

  test("sends its token to no other service", async () => {
    await expect(client.download("https://evil.example/x")).rejects.toMatchObject({ code: "BAD_INPUT" });
    await expect(client.download("//evil.example/x")).rejects.toMatchObject({ code: "BAD_INPUT" });
    await expect(client.download("/nowhere")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

test("server-sent events come whole, however they are cut", async () => {
  const text = ": hello\n\nevent: next\r\ndata: {\"a\":\ndata: \"ä\"}\n\nevent: complete\n\n";
  for (const size of [1, 2, 7, 1_000]) {
    const bytes = new TextEncoder().encode(text);
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
        controller.close();
      },
    });
    const found: unknown[] = [];
    for await (const event of serverEvents(body)) found.push(event);
    expect(found).toEqual([{ name: "next", data: "{\"a\":\n\"ä\"}" }, { name: "complete", data: "" }]);
  }
});
