import { spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** README's look-back, step by step: the queries are read out of README, so that what it shows is what runs. */
const [look = ""] = /## A first look-back[\s\S]*?\n## /.exec(readFileSync("README.md", "utf8")) ?? [];
const [askSessions = "", askAggregate = "", askExport = "", askState = ""] = [...look.matchAll(/```graphql\n([\s\S]*?)```/g)].map(([, query = ""]) => query);
const [, example = ""] = /npm start -- --read (\S+)/.exec(look) ?? [];

interface SessionsAnswer {
  readonly sessions: {
    readonly totalCount: { readonly value: number };
    readonly nodes: readonly { readonly source: { readonly ip: string }; readonly http: { readonly uri: readonly string[] } }[];
  };
}

interface AggregateAnswer {
  readonly aggregate: {
    readonly count: number;
    readonly terms: { readonly buckets: readonly { readonly key: string; readonly sessions: number }[] };
    readonly histogram: { readonly series: readonly { readonly metric: string; readonly values: readonly number[] }[] };
  };
}

interface ExportAnswer {
  readonly export: { readonly state: string; readonly sessions: number; readonly packets: number; readonly bytes: number; readonly sha256: string; readonly downloadUrl: string };
}

let server: ChildProcess;
let directory: string;
let url = "";
let password = "";
let cookie = "";

/** Starts the program as `npm start` does and reads what it prints until it is ready. */
async function start(...words: readonly string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["ops/start.mjs", "--data", directory, "--set", "viewPort=0", ...words], { stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: child.stdout })) {
    url = /serves on (http:\/\/\S+)/.exec(line)?.[1] ?? url;
    password = /with password (\S+)/.exec(line)?.[1] ?? password;
    if (line === "Ready.") return child;
  }
  throw new Error("the program ended before it was ready");
}

async function stop(): Promise<number | null> {
  if (server.exitCode !== null) return server.exitCode;
  server.kill("SIGTERM");
  const [code] = (await once(server, "exit")) as [number | null];
  return code;
}

async function login(): Promise<Response> {
  return fetch(`${url}/login`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ user: "admin", password }) });
}

/** The data of an answer without errors, in the shape that the query asks for. */
async function ask<T>(query: string, variables: object = {}): Promise<T> {
  const response = await fetch(`${url}/graphql`, { method: "POST", headers: { "content-type": "application/json", cookie }, body: JSON.stringify({ query, variables }) });
  const { data, errors } = (await response.json()) as { data: T; errors?: unknown };
  expect(errors).toBeUndefined();
  return data;
}

describe("README's first look-back", () => {
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "lookback-first-look-"));
    server = await start("--read", example);
  });
  afterAll(async () => {
    await stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it("names a capture that is there, and has its queries", () => {
    expect(existsSync(example)).toBe(true);
    expect([askSessions, askAggregate, askExport, askState].every((query) => query !== "")).toBe(true);
  });

  it("answers nobody who is not logged in", async () => {
    const response = await fetch(`${url}/graphql`, { method: "POST", headers: { "content-type": "application/json" }, body: '{"query":"{ me { name } }"}' });
    expect(response.status).toBe(401);
  });

  it("logs in with the password of the first start", async () => {
    const response = await login();
    expect(response.status).toBe(200);
    cookie = response.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    expect(cookie).not.toBe("");
  });

  it("finds web requests", async () => {
    const { sessions } = await ask<SessionsAnswer>(askSessions);
    expect(sessions.totalCount.value).toBeGreaterThan(0);
    const [first] = sessions.nodes;
    expect(first?.source.ip).toMatch(/^[\d.:a-f]+$/);
    expect(first?.http.uri.length).toBeGreaterThan(0);
  });

  it("aggregates", async () => {
    const { count, terms, histogram } = (await ask<AggregateAnswer>(askAggregate)).aggregate;
    expect(count).toBeGreaterThan(0);
    expect(terms.buckets.map((bucket) => bucket.key)).toEqual(expect.arrayContaining(["tcp", "udp", "http", "dns", "tls"]));
    const sessions = histogram.series.find(({ metric }) => metric === "SESSIONS")?.values ?? [];
    expect(sessions.reduce((sum, value) => sum + value, 0)).toBe(count);
  });

  it("exports exactly the packets of the name look-ups", async () => {
    const { createExport } = await ask<{ createExport: { id: string } }>(askExport);
    const state = async (): Promise<ExportAnswer["export"]> => (await ask<ExportAnswer>(askState, { id: createExport.id })).export;
    await expect.poll(async () => (await state()).state, { timeout: 30_000, interval: 100 }).toBe("DONE");
    const job = await state();
    const response = await fetch(`${url}${job.downloadUrl}`, { headers: { cookie } });
    expect(response.status).toBe(200);
    const file = Buffer.from(await response.arrayBuffer());
    expect(createHash("sha256").update(file).digest("hex")).toBe(job.sha256);
    expect([file.length, packetsOf(file)]).toEqual([job.bytes, job.packets]);
    const { aggregate } = await ask<{ aggregate: { count: number; stats: { sum: number } } }>('{ aggregate(expression: "protocols == dns") { count stats(field: "packets") { sum } } }');
    expect([job.sessions, job.packets]).toEqual([aggregate.count, aggregate.stats.sum]);
  });

  it("stops when told, and starts again with what it had, without a new password", async () => {
    const { aggregate } = await ask<{ aggregate: object }>("{ aggregate { count } }");
    expect(await stop()).toBe(0);
    const first = password;
    password = "";
    server = await start("--no-capture");
    expect(password).toBe("");
    password = first;
    cookie = (await login()).headers.getSetCookie()[0]?.split(";")[0] ?? "";
    expect(await ask("{ aggregate { count } }")).toEqual({ aggregate });
  });
});

/** Records of a classic pcap file (file format: https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap). */
function packetsOf(file: Buffer): number {
  expect([0xa1b2c3d4, 0xa1b23c4d]).toContain(file.readUInt32LE(0));
  let packets = 0;
  for (let at = 24; at < file.length; at += 16 + file.readUInt32LE(at + 8)) packets++;
  return packets;
}
