import { createReadStream, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { loadRun } from "../../src/capture/capture-run.js";
import { openCatalogue } from "../../src/catalogue/catalogue.js";
import { ngCapture } from "../support/capture-bytes.js";
import { udpFrame } from "../support/frames.js";
import { LookbackProcess, lookback } from "../support/lookback-process.js";
import { readCapture } from "../support/read-capture.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const EXAMPLE = path.resolve("examples/first-look.pcap");
let running: LookbackProcess | null = null;

afterEach(() => { running?.child.kill("SIGKILL"); });

const capture = (directory: string, ...words: readonly string[]) =>
  new LookbackProcess(["capture", "--interface", "-", "--data", "data", "--json", "--set", "openSessionFlush=1", ...words], directory, { keepInput: true });
const count = async (directory: string, expression?: string): Promise<number> =>
  Number((await lookback(["search", "--count", "--data", "data", ...(expression === undefined ? [] : [expression])], directory)).output);

/** Asks again until an answer is as wanted. */
async function becomes(ask: () => Promise<number>, wanted: (answer: number) => boolean): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const answer = await ask();
    if (wanted(answer)) return answer;
  }
  throw new Error("it never was");
}

async function written(process: LookbackProcess, bytes: Uint8Array): Promise<void> {
  if (process.child.stdin?.write(bytes) === false) await once(process.child.stdin, "drain");
}

describe("a capture that another program writes to standard input", () => {
  it("is stored and indexed while it comes, and ends with it", async () => {
    const directory = temporaryDirectory();
    const bytes = readFileSync(EXAMPLE);
    running = capture(directory);
    await written(running, bytes.subarray(0, 60_001));
    await running.line(/"capturing":"standard input","timestampSource":"given"/);
    const before = await becomes(() => count(directory), (sessions) => sessions > 0);
    await written(running, bytes.subarray(60_001));
    running.child.stdin?.end();
    expect((await running.exited).code).toBe(0);
    // The same sessions as an import makes; nothing of what was seen before is seen twice.
    const whole = temporaryDirectory();
    await lookback(["import", EXAMPLE, "--data", "data"], whole);
    expect(await count(directory)).toBe(await count(whole));
    expect(before).toBeLessThanOrEqual(await count(whole));
    expect(await count(directory, "protocols == tls")).toBe(await count(whole, "protocols == tls"));
    const [file] = readdirSync(path.join(directory, "data", "packets")).filter((name) => name.endsWith(".pcap"));
    expect(readCapture(readFileSync(path.join(directory, "data", "packets", file ?? ""))).packets.length).toBe(284);
  });

  it("takes what a filter accepts, and says why something is no capture", async () => {
    const directory = temporaryDirectory();
    running = capture(directory, "--set", "bpf=udp port 53");
    createReadStream(EXAMPLE).pipe(running.child.stdin ?? process.stdout);
    expect((await running.exited).code).toBe(0);
    expect(await count(directory, "protocols != dns")).toBe(0);
    expect(await count(directory, "protocols == dns")).toBeGreaterThan(0);
    for (const [bytes, reason] of [[Buffer.alloc(64, "x"), "neither pcap nor pcapng"], [Buffer.from([0x1f, 0x8b, ...Buffer.alloc(62)]), "lookback import -"], [Buffer.alloc(0), "the file is empty"]] as const) {
      const refused = capture(temporaryDirectory());
      refused.child.stdin?.end(bytes);
      const { code, error } = await refused.exited;
      expect([code === 0, error]).toEqual([false, expect.stringMatching(new RegExp(`CAPTURE_UNREADABLE: standard input: .*${reason}`))]);
    }
    expect(statSync(EXAMPLE).size).toBeGreaterThan(60_001);
  });

  it("keeps every session of what came before a packet that it cannot take", async () => {
    const directory = temporaryDirectory();
    const ends = { source: "10.0.0.1", destination: "10.0.0.2", destinationPort: 9_999 };
    const packets = Array.from({ length: 1_000 }, (_, one) => ({ seconds: 1_767_000_000 + one, nanoseconds: 0, data: udpFrame({ ...ends, sourcePort: 10_000 + one }, Buffer.from("one")), interface: 0 }));
    // Another link type than that of the file, whose sessions were closed long before by the packets' clock.
    const last = { seconds: 1_767_001_000, nanoseconds: 0, data: Buffer.alloc(60), interface: 1 };
    running = capture(directory);
    running.child.stdin?.end(ngCapture([{ linkType: 1 }, { linkType: 105 }], [...packets, last]).bytes);
    expect((await running.exited).code).not.toBe(0);
    expect(await count(directory)).toBe(1_000);
  });

  it("stops in order when told to, with what came until then", async () => {
    const directory = temporaryDirectory();
    running = capture(directory);
    await written(running, readFileSync(EXAMPLE).subarray(0, 60_001));
    await becomes(() => count(directory), (sessions) => sessions > 0);
    expect(await running.stop()).toBe(0);
    expect(await count(directory)).toBeGreaterThan(0);
  });

  it("notes that it was stopped, and why it could not go on: whoever serves tells the one from the other", async () => {
    const directory = temporaryDirectory();
    const noted = () => {
      const catalogue = openCatalogue(path.join(directory, "data"), { nowMs: () => Date.now() });
      const run = loadRun(catalogue.settings);
      catalogue.close();
      return run;
    };
    running = capture(directory);
    await written(running, readFileSync(EXAMPLE).subarray(0, 60_001));
    await running.line(/"capturing":"standard input"/);
    expect(noted()).toMatchObject({ interface: "standard input", endedMs: null, failure: null });
    expect(await running.stop()).toBe(0);
    expect(noted()).toMatchObject({ endedMs: expect.any(Number), failure: null });
    // Rows find no place any more.
    rmSync(path.join(directory, "data", "sessions"), { recursive: true });
    running = capture(directory);
    await written(running, readFileSync(EXAMPLE).subarray(0, 24));
    await running.line(/"capturing":"standard input"/);
    rmSync(path.join(directory, "data", "sessions"), { recursive: true });
    writeFileSync(path.join(directory, "data", "sessions"), "in its place");
    await written(running, readFileSync(EXAMPLE).subarray(24));
    expect((await running.exited).code).not.toBe(0);
    expect(noted()).toMatchObject({ endedMs: expect.any(Number), failure: expect.stringContaining("sessions") });
  });
});

describe("a way of capturing that is not there yet", () => {
  it.each(["pfring", "afxdp"])("is refused by name: %s", async (method) => {
    const { code, error } = await lookback(["capture", "--set", `pcapReadMethod=${method}`, "--data", "data"], temporaryDirectory());
    expect([code, error]).toEqual([78, expect.stringContaining(`pcapReadMethod=${method}: allowed: tpacketv3, libpcap, stdin`)]);
  });
});
