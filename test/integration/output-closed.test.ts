import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { openCatalogue } from "../../src/catalogue/catalogue.js";
import { classicCapture } from "../support/capture-bytes.js";
import { saySkipped } from "../support/corpus.js";
import { httpExchange } from "../support/frames.js";
import { lookback, LookbackProcess, spawnLookback } from "../support/lookback-process.js";
import { temporaryDirectory } from "../support/temporary-directory.js";
import { hasTerminal, Terminal } from "../support/terminal.js";

const MAIN = path.resolve("dist/bundle/main.js");
const CAPTURES = 12;

/** A capture with one session of a host. */
function capture(host: number): Buffer {
  const ends = { source: `10.1.0.${host}`, destination: "192.0.2.9", sourcePort: 41_000, destinationPort: 80 };
  return classicCapture(httpExchange(ends, "www.example.org", `/${host}`).map((data, at) => ({ seconds: 1_760_000_000 + at, nanoseconds: 0, data }))).bytes;
}

function withCaptures(): string {
  const directory = temporaryDirectory();
  mkdirSync(path.join(directory, "captures"));
  for (let host = 1; host <= CAPTURES; host++) writeFileSync(path.join(directory, "captures", `${host}.pcap`), capture(host));
  return directory;
}

/** What is there after an end that was none in order. */
const leftOvers = (directory: string): string[] => ["serve.json", "catalogue.sqlite-wal"].filter((name) => existsSync(path.join(directory, "data", name)));

describe("a reader that leaves", () => {
  it.each([["stdout", "--json"], ["stderr", "--copy"]] as const)("an import's %s ends nothing of it", async (stream, option) => {
    const directory = withCaptures();
    const importing = spawnLookback(["import", option, "captures", "--data", "data"], directory);
    importing.child[stream]?.destroy();
    const { code } = await importing.exited;
    expect([code, (await lookback(["search", "--count", "--data", "data"], directory)).output]).toEqual([0, `${CAPTURES}\n`]);
  });

  it("ends a watch of directories in order", async () => {
    const directory = withCaptures();
    const watching = spawnLookback(["import", "--monitor", "--json", "captures", "--data", "data"], directory);
    watching.child.stdout?.destroy();
    const { code, signal } = await watching.exited;
    expect([code, signal, leftOvers(directory)]).toEqual([0, null, []]);
    expect(Number((await lookback(["search", "--count", "--data", "data"], directory)).output)).toBeGreaterThan(0);
  });

  it("ends a service in order", async () => {
    const directory = temporaryDirectory();
    const serve = spawnLookback(["serve", "--data", "data", "--set", "viewPort=0"], directory);
    serve.child.stdout?.destroy();
    const { code, signal } = await serve.exited;
    expect([code, signal, leftOvers(directory)]).toEqual([0, null, []]);
  });

  it("ends a capture in order", async () => {
    const directory = temporaryDirectory();
    const running = new LookbackProcess(["capture", "--interface", "-", "--data", "data"], directory, { keepInput: true });
    running.child.stdout?.destroy();
    running.child.stdin?.write(capture(1));
    expect((await running.exited).code).toBe(0);
    const catalogue = openCatalogue(path.join(directory, "data"), { nowMs: () => 0 });
    expect(JSON.parse(catalogue.settings.get("capture.run") ?? "")).toMatchObject({ endedMs: expect.any(Number), failure: null });
    catalogue.close();
  });

  it("ends a search at once, and well", async () => {
    const directory = withCaptures();
    await lookback(["import", "captures", "--data", "data"], directory);
    const searching = spawnLookback(["search", "--data", "data"], directory);
    searching.child.stdout?.destroy();
    expect(await searching.exited).toMatchObject({ code: 0, error: "" });
  });
});

describe("a full disk", () => {
  const ended = async (words: readonly string[], directory: string, full: "stdout" | "stderr"): Promise<{ readonly code: unknown; readonly text: string }> => {
    const file = openSync("/dev/full", "w");
    const child = spawn(process.execPath, [MAIN, ...words], { cwd: directory, stdio: ["ignore", full === "stdout" ? file : "pipe", full === "stderr" ? file : "pipe"] });
    closeSync(file);
    let text = "";
    (full === "stdout" ? child.stderr : child.stdout)?.on("data", (data: Buffer) => {
      text += data.toString();
      if (text.includes("Ready.")) child.kill("SIGTERM");
    });
    const [code] = await once(child, "close");
    return { code, text };
  };

  it("that takes no output is told, with the code of a full disk", async () => {
    expect(await ended(["fields", "http"], temporaryDirectory(), "stdout")).toEqual({ code: 75, text: expect.stringMatching(/^error DISK_FULL: standard output cannot be written: ENOSPC/) });
  });

  it("that takes no log ends no service", async () => {
    expect(await ended(["serve", "--data", "data", "--set", "viewPort=0", "--set", "logLevel=debug"], temporaryDirectory(), "stderr")).toMatchObject({ code: 0, text: expect.stringContaining("Ready.") });
  });
});

if (!hasTerminal()) saySkipped("a terminal that goes away", "there is no script(1) on this host");
const mayCapture = process.getuid?.() === 0;

describe.skipIf(!hasTerminal())("a terminal that goes away", () => {
  const started: number[] = [];
  const isRunning = (pid: number): boolean => {
    try {
      // A zombie that nobody waits for has ended.
      return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
    } catch {
      return false;
    }
  };
  afterEach(() => { for (const pid of started.splice(0)) if (isRunning(pid)) process.kill(pid, "SIGKILL"); });

  it.each([["--no-capture"], ...(mayCapture ? [["--interface", "lo"]] : [])])("ends `lookback start %s` in order, with its capture", async (...words) => {
    const directory = temporaryDirectory();
    const terminal = new Terminal([process.execPath, MAIN, "start", "--json", ...words, "--data", "data", "--set", "viewPort=0"], directory);
    await terminal.until('"ready":true');
    const kinds = words.includes("--interface") ? ["capturing", "ready"] : ["ready"];
    await expect.poll(() => kinds.every((kind) => terminal.shown.includes(`"${kind}":`)), { timeout: 20_000 }).toBe(true);
    started.push(...[...terminal.shown.matchAll(/"pid":(\d+)/g)].map(([, pid]) => Number(pid)));
    expect(started).toHaveLength(kinds.length);
    terminal.stop();
    await expect.poll(() => started.filter(isRunning), { timeout: 20_000 }).toEqual([]);
    expect(leftOvers(directory)).toEqual([]);
  }, 60_000);
});
