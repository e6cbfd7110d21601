import { createClient as createSseClient } from "graphql-sse";
import { createClient as createSocketClient } from "graphql-ws";
import { afterEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import type { Services } from "../../src/graphql/services.js";
import { startApi, type ApiServer } from "../support/api-server.js";

let api: ApiServer;
afterEach(async () => {
  subscribed = 0;
  await api.server.stop();
});

let subscribed = 0;

/** Imports of which nothing is ever told: subscriptions to them stay open. */
const silent: NonNullable<Services["imports"]> = {
  submit: () => Promise.resolve({ jobs: [], failed: [] }),
  job: () => null,
  jobs: () => [],
  events: (signal) => {
    subscribed += 1;
    return ({
    [Symbol.asyncIterator]() { return this; },
    next: () => new Promise((_resolve, reject) => {
      if (signal?.aborted === true) reject(signal.reason as Error);
      else signal?.addEventListener("abort", () => { reject(signal.reason as Error); }, { once: true });
    }),
    return: () => Promise.resolve({ done: true, value: undefined }),
    });
  },
};
const QUERY = "subscription { importProgress { state } }";

/** Opens a stream of events; resolves to what it said until it ended. */
function open(token: string, signal: AbortSignal): Promise<string> {
  return fetch(`${api.server.url}/graphql/stream`, {
    method: "POST", headers: { authorization: `Bearer ${token}`, "content-type": "application/json", accept: "text/event-stream" }, body: JSON.stringify({ query: QUERY }), signal,
  }).then((response) => response.text()).catch(() => "cut");
}

test("subscriptions are bounded per user, over both transports, and another user is not in the way", async () => {
  api = await startApi(undefined, { imports: silent });
  const [one, two] = [await api.token({ name: "one", role: "operator" }), await api.token({ name: "two", role: "operator" })];
  const abort = new AbortController();
  const ended: string[] = [];
  for (let n = 0; n < 105; n++) void open(one, abort.signal).then((text) => ended.push(text));
  await expect.poll(() => ended.length, { timeout: 20_000 }).toBe(5);
  for (const text of ended) expect(text).toMatch(/"code":"LIMIT_EXCEEDED","retryable":false,"limit":100/);
  class TokenSocket extends WebSocket {
    constructor(url: string, protocols: string | string[]) {
      super(url, protocols, { headers: { authorization: `Bearer ${one}` } });
    }
  }
  const socket = createSocketClient({ url: `${api.server.url.replace("http", "ws")}/graphql`, webSocketImpl: TokenSocket, retryAttempts: 0 });
  const refused: unknown = await socket.iterate({ query: QUERY }).next().then((result) => result.value?.errors, (error: unknown) => error);
  expect(refused).toMatchObject([{ extensions: { code: "LIMIT_EXCEEDED", limit: 100 } }]);
  await socket.dispose();
  const other = new AbortController();
  void open(two, other.signal);
  await expect.poll(() => subscribed).toBe(101);
  // A stream that is given up makes room.
  abort.abort();
  await expect.poll(() => ended.length).toBe(105);
  void open(one, other.signal);
  await expect.poll(() => subscribed).toBe(102);
  other.abort();
});

test("subscriptions end when the service stops, at once and with the word that it does", async () => {
  api = await startApi(undefined, { imports: silent, drainMs: 5_000 });
  const token = await api.token({ name: "op", role: "operator" });
  class TokenSocket extends WebSocket {
    constructor(url: string, protocols: string | string[]) {
      super(url, protocols, { headers: { authorization: `Bearer ${token}` } });
    }
  }
  const sse = createSseClient({ url: `${api.server.url}/graphql/stream`, headers: { authorization: `Bearer ${token}` }, retryAttempts: 0 });
  const socket = createSocketClient({ url: `${api.server.url.replace("http", "ws")}/graphql`, webSocketImpl: TokenSocket, retryAttempts: 0 });
  const seenOf = async (results: AsyncIterable<{ errors?: readonly { extensions?: unknown }[] | undefined }>): Promise<unknown> => {
    const seen: unknown[] = [];
    try {
      for await (const result of results) seen.push(result.errors?.[0]?.extensions);
    } catch (error) {
      seen.push(Array.isArray(error) ? (error as { extensions?: unknown }[])[0]?.extensions : String(error));
    }
    return seen;
  };
  const both = [sse.iterate({ query: QUERY }), socket.iterate({ query: QUERY })].map(seenOf);
  await expect.poll(() => subscribed).toBe(2);
  const begun = Date.now();
  await api.server.stop();
  expect(Date.now() - begun).toBeLessThan(2_000);
  const told = [expect.objectContaining({ code: "SHUTTING_DOWN", retryable: true })];
  expect(await Promise.all(both)).toEqual([told, told]);
});

/** Opens a WebSocket; resolves to it, or to the status that it was refused with. */
function upgraded(token: string): Promise<WebSocket | number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${api.server.url.replace("http", "ws")}/graphql`, "graphql-transport-ws", { headers: { authorization: `Bearer ${token}` } });
    socket.once("open", () => { resolve(socket); });
    socket.once("unexpected-response", (_request, response) => {
      resolve(response.statusCode ?? 0);
      socket.terminate();
    });
    socket.once("error", reject);
  });
}

/** Opens as many; all are open. */
async function opened(token: string, count: number): Promise<readonly WebSocket[]> {
  const all = await Promise.all(Array.from({ length: count }, () => upgraded(token)));
  const sockets = all.filter((one) => one instanceof WebSocket);
  for (const socket of sockets) socket.send('{"type":"connection_init"}');
  expect(sockets).toHaveLength(count);
  return sockets;
}

test("a user has twenty WebSocket connections at most, and another user is not in the way", async () => {
  api = await startApi(undefined, { imports: silent });
  const [one, two] = [await api.token({ name: "one", role: "operator" }), await api.token({ name: "two", role: "operator" })];
  const [first] = await opened(one, 20);
  expect(await upgraded(one)).toBe(429);
  // By another credential it is the same user.
  expect(await upgraded(api.access.createToken("one", "more", 60_000))).toBe(429);
  await opened(two, 20);
  first?.close();
  await expect.poll(async () => (await upgraded(one)) instanceof WebSocket).toBe(true);
});

test("a WebSocket ends with what opened it, after its operations were told; a change of rights leaves it", async () => {
  api = await startApi(undefined, { imports: silent });
  const token = await api.token({ name: "one", role: "operator" });
  const other = api.access.createToken("one", "other", 60_000);
  const [[idle], [watching], [apart]] = [await opened(token, 1), await opened(token, 1), await opened(other, 1)];
  const seen: string[] = [];
  watching?.on("message", (data: Buffer) => { seen.push(data.toString()); });
  const closed = [idle, watching].map((socket) => new Promise<number>((resolve) => { socket?.once("close", resolve); }));
  watching?.send(JSON.stringify({ id: "a", type: "subscribe", payload: { query: QUERY } }));
  await expect.poll(() => subscribed).toBe(1);
  const root = { name: "root", address: null, method: null };
  api.users.set("one", { rights: { hideStats: true } }, root);
  await expect.poll(() => seen.join()).toContain("UNAUTHENTICATED");
  watching?.send(JSON.stringify({ id: "b", type: "subscribe", payload: { query: QUERY } }));
  await expect.poll(() => subscribed).toBe(2);
  api.users.revokeToken("one", "test", root);
  expect(await Promise.all(closed)).toEqual([4401, 4401]);
  expect(seen.filter((text) => /"id":"b".*UNAUTHENTICATED/.test(text))).toHaveLength(1);
  expect(apart?.readyState).toBe(WebSocket.OPEN);
  const end = new Promise<number>((resolve) => { apart?.once("close", resolve); });
  await api.token({ name: "root", role: "administrator" });
  api.users.setEnabled("one", false, root);
  expect(await end).toBe(4401);
});
