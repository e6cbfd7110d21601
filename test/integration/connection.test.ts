import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { packagedCatalogue } from "../../src/model/field-catalogue.js";
import { classicCapture } from "../support/capture-bytes.js";
import { httpExchange, udpFrame } from "../support/frames.js";
import { lookback, LookbackProcess, spawnLookback } from "../support/lookback-process.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

/** A capture with one HTTP exchange (9 packets) and one UDP packet of a host. */
function capture(host: number): Buffer {
  const ends = { source: `10.1.0.${host}`, destination: "192.0.2.9", sourcePort: 41_000, destinationPort: 80 };
  const frames = [...httpExchange(ends, `host${host}.example.org`, `/${host}`), udpFrame({ ...ends, destinationPort: 5353 }, Buffer.from("x"))];
  return classicCapture(frames.map((data, at) => ({ seconds: 1_760_000_000 + host * 60 + at, nanoseconds: 0, data }))).bytes;
}

const directory = temporaryDirectory();
const inData = ["--data", "data"];
const run = (...words: string[]) => lookback(words, directory);
/** What the three commands print, however they reach the data. */
async function ask(...how: string[]): Promise<readonly string[]> {
  const found = await run("search", "protocols == http", "--json", "--fields", "ip.src,packets,http.uri,starttime", ...how);
  const top = await run("aggregate", "--by", "protocols", "--json", ...how);
  const count = await run("search", "--count", "--start", "1760000060", "--end", "2025-10-09T08:54:40Z", ...how);
  return [found, top, count].map(({ output, error }) => `${output}${error}`);
}

// Another user's directories are closed to the service, as systemd's PrivateTmp closes everybody's temporary ones.
it.skipIf(process.getuid?.() !== 0 || spawnSync("setpriv", ["--version"]).error !== undefined)("standard input of root is imported by a service of another user", async () => {
  const place = temporaryDirectory();
  const data = path.join(place, "data");
  mkdirSync(data, { mode: 0o700 });
  chmodSync(place, 0o755);
  chownSync(data, 65_534, 65_534);
  const service = spawnLookback(["serve", "--data", data, "--set", "viewPort=0"], "/", ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]);
  await service.line(/^Ready\.$/);
  const imported = await lookback(["import", "-", "--data", data], place, capture(1));
  expect([imported.code, imported.error]).toEqual([0, expect.stringContaining("1 imported")]);
  const refused = await lookback(["import", "-", "--data", data], place, Buffer.from("this is no capture"));
  expect([refused.code, refused.error]).toEqual([1, expect.stringContaining("CAPTURE_UNREADABLE")]);
  expect(readdirSync(data).filter((name) => name.startsWith("standard-input"))).toEqual([]);
  await service.stop();
});

it("standard input that comes slowly is imported whole", async () => {
  const place = temporaryDirectory();
  const packets = path.join(place, "data", "packets");
  const bytes = capture(1);
  const importing = new LookbackProcess(["import", "-", "--data", "data"], place, { keepInput: true });
  importing.child.stdin?.write(bytes.subarray(0, 100));
  // The rest comes after it has read all that there was.
  await vi.waitFor(() => { expect(readdirSync(packets).map((name) => statSync(path.join(packets, name)).size)).toContain(100); }, 30_000);
  importing.child.stdin?.end(bytes.subarray(100));
  expect(await importing.exited).toMatchObject({ code: 0, error: expect.stringContaining("1 imported") });
  expect((await lookback(["search", "--count", "--data", "data"], place)).output).toBe("2\n");
});

describe("a command reaches the same data", () => {
  let alone: readonly string[];
  let serve: LookbackProcess;
  let url = "";
  let token = "";

  beforeAll(async () => {
    mkdirSync(path.join(directory, "captures"));
    for (const host of [1, 2, 3]) writeFileSync(path.join(directory, "captures", `${host}.pcap`), capture(host));
    await run("import", "captures", ...inData);
    alone = await ask(...inData);
    serve = spawnLookback(["serve", ...inData, "--set", "viewPort=0"], directory);
    await serve.line(/^Ready\.$/);
    url = /serves on (\S+)/.exec(serve.text())?.[1] ?? "";
    const password = /password (\S+)/.exec(serve.text())?.[1] ?? "";
    const login = await fetch(`${url}/login`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ user: "admin", password }) });
    const cookie = (login.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
    const made = await fetch(`${url}/graphql`, { method: "POST", headers: { "content-type": "application/json", cookie }, body: JSON.stringify({ query: 'mutation { createToken(name: "cli", scopes: [READ, TAG, EXPORT, OPERATE]) { secret } }' }) });
    token = ((await made.json()) as { data: { createToken: { secret: string } } }).data.createToken.secret;
  });
  afterAll(async () => { await serve.stop(); });

  it("itself, where nothing serves", () => {
    expect(alone[0]?.trim().split("\n").map((line) => (JSON.parse(line) as { "ip.src": string })["ip.src"])).toEqual(["10.1.0.3", "10.1.0.2", "10.1.0.1"]);
    expect(JSON.parse(alone[1] ?? "")).toMatchObject({ count: 6, buckets: [{ sessions: 3 }, { sessions: 3 }, { sessions: 3 }] });
    expect(alone[2]).toBe("2\n");
  });

  it("through the service that runs on it", async () => {
    expect(await ask(...inData)).toEqual(alone);
  });

  it("through a service that is named", async () => {
    expect(await ask("--url", url, "--token", token)).toEqual(alone);
  });

  it("and exports the same file", async () => {
    const outputs: string[] = [];
    for (const [name, how] of [["served", inData], ["remote", ["--url", url, "--token", token]]] as const) {
      const made = await run("export", "host.http == host2.example.org", `${name}.pcap`, "--json", ...how);
      expect(made.error).toBe("");
      const { packets, sessions, sha256 } = JSON.parse(made.output) as { packets: number; sessions: number; sha256: string };
      const bytes = readFileSync(path.join(directory, `${name}.pcap`));
      expect([packets, sessions, sha256]).toEqual([9, 1, createHash("sha256").update(bytes).digest("hex")]);
      outputs.push(sha256);
    }
    expect(new Set(outputs).size).toBe(1);
    const again = await run("export", "host.http == host2.example.org", "served.pcap", ...inData);
    expect([again.code, again.error]).toEqual([1, expect.stringMatching(/^error BAD_INPUT: .*served\.pcap is there already/)]);
  });

  it("and prints the same plan of retention", async () => {
    const [served, remote] = [await run("retention", ...inData), await run("retention", "--url", url, "--token", token)];
    const lines = served.output.split("\n").filter((line) => !line.includes(" free, "));
    expect(lines).toContain("0 sessions would be removed, 1 day stays");
    expect(remote.output.split("\n").filter((line) => !line.includes(" free, "))).toEqual(lines);
    const all = await run("retention", "--all", "--url", url, "--token", token);
    expect([all.code, all.error]).toEqual([2, expect.stringMatching(/^error BAD_INPUT: --all .* run it where the data directory is/)]);
  });

  it("imports through the service: by relative path, and what it reads from standard input", async () => {
    writeFileSync(path.join(directory, "four.pcap"), capture(4));
    const named = await run("import", "four.pcap", "captures/1.pcap", "missing.pcap", ...inData);
    expect(named.error).toMatch(/imported four\.pcap: 10 packets, 2 sessions/);
    expect(named.error).toMatch(/1 imported, 1 already imported, 1 failed \(.*missing\.pcap\)/);
    expect(named.code).toBe(3);
    const piped = await lookback(["import", "-", "--json", ...inData], directory, capture(5));
    expect(piped.code).toBe(0);
    expect(JSON.parse(piped.output)).toMatchObject({ state: "done", packets: 10, sessions: 2 });
    const spooled = (JSON.parse(piped.output) as { path: string }).path;
    expect([path.dirname(spooled), existsSync(spooled)]).toEqual([path.join(directory, "data"), false]);
    expect((await run("search", "ip.src == 10.1.0.5", "--count", ...inData)).output).toBe("2\n");
    const remote = await lookback(["import", "-", "--url", url, "--token", token], directory, capture(6));
    expect([remote.code, remote.error]).toEqual([2, expect.stringMatching(/^error BAD_INPUT: a remote service .* cannot read this standard input/)]);
  });

  it("with as many fields as there may be, whatever the number of sessions", async () => {
    const fields = packagedCatalogue();
    const names = fields.names().filter((name) => name !== "id" && fields.find(name)?.entry === "field").slice(0, 200);
    const all = await run("search", "--json", "--limit", "1000", "--fields", names.join(","), ...inData);
    expect([all.code, all.error]).toEqual([0, ""]);
    expect(Object.keys(JSON.parse(all.output.slice(0, all.output.indexOf("\n"))) as object)).toEqual(["id", ...names]);
  });

  it("says what is wrong with a remote service, with its codes", async () => {
    const wrong = await run("search", "--url", url, "--token", "lb_not-a-token-of-anybody");
    expect([wrong.code, wrong.error]).toEqual([77, expect.stringMatching(/^error UNAUTHENTICATED: /)]);
    const none = await run("search", "--url", url);
    expect(none.error).toMatch(/^error UNAUTHENTICATED: .*LOOKBACK_TOKEN/);
    const field = await run("search", "ip.scr == 10.1.0.1", "--url", url, "--token", token);
    expect(field.error).toMatch(/^error EXPRESSION_UNKNOWN_FIELD: /);
    expect((await run("search", "--url", "ftp://x", "--token", token)).error).toMatch(/^error BAD_INPUT: --url ftp:\/\/x: expected http:/);
    const gone = await run("search", "--url", "http://127.0.0.1:9", "--token", token);
    expect([gone.code, gone.error]).toEqual([69, expect.stringMatching(/^error UNREACHABLE: http:\/\/127\.0\.0\.1:9 cannot be reached: ECONNREFUSED/)]);
    const other = createServer((_request, response) => { response.end("<html>"); }).listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as AddressInfo;
    expect((await run("search", "--url", `http://127.0.0.1:${port}`, "--token", token)).error).toMatch(/^error UNAVAILABLE: .* is no Lookback service: it answers with HTTP status 200 and no JSON/);
    other.close();
  });

  it("reads and changes the directory again once the service was killed, though its endpoint lies there", async () => {
    serve.child.kill("SIGKILL");
    await serve.exited;
    expect(existsSync(path.join(directory, "data", "serve.json"))).toBe(true);
    expect((await ask(...inData))[2]).toBe(alone[2]);
    writeFileSync(path.join(directory, "seven.pcap"), capture(7));
    expect((await run("import", "seven.pcap", ...inData)).error).toMatch(/1 imported/);
    const made = await run("export", "host.http == host2.example.org", "alone.pcap", ...inData);
    expect(made.code).toBe(0);
    expect(readFileSync(path.join(directory, "alone.pcap"))).toEqual(readFileSync(path.join(directory, "served.pcap")));
  });

  it("does not mistake a directory without data for an empty one", async () => {
    const wrong = await run("search", "--data", "nothing-here");
    expect([wrong.code, wrong.error]).toEqual([1, expect.stringMatching(/^error NOT_FOUND: .*nothing-here holds no data; .*--data/)]);
    expect(existsSync(path.join(directory, "nothing-here"))).toBe(false);
  });
});
