import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import { silentLogger } from "../../../src/base/logger.js";
import { FileNumbers } from "../../../src/capture/file-numbers.js";
import { adoptFiles, makeDirectories, noteGivenUp, PacketDisks, requireWritable } from "../../../src/capture/live-files.js";
import { openCatalogue } from "../../../src/catalogue/catalogue.js";
import { loadNativeCore } from "../../../src/native/native.js";
import { classicCapture } from "../../support/capture-bytes.js";
import { freezableDisk } from "../../support/freezable-disk.js";
import { directoryInode } from "../../support/directory-inode.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const native = loadNativeCore();

describe("packet directories", () => {
  it("that cannot be used are passed over as long as another can", async () => {
    const directory = temporaryDirectory();
    const [file, good] = [path.join(directory, "file"), path.join(directory, "good", "packets")];
    writeFileSync(file, "");
    const disks = new PacketDisks(silentLogger);
    makeDirectories(native, [path.join(file, "packets"), good], disks);
    expect(existsSync(good)).toBe(true);
    expect(() => { makeDirectories(native, [path.join(file, "packets")], disks); }).toThrow(/no packet directory can be used: .*file\/packets: Not a directory/);
    const catalogue = openCatalogue(directory, { nowMs: () => 1 });
    await adoptFiles({ catalogue, packetDirectories: [path.join(file, "packets"), good], settings: { node: "n1" }, logger: silentLogger }, "s", disks);
    expect(catalogue.files.list()).toEqual([]);
    catalogue.close();
  });

  it("that do not answer keep nothing from starting, and what lies there waits for a start that can read it", async ({ skip }) => {
    const directory = temporaryDirectory();
    const mounted = path.join(directory, "mounted");
    mkdirSync(mounted);
    const disk = await freezableDisk(path.join(directory, "disk.img"), mounted, 32);
    if (disk === null) {
      skip("a file system cannot be mounted and frozen here");
      return;
    }
    const catalogue = openCatalogue(directory, { nowMs: () => 1 });
    try {
      const { bytes } = classicCapture([{ seconds: 1, nanoseconds: 0, data: Buffer.alloc(60) }]);
      const [slow, good] = [disk.directory, directory].map((place, at) => {
        const file = path.join(place, `n1-260101-0000000${at + 1}.pcap`);
        // The beginning of another record, which is cut off.
        writeFileSync(file, Buffer.concat([bytes, Buffer.alloc(5)]));
        return catalogue.files.add({ node: "n1", path: file, displayName: file, stream: "s", storage: "own", state: "writing", format: "pcap" });
      });
      const states = (): unknown[] => [slow, good].map((id) => id === undefined ? null : catalogue.files.get(id)).map((file) => [file?.state, file?.packets]);
      const adopt = (): Promise<void> => adoptFiles({ catalogue, packetDirectories: [disk.directory, directory], settings: { node: "n1" }, logger: silentLogger }, "s", new PacketDisks(silentLogger, 50));
      disk.freeze();
      makeDirectories(native, [path.join(disk.directory, "new"), path.join(directory, "new")], new PacketDisks(silentLogger, 50));
      await adopt();
      expect(states()).toEqual([["writing", 0], ["complete", 1]]);
      disk.thaw();
      await adopt();
      expect(states()).toEqual([["complete", 1], ["complete", 1]]);
    } finally {
      await disk.close();
      catalogue.close();
    }
  });

  it("that are away keep what lies there listed, and its numbers; what is captured in their place is told apart", async () => {
    const root = temporaryDirectory();
    const [packets, away] = [path.join(root, "packets"), path.join(root, "away")];
    mkdirSync(packets);
    const catalogue = openCatalogue(root, { nowMs: () => 1 });
    const { bytes } = classicCapture([1, 2].map((seconds) => ({ seconds, nanoseconds: 0, data: Buffer.alloc(60) })));
    const numbers = new FileNumbers(catalogue, "s").begin(true);
    const write = (id: number): string => {
      const file = path.join(packets, `n1-260101-${String(id).padStart(8, "0")}.pcap`);
      writeFileSync(file, bytes);
      return file;
    };
    const listed = { node: "n1", displayName: "", stream: "s", storage: "own", format: "pcap", packets: 1, bytes: 24 + 76, directoryInode: directoryInode(packets) } as const;
    catalogue.files.add({ ...listed, id: numbers.first, path: write(numbers.first), state: "writing", firstOrdinal: 0 });
    // A file that nobody listed before the capture died.
    write(numbers.first + 1);
    catalogue.marks.set({ stream: "s", node: "n1", replayFromOrdinal: null, nextOrdinal: 9, completeUntilMs: null });
    renameSync(packets, away);
    mkdirSync(packets);
    const adopt = async (): Promise<boolean> => {
      const disks = new PacketDisks(silentLogger);
      await adoptFiles({ catalogue, packetDirectories: [packets], settings: { node: "n1" }, logger: silentLogger }, "s", disks);
      return disks.allAnswered;
    };
    expect([await adopt(), catalogue.files.ofStream("s").map(({ state }) => state)]).toEqual([false, ["writing"]]);
    expect(new FileNumbers(catalogue, "s").begin(false).first).toBeGreaterThan(numbers.first + 2);
    rmSync(packets, { recursive: true });
    renameSync(away, packets);
    expect(await adopt()).toBe(true);
    // Its packets come behind all that was known.
    expect(catalogue.files.ofStream("s").map(({ id, state, packets: count, firstOrdinal }) => [id, state, count, firstOrdinal])).toEqual([[numbers.first, "complete", 2, 0], [numbers.first + 1, "complete", 2, 9]]);
    expect(catalogue.files.get(numbers.first + 1)?.directoryInode).toBe(directoryInode(packets));
    catalogue.close();
  });

  it("that are away may have files that nobody listed, also where all that are listed were closed", async () => {
    const root = temporaryDirectory();
    const packets = path.join(root, "packets");
    mkdirSync(packets);
    const catalogue = openCatalogue(root, { nowMs: () => 1 });
    const file = path.join(packets, "n1-260101-00000001.pcap");
    writeFileSync(file, "");
    catalogue.files.add({ node: "n1", path: file, displayName: "", stream: "s", storage: "own", state: "complete", format: "pcap", packets: 1, directoryInode: directoryInode(packets) });
    const allAnswered = async (): Promise<boolean> => {
      const disks = new PacketDisks(silentLogger);
      await adoptFiles({ catalogue, packetDirectories: [packets], settings: { node: "n1" }, logger: silentLogger }, "s", disks);
      return disks.allAnswered;
    };
    expect(await allAnswered()).toBe(true);
    renameSync(packets, `${packets}.away`);
    mkdirSync(packets);
    expect([await allAnswered(), catalogue.files.list()[0]?.state]).toEqual([false, "complete"]);
    catalogue.close();
  });

  it("that take a small file let a capture start, however long their busy device takes to have it", async () => {
    const handle = await open(path.join(temporaryDirectory(), "x"), "w");
    const busy = vi.spyOn(Object.getPrototypeOf(handle) as typeof handle, "datasync").mockImplementation(() => new Promise(() => {}));
    await handle.close();
    try {
      await requireWritable([temporaryDirectory()], new PacketDisks(silentLogger, 50));
    } finally {
      busy.mockRestore();
    }
  });

  it("keep of a file that was given up what the next one does not have, and no file without packets", async () => {
    const directory = temporaryDirectory();
    const catalogue = openCatalogue(directory, { nowMs: () => 1 });
    const { bytes } = classicCapture([1, 2, 3].map((seconds) => ({ seconds, nanoseconds: 0, data: Buffer.alloc(60) })));
    const record = 16 + 60;
    const written = (name: string, content: Buffer): string => {
      const file = path.join(directory, name);
      writeFileSync(file, content);
      return file;
    };
    const listed = { node: "n1", displayName: "", stream: "s", storage: "own", format: "pcap" } as const;
    new FileNumbers(catalogue, "s").begin(true);
    // The first has one packet by the list; its second and third were written too late and are the next one's.
    const givenUp = written("n1-260101-00000001.pcap", bytes);
    catalogue.files.add({ ...listed, id: 1, path: givenUp, state: "writing", bytes: 24 + record, packets: 1, firstOrdinal: 0 });
    catalogue.files.add({ ...listed, id: 2, path: written("n1-260101-00000002.pcap", bytes), state: "complete", bytes: bytes.length, packets: 3, firstOrdinal: 1 });
    noteGivenUp(catalogue.settings, "s", [{ fileId: 1, givenUp: true }, { fileId: 2, givenUp: false }]);
    const empty = written("n1-260101-00000003.pcap", bytes.subarray(0, 24));
    // A loss of power leaves zeros where blocks were not written.
    const zeroed = written("n1-260101-00000004.pcap", Buffer.concat([bytes, Buffer.alloc(4096)]));
    // A crash of the system can leave less than a head.
    written("n1-260101-00000005.pcap", Buffer.alloc(0));
    const twin = path.join(directory, "other");
    mkdirSync(twin);
    writeFileSync(path.join(twin, "n1-260101-00000004.pcap"), bytes.subarray(0, 24));
    await adoptFiles({ catalogue, packetDirectories: [twin, directory], settings: { node: "n1" }, logger: silentLogger }, "s", new PacketDisks(silentLogger));
    expect(catalogue.files.ofStream("s").map(({ id, state, packets, firstOrdinal }) => [id, state, packets, firstOrdinal])).toEqual([
      [1, "complete", 1, 0], [2, "complete", 3, 1], [4, "complete", 3, 4],
    ]);
    expect(statSync(zeroed).size).toBe(bytes.length);
    // Nobody had noted where the first one is.
    expect([1, 2, 4].map((id) => catalogue.files.get(id)?.directoryInode)).toEqual([directoryInode(directory), null, directoryInode(directory)]);
    expect([statSync(givenUp).size, existsSync(empty), readdirSync(twin), existsSync(path.join(directory, "n1-260101-00000005.pcap"))]).toEqual([24 + record, false, [], false]);
    catalogue.close();
  });
});
