import { existsSync, mkdirSync, readdirSync, rmdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it, vi } from "vitest";
import { silentLogger } from "../../../src/base/logger.js";
import { openCatalogue } from "../../../src/catalogue/catalogue.js";
import type { SessionPackets } from "../../../src/index-store/index-store.js";
import { PacketReader, Tombstones, type DirectoryLooks } from "../../../src/packet-store/packet-store.js";
import { finishLeftovers } from "../../../src/retention/executor.js";
import { copyHeldOut, heldSession, type KeepParts } from "../../../src/retention/keep-packets.js";
import { classicCapture } from "../../support/capture-bytes.js";
import { hangingFiles } from "../../support/hanging-files.js";
import { directoryInode } from "../../support/directory-inode.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const ID = "01010101-0101-8101-8101-010101010101";

/** A capture with one held session, and a store whose moves go as `movePackets` says. */
function world(movePackets: KeepParts["store"]["movePackets"]) {
  const root = temporaryDirectory();
  const packets = path.join(root, "packets");
  mkdirSync(packets);
  const catalogue = openCatalogue(root, { nowMs: () => 0 });
  const capture = classicCapture([{ seconds: 10, nanoseconds: 0, data: Buffer.from("held") }]);
  const file = path.join(packets, "n-260101-00000001.pcap");
  writeFileSync(file, capture.bytes);
  const fileId = catalogue.files.add({ node: "n", path: file, displayName: file, stream: "1".padStart(32, "0"), storage: "own", state: "complete", format: "pcap" });
  const session: SessionPackets = { id: ID, firstPacketMs: 10_000, lastPacketMs: 10_000, final: true, packets: capture.positions.map((position) => ({ fileId, ...position })) };
  const hold = catalogue.holds.add({ subject: "session", subjectId: ID, reason: "case 7", createdBy: "ann" });
  catalogue.holds.addSessions(hold, [heldSession(session)]);
  const reader = new PacketReader();
  const copy = (looks?: DirectoryLooks, progressed = (): void => {}) => copyHeldOut({ catalogue, reader, progressed, ...(looks === undefined ? {} : { looks }), tombstones: new Tombstones(path.join(root, "tombstones"), [packets], undefined, looks), store: { movePackets, async *streamPackets() { yield [session]; } } }, { fileId, path: file, own: true, node: "n" }, null)
    .finally(() => reader.close());
  const start = (looks?: DirectoryLooks, directories = [packets]) => finishLeftovers({ catalogue, ...(looks === undefined ? {} : { looks }), tombstones: new Tombstones(path.join(root, "tombstones"), directories, undefined, looks), reader, store: { movePackets, expirePartition: () => Promise.resolve(), async *streamPackets() { yield []; } }, logger: silentLogger });
  return { catalogue, packets, copy, start, kept: () => readdirSync(packets).filter((name) => name.includes(".kept.")) };
}

it("an error after the rows point to the copy does not take the copy away", async () => {
  const { catalogue, packets, copy, kept } = world((_moves, alongside) => {
    catalogue.transaction(() => alongside?.());
    return Promise.reject(new Error("the request is larger than the cluster takes"));
  });
  await expect(copy()).rejects.toThrow("larger");
  const [listed] = catalogue.files.list({ after: 1 });
  expect(existsSync(listed?.path ?? "")).toBe(true);
  expect(listed?.directoryInode).toBe(directoryInode(packets));
  expect(kept()).toHaveLength(1);
  catalogue.close();
});

it("tells of each step on the disk: a large copy takes long, and does not hang", async () => {
  let steps = 0;
  const seen: number[] = [];
  const { catalogue, copy } = world((_moves, alongside) => {
    seen.push(steps);
    catalogue.transaction(() => alongside?.());
    return Promise.resolve();
  });
  await copy(undefined, () => { steps += 1; });
  // The session is looked up, and its packet found; the copy is opened, begun, read, written, made durable, closed and named, its name made durable, and its directory looked at.
  expect(seen).toEqual([11]);
  catalogue.close();
});

it("an error before that leaves no copy behind", async () => {
  const { catalogue, copy, kept } = world(() => Promise.reject(new Error("no")));
  await expect(copy()).rejects.toThrow("no");
  expect(kept()).toEqual([]);
  catalogue.close();
});

it("a copy that a crash left goes at the next start, also where what it left of holds cannot be removed", async () => {
  const { catalogue, packets, start, kept } = world(() => Promise.resolve());
  const stray = path.join(packets, "n-260101-00000007.kept.pcap");
  // As an older version noted it.
  catalogue.settings.set("retention.copying", stray);
  for (const file of [stray, `${stray}.partial`]) writeFileSync(file, "held");
  vi.spyOn(catalogue.holds, "removeUnfinished").mockImplementation(() => { throw new Error("SQLITE_IOERR"); });
  await start();
  expect(kept()).toEqual([]);
  catalogue.close();
});

it("a copy that cannot be removed is remembered while others are made, and goes when it can be", async () => {
  const { catalogue, packets, copy, start, kept } = world((_moves, alongside) => { catalogue.transaction(() => alongside?.()); return Promise.resolve(); });
  const stray = path.join(packets, "n-260101-00000007.kept.pcap");
  catalogue.settings.set("retention.copying", stray);
  // A folder is nothing that goes as a file.
  mkdirSync(stray);
  await start();
  await copy();
  const [listed] = catalogue.files.list({ after: 1 });
  rmdirSync(stray);
  writeFileSync(stray, "held");
  await start();
  expect(kept()).toEqual([path.basename(listed?.path ?? "")]);
  catalogue.close();
});

it("a copy that was noted in a directory goes before the next is made there", async () => {
  const { catalogue, packets, copy, kept } = world(() => Promise.reject(new Error("no")));
  const stray = path.join(packets, "n-260101-00000007.kept.pcap");
  catalogue.settings.set("retention.copying", stray);
  writeFileSync(stray, "held");
  await expect(copy()).rejects.toThrow("no");
  expect(kept()).toEqual([]);
  catalogue.close();
});

it("mounts that do not answer are asked side by side at a start, and nothing else is begun there", async () => {
  const { catalogue, packets, start, kept } = world(() => Promise.resolve());
  const other = path.join(packets, "other");
  const stray = path.join(packets, "n-260101-00000007.kept.pcap");
  catalogue.settings.set("retention.copying", stray);
  writeFileSync(stray, "held");
  const files = hangingFiles([packets, other]);
  const started = start(files.looks, [packets, other]);
  await expect.poll(files.waiting).toBe(1);
  files.giveUp();
  await expect.poll(files.begun).toHaveLength(2);
  files.giveUp();
  expect(await started).toMatchObject({ removed: 0, unlisted: [{ directory: packets, reason: expect.stringContaining("does not answer") }, { directory: other }] });
  expect([files.begun(), kept()]).toEqual([[`stat ${packets}`, `stat ${other}`], [path.basename(stray)]]);
  files.letGo();
  await expect.poll(async () => { await start(files.looks, [packets, other]); return kept(); }).toEqual([]);
  catalogue.close();
});

it("a copy ends where the disk dies meanwhile, stays noted, and goes when that answers", async () => {
  const { catalogue, copy, start, kept } = world(() => Promise.resolve());
  const files = hangingFiles([]);
  let answer = (): void => {};
  const packetsOf = vi.spyOn(PacketReader.prototype, "packets").mockImplementation(() => new Promise((resolve) => { answer = () => { resolve([]); }; }));
  const refused = copy(files.looks).catch((error: unknown) => error);
  await expect.poll(() => packetsOf.mock.calls).toHaveLength(1);
  files.giveUp();
  expect(await refused).toMatchObject({ code: "UNAVAILABLE" });
  packetsOf.mockRestore();
  expect([kept().length, catalogue.settings.get("retention.copying")]).toEqual([1, expect.stringContaining(".kept.")]);
  answer();
  await expect.poll(async () => { await start(files.looks); return kept(); }).toEqual([]);
  catalogue.close();
});
