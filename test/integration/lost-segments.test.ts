import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silentLogger } from "../../src/base/logger.js";
import { openCatalogue, type Catalogue } from "../../src/catalogue/catalogue.js";
import { openEmbeddedStore, type EmbeddedStore } from "../../src/index-store/embedded/store.js";
import { packagedCatalogue } from "../../src/model/field-catalogue.js";
import type { SegmentInfo } from "../../src/model/segment.js";
import { ALL_TIME } from "../../src/model/time-range.js";
import { EVERYTHING, field, request, service } from "../contract/sessions.js";
import { rowId, writeSegment, type RowInput } from "../support/segment-rows.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const DAY = Date.UTC(2026, 0, 15);
const clock = { nowMs: () => DAY + 86_400_000 };
const all = { expression: EVERYTHING, range: ALL_TIME };
const row = (number: number, node: string, more: Partial<RowInput> = {}): RowInput => ({ id: rowId(DAY + number, number), firstPacket: DAY + number, lastPacket: DAY + number + 5, node, ...more });
const open = (number: number, node: string, rowVersion = 1): RowInput => row(number, node, { rowVersion, final: false });

describe("segments that are lost", () => {
  let sessions: string;
  let catalogue: Catalogue;
  let store: EmbeddedStore;

  beforeEach(async () => {
    const directory = temporaryDirectory();
    sessions = join(directory, "sessions");
    catalogue = openCatalogue(directory, clock);
    store = await openEmbeddedStore({ catalogue, fields: packagedCatalogue(), clock, logger: silentLogger, threads: 2, memoryBytes: 512 << 20 });
  });
  afterEach(async () => {
    await store.close();
    catalogue.close();
  });

  const write = (...rows: readonly RowInput[]): Promise<SegmentInfo> => writeSegment(sessions, rows);
  const add = async (...rows: readonly RowInput[]): Promise<SegmentInfo> => {
    const segment = await write(...rows);
    await store.commitSegments({ add: [segment], remove: [] });
    return segment;
  };
  const lose = async (lost: readonly SegmentInfo[], made: readonly SegmentInfo[], unreadable: readonly SegmentInfo[] = []): Promise<void> => {
    for (const { path } of [...lost, ...unreadable]) rmSync(join(sessions, path));
    await store.commitSegments({ add: made, remove: lost.map(({ path }) => path), lost: { unreadable: unreadable.map(({ path }) => path) } });
  };
  /** Nodes of what is visible, in order of time, now and once everything is merged. */
  const nodes = async (): Promise<readonly unknown[]> => {
    const seen = async () => (await store.search(request({ fields: [field("node")], order: [{ field: field("starttime"), direction: "asc" }] }), service)).rows.map(({ values }) => values.get("node"));
    const before = await seen();
    await store.optimise("2026-01-15", null);
    expect(await seen()).toEqual(before);
    expect(await store.count(all, service)).toBe(before.length);
    return before;
  };

  it("give their place to a row that was made again, over open ones that they had hidden", async () => {
    await add(open(1, "open"), row(2, "other"));
    await add(open(1, "still open", 2));
    const final = await add(row(1, "final", { rowVersion: 3 }));
    expect(await store.count(all, service)).toBe(2);
    await lose([final], [await write(row(1, "made"), row(2, "other made"))]);
    expect(await nodes()).toEqual(["made", "other made"]);
  });

  it("take nothing from a final row whose open ones they had", async () => {
    const first = await add(open(1, "open"));
    await add(row(1, "final", { rowVersion: 2 }));
    await lose([first], [await write(row(1, "made"))]);
    expect(await nodes()).toEqual(["final"]);
  });

  it("leave what they had hidden where nothing was made again: of several the highest, and once", async () => {
    await add(open(1, "open"), row(2, "moved once"));
    await add(open(1, "still open", 2));
    const final = await add(row(1, "final", { rowVersion: 3 }));
    await store.movePackets([{ id: rowId(DAY + 2, 2), packets: [{ fileId: 7, offset: 24, length: 100 }] }]);
    const [moved] = catalogue.segments.live().filter(({ level }) => level === 1);
    if (moved === undefined) throw new Error("nothing was moved");
    await lose([final, moved], []);
    expect(await nodes()).toEqual(["still open", "moved once"]);
  });

  it("show rows that were made again and are there, equal to the last byte", async () => {
    const imported = await add(row(1, "imported"), row(2, "imported too"));
    await add(row(1, "moved", { rowVersion: 2 }));
    const again = await add(row(1, "moved again", { rowVersion: 3 }));
    await lose([again], [imported]);
    expect(await nodes()).toEqual(["imported", "imported too"]);
  });

  it("show what they had hidden of a segment of which more is hidden at the same time", async () => {
    await add(open(1, "open"), row(2, "second"));
    const final = await add(row(1, "final", { rowVersion: 2 }));
    // The view before the loss has as many hidden rows of the segment as the one after it.
    expect(await store.count(all, service)).toBe(2);
    await lose([final], [await write(row(2, "second made"))]);
    expect(await nodes()).toEqual(["open", "second made"]);
  });

  it("do not show what another one hides that is still unreadable, until that is made again", async () => {
    await add(open(1, "open"), open(3, "third open"));
    const unreadable = await add(row(1, "final", { rowVersion: 2 }), row(2, "second"));
    const final = await add(row(3, "third", { rowVersion: 2, lastPacket: DAY + 100 }), row(4, "fourth", { firstPacket: DAY + 1, id: rowId(DAY + 1, 4) }));
    await lose([final], [await write(row(3, "third made"))], [unreadable]);
    expect([...catalogue.segments.supersededCounts().values()]).toEqual([2]);
    await store.commitSegments({ add: [await write(row(1, "made"), row(2, "second made"))], remove: [unreadable.path], lost: { unreadable: [] } });
    expect(await nodes()).toEqual(["made", "second made", "third made"]);
  });

  it("show nothing of times that are not theirs", async () => {
    await add(open(1, "open"), open(500, "late open"));
    await store.commitSegments({ add: [await write(row(1, "next day", { rowVersion: 2, lastPacket: DAY + 90_000_000 }))], remove: [] });
    await store.expirePartition("2026-01-16");
    const final = await add(row(500, "late", { rowVersion: 2 }));
    await lose([final], []);
    expect(await nodes()).toEqual(["late open"]);
  });
});
