import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openCatalogue, type Catalogue } from "../../../src/catalogue/catalogue.js";
import type { SupersededRows } from "../../../src/catalogue/segments.js";
import { Engine } from "../../../src/index-store/embedded/engine.js";
import { findSuperseded } from "../../../src/index-store/embedded/versions.js";
import { rowIdBytes, rowIdOf } from "../../../src/index-store/row-id.js";
import type { SegmentInfo } from "../../../src/model/segment.js";
import { rowId, writeSegment, type RowInput } from "../../support/segment-rows.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const DAY = Date.UTC(2026, 0, 15);
const row = (number: number, rowVersion: number): RowInput => ({ id: rowId(DAY + number, number), firstPacket: DAY + number, lastPacket: DAY + number + 5, rowVersion });

describe("rows that are superseded", () => {
  let sessions: string;
  let engine: Engine;
  let catalogue: Catalogue;

  beforeEach(() => {
    const directory = temporaryDirectory();
    sessions = join(directory, "sessions");
    catalogue = openCatalogue(directory, { nowMs: () => DAY });
    engine = Engine.open({
      memoryBytes: 256 << 20, threads: 1, temporaryDirectory: join(directory, "spill"), temporaryBytes: 1 << 30, dataDirectory: sessions, connections: 1, streams: 1, caches: false,
    });
  });
  afterEach(() => {
    engine.close();
    catalogue.close();
  });

  const live = async (rows: readonly RowInput[], hidden: readonly number[] = []): Promise<SegmentInfo> => {
    const segment = await writeSegment(sessions, rows);
    catalogue.transaction(() => catalogue.segments.apply({
      add: [segment], remove: [], superseded: [{ segment: segment.path, ids: hidden.map((number) => rowIdBytes(rowId(DAY + number, number))) }],
    }));
    return segment;
  };
  const found = async (added: readonly SegmentInfo[]): Promise<readonly (readonly [string, readonly string[]])[]> => {
    const answer: readonly SupersededRows[] = await findSuperseded(engine, catalogue.segments, added, catalogue.segments.live(), (path) => join(sessions, path));
    return answer.map(({ segment, ids }) => [segment, ids.map(rowIdOf)]);
  };

  it("are those of a lower version, and of equal ones those that were there", async () => {
    const [old, high] = [await live([row(1, 1), row(2, 1)]), await live([row(3, 2)])];
    const added = await writeSegment(sessions, [row(1, 2), row(2, 1), row(3, 1), row(4, 1)]);
    expect(new Map(await found([added]))).toEqual(new Map([[old.path, [rowId(DAY + 1, 1), rowId(DAY + 2, 2)]], [added.path, [rowId(DAY + 3, 3)]]]));
    expect(high.rows).toBe(1);
  });

  it("are none by a row that is hidden itself, whatever its version", async () => {
    await live([row(1, 3), row(2, 1)], [1]);
    expect(await found([await writeSegment(sessions, [row(1, 1)])])).toEqual([]);
  });

  it("are not told twice", async () => {
    const [, second] = [await live([row(1, 1), row(1, 1)], [1]), await live([row(1, 2)])];
    expect(await found([await writeSegment(sessions, [row(1, 3)])])).toEqual([[second.path, [rowId(DAY + 1, 1)]]]);
  });

  it("are the lower ones of what is added at once", async () => {
    await live([row(1, 9)], [1]);
    const [low, high] = [await writeSegment(sessions, [{ ...row(1, 1), final: false }]), await writeSegment(sessions, [row(1, 2)])];
    expect(await found([high, low])).toEqual([[low.path, [rowId(DAY + 1, 1)]]]);
  });
});
