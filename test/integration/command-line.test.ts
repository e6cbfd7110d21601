import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { lookback } from "../support/lookback-process.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

describe("options that every command takes", () => {
  it("count wherever they stand: before the group, behind it and behind the command, the last place before others", async () => {
    const directory = temporaryDirectory();
    mkdirSync(path.join(directory, "other"));
    const made = await lookback(["--data", "other", "user", "--data", "real", "add", "ana"], directory);
    expect(made.code).toBe(0);
    expect(["data", "other/catalogue.sqlite", "real/catalogue.sqlite"].map((name) => existsSync(path.join(directory, name)))).toEqual([false, false, true]);
    expect((await lookback(["--data", "other", "user", "list", "--data", "real"], directory)).output).toMatch(/^ana\t/);
  });

  it("add their settings up, and of the same setting the one that is written last counts", async () => {
    const directory = temporaryDirectory();
    writeFileSync(path.join(directory, "a.ini"), "[default]\nviewPort=1\n[east]\nviewPort=2\n");
    const { output } = await lookback(["--set", "viewHost=::1", "--set", "pcapMaxSizeG=1", "config", "--config", "a.ini", "--node", "east", "--set", "pcapMaxSizeG=2", "check", "--set", "pcapMaxAgeDays=3"], directory);
    for (const line of ["viewHost=::1", "pcapMaxSizeG=2", "pcapMaxAgeDays=3", "viewPort=2"]) expect(output).toMatch(new RegExp(`^${line}  # `, "m"));
  });
});

describe("a command line that is wrong ends with 2, a configuration with 78", () => {
  it.each([
    [["export"], 2, /BAD_INPUT: name an expression and the file to write/],
    [["export", "ip == 1.2.3.4", "a.pcap", "--format", "doc"], 2, /BAD_INPUT: --format doc: one of /],
    [["search", "--limit", "abc"], 2, /LIMIT_EXCEEDED: --limit abc: allowed: 1 to 100000/],
    [["search", "--last", "soon"], 2, /TIME_RANGE_INVALID: --last soon: /],
    [["search", "--sort", "bytes:up"], 2, /BAD_INPUT: --sort bytes:up: /],
    [["search", "--url", "ftp://x", "--token", "t"], 2, /BAD_INPUT: --url ftp:/],
    [["aggregate", "--size", "0"], 2, /LIMIT_EXCEEDED: --size 0: /],
    [["start", "--monitor"], 2, /BAD_INPUT: --monitor needs the directories/],
    [["hold", "add", "ip == 1.2.3.4"], 2, /BAD_INPUT: --reason: say why/],
    [["hold", "add", "", "--reason", "case 7"], 2, /BAD_INPUT: name the sessions by an expression, or by a time range/],
    [["hold", "release", "first"], 2, /BAD_INPUT: first is no number of a hold/],
    [["user", "add", "ana", "--role", "king"], 2, /BAD_INPUT: --role king: allowed: /],
    [["class", "set", "a", "ip == 1.2.3.4"], 2, /BAD_INPUT: --days: /],
    [["tasks", "history", "compaction", "--limit", "0"], 2, /LIMIT_EXCEEDED: --limit 0: /],
    [["doctor", "nonsense"], 2, /BAD_INPUT: there is no check nonsense/],
    [["completion", "tcsh"], 2, /BAD_INPUT: there is no completion for tcsh/],
    [["setup", "--yes", "--port", "high"], 2, /BAD_INPUT: viewPort=high: /],
    [["capture", "--interface", "lo", "--set", "pcapReadMethod=libpcap", "--set", "promiscuous=false"], 78, /CONFIG_INVALID: promiscuous=false: pcapReadMethod=libpcap cannot capture from lo without/],
  ])("lookback %j ends with %i", async (words, code, message) => {
    const ended = await lookback(words, temporaryDirectory());
    expect(ended.error).toMatch(message);
    expect(ended.code).toBe(code);
  });
});

describe("lookback hold add", () => {
  it("holds all sessions of a time range without an expression", async () => {
    const directory = temporaryDirectory();
    expect((await lookback(["import", path.resolve("examples/first-look.pcap"), "--data", "data"], directory)).code).toBe(0);
    const all = await lookback(["aggregate", "--json", "--data", "data"], directory);
    const held = await lookback(["hold", "add", "", "--reason", "case 7", "--start", "0", "--json", "--data", "data"], directory);
    expect([held.code, JSON.parse(held.output)]).toEqual([0, expect.objectContaining({ sessions: (JSON.parse(all.output) as { count: number }).count, until: null })]);
  });
});
