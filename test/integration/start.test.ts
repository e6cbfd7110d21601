import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { classicCapture } from "../support/capture-bytes.js";
import { httpExchange, udpFrame } from "../support/frames.js";
import { lookback, LookbackProcess, spawnLookback } from "../support/lookback-process.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

/** Writes a capture with one HTTP exchange and one UDP packet from `host`. */
function writeCapture(file: string, host: number): Buffer {
  const ends = { source: `10.1.0.${host}`, destination: "192.0.2.9", sourcePort: 41_000, destinationPort: 80 };
  const frames = [...httpExchange(ends, "www.example.org", `/${host}`), udpFrame({ ...ends, destinationPort: 5353 }, Buffer.from("x"))];
  const { bytes } = classicCapture(frames.map((data, at) => ({ seconds: 1_760_000_000 + at, nanoseconds: 0, data })));
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  return bytes;
}

describe("lookback start", () => {
  it("imports with --read, says what failed, serves, shows the password once, and a second process is refused", async () => {
    const directory = temporaryDirectory();
    writeCapture(path.join(directory, "captures", "a.pcap"), 1);
    writeCapture(path.join(directory, "captures", "below", "b.pcap"), 2);
    writeFileSync(path.join(directory, "captures", "c.pcap"), "this is no capture");
    writeFileSync(path.join(directory, "captures", "notes.txt"), "not looked at");
    const start = spawnLookback(["start", "--read", "captures", "--data", "data", "--set", "viewPort=0"], directory);
    await start.line(/^Ready\.$/);
    expect(start.errorText()).toMatch(/imported a\.pcap: 10 packets, 2 sessions/);
    expect(start.errorText()).toMatch(/failed c\.pcap: CAPTURE_UNREADABLE: .*c\.pcap/);
    expect(start.errorText()).toMatch(/2 imported, 1 failed \(.*c\.pcap\)/);
    const url = /serves on (\S+)/.exec(start.text())?.[1] ?? "";
    const password = /password (\S+)/.exec(start.text())?.[1] ?? "";

    // The printed first query, as it is printed.
    const [login = "", query = ""] = start.text().split("\n").filter((line) => line.trim().startsWith("curl "));
    const body = /-d '([^']+)'/;
    const answer = await fetch(`${url}/login`, { method: "POST", headers: { "content-type": "application/json" }, body: body.exec(login)?.[1] ?? "" });
    expect(answer.status).toBe(200);
    const cookie = (answer.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
    const found = await (await fetch(`${url}/graphql`, { method: "POST", headers: { "content-type": "application/json", cookie }, body: body.exec(query)?.[1] ?? "" })).json();
    expect(found).toMatchObject({ data: { sessions: { totalCount: { value: 4 } } } });
    expect((await fetch(`${url}/graphql`, { method: "POST", headers: { "content-type": "application/json" }, body: body.exec(query)?.[1] ?? "" })).status).toBe(401);

    const second = await lookback(["serve", "--data", "data", "--set", "viewPort=0"], directory);
    expect(second.code).toBe(73);
    expect(second.error).toMatch(new RegExp(`^error ROLE_HELD: process ${start.pid} `));

    // A second import goes through the queue of the process that serves.
    writeCapture(path.join(directory, "late.pcap"), 3);
    const queued = await lookback(["import", "late.pcap", "captures/a.pcap", "--data", "data"], directory);
    expect(queued.error).toMatch(/imported late\.pcap/);
    expect(queued.error).toMatch(/1 imported, 1 already imported/);
    expect(queued.code).toBe(0);

    expect(await start.stop()).toBe(3);
    expect((await lookback(["capture", "--interface", "no-such-interface", "--data", "data"], directory)).code).toBe(1);
    const again = spawnLookback(["start", "--no-capture", "--data", "data", "--set", "viewPort=0"], directory);
    await again.line(/^Ready\.$/);
    expect(again.text()).not.toContain("password ");
    // That no capture could be started needs no looking after where none is wanted.
    expect((await fetch(`${/serves on (\S+)/.exec(again.text())?.[1] ?? ""}/healthz`)).status).toBe(200);
    expect(again.text()).not.toContain(password);
    expect(await again.stop()).toBe(0);
  });

  it("leaves standard input to `lookback capture`, and says so", async () => {
    const start = spawnLookback(["start", "--interface", "-", "--data", "data", "--set", "viewPort=0"], temporaryDirectory());
    await start.line(/^Ready\.$/);
    expect(await start.stop()).toBe(0);
    expect(start.errorText()).toMatch(/^live capture: what another program writes to standard input .* is for "lookback capture"; this serves only$/m);
    expect(start.errorText()).not.toContain("did not start");
    expect((await lookback(["start", "--help"], temporaryDirectory())).output).toMatch(/--interface <name> +interface to capture from \(default/);
  });

  it("imports instead of capturing: --read and an interface do not go together", async () => {
    const { code, error } = await lookback(["start", "--read", "a.pcap", "--interface", "lo", "--data", "data"], temporaryDirectory());
    expect([code, error]).toEqual([2, expect.stringMatching(/^error BAD_INPUT: --read imports captures instead of capturing, so it does not go with --interface/m)]);
  });

  it("stops in order, so that nothing is left to clean up", async () => {
    const directory = temporaryDirectory();
    const serve = spawnLookback(["serve", "--data", "data", "--set", "viewPort=0"], directory);
    await serve.line(/^Ready\.$/);
    const begun = process.hrtime.bigint();
    expect(await serve.stop()).toBe(0);
    expect(Number(process.hrtime.bigint() - begun) / 1e9).toBeLessThan(10);
    expect(existsSync(path.join(directory, "data", "catalogue.sqlite-wal"))).toBe(false);
  });
});

describe("a host that is not ready", () => {
  it("has its port taken by another program", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as AddressInfo;
    const serve = await lookback(["serve", "--data", "data", "--set", `viewPort=${port}`], temporaryDirectory());
    expect([serve.code, serve.error]).toEqual([1, expect.stringMatching(new RegExp(`^error UNAVAILABLE: cannot listen on 127\\.0\\.0\\.1 port ${port}: .*EADDRINUSE`, "m"))]);
    other.close();
  });

  it("has no administrator whose password nobody saw, whatever kept the first starts from serving", async () => {
    const directory = temporaryDirectory();
    writeFileSync(path.join(directory, "no.pem"), "this is no certificate");
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const words = ["serve", "--data", "data", "--set"];
    const failed = [
      await lookback([...words, `viewPort=${(other.address() as AddressInfo).port}`], directory),
      await lookback([...words, "viewPort=0", "--set", "certFile=no.pem", "--set", "keyFile=no.pem"], directory),
    ];
    other.close();
    expect(failed.map(({ code, output }) => [code, output])).toEqual([[1, ""], [78, ""]]);
    const serve = spawnLookback([...words, "viewPort=0"], directory);
    await serve.line(/^Ready\.$/);
    const url = /serves on (\S+)/.exec(serve.text())?.[1] ?? "";
    const password = /with password (\S+)/.exec(serve.text())?.[1] ?? "none was shown";
    const login = await fetch(`${url}/login`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ user: "admin", password }) });
    expect([login.status, await serve.stop()]).toEqual([200, 0]);
  });

  // Root may write everywhere: the commands run as somebody else.
  const asNobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"];
  it.skipIf(process.getuid?.() !== 0 || spawnSync("setpriv", ["--version"]).error !== undefined)("has a data directory that cannot be written", async () => {
    const directory = temporaryDirectory();
    chmodSync(directory, 0o755);
    for (const words of [["serve", "--set", "viewPort=0"], ["import", "a.pcap"], ["migrate", "up"]]) {
      const { code, error } = await spawnLookback([...words, "--data", path.join(directory, "data")], "/", asNobody).exited;
      expect([code, error]).toEqual([1, expect.stringMatching(/^error UNAVAILABLE: the data directory .*data cannot be used: this user has no right to write there; give it to the user that runs Lookback \(uid 65534\), or name another/m)]);
    }
    const setup = await spawnLookback(["setup", "--yes", "--config", path.join(directory, "config.ini")], "/", asNobody).exited;
    expect([setup.code, setup.error]).toEqual([1, expect.stringMatching(/^error UNAVAILABLE: .*config\.ini cannot be written: EACCES/m)]);
    const doctor = await spawnLookback(["doctor", "data directory", "--data", path.join(directory, "data")], "/", asNobody).exited;
    expect([doctor.code, doctor.output]).toEqual([1, expect.stringMatching(/^fail {2}data directory: .*data cannot be made: no right to write/m)]);
  });

  it.skipIf(process.getuid?.() !== 0 || spawnSync("setpriv", ["--version"]).error !== undefined)("has no packet directory that the user who captures may write", async () => {
    const directory = temporaryDirectory();
    const [data, packets, other] = ["data", path.join("data", "packets"), "other"].map((name) => path.join(directory, name)) as [string, string, string];
    for (const one of [directory, data, packets, other]) mkdirSync(one, { recursive: true });
    for (const one of [directory, packets, other]) chmodSync(one, 0o755);
    chownSync(data, 65534, 65534);
    const { bytes } = classicCapture([{ seconds: 1_760_000_000, nanoseconds: 0, data: udpFrame({ source: "10.0.0.1", destination: "192.0.2.1", sourcePort: 4000, destinationPort: 9 }, Buffer.from("x")) }]);
    const capture = (directories: string, ...more: readonly string[]) =>
      new LookbackProcess(["capture", "--interface", "-", "--data", data, "--set", `pcapDir=${directories}`, ...more], "/", { command: asNobody, input: bytes }).exited;
    const refused = await capture(`${packets};${other}`);
    expect([refused.code, refused.error]).toEqual([78, expect.stringContaining(
      `error CONFIG_INVALID: no packet directory can be written: ${packets}: this user has no right to write there; ${other}: this user has no right to write there; give it to the user that captures (uid 65534), or name another with pcapDir\n`,
    )]);
    // Nothing is written where packets are not kept.
    expect((await capture(packets, "--set", "pcapWriteMethod=null")).code).toBe(0);
    chownSync(other, 65534, 65534);
    expect((await capture(`${packets};${other}`)).code).toBe(0);
    expect(readdirSync(other)).toHaveLength(1);
  });
});

describe("the command line", () => {
  it.each([
    [["--help"], 0, /Usage: lookback/], [["nonsense"], 2, /unknown command 'nonsense'/], [["import"], 2, /missing required argument/],
    [["serve", "--set", "viewport=1"], 78, /did you mean viewPort/], [["serve", "--config", "missing.ini"], 78, /missing\.ini: cannot be read/],
    [["dissect", "missing.pcap"], 1, /error CAPTURE_UNREADABLE: .*missing\.pcap/],
  ])("lookback %j ends with %i", async (words, code, message) => {
    const result = await lookback(words, temporaryDirectory());
    expect(`${result.output}${result.error}`).toMatch(message);
    expect(result.code).toBe(code);
  });

  it("a wrong value in config.ini names file, line, key, value and what is allowed", async () => {
    const directory = temporaryDirectory();
    writeFileSync(path.join(directory, "config.ini"), "[default]\nviewPort=99999\n");
    const result = await lookback(["config", "check"], directory);
    expect(result.code).toBe(78);
    expect(result.error).toMatch(/^error CONFIG_INVALID: .*config\.ini:2: viewPort=99999: allowed: whole number 0 to 65535\n$/);
  });

  it("config check prints every setting and where it comes from", async () => {
    const directory = temporaryDirectory();
    writeFileSync(path.join(directory, "config.ini"), "[default]\nviewPort=1\nwiseHost=x\nudpTimout=3\n");
    const result = await lookback(["config", "check", "--all"], directory);
    expect(result.code).toBe(0);
    expect(result.output).toMatch(/^viewPort=1 {2}# .*config\.ini:2$/m);
    expect(result.output).toMatch(/^udpTimeout=60 {2}# default$/m);
    expect(result.output).toMatch(/config\.ini:3: wiseHost has no effect \(not there yet: /);
    expect(result.error).toMatch(/unknown setting udpTimout .* did you mean udpTimeout\?/);
  });

  it("dissect prints documents; fields prints names", async () => {
    const directory = temporaryDirectory();
    writeCapture(path.join(directory, "a.pcap"), 1);
    const dissected = await lookback(["dissect", "a.pcap", "--json"], directory);
    expect((JSON.parse(dissected.output) as { sessions3: unknown[] }).sessions3).toHaveLength(2);
    const piped = await lookback(["dissect", "-"], directory, readFileSync(path.join(directory, "a.pcap")));
    expect((JSON.parse(piped.output) as { sessions3: unknown[] }).sessions3).toHaveLength(2);
    expect((await lookback(["fields", "host.http"], directory)).output).toMatch(/^host\.http /m);
  });
});
