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
