import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { awayTest, directoryInodeOf, whereIs } from "../../../src/packet-store/packet-store.js";
import { directoryInode } from "../../support/directory-inode.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

describe("a directory that packet files are in", () => {
  it("is known by its inode and birth, and not at all where it is a root that nothing else tells apart", async () => {
    const directory = temporaryDirectory();
    const file = path.join(directory, "a.pcap");
    expect(await directoryInodeOf(file)).toBeNull();
    writeFileSync(file, "");
    expect(await directoryInodeOf(file)).toBe(directoryInode(directory));
    // A mount whose file system notes no births; the directories in it have numbers of their own.
    expect(await directoryInodeOf("/proc/version")).toBeNull();
    expect(await directoryInodeOf("/proc/sys/kernel/hostname")).toMatch(/^\d+$/);
  });

  it("tells of each of its files whether it is away, by one look, as a look at each does", async () => {
    const root = temporaryDirectory();
    const directory = path.join(root, "packets");
    mkdirSync(directory);
    const file = (name: string, inode: string | null) => ({ path: path.join(directory, name), directoryInode: inode, importedAtMs: 1_000 });
    const before = directoryInode(directory);
    renameSync(directory, `${directory}.away`);
    mkdirSync(directory);
    writeFileSync(path.join(directory, "there.pcap"), "");
    const files = [file("there.pcap", before), file("mounted.pcap", before), file("deleted.pcap", directoryInode(directory)), file("unseen.pcap", null)];
    const isAway = await awayTest(directory);
    expect(files.map(isAway)).toEqual([false, true, false, true]);
    expect(await Promise.all(files.map(whereIs))).toEqual(["there", "away", "gone", "away"]);
    rmSync(directory, { recursive: true });
    expect(files.map(await awayTest(directory))).toEqual([true, true, true, true]);
  });
});
