import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LookbackError } from "../../../src/base/errors.js";
import { silentLogger } from "../../../src/base/logger.js";
import { openCatalogue, type Catalogue } from "../../../src/catalogue/catalogue.js";
import { removeWritten } from "../../../src/index-store/embedded/row-moves.js";
import { openEmbeddedStore, type EmbeddedStore } from "../../../src/index-store/embedded/store.js";
import { SERVICE_SCOPE } from "../../../src/model/access-scope.js";
import { packagedCatalogue } from "../../../src/model/field-catalogue.js";
import { ALL_TIME } from "../../../src/model/time-range.js";
import { rowId, writeSegment } from "../../support/segment-rows.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const DAY = Date.UTC(2026, 0, 15);
const row = (number: number) => ({ id: rowId(DAY + number, number), firstPacket: DAY + number, lastPacket: DAY + number + 5 });
const all = { expression: { node: "everything" }, range: ALL_TIME } as const;
const service = { scope: SERVICE_SCOPE, signal: null, timeoutMs: 20_000 };

describe("an embedded store whose catalogue cannot forget retired segments", () => {
  let catalogue: Catalogue;
  let sessions: string;
  let store: EmbeddedStore;

  beforeEach(async () => {
    const directory = temporaryDirectory();
    sessions = join(directory, "sessions");
    const clock = { nowMs: () => DAY };
    catalogue = openCatalogue(directory, clock);
    store = await openEmbeddedStore({ catalogue, fields: packagedCatalogue(), clock, logger: silentLogger, threads: 1, memoryBytes: 256 << 20 });
    const old = await writeSegment(sessions, [row(1)]);
    await store.commitSegments({ add: [old], remove: [] });
    catalogue.segments.forget = () => { throw new LookbackError("DISK_FULL", "no room left for the catalogue"); };
    await store.commitSegments({ add: [await writeSegment(sessions, [row(1), row(2)])], remove: [old.path] });
  });
  afterEach(async () => {
    await store.close();
    catalogue.close();
  });

  it("keeps what it committed: the rows of moved packets are there, at their new places", async () => {
    const moved = [{ fileId: 7, offset: 24, length: 60 }];
    await store.movePackets([{ id: row(2).id, packets: moved }]);
    const found = [];
    for await (const batch of store.streamPackets({ ...all, expression: { node: "ids", ids: [row(2).id] } }, service)) found.push(...batch);
    expect(found.map(({ packets }) => packets)).toEqual([moved]);
    expect(await store.count(all, service)).toBe(2);
    expect(await store.health()).toEqual({ ok: true, damaged: [] });
  });

  it("never removes the file of a segment that was committed", async () => {
    const [live] = catalogue.segments.live();
    const fresh = await writeSegment(sessions, [row(3)]);
    const fileOf = (path: string): string => join(sessions, path);
    removeWritten({ catalogue, live: { fileOf } }, [...(live === undefined ? [] : [live]), fresh]);
    expect(existsSync(fileOf(live?.path ?? ""))).toBe(true);
    expect(existsSync(fileOf(fresh.path))).toBe(false);
  });
});
