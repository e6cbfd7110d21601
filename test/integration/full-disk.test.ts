import { closeSync, existsSync, mkdirSync, openSync, readdirSync, statSync, writeFileSync, writeSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { afterEach, expect, it } from "vitest";
import { smallDisk, type SmallDisk } from "../support/small-disk.js";
import { classicCapture } from "../support/capture-bytes.js";
import { udpFrame } from "../support/frames.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const MAIN = path.resolve("dist/bundle/main.js");
let disk: SmallDisk | null = null;
afterEach(() => disk?.close());

/** Fills what is left of the device that a file is on. */
function fill(file: string): void {
  const handle = openSync(file, "w");
  try {
    for (const chunk of [Buffer.alloc(65_536), Buffer.alloc(4096)]) for (;;) writeSync(handle, chunk);
  } catch {
    // Full: the smaller chunks would find no room either but for a page.
    try {
      for (;;) writeSync(handle, Buffer.alloc(512));
    } catch {
      // To the last byte.
    }
  } finally {
    closeSync(handle);
  }
}

it("a service and its capture start on a full device: the oldest packets make room", async ({ skip }) => {
  const root = temporaryDirectory();
  const [data, sources] = ["data", "sources"].map((name) => path.join(root, name));
  if (data === undefined || sources === undefined) throw new Error("two directories");
  for (const directory of [data, sources]) mkdirSync(directory);
  // Capturing takes root, or rights that a namespace of our own does not give.
  disk = process.getuid?.() === 0 ? await smallDisk(data, 16 << 20) : null;
  if (disk === null) {
    process.stdout.write("skipped: this host allows no mount namespace of our own, or no capture\n");
    skip();
    return;
  }
  const { outside } = disk;
  const run = (words: readonly string[]) => {
    const child = disk?.run(process.execPath, [MAIN, ...words, "--data", data, "--set", "freeSpaceG=0", "--set", "viewPort=0"]);
    if (child === undefined) throw new Error("no disk");
    return child;
  };
  /** Runs a command to its end, or until it says something, which ends it in order. */
  const said = async (words: readonly string[], enough: RegExp | null = null): Promise<{ readonly code: number | null; readonly text: string }> => {
    const child = run(words);
    let text = "";
    child.stderr.on("data", (data: Buffer) => { text += data.toString(); });
    for await (const line of createInterface({ input: child.stdout })) {
      text += `${line}\n`;
      if (enough?.test(line)) child.kill("SIGTERM");
    }
    await new Promise<void>((resolve) => { if (child.exitCode !== null || child.signalCode !== null) resolve(); else child.on("close", () => { resolve(); }); });
    return { code: child.exitCode, text };
  };
  for (const file of [1, 2, 3]) {
    const packets = Array.from({ length: 2000 }, (_, one) => ({ seconds: 1_767_000_000 + file * 1000 + one, nanoseconds: 0, data: udpFrame({ source: `10.${file}.0.${one % 20}`, destination: "192.0.2.1", sourcePort: 1000 + file, destinationPort: 9999 }, Buffer.alloc(1000, file)) }));
    writeFileSync(path.join(sources, `${file}.pcap`), classicCapture(packets).bytes);
  }
  expect((await said(["import", "--copy", sources])).code).toBe(0);
  const packetFiles = () => readdirSync(path.join(outside, "packets")).filter((name) => name.endsWith(".pcap")).sort();
  const before = packetFiles();
  expect(before).toHaveLength(3);
  // The reserve is made while there is room.
  expect((await said(["serve"], /^Ready\.$/)).code).toBe(0);
  expect(existsSync(path.join(outside, "reserve"))).toBe(true);
  fill(path.join(outside, "filler"));

  // Nobody makes room for a command that runs alone: it says so, and what runs it tries again.
  const alone = await said(["capture", "--interface", "lo"]);
  expect(alone.text).toMatch(/error DISK_FULL: /);
  expect(alone.code).toBe(75);

  const started = await said(["start", "--interface", "lo"], /^capturing from lo/);
  expect(started.text).toMatch(/^capturing from lo/m);
  expect(started.code).toBe(0);
  const after = packetFiles();
  expect(after).not.toContain(before[0]);
  expect(after).toContain(before[2]);
  expect(existsSync(path.join(outside, "filler"))).toBe(true);
  // What was deleted, less what the reserve and the catalogue take.
  writeFileSync(path.join(outside, "room-again"), Buffer.alloc(statSync(path.join(sources, "1.pcap")).size - 300_000));
}, 120_000);
