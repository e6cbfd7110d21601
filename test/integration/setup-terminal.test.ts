import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { saySkipped } from "../support/corpus.js";
import { lookback } from "../support/lookback-process.js";
import { temporaryDirectory } from "../support/temporary-directory.js";
import { hasTerminal, Terminal } from "../support/terminal.js";

if (!hasTerminal()) saySkipped("setup at a terminal", "there is no script(1) on this host");

describe.skipIf(!hasTerminal())("setup at a terminal", () => {
  let directory: string;
  let terminal: Terminal;
  beforeEach(() => {
    directory = temporaryDirectory();
    terminal = new Terminal([process.execPath, path.resolve("dist/bundle/main.js"), "setup"], directory);
  });
  afterEach(() => { terminal.stop(); });

  it("asks, says what is wrong with an answer, and writes what was answered", async () => {
    await terminal.until("Interfaces to capture from");
    terminal.type("nosuch0");
    await terminal.until("there is no interface nosuch0");
    terminal.type("lo");
    await terminal.until("Data directory");
    terminal.type("store");
    await terminal.until("Elasticsearch or OpenSearch");
    terminal.type("cluster:9200");
    await terminal.until("expected http://HOST:PORT");
    terminal.type("");
    await terminal.until("Address to serve on");
    terminal.type("");
    await terminal.until("Port to serve on");
    terminal.type("99999");
    await terminal.until("allowed: whole number 0 to 65535");
    terminal.type("8123");
    await terminal.until("Free space to keep");
    terminal.type("20%");
    await terminal.until("Password of the administrator");
    terminal.type("short");
    await terminal.until("a password has 8 to 256 characters");
    await terminal.until("Password of the administrator");
    terminal.type("a password to remember");
    await terminal.until("Again: ");
    terminal.type("another password");
    await terminal.until("these were not the same");
    await terminal.until("Password of the administrator");
    terminal.type("a password to remember");
    await terminal.until("Again: ");
    terminal.type("a password to remember");
    expect(await terminal.exited).toBe(0);
    // A password is not shown while it is typed.
    expect(terminal.shown).not.toContain("password to remember");
    expect(terminal.shown).toContain("Log in as admin with the password that you gave.");
    const file = path.join(directory, "config.ini");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const lines = readFileSync(file, "utf8").split("\n");
    for (const line of ["interface=lo", `dataDir=${path.join(directory, "store")}`, "viewPort=8123", "freeSpaceG=20%"]) expect(lines).toContain(line);
    expect(lines.some((line) => line.startsWith("elasticsearch="))).toBe(false);
    const users = await lookback(["user", "list", "--json"], directory);
    expect([users.code, users.output]).toEqual([0, expect.stringContaining('"admin"')]);
  }, 120_000);

  it("writes nothing when it is interrupted", async () => {
    await terminal.until("Interfaces to capture from");
    terminal.type("\u0003", false);
    expect(await terminal.exited).toBe(130);
    expect(existsSync(path.join(directory, "config.ini"))).toBe(false);
  }, 60_000);
});
