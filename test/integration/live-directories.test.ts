import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { observeCapture } from "../../src/app/capture-observation.js";
import { captureConditions } from "../../src/capture/capture-state.js";
import { freezableDisk } from "../support/freezable-disk.js";
import { pushedCapture } from "../support/pushed-capture.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

it("a packet directory that goes away while others take its packets is told of to whoever serves", async () => {
  const directory = temporaryDirectory();
  const [there, gone] = ["there", "gone"].map((name) => path.join(directory, name));
  if (there === undefined || gone === undefined) throw new Error("two directories");
  // Each batch closes the file of the one before it.
  const { catalogue, live, run, clock, packets } = pushedCapture(directory, [there, gone], 1);
  const conditions = async (): Promise<readonly unknown[]> => {
    await packets(3);
    return captureConditions(observeCapture(catalogue, clock.now));
  };
  await live.start();
  expect(await conditions()).toEqual([]);
  rmSync(gone, { recursive: true });
  writeFileSync(gone, "in its place");
  const [condition, ...others] = await conditions();
  expect([condition, others]).toEqual([{ kind: "packet-directory-failed", subject: gone, reason: expect.stringMatching(/gone\/.*\.pcap: Not a directory/) }, []]);
  expect(observeCapture(catalogue, clock.now).statistics).toMatchObject({ packets: 6, droppedByUs: 0, failure: null });

  // One that takes nothing while there is no other costs packets.
  rmSync(there, { recursive: true });
  await live.flush();
  const lost = await conditions();
  expect(lost).toEqual(expect.arrayContaining([{ kind: "capture-loss", subject: "n1/test0", lostPackets: 3, lostToKernel: 0, lostToInterface: 0, lostToQueue: 0, lostToDisk: 3 }]));
  // That nothing failed since is no packet that was stored.
  await live.flush();
  expect(live.account()?.failure).toMatch(/\.pcap: /);
  await live.stop();
  run.end();
  expect(captureConditions(observeCapture(catalogue, clock.now + 3_600_000))).toEqual([]);
  catalogue.close();
});

it("a disk that stops answering is passed over, costs no packet, and keeps none twice when it answers again", async ({ skip }) => {
  const directory = temporaryDirectory();
  const [there, mounted] = ["there", "mounted"].map((name) => path.join(directory, name));
  if (there === undefined || mounted === undefined) throw new Error("two directories");
  mkdirSync(mounted);
  const disk = await freezableDisk(path.join(directory, "disk.img"), mounted, 32);
  if (disk === null) {
    skip("a file system cannot be mounted and frozen here");
    return;
  }
  const { catalogue, live, run, clock, packets } = pushedCapture(directory, [disk.directory, there], 1 << 30);
  /** Sizes of the packet files in a directory. */
  const sizes = (of: string): readonly number[] => readdirSync(of).filter((name) => name.endsWith(".pcap")).map((name) => statSync(path.join(of, name)).size);
  try {
    await live.start();
    await packets(3);
    const [size] = sizes(disk.directory);
    expect([sizes(disk.directory).length, sizes(there)]).toEqual([1, []]);
    disk.freeze();
    await packets(2);
    expect(captureConditions(observeCapture(catalogue, clock.now))).toEqual([
      { kind: "packet-directory-failed", subject: disk.directory, reason: expect.stringMatching(/\.pcap: the disk does not answer; /) },
    ]);
    expect(sizes(there)).toHaveLength(1);
    disk.thaw();
    // What was written too late is taken back.
    await expect.poll(() => sizes(disk.directory)).toEqual([size]);
    await packets(1);
    await live.stop();
    expect(observeCapture(catalogue, clock.now).statistics).toMatchObject({ packets: 6, droppedByUs: 0, failure: null });
    const files = catalogue.files.list().map(({ path: file, packets: count }) => [path.dirname(file), count]);
    expect(files).toEqual([[disk.directory, 3], [there, 3]]);
  } finally {
    await disk.close();
    run.end();
    catalogue.close();
  }
}, 60_000);

it("a packet file that a quiet link closes is complete at once, for retention to find", async () => {
  const directory = temporaryDirectory();
  const { catalogue, live, run, clock, packets } = pushedCapture(directory, [path.join(directory, "packets")], 1 << 30, 40);
  const states = (): readonly string[] => catalogue.files.list().map(({ state }) => state);
  await live.start();
  await packets(1);
  // A quiet link is committed now and then; the file is old between two of those times.
  clock.now += 32_000;
  await live.flush();
  expect(states()).toEqual(["writing"]);
  clock.now += 8_000;
  await live.flush();
  expect(states()).toEqual(["complete"]);
  await live.stop();
  run.end();
  catalogue.close();
});

it("a quiet link is told of at once when the clock was set back", async () => {
  const directory = temporaryDirectory();
  const { catalogue, live, run, clock, packets } = pushedCapture(directory, [path.join(directory, "packets")], 1 << 30);
  await live.start();
  await packets(1);
  clock.now -= 3_600_000;
  await live.flush();
  expect(captureConditions(observeCapture(catalogue, clock.now))).toEqual([]);
  expect(observeCapture(catalogue, clock.now).statistics?.updatedMs).toBe(clock.now);
  await live.stop();
  run.end();
  catalogue.close();
});
