import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silentLogger } from "../../../src/base/logger.js";
import { openCatalogue, type Catalogue } from "../../../src/catalogue/catalogue.js";
import { RetentionWatch } from "../../../src/watching/retention-watch.js";
import { shownUrl, signatureOf, Webhooks } from "../../../src/watching/webhooks.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const MINUTE = 60_000;
const clock = { now: 0, nowMs: () => clock.now };
const full = { kind: "target-unreachable", subject: "/p", targetBytes: 2, freeBytes: 1, shortfallBytes: 1 } as const;
const ready = { kind: "export-ready", subject: "e1", user: "ana", sessions: 2, packets: 9, bytes: 1536 } as const;

interface Got {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let catalogue: Catalogue;
let server: Server;
let url: string;
let got: Got[];
let answer: number | "hang" | "redirect";

beforeEach(async () => {
  clock.now = Date.UTC(2026, 4, 5);
  catalogue = openCatalogue(temporaryDirectory(), clock);
  got = [];
  answer = 204;
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (part: Buffer) => { body += part.toString(); });
    request.on("end", () => {
      got.push({ headers: request.headers, body });
      if (answer === "hang") return;
      if (answer === "redirect") response.writeHead(307, { location: `${url}elsewhere` }).end();
      else response.writeHead(answer).end("x".repeat(100));
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => { server.close(resolve); });
  catalogue.close();
});

function start(more: { readonly urls?: readonly string[]; readonly secret?: string | null; readonly timeoutMs?: number } = {}): { watch: RetentionWatch; webhooks: Webhooks } {
  const urls = more.urls ?? [url];
  const log = catalogue.retentionEvents;
  const webhooks = new Webhooks({ log, urls, secret: more.secret ?? null, node: "n", clock, logger: silentLogger, ...(more.timeoutMs === undefined ? {} : { timeoutMs: more.timeoutMs }) });
  const watch = new RetentionWatch({ log, clock, logger: silentLogger, urls, deliver: (event) => { if (event.id === null) webhooks.sendUnkept(event); else webhooks.wake(); } });
  return { watch, webhooks };
}

/** What the server was told about, in order. */
const subjects = (): string[] => got.map(({ body }) => (JSON.parse(body) as { subject: string }).subject);

describe("a webhook", () => {
  it("is told an event at once, signed", async () => {
    const { watch, webhooks } = start({ secret: "key" });
    watch.raise(ready);
    await webhooks.idle();
    const [{ headers, body } = { headers: {}, body: "" }] = got;
    expect(JSON.parse(body)).toEqual({
      id: 1, kind: "export-ready", phase: "occurred", subject: "e1", at: "2026-05-05T00:00:00.000Z", node: "n", user: "ana", reason: null, sessions: 2, packets: 9, bytes: 1536,
      message: "export e1 of ana is ready: 2 sessions, 9 packets, 1.5 KiB",
    });
    expect(headers).toMatchObject({ "content-type": "application/json", "x-lookback-event": "export-ready", "x-lookback-delivery": "1", "x-lookback-attempt": "1", "x-lookback-timestamp": "1777939200" });
    expect(headers["x-lookback-signature"]).toBe(`sha256=${signatureOf("key", "1777939200", body)}`);
    expect(watch.deliveries(1)).toMatchObject([{ state: "delivered", attempts: 1, status: 204, error: null, nextAttemptMs: null }]);
  });

  it("without a secret is sent no signature", async () => {
    const { watch, webhooks } = start();
    watch.raise(ready);
    await webhooks.idle();
    expect(got[0]?.headers["x-lookback-signature"]).toBeUndefined();
  });

  it("that fails is told again after 1, 2, 4 … minutes, at most an hour, nine times", async () => {
    answer = 500;
    const { watch, webhooks } = start();
    watch.raise(ready);
    await webhooks.idle();
    const attempts: number[] = [];
    for (let minute = 1; minute <= 400; minute += 1) {
      clock.now += MINUTE;
      const before = got.length;
      webhooks.wake();
      await webhooks.idle();
      if (got.length > before) attempts.push(minute);
    }
    expect(attempts).toEqual([1, 3, 7, 15, 31, 63, 123, 183]);
    expect(watch.deliveries(1)).toMatchObject([{ state: "given-up", attempts: 9, status: 500, error: "answered 500", nextAttemptMs: null }]);
    expect(catalogue.retentionEvents.count("given-up")).toBe(1);
  });

  it("is told again after the clock was set back", async () => {
    answer = 500;
    const { watch, webhooks } = start();
    watch.raise(ready);
    await webhooks.idle();
    clock.now -= 86_400_000;
    answer = 204;
    webhooks.wake();
    await webhooks.idle();
    expect(watch.deliveries(1)).toMatchObject([{ state: "delivered", attempts: 2 }]);
  });

  it("is told after a restart what it was not told before, in order", async () => {
    answer = 503;
    const first = start();
    first.watch.raise(ready);
    first.watch.raise({ ...ready, subject: "e2" });
    await first.webhooks.idle();
    await first.webhooks.stop();
    answer = 200;
    got = [];
    clock.now += MINUTE;
    const second = start();
    second.webhooks.wake();
    await second.webhooks.idle();
    expect(subjects()).toEqual(["e1", "e2"]);
  });

  it("that does not answer in time, redirects, or is not there, was not told", async () => {
    answer = "hang";
    const slow = start({ timeoutMs: 50 });
    slow.watch.raise(ready);
    await slow.webhooks.idle();
    expect(slow.watch.deliveries(1)).toMatchObject([{ state: "waiting", status: null, error: "no answer in 0.05 s", nextAttemptMs: clock.now + MINUTE }]);
    answer = "redirect";
    clock.now += MINUTE;
    slow.webhooks.wake();
    await slow.webhooks.idle();
    expect(slow.watch.deliveries(1)).toMatchObject([{ state: "waiting", status: 307, error: "answered 307" }]);
    expect(got).toHaveLength(2);
    const nowhere = start({ urls: ["http://127.0.0.1:1/"] });
    nowhere.watch.raise(ready);
    await nowhere.webhooks.idle();
    expect(nowhere.watch.deliveries(2)).toMatchObject([{ state: "waiting", error: expect.stringMatching(/ECONNREFUSED|bad port/) }]);
  });

  it("that is slow keeps no other waiting", async () => {
    answer = "hang";
    const other = createServer((_request, response) => { response.end(); });
    await new Promise<void>((resolve) => { other.listen(0, "127.0.0.1", resolve); });
    const quick = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`;
    const { watch, webhooks } = start({ urls: [url, quick], timeoutMs: 50 });
    watch.raise(ready);
    await webhooks.idle();
    expect(watch.deliveries(1).map(({ state }) => state).sort()).toEqual(["delivered", "waiting"]);
    await new Promise((resolve) => { other.close(resolve); });
  });

  it("that does not answer keeps what another is told later no longer than this takes", async () => {
    answer = "hang";
    const told: string[] = [];
    const other = createServer((request, response) => {
      request.on("data", (part: Buffer) => told.push((JSON.parse(part.toString()) as { subject: string }).subject));
      request.on("end", () => { response.end(); });
    });
    await new Promise<void>((resolve) => { other.listen(0, "127.0.0.1", resolve); });
    const { watch, webhooks } = start({ urls: [url, `http://127.0.0.1:${(other.address() as AddressInfo).port}/`] });
    watch.raise(ready);
    await expect.poll(() => got.length).toBe(1);
    // Well within the ten seconds that the first one has.
    watch.raise({ ...ready, subject: "e2" });
    await expect.poll(() => told).toEqual(["e1", "e2"]);
    await webhooks.stop();
    await new Promise((resolve) => { other.close(resolve); });
  });

  it.each([429, "hang"] as const)("that does not take an event for now (%s) is told nothing else before that, however much is due, and all of it in order afterwards", async (busy) => {
    answer = busy;
    const { watch, webhooks } = start({ timeoutMs: 1_000 });
    for (let subject = 1; subject <= 150; subject += 1) watch.raise({ ...ready, subject: `e${subject}` });
    await webhooks.idle();
    expect(subjects()).toEqual(["e1"]);
    answer = 204;
    watch.raise({ ...ready, subject: "e151" });
    await webhooks.idle();
    expect(subjects()).toEqual(["e1"]);
    clock.now += MINUTE;
    webhooks.wake();
    await webhooks.idle();
    expect(subjects().slice(1)).toEqual(Array.from({ length: 151 }, (_, index) => `e${index + 1}`));
  });

  it("that was away is tried each minute while another event waits, which does not count towards the nine attempts", async () => {
    answer = 408;
    const { watch, webhooks } = start();
    watch.raise(ready);
    await webhooks.idle();
    const attempts: number[] = [];
    for (let minute = 1; minute <= 70; minute += 1) {
      clock.now += MINUTE;
      if (minute === 65) watch.raise(full);
      if (minute === 69) answer = 204;
      const before = got.length;
      webhooks.wake();
      await webhooks.idle();
      if (got.length > before) attempts.push(minute);
    }
    expect(attempts).toEqual([1, 3, 7, 15, 31, 63, 65, 66, 67, 68, 69]);
    expect(subjects().slice(-2)).toEqual(["e1", "/p"]);
    expect(watch.deliveries(1)).toMatchObject([{ state: "delivered", attempts: 7 }]);
  });

  it("is given up an event after nine attempts that count, also where another waits", async () => {
    answer = 408;
    const { watch, webhooks } = start();
    watch.raise(ready);
    watch.raise(full);
    await webhooks.idle();
    for (let minute = 1; minute <= 183; minute += 1) {
      expect(watch.deliveries(1)).toMatchObject([{ state: "waiting" }]);
      clock.now += MINUTE;
      webhooks.wake();
      await webhooks.idle();
    }
    expect(watch.deliveries(1)).toMatchObject([{ state: "given-up", attempts: 9, status: 408 }]);
    expect(watch.deliveries(2)).toMatchObject([{ state: "waiting", attempts: 1 }]);
  });

  it.each([400, 500, "redirect"] as const)("that refuses one event (%s) is told others, but not that a condition ended before it heard that it began", async (refusal) => {
    answer = refusal;
    const { watch, webhooks } = start();
    watch.raise(full);
    await webhooks.idle();
    answer = 204;
    watch.clear(full.kind, full.subject);
    watch.raise(ready);
    await webhooks.idle();
    expect(subjects()).toEqual(["/p", "e1"]);
    clock.now += MINUTE;
    webhooks.wake();
    await webhooks.idle();
    expect(got.slice(2).map(({ body }) => (JSON.parse(body) as { phase: string }).phase)).toEqual(["began", "ended"]);
  });

  it("that was taken out of the configuration is not told any more", async () => {
    answer = 500;
    const { watch, webhooks } = start();
    watch.raise(ready);
    await webhooks.idle();
    got = [];
    clock.now += 10 * MINUTE;
    const other = start({ urls: ["http://127.0.0.1:1/"] });
    other.webhooks.wake();
    await other.webhooks.idle();
    expect(got).toEqual([]);
    expect(other.watch.deliveries(1)).toMatchObject([{ state: "given-up", error: "the URL is not configured any more" }]);
  });

  it("is told once what the catalogue could not keep", async () => {
    const { webhooks } = start();
    webhooks.sendUnkept({ id: null, atMs: clock.now, kind: "target-unreachable", subject: "/p", phase: "began", user: null, reason: null, facts: { freeBytes: 1 }, message: "m" });
    await webhooks.idle();
    expect(JSON.parse(got[0]?.body ?? "{}")).toMatchObject({ id: null, kind: "target-unreachable", freeBytes: 1 });
    expect(got[0]?.headers["x-lookback-delivery"]).toBeUndefined();
  });

  it("is shown without what may be a secret", () => {
    expect(shownUrl("https://hooks.example/services/T1/B2/secret?key=1")).toBe("https://hooks.example/services/…?…");
    expect(shownUrl("https://hooks.example/")).toBe("https://hooks.example/");
  });
});
