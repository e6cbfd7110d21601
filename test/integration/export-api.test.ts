import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createClient as createSseClient } from "graphql-sse";
import { createClient as createSocketClient } from "graphql-ws";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { verifyExport } from "../../src/export/verify-export.js";
import { classicCapture, ngCapture, type TestPacket } from "../support/capture-bytes.js";
import { saySkipped } from "../support/corpus.js";
import { httpExchange, udpFrame } from "../support/frames.js";
import { readCapture } from "../support/read-capture.js";
import { at, runServer, type RunningServer } from "../support/running-server.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const START = 1_767_000_000;
/** A connection of 12 datagrams that is stored as several sessions, for a session has 5 packets here. */
const long: TestPacket[] = Array.from({ length: 12 }, (_, index) => ({
  seconds: START + index, nanoseconds: 1000, data: udpFrame({ source: "10.0.0.9", destination: "192.0.2.9", sourcePort: 1000, destinationPort: 9999 }, Buffer.from(`datagram ${index}`)),
}));
const web: TestPacket[] = [1, 2, 3].flatMap((flow) => httpExchange({ source: `10.0.0.${flow}`, destination: "192.0.2.1", sourcePort: 40_000 + flow, destinationPort: 80 }, `host${flow}.example.com`, "/")
  .map((data, index) => ({ seconds: START + index, nanoseconds: flow * 1000, data })));
const sorted = (packets: readonly TestPacket[]): TestPacket[] => packets.toSorted((left, right) => left.seconds - right.seconds || left.nanoseconds - right.nanoseconds);
const sources: readonly (readonly [string, Buffer])[] = [
  ["long.pcap", classicCapture(long).bytes],
  ["web.pcap", classicCapture(sorted(web)).bytes],
  ["other.pcapng", ngCapture([{ linkType: 101, resolution: 9 }], [{ seconds: START + 3, nanoseconds: 77, data: udpFrame({ source: "10.0.0.8", destination: "192.0.2.8", sourcePort: 2000, destinationPort: 9998 }, Buffer.from("raw")).subarray(14) }]).bytes],
];

const JOB = "id state progress sessions packets bytes sha256 format missingPackets downloadUrl manifestUrl error { code message }";

async function serve(packetThreads: string): Promise<{ readonly running: RunningServer; readonly directory: string }> {
  const directory = temporaryDirectory();
  const files = sources.map(([name, bytes]) => {
    writeFileSync(path.join(directory, name), bytes);
    return path.join(directory, name);
  });
  return { running: await runServer(directory, files, { set: { maxPackets: "5", packetThreads, maxExportG: "0.00001" } }), directory };
}

let running: RunningServer;
let directory: string;

beforeAll(async () => {
  ({ running, directory } = await serve("1"));
});

afterAll(() => running.stop());

async function ask(query: string, variables: Record<string, unknown> = {}, server = running): Promise<Readonly<Record<string, unknown>>> {
  const { data, errors } = await server.graphql(query, variables);
  expect(errors).toEqual([]);
  return data ?? {};
}

/** Makes an export with the arguments as written and follows it to its end. */
async function made(args: string, server = running): Promise<Readonly<Record<string, unknown>>> {
  const id = at(await ask(`mutation { createExport(${args}) { id } }`, {}, server), "createExport", "id");
  let job: Readonly<Record<string, unknown>> = {};
  await expect.poll(async () => {
    job = at(await ask(`query ($id: ID!) { export(id: $id) { ${JOB} } }`, { id }, server), "export") as typeof job;
    return job["state"];
  }, { timeout: 30_000, interval: 10 }).toMatch(/DONE|FAILED/);
  return job;
}

async function fetched(url: unknown, init: RequestInit = {}): Promise<{ readonly status: number; readonly headers: Headers; readonly bytes: Buffer }> {
  const response = await fetch(running.server.url + String(url), { headers: running.headers, ...init });
  return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
}

describe("an export", () => {
  it("is estimated before, and then is what was estimated", async () => {
    const estimate = at(await ask('{ exportEstimate(expression: "port.dst == 80") { sessions packets bytes missingPackets incompleteSessions tooLarge } }'), "exportEstimate");
    const job = await made('expression: "port.dst == 80"');
    expect(job).toMatchObject({ state: "DONE", progress: 1, sessions: at(estimate, "sessions"), packets: at(estimate, "packets"), bytes: at(estimate, "bytes") });
    expect(estimate).toMatchObject({ sessions: at(estimate, "sessions"), packets: web.length, missingPackets: 0, incompleteSessions: 0, tooLarge: false });
  });

  it("of everything names the limit that it exceeds, in estimate and job", async () => {
    const args = 'timeRange: {}, maxBytes: 500';
    expect(at(await ask(`{ exportEstimate(${args}) { maxBytes tooLarge } }`), "exportEstimate")).toEqual({ maxBytes: 500, tooLarge: true });
    expect(await made(args)).toMatchObject({ state: "FAILED", error: { code: "LIMIT_EXCEEDED", message: expect.stringContaining("500") }, downloadUrl: null });
  });

  it("has the matching part of a long connection, or all of it", async () => {
    const { sessions } = await ask('{ sessions(expression: "port.dst == 9999", order: [{ field: "starttime", direction: ASC }], first: 10) { nodes { id rootId network { packets } } } }');
    const nodes = at(sessions, "nodes") as readonly Readonly<Record<string, unknown>>[];
    expect(nodes.length).toBeGreaterThan(2);
    expect(new Set(nodes.map((node) => node["rootId"])).size).toBe(1);
    const second = String(nodes[1]?.["id"]);
    const part = await made(`ids: ["${second}"]`);
    const whole = await made(`ids: ["${second}"], packets: WHOLE_CONNECTION`);
    expect([part["sessions"], whole["sessions"], whole["packets"]]).toEqual([1, nodes.length, long.length]);
    expect(part["packets"]).toBeLessThan(long.length);
    const { bytes } = await fetched(whole["downloadUrl"]);
    expect(readCapture(bytes).packets.map((packet) => packet.data)).toEqual(long.map((packet) => packet.data.toString("latin1")));
  });

  it("comes with a manifest that anybody can verify with the published key", async () => {
    const job = await made('expression: "port.dst == 80"');
    const place = path.join(temporaryDirectory(), "look.pcap");
    writeFileSync(place, (await fetched(job["downloadUrl"])).bytes);
    const manifest = await fetched(job["manifestUrl"]);
    expect(manifest.headers.get("content-disposition")).toContain(".manifest.json");
    writeFileSync(`${place}.manifest.json`, manifest.bytes);
    // Without a login.
    const key = (await (await fetch(`${running.server.url}/api/signing-key`)).json()) as { readonly publicKey: string; readonly keyId: string };
    expect(await verifyExport(place, `${place}.manifest.json`, key.publicKey)).toMatchObject({ ok: true, keyId: key.keyId });
    expect((await fetch(running.server.url + String(job["manifestUrl"]))).status).toBe(401);
    expect((await fetched(String(job["manifestUrl"]).replace("signature=", "signature=x"))).status).toBe(403);
    const sourcesOf = at(JSON.parse(manifest.bytes.toString()), "sources");
    expect(sourcesOf).toMatchObject([{ name: path.join(directory, "web.pcap"), stream: expect.stringMatching(/^[0-9a-f]{32}$/), fileBytes: sources[1]?.[1].length }]);
  });

  it("asked for twice under one key is one job", async () => {
    const mutation = 'mutation { createExport(expression: "port.dst == 80", idempotencyKey: "case-7") { id } }';
    const ids = await Promise.all([ask(mutation), ask(mutation), ask(mutation)]);
    expect(new Set(ids.map((one) => at(one, "createExport", "id"))).size).toBe(1);
  });

  it("is deleted with its file and its manifest", async () => {
    const job = await made('expression: "port.dst == 80"');
    const deletion = 'mutation ($id: ID!) { deleteExport(id: $id) { deleted } }';
    expect(at(await ask(deletion, { id: job["id"] }), "deleteExport", "deleted")).toBe(true);
    expect(at(await ask(deletion, { id: job["id"] }), "deleteExport", "deleted")).toBe(false);
    expect(readdirSync(path.join(directory, "exports")).filter((name) => name.startsWith(String(job["id"])))).toEqual([]);
    expect((await fetched(job["downloadUrl"])).status).toBe(404);
  });

  it("has the same bytes with one worker and with three, and a second time", async () => {
    const other = await serve("3");
    try {
      for (const args of ["timeRange: {}", "timeRange: {}, format: PCAPNG", 'timeRange: {}, format: CSV, fields: ["starttime", "ip.src", "port.src", "packets"]', 'expression: "port.dst == 80", format: PARQUET, fields: ["starttime", "host.http"]']) {
        const [one, again, three] = [await made(args), await made(args), await made(args, other.running)];
        expect(one["sha256"], args).toMatch(/^[0-9a-f]{64}$/);
        expect([again["sha256"], three["sha256"]], args).toEqual([one["sha256"], one["sha256"]]);
      }
    } finally {
      await other.running.stop();
    }
  });

  it("is read by tshark and capinfos with the packets, the order and the link types that it should have", async () => {
    const job = await made("timeRange: {}");
    expect(job["format"]).toBe("pcapng");
    const file = path.join(temporaryDirectory(), "all.pcapng");
    writeFileSync(file, (await fetched(job["downloadUrl"])).bytes);
    const all = long.length + web.length + 1;
    try {
      const times = execFileSync("tshark", ["-n", "-r", file, "-T", "fields", "-e", "frame.time_epoch", "-e", "frame.interface_id"], { stdio: ["ignore", "pipe", "ignore"] }).toString().trim().split("\n").map((line) => line.split("\t"));
      expect(times).toHaveLength(all);
      expect(times.map(([time]) => Number(time))).toEqual(times.map(([time]) => Number(time)).toSorted((left, right) => left - right));
      expect(new Set(times.map(([, number]) => number)).size).toBe(2);
      const told = execFileSync("capinfos", ["-T", "-r", "-M", "-c", "-E", file], { stdio: ["ignore", "pipe", "ignore"] }).toString();
      expect(told).toContain(String(all));
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
      saySkipped("reading the export with tshark", "it is not installed");
    }
  });
});

describe("progress", () => {
  const query = "subscription ($id: ID) { exportProgress(exportId: $id) { id state packets } }";

  async function states(results: AsyncIterable<{ readonly data?: Record<string, unknown> | null }>): Promise<readonly unknown[]> {
    const seen: unknown[] = [];
    for await (const { data } of results) seen.push(at(data, "exportProgress", "state"));
    return seen;
  }

  it("is told over server-sent events and over a WebSocket until the export is done", async () => {
    const id = at(await ask('mutation { createExport(expression: "port.dst == 80") { id } }'), "createExport", "id");
    const { cookie } = running.headers;
    const sse = createSseClient({ url: `${running.server.url}/graphql/stream`, headers: { cookie: cookie ?? "" }, retryAttempts: 0 });
    class OwnSocket extends WebSocket {
      constructor(url: string, protocols: string | string[]) {
        super(url, protocols, { headers: { cookie, origin: running.server.url } });
      }
    }
    const socket = createSocketClient({ url: `${running.server.url.replace("http", "ws")}/graphql`, webSocketImpl: OwnSocket, retryAttempts: 0 });
    const both = await Promise.all([states(sse.iterate({ query, variables: { id } })), states(socket.iterate({ query, variables: { id } }))]);
    for (const seen of both) expect(seen.at(-1)).toBe("DONE");
    const none = await sse.iterate({ query, variables: { id: "none" } }).next().then((result: { value?: { errors?: unknown } }) => result.value?.errors, (error: unknown) => error);
    expect(JSON.stringify(none)).toContain("NOT_FOUND");
    sse.dispose();
    await socket.dispose();
  });
});

describe("a stream for scripts", () => {
  it("has the bytes of the job", async () => {
    const job = await made('expression: "port.dst == 80"');
    const { status, headers, bytes } = await fetched(`/api/sessions.pcap?expression=${encodeURIComponent("port.dst == 80")}`);
    expect([status, headers.get("content-type"), headers.get("content-disposition")]).toEqual([200, "application/vnd.tcpdump.pcap", 'attachment; filename="sessions.pcap"']);
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(job["sha256"]);
  });

  it("takes ranges of time, formats, columns and whole connections", async () => {
    const some = await fetched(`/api/sessions.csv?expression=port.dst%20==%2080&fields=ip.src,port.dst`);
    expect(some.bytes.toString().split("\r\n")[0]).toBe("ip.src,port.dst");
    const lines = (await fetched(`/api/sessions.ndjson?start=${START}&end=${START + 3}&bounding=first&fields=node`)).bytes.toString().trim().split("\n");
    expect(lines.map((line) => at(JSON.parse(line), "node"))).toEqual(lines.map(() => "test"));
    const whole = await fetched(`/api/sessions.pcapng?expression=port.dst%20==%209999&packets=whole&end=2025-12-29T09:20:06,000Z`);
    expect(readCapture(whole.bytes)).toMatchObject({ container: "pcapng" });
    expect(readCapture(whole.bytes).packets).toHaveLength(long.length);
  });

  it("refuses what it does not understand, and what is too large, with a code", async () => {
    const refusals: readonly (readonly [string, number, string])[] = [
      ["/api/sessions.pcap", 400, "BAD_INPUT"], ["/api/sessions.pcap?expresion=ip==1.2.3.4", 400, "BAD_INPUT"], ["/api/sessions.pcap?expression=nosuch==1", 400, "EXPRESSION_UNKNOWN_FIELD"],
      ["/api/sessions.pcap?start=yesterday", 400, "BAD_INPUT"], ["/api/sessions.pcap?start=2025", 400, "BAD_INPUT"], ["/api/sessions.pcap?expression=%20&bounding=last", 400, "BAD_INPUT"], ["/api/sessions.pcap?start=2026-02-30", 400, "BAD_INPUT"], ["/api/sessions.pcap?start=0&end=2026-02-30T10:00:00Z", 400, "BAD_INPUT"],
      ["/api/sessions.pcap?start=2000000000&end=1000000000", 400, "TIME_RANGE_INVALID"], ["/api/sessions.pcap?start=0&bounding=middle", 400, "BAD_INPUT"],
      ["/api/sessions.pcap?start=0&packets=some", 400, "BAD_INPUT"], ["/api/sessions.pcap?start=0&fields=node", 400, "BAD_INPUT"], ["/api/sessions.csv?start=0&fields=nosuch", 400, "BAD_INPUT"],
      ["/api/sessions.pcap?start=0&start=2", 400, "BAD_INPUT"], ["/api/sessions.pcap?start=0&maxBytes=x", 400, "BAD_INPUT"], ["/api/sessions.pcap?start=0&maxBytes=200", 400, "LIMIT_EXCEEDED"],
    ];
    for (const [url, status, code] of refusals) {
      const answer = await fetched(url);
      expect([answer.status, at(JSON.parse(answer.bytes.toString()), "error", "code")], url).toEqual([status, code]);
    }
    expect((await fetched("/api/sessions.pcap")).bytes.toString()).toContain("by expression, ids, start or end; start=0 stands for all of them");
    expect((await fetched("/api/sessions.pcap?start=2025")).bytes.toString()).toContain("1970-01-01T00:33:45.000Z, before any capture; write 2025-01-01");
    expect((await fetch(`${running.server.url}/api/sessions.pcap?start=0`)).status).toBe(401);
  });

  it("takes by POST what an address has no room for", async () => {
    const post = (url: string, body: unknown, type = "application/json") => fetched(url, { method: "POST", headers: { ...running.headers, "content-type": type }, body: JSON.stringify(body) });
    const unknownIds = Array.from({ length: 999 }, (_, at) => `00000000-0000-4000-8000-${String(at).padStart(12, "0")}`);
    const [row] = at(await ask('{ sessions(expression: "port.dst == 80", first: 1) { nodes { id } } }'), "sessions", "nodes") as readonly { readonly id: string }[];
    const one = await post("/api/sessions.csv", { ids: [row?.id, ...unknownIds], fields: ["port.dst"] });
    expect([one.status, one.bytes.toString().trim().split("\r\n")]).toEqual([200, ["port.dst", "80"]]);
    const ranged = { start: START, end: String(START + 3), bounding: "first", fields: "node" };
    expect((await post("/api/sessions.ndjson", ranged)).bytes.equals((await fetched(`/api/sessions.ndjson?${new URLSearchParams({ ...ranged, start: String(START) })}`)).bytes)).toBe(true);
    const refusals: readonly (readonly [unknown, string])[] = [
      [{}, "start=0 stands for all of them"], [[], "a JSON object"], [{ expresion: "x" }, "there is no parameter"], [{ start: true }, "start is a text or a number"], [{ start: 0, fields: [1] }, "fields is a list of texts"],
      [{ expression: 1 }, "expression is a text"], [{ start: 2026 }, "before any capture"],
    ];
    for (const [body, message] of refusals) {
      const { status, bytes } = await post("/api/sessions.csv", body);
      expect([status, bytes.toString()], message).toEqual([400, expect.stringMatching(new RegExp(`"code":"BAD_INPUT".*${message}`))]);
    }
    expect((await post("/api/sessions.csv?start=0", {})).bytes.toString()).toContain("none in the address");
    expect((await post("/api/sessions.csv", { start: 0 }, "text/plain")).bytes.toString()).toContain("a change under a login cookie needs a JSON body");
  });

  it("answers HEAD without making anything", async () => {
    const { status, bytes } = await fetched("/api/sessions.pcap?start=0", { method: "HEAD" });
    expect([status, bytes.length]).toEqual([200, 0]);
  });

  it("leaves nothing behind", () => {
    expect(readdirSync(path.join(directory, "exports")).filter((name) => name.endsWith(".work"))).toEqual([]);
  });
});
