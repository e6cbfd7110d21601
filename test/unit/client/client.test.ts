import { afterEach, describe, expect, test, vi } from "vitest";
import { CountSessions, Fields, LookbackClient, RetentionEvents, type ClientOptions } from "../../../src/client/client.js";

afterEach(() => { vi.useRealTimers(); });

function clientOf(answer: (url: URL, init: RequestInit) => Response, more: Partial<ClientOptions> = {}): LookbackClient {
  return new LookbackClient({ url: "http://lookback.example", token: "t", fetch: (url, init) => Promise.resolve(answer(new URL(String(url)), init ?? {})), ...more });
}

describe("a download that goes on", () => {
  test("is refused where the whole file is answered instead", async () => {
    let cancelled = false;
    const whole = new ReadableStream({ cancel: () => { cancelled = true; } });
    const client = clientOf(() => new Response(whole, { status: 200 }));
    await expect(client.download("/api/sessions.pcap?start=0", 10)).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: false, message: expect.stringMatching(/from byte 10 on: .* 200 .*; ask from 0/) });
    expect(cancelled).toBe(true);
  });

  test("has the rest where ranges are answered, and all of it from 0", async () => {
    const client = clientOf((_, { headers }) => (new Headers(headers).get("range") === "bytes=2-" ? new Response("cd", { status: 206 }) : new Response("abcd")));
    expect(await (await client.download("/f", 2)).text()).toBe("cd");
    expect(await (await client.download("/f")).text()).toBe("abcd");
  });
});

test("an answer that has not changed says nothing of the budget", async () => {
  const answers = [
    { remaining: 900, tag: '"a"' }, { remaining: 500, tag: null }, null,
  ].map((answer) => () => {
    if (answer === null) return new Response(null, { status: 304 });
    const body = JSON.stringify({ data: { remaining: answer.remaining }, extensions: { budget: { limit: 1_000, remaining: answer.remaining, resetSeconds: 60 } } });
    return new Response(body, { headers: answer.tag === null ? {} : { etag: answer.tag } });
  });
  const client = clientOf(() => (answers.shift() ?? Response.error)());
  await client.ask(Fields, {});
  await client.ask(CountSessions, {});
  expect(await client.ask(Fields, {})).toEqual({ remaining: 900 });
  expect(client.budget?.remaining).toBe(500);
});

test("the wait for another attempt ends with the signal, and leaves no timer", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  let asked = 0;
  const client = clientOf(() => {
    asked += 1;
    return new Response(JSON.stringify({ errors: [{ message: "busy", extensions: { code: "RATE_LIMITED", retryable: true, details: { retryAfterSeconds: 29 } } }] }));
  });
  const stop = new AbortController();
  const asking = client.ask(CountSessions, {}, stop.signal);
  await vi.waitFor(() => { expect(vi.getTimerCount()).toBe(1); });
  stop.abort(new Error("enough"));
  await expect(asking).rejects.toThrow("enough");
  expect([asked, vi.getTimerCount()]).toEqual([1, 0]);
});

describe("a service that does not answer", () => {
  const refused = (): never => { throw new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED 127.0.0.1:1") }); };
  const broken = (): Response => new Response(new ReadableStream({ pull: (controller) => { controller.error(new TypeError("terminated")); } }));

  test.each([["refuses", refused, /lookback\.example does not answer \(connect ECONNREFUSED 127\.0\.0\.1:1\)/], ["breaks off", broken, /terminated/]] as const)("is UNREACHABLE where it %s, and is asked again", async (_, answer, message) => {
    let asked = 0;
    const client = clientOf(() => { asked += 1; return answer(); }, { wait: () => Promise.resolve() });
    await expect(client.ask(CountSessions, {})).rejects.toMatchObject({ name: "LookbackClientError", code: "UNREACHABLE", retryable: true, message: expect.stringMatching(message) });
    expect(asked).toBe(4);
    await expect(client.download("/f").then((response) => response.text())).rejects.toThrow(answer === refused ? /does not answer/ : "terminated");
    await expect(client.subscribe(RetentionEvents, {}).next()).rejects.toMatchObject({ code: "UNREACHABLE" });
  });

  test("is not asked again for what a signal ended", async () => {
    const stop = new AbortController();
    const client = clientOf(() => { stop.abort(new TypeError("enough")); throw stop.signal.reason as Error; });
    await expect(client.ask(CountSessions, {}, stop.signal)).rejects.toThrow(/^enough$/);
  });

  test.each([[{ url: "lookback.example:8005 " }, /is no URL of a service/], [{ url: "https://ann:secret@lookback.example" }, /^the URL has a user or a password; (?!.*secret)/], [{ token: "" }, /token is empty/], [{ token: "abc\n" }, /characters that no token has/]])("is none where %j is given", (more, message) => {
    expect(() => clientOf(() => new Response(), more)).toThrow(expect.objectContaining({ code: "BAD_INPUT", message: expect.stringMatching(message) }));
  });
});

describe("a subscription", () => {
  const NEXT = 'event: next\ndata: {"data":{"retention":{"kind":"EXPORT_READY"}}}\n\n';

  /** The kinds of its events, from a body of such pieces that then ends or breaks. */
  async function kindsOf(client: LookbackClient, kinds: unknown[]): Promise<unknown[]> {
    for await (const { retention } of client.subscribe(RetentionEvents, {})) kinds.push(retention.kind);
    return kinds;
  }

  test("is over when the service says so", async () => {
    expect(await kindsOf(clientOf(() => new Response(`${NEXT}event: complete\ndata:\n\n`)), [])).toEqual(["EXPORT_READY"]);
  });

  test.each([["ends", (end: ReadableStreamDefaultController) => { end.close(); }], ["breaks", (end: ReadableStreamDefaultController) => { end.error(new TypeError("terminated")); }]])(
    "fails where its connection %s before", async (_, end) => {
      const pieces = [NEXT];
      const client = clientOf(() => new Response(new ReadableStream({
        pull(controller) {
          const piece = pieces.shift();
          if (piece === undefined) end(controller);
          else controller.enqueue(new TextEncoder().encode(piece));
        },
      }, { highWaterMark: 0 })));
      const kinds: unknown[] = [];
      await expect(kindsOf(client, kinds)).rejects.toMatchObject({ code: "UNREACHABLE", retryable: true, message: expect.stringContaining("http://lookback.example") });
      expect(kinds).toEqual(["EXPORT_READY"]);
    });
});
