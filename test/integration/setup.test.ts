import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { lookback, spawnLookback } from "../support/lookback-process.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const OURS = "[default]\nviewPort=0\n# ours\n";
const PASSWORD = Buffer.from("a password to remember\n");

describe("setup --force", () => {
  it("replaces nothing where the password cannot be set, and keeps every file that was there", async () => {
    const directory = temporaryDirectory();
    const file = path.join(directory, "config.ini");
    writeFileSync(file, OURS);
    const configs = (): string[] => readdirSync(directory).filter((name) => name.startsWith("config.ini")).sort();
    const serve = spawnLookback(["serve", "--data", "data"], directory);
    await serve.line(/^Ready\.$/);
    const setup = (port: number, ...more: string[]) => lookback(["setup", "--yes", "--force", "--password-stdin", "--port", String(port), ...more], directory, PASSWORD);
    expect(await setup(1)).toMatchObject({ code: 73, error: expect.stringMatching(/^error ROLE_HELD: /) });
    expect([configs(), readFileSync(file, "utf8")]).toEqual([["config.ini"], OURS]);
    await serve.stop();

    expect(await setup(1)).toMatchObject({ code: 0, output: `wrote ${file}; the old one is ${file}.old\n` });
    expect(JSON.parse((await setup(2, "--json")).output)).toMatchObject({ file, old: `${file}.old.2` });
    expect(configs()).toEqual(["config.ini", "config.ini.old", "config.ini.old.2"]);
    expect(readFileSync(`${file}.old`, "utf8")).toBe(OURS);
    expect(readFileSync(`${file}.old.2`, "utf8")).toMatch(/^viewPort=1$/m);
    expect(readFileSync(file, "utf8")).toMatch(/^viewPort=2$/m);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});

describe("setup --yes", () => {
  it("refuses an empty password, as from a program that failed", async () => {
    const directory = temporaryDirectory();
    expect(await lookback(["setup", "--yes", "--password-stdin"], directory)).toMatchObject({ code: 1, error: "error BAD_INPUT: --password-stdin: standard input holds no password\n" });
    expect(readdirSync(directory)).toEqual([]);
  });

  it("writes what --set gives, under the options of its own, and goes on with the node that is named", async () => {
    const directory = temporaryDirectory();
    const words = ["setup", "--yes", "--node", "east-1", "--set", "pcapMaxAgeDays=7", "--set", "viewPort=8123", "--set", "viewHost=::1", "--host", "127.0.0.1", "--set", "dataDir=store", "--password-stdin"];
    const { code, error } = await lookback(words, directory, PASSWORD);
    expect([code, error]).toEqual([0, expect.stringMatching(/^Next: lookback doctor --config \S+ --node east-1, then lookback start --config \S+ --node east-1$/m)]);
    const lines = readFileSync(path.join(directory, "config.ini"), "utf8").split("\n");
    for (const line of ["pcapMaxAgeDays=7", "viewPort=8123", "viewHost=127.0.0.1", `dataDir=${path.join(directory, "store")}`]) expect(lines).toContain(line);
    expect([existsSync(path.join(directory, "store", "catalogue.sqlite")), existsSync(path.join(directory, "data"))]).toEqual([true, false]);
  });

  it.each([
    [["--set", "viewPort=high"], 2, /BAD_INPUT: viewPort=high: allowed: whole number/],
    [["--set", "loginMessage=one\nviewPort=1"], 2, /BAD_INPUT: loginMessage=one\nviewPort=1: allowed: one line/],
    [["--set", "viewport=1"], 78, /CONFIG_INVALID: --set viewport=1: expected key=value with a known key; did you mean viewPort/],
    [["--node", "no name"], 78, /CONFIG_INVALID: node name no name: allowed/],
  ])("writes nothing with %j", async (words, code, message) => {
    const directory = temporaryDirectory();
    expect(await lookback(["setup", "--yes", ...words], directory)).toMatchObject({ code, error: expect.stringMatching(message) });
    expect(readdirSync(directory)).toEqual([]);
  });
});
