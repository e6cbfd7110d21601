import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lookback, spawnLookback, type Finished, type LookbackProcess } from "../support/lookback-process.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

/** The first hour of somebody who moves over, on the command line: set up, look, export, let others in. */
const directory = temporaryDirectory();
const PASSWORD = "a password to remember";
const run = (words: readonly string[], input?: string): Promise<Finished> => lookback(words, directory, input === undefined ? undefined : Buffer.from(input));
let start: LookbackProcess;
let url = "";

describe("the first hour", () => {
  beforeAll(() => { cpSync("examples", path.join(directory, "examples"), { recursive: true }); });
  afterAll(async () => { if (start !== undefined && start.child.exitCode === null) await start.stop(); });

  it("sets up, without a question", async () => {
    const setup = await run(["setup", "--yes", "--data", "data", "--port", "0", "--password-stdin"], `${PASSWORD}\n`);
    expect([setup.code, setup.error]).toEqual([0, expect.stringMatching(/Log in as admin with the password that you gave\./)]);
    expect(statSync(path.join(directory, "config.ini")).mode & 0o777).toBe(0o600);
    expect(readFileSync(path.join(directory, "config.ini"), "utf8")).not.toContain(PASSWORD);
    const again = await run(["setup", "--yes"]);
    expect([again.code, again.error]).toEqual([1, expect.stringMatching(/config\.ini is there already; --force/)]);
    const check = await run(["config", "check"]);
    expect([check.code, check.output]).toEqual([0, expect.stringMatching(/^dataDir=.*data {2}# .*config\.ini:\d+$/m)]);
    const doctor = await run(["doctor", "--json"]);
    expect([doctor.code, (JSON.parse(doctor.output) as { ok: boolean }).ok]).toEqual([0, true]);
  });

  it("starts with the example captures", async () => {
    start = spawnLookback(["start", "--read", "examples"], directory);
    await start.line(/^Ready\.$/);
    expect(start.errorText()).toMatch(/imported first-look\.pcap: \d+ packets, \d+ sessions/);
    url = /serves on (\S+)/.exec(start.text())?.[1] ?? "";
    expect(start.text()).not.toMatch(/password \S+ {2}\(shown this once\)/);
  });

  it("logs in with the password that was set, and with no other", async () => {
    const login = (password: string) => fetch(`${url}/login`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ user: "admin", password }) });
    expect([(await login(PASSWORD)).status, (await login("another password")).status]).toEqual([200, 401]);
  });

  it("asks and exports", async () => {
    const names = await run(["search", "protocols == dns", "--fields", "starttime,ip.src,host.dns", "--json"]);
    expect(names.output.trim().split("\n").length).toBeGreaterThan(2);
    const top = await run(["aggregate", "--by", "protocols"]);
    expect(top.output).toMatch(/^tcp\t\d+$/m);
    const made = await run(["export", "protocols == dns", "names.pcap", "--json"]);
    const { packets, sha256 } = JSON.parse(made.output) as { packets: number; sha256: string };
    const bytes = readFileSync(path.join(directory, "names.pcap"));
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(sha256);
    const tcpdump = spawnSync("tcpdump", ["-nr", path.join(directory, "names.pcap")], { encoding: "utf8" });
    if (tcpdump.error === undefined) expect(tcpdump.stdout.trim().split("\n")).toHaveLength(packets);
    else process.stdout.write("tcpdump is not installed: the export was not read by another program\n");
  });

  it("lets somebody in who sees one network, and holds that on every path of the command line", async () => {
    const narrow = "ip.src == 10.20.0.27";
    const added = await run(["user", "add", "guest", "--role", "analyst", "--expression", narrow]);
    expect([added.code, added.error]).toEqual([0, expect.stringMatching(/Added guest, analyst\./)]);
    const made = await run(["user", "token", "guest", "laptop", "--scopes", "read,export"]);
    const token = made.output.trim();
    const guest = (words: readonly string[]) => run([...words, "--url", url, "--token", token]);
    const owner = async (expression: string) => Number((await run(["search", expression, "--count"])).output);

    const [all, allowed] = [await owner(""), await owner(narrow)];
    expect(allowed).toBeGreaterThan(0);
    expect(allowed).toBeLessThan(all);
    expect(Number((await guest(["search", "--count"])).output)).toBe(allowed);
    const seen = (await guest(["search", "--json", "--fields", "ip.src"])).output.trim().split("\n").map((line) => (JSON.parse(line) as { "ip.src": string })["ip.src"]);
    expect([seen.length, new Set(seen)]).toEqual([allowed, new Set(["10.20.0.27"])]);
    expect(Number((await guest(["search", "ip.src != 10.20.0.27", "--count"])).output)).toBe(0);
    expect((await guest(["aggregate", "--by", "ip.src"])).output).toBe(`10.20.0.27\t${allowed}\n`);
    const exported = await guest(["export", "protocols == EXISTS!", "guest.pcap", "--json"]);
    expect(exported.error).toBe("");
    expect((JSON.parse(exported.output) as { sessions: number }).sessions).toBe(allowed);
    // What an analyst may not: bring packets in, or look after users.
    for (const words of [["import", path.join(directory, "examples")], ["user", "list"]]) {
      const refused = await guest(words);
      expect([refused.code, refused.error]).toEqual([77, expect.stringMatching(/^error FORBIDDEN: /)]);
    }
    expect((await run(["user", "disable", "guest"])).code).toBe(0);
    expect((await guest(["search", "--count"])).error).toMatch(/^error UNAUTHENTICATED: /);
  });

  it("stops, and the data is there without it", async () => {
    expect(await start.stop()).toBe(0);
    expect(existsSync(path.join(directory, "data", "serve.json"))).toBe(false);
    expect(Number((await run(["search", "protocols == dns", "--count"])).output)).toBeGreaterThan(0);
  });
});
