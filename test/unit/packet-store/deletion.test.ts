import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { rename } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { measureSpace, OwnDirectory, packetFileName, parsePacketFileName, REAL_FILES, Tombstones } from "../../../src/packet-store/packet-store.js";
import { interfaceListOf, packetFileOfList } from "../../../src/packet-store/packet-file-name.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

describe("names", () => {
  it("has node, UTC day and eight digits", () => {
    expect(packetFileName("eth-1", Date.UTC(2026, 0, 2, 23, 59), 42)).toBe("eth-1-260102-00000042.pcap");
    expect(parsePacketFileName("eth-1-260102-00000042.pcap")).toEqual({ node: "eth-1", day: "260102", fileId: 42 });
    expect(parsePacketFileName(packetFileName("a", 0, 123_456_789))).toMatchObject({ fileId: 123_456_789 });
  });
  it("refuses what could leave the directory", () => {
    expect(() => packetFileName("../x", 0, 1)).toThrow(expect.objectContaining({ code: "BAD_INPUT" }));
    expect(() => packetFileName("a", Number.NaN, 1)).toThrow(expect.objectContaining({ code: "BAD_INPUT" }));
    expect(parsePacketFileName("notes.pcap")).toBeNull();
    expect(parsePacketFileName("a/b-260102-00000042.pcap")).toBeNull();
  });
});

describe("ownership", () => {
  it("knows our files from everything else", async () => {
    const root = temporaryDirectory();
    const packets = path.join(root, "packets");
    const outside = path.join(root, "outside");
    mkdirSync(packets);
    mkdirSync(path.join(packets, "folder"));
    mkdirSync(outside);
    writeFileSync(path.join(packets, "a.pcap"), "12345");
    writeFileSync(path.join(outside, "b.pcap"), "x");
    symlinkSync(path.join(outside, "b.pcap"), path.join(packets, "link.pcap"));
    symlinkSync(outside, path.join(packets, "door"));
    symlinkSync(packets, path.join(root, "alias"));
    const own = new OwnDirectory(packets);
    expect(await own.examine(path.join(packets, "a.pcap"))).toMatchObject({ own: true, bytes: 5 });
    expect(await own.examine(path.join(root, "alias", "a.pcap"))).toMatchObject({ own: true, path: path.join(packets, "a.pcap") });
    expect(await new OwnDirectory(path.join(root, "alias")).examine(path.join(packets, "a.pcap"))).toMatchObject({ own: true });
    const refused = async (file: string) => (await own.examine(file) as { reason?: string }).reason;
    expect(await refused(path.join(packets, "link.pcap"))).toBe("symlink");
    expect(await refused(path.join(packets, "door", "b.pcap"))).toBe("outside");
    expect(await refused(path.join(packets, "..", "outside", "b.pcap"))).toBe("outside");
    expect(await refused(path.join(packets, "folder"))).toBe("not-a-file");
    expect(await refused(packets)).toBe("not-a-file");
    expect(await refused(path.join(packets, "absent.pcap"))).toBe("missing");
    expect(await new OwnDirectory(path.join(root, "none")).examine(path.join(packets, "a.pcap"))).toEqual({ own: false, reason: "directory-missing" });
  });
});

describe("space", () => {
  it("measures each device once, and never the parent of what is missing", async () => {
    const root = temporaryDirectory();
    mkdirSync(path.join(root, "a"));
    mkdirSync(path.join(root, "b"));
    const asked: string[] = [];
    const measured = await measureSpace([path.join(root, "a"), path.join(root, "b"), path.join(root, "absent")], async (directory) => {
      asked.push(directory);
      return { freeBytes: 5, totalBytes: 9 };
    });
    expect(asked).toEqual([path.join(root, "a")]);
    expect(measured.devices).toMatchObject([{ directories: [path.join(root, "a"), path.join(root, "b")], freeBytes: 5, totalBytes: 9 }]);
    expect(measured.unmeasured).toMatchObject([{ directory: path.join(root, "absent") }]);
  });
  it("measures a real device", async () => {
    const { devices } = await measureSpace([temporaryDirectory()]);
    expect(devices[0]?.totalBytes).toBeGreaterThan(0);
  });
  it("reports a probe that fails", async () => {
    const { devices, unmeasured } = await measureSpace([temporaryDirectory()], () => Promise.reject(new Error("no df")));
    expect(devices).toEqual([]);
    expect(unmeasured[0]?.reason).toBe("no df");
  });
});

describe("tombstones", () => {
  function setUp() {
    const root = temporaryDirectory();
    const packets = path.join(root, "packets");
    mkdirSync(packets);
    const file = path.join(packets, "n-260101-00000007.pcap");
    writeFileSync(file, "12345");
    return { root, packets, file };
  }
  it("renames first, then unlinks, and finds leftovers", async () => {
    const { root, packets, file } = setUp();
    const tombstones = new Tombstones(path.join(root, "tombstones"), [packets]);
    expect(await tombstones.list()).toEqual({ tombstones: [], unlisted: [] });
    const tombstone = await tombstones.bury(7, file);
    expect(existsSync(file)).toBe(false);
    expect(await new Tombstones(path.join(root, "tombstones"), [packets]).list()).toEqual({ tombstones: [tombstone], unlisted: [] });
    expect(tombstone).toMatchObject({ fileId: 7, name: "n-260101-00000007.pcap", bytes: 5 });
    await tombstones.remove(tombstone);
    await tombstones.remove(tombstone);
    expect(await tombstones.list()).toEqual({ tombstones: [], unlisted: [] });
  });
  it("stays on the device of the packets when the data directory is on another", async () => {
    const { root, packets, file } = setUp();
    const tombstones = new Tombstones(path.join(root, "tombstones"), [packets], {
      ...REAL_FILES,
      rename: (from, to) => (to.startsWith(path.join(root, "tombstones")) ? Promise.reject(Object.assign(new Error("EXDEV"), { code: "EXDEV" })) : rename(from, to)),
    });
    const tombstone = await tombstones.bury(7, file);
    expect(tombstone.path.startsWith(packets)).toBe(true);
    expect(await tombstones.list()).toEqual({ tombstones: [tombstone], unlisted: [] });
  });
  it("takes the list of interfaces with it, and no other file", async () => {
    const { root, packets, file } = setUp();
    const list = path.join(packets, "n-260101-00000007.interfaces");
    const others = [path.join(packets, "n-260101-00000008.interfaces"), path.join(packets, "notes.interfaces"), path.join(packets, "notes.pcap")];
    for (const name of [list, ...others]) writeFileSync(name, "\n0 eth0\n");
    const tombstones = new Tombstones(path.join(root, "tombstones"), [packets]);
    await tombstones.bury(7, file);
    await tombstones.bury(9, others[2] ?? "");
    expect(readdirSync(packets).sort()).toEqual(["n-260101-00000008.interfaces", "notes.interfaces"]);
    expect([interfaceListOf(file), interfaceListOf("/x/notes.pcap"), packetFileOfList("n-260101-00000008.interfaces"), packetFileOfList("notes.interfaces"), packetFileOfList("n-260101-00000008.pcap")])
      .toEqual([list, null, "n-260101-00000008.pcap", null, null]);
  });
  it("lists what is elsewhere when one folder cannot be listed", async () => {
    const { root, packets, file } = setUp();
    const broken = path.join(root, "broken");
    mkdirSync(broken);
    writeFileSync(path.join(broken, ".tombstones"), "no folder");
    const tombstones = new Tombstones(path.join(root, "tombstones"), [broken, packets]);
    const tombstone = await tombstones.bury(7, file);
    expect(await tombstones.list()).toEqual({ tombstones: [tombstone], unlisted: [{ directory: broken, reason: expect.stringContaining("ENOTDIR") }] });
  });
  it("leaves strange files alone", async () => {
    const { root, packets } = setUp();
    mkdirSync(path.join(root, "tombstones"));
    writeFileSync(path.join(root, "tombstones", "README"), "x");
    expect(await new Tombstones(path.join(root, "tombstones"), [packets]).list()).toEqual({ tombstones: [], unlisted: [] });
    expect(readdirSync(path.join(root, "tombstones"))).toEqual(["README"]);
  });
});
