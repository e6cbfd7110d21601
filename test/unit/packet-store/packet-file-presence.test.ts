import { mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { PacketFilePresence, type ListedFile } from "../../../src/packet-store/packet-file-presence.js";
import { hangingFiles } from "../../support/hanging-files.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

describe("packet files on the disk", () => {
  let directory: string;
  let now: number;
  let presence: PacketFilePresence;

  const make = (count: number): readonly ListedFile[] => Array.from({ length: count }, (_, at) => {
    const path = join(directory, `${at + 1}.pcap`);
    writeFileSync(path, "x");
    return { id: at + 1, path };
  });

  beforeEach(() => {
    directory = temporaryDirectory();
    now = Date.now() + 60_000;
    presence = new PacketFilePresence(() => now);
  });

  it.each([3, 200])("are told from those that are lost, %d of them", (count) => {
    const files = make(count);
    expect(presence.lost(files)).toEqual([]);
    rmSync(join(directory, "2.pcap"));
    expect(presence.lost(files)).toEqual([2]);
    writeFileSync(join(directory, "2.pcap"), "x");
    expect(presence.lost(files)).toEqual([]);
  });

  it("are lost with their directory, and are no directories", async () => {
    const files = make(100);
    mkdirSync(join(directory, "sub.pcap"));
    expect(await presence.isThere(join(directory, "1.pcap"))).toBe(true);
    expect(await presence.isThere(join(directory, "sub.pcap"))).toBe(false);
    expect(await presence.isThere(join(directory, "1.pcap", "below"))).toBe(false);
    rmSync(directory, { recursive: true });
    expect(presence.lost(files)).toHaveLength(100);
  });

  it.each([3, 100])("are not looked for in a directory that does not answer, nor below it, %d of them", async (count) => {
    mkdirSync(join(directory, "below"));
    const one = join(directory, "below", "1.pcap");
    writeFileSync(one, "x");
    const listed = [...make(count), { id: 1_000, path: one }];
    const files = hangingFiles([listed[0]?.path ?? ""]);
    presence = new PacketFilePresence(() => now, files.looks);
    const first = presence.isThere(listed[0]?.path ?? "");
    await expect.poll(files.waiting).toBe(1);
    files.giveUp();
    expect(await first).toBe(false);
    expect([await presence.isThere(listed[1]?.path ?? ""), await presence.isThere(one), files.begun().length]).toEqual([false, false, 1]);
    expect(presence.lost(listed)).toEqual(listed.map(({ id }) => id));
    files.letGo();
    await expect.poll(() => presence.lost(listed)).toEqual([]);
    expect(await presence.isThere(one)).toBe(true);
  });

  it("are looked for again in a directory that changed a moment ago, though its time is the same", () => {
    const files = make(100);
    const changed = new Date(now - 500);
    utimesSync(directory, changed, changed);
    expect(presence.lost(files)).toEqual([]);
    rmSync(join(directory, "7.pcap"));
    utimesSync(directory, changed, changed);
    expect(presence.lost(files)).toEqual([7]);
  });
});
