import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PositionSorter } from "../../../src/export/position-sorter.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

interface Ref {
  readonly fileId: number;
  readonly offset: number;
  readonly length: number;
}

async function sortedOf(refs: readonly Ref[], runPositions: number): Promise<readonly Ref[]> {
  const sorter = new PositionSorter(path.join(temporaryDirectory(), "work"), runPositions);
  for (let at = 0; at < refs.length; at += 3) {
    sorter.add(refs.slice(at, at + 3));
    if (sorter.isFull) await sorter.spill();
  }
  const found: Ref[] = [];
  for (const { fileId } of sorter.files()) {
    for await (const { offsets, lengths, count } of sorter.positionsOf(fileId)) {
      for (let at = 0; at < count; at += 1) found.push({ fileId, offset: offsets[at] ?? -1, length: lengths[at] ?? -1 });
    }
  }
  await sorter.close();
  return found;
}

describe("positions", () => {
  it("come back by file and offset, each once, however many fit in memory", async () => {
    const offset = fc.oneof(fc.nat(50), fc.integer({ min: 2 ** 31 - 5, max: 2 ** 32 + 5 }), fc.integer({ min: 2 ** 39 - 20, max: 2 ** 39 - 1 }));
    const ref = fc.record({ fileId: fc.constantFrom(1, 2, 7_000_000_000), offset }).map(({ fileId, offset: at }) => ({ fileId, offset: at, length: 16 + (at % 33_000_000) }));
    await fc.assert(fc.asyncProperty(fc.array(ref, { maxLength: 200 }), fc.integer({ min: 1, max: 80 }), async (refs, runPositions) => {
      const once = [...new Map(refs.map((one) => [`${one.fileId} ${one.offset}`, one])).values()].sort((left, right) => left.fileId - right.fileId || left.offset - right.offset);
      expect(await sortedOf(refs, runPositions)).toEqual(once);
    }), { numRuns: 150 });
  });

  it("may be read more than once, and tell their extent", async () => {
    const sorter = new PositionSorter(path.join(temporaryDirectory(), "work"), 4);
    sorter.add(Array.from({ length: 10 }, (_, at) => ({ fileId: 1, offset: 1000 - at * 100, length: 60 + at })));
    await sorter.spill();
    expect(sorter.files()).toEqual([{ fileId: 1, positions: 10, bytes: 645, longest: 69, first: { fileId: 1, offset: 100, length: 69 } }]);
    for (let round = 0; round < 2; round += 1) {
      let count = 0;
      for await (const chunk of sorter.positionsOf(1)) count += chunk.count;
      expect(count).toBe(10);
    }
    await sorter.close();
  });

  it("that no record can be at are counted apart", async () => {
    const sorter = new PositionSorter(temporaryDirectory());
    sorter.add([{ fileId: 3, offset: 2 ** 39, length: 60 }, { fileId: 3, offset: 24, length: 2 ** 25 }, { fileId: 3, offset: -1, length: 60 }]);
    expect([sorter.files(), sorter.unusable()]).toMatchObject([[], [{ fileId: 3, packets: 3 }]]);
  });
});
