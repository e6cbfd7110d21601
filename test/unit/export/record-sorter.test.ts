import { readdirSync } from "node:fs";
import fc from "fast-check";
import { expect, it } from "vitest";
import { RecordSorter } from "../../../src/export/record-sorter.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

async function sortedBy(directory: string, records: readonly number[][], shape: { width: number; keys: number; unique: boolean }, limits: { runRecords: number; mergeRuns: number }, pieces: number) {
  const sorter = new RecordSorter(directory, "t", shape, limits);
  for (let at = 0; at < records.length; at += pieces) await sorter.add(Float64Array.from(records.slice(at, at + pieces).flat()));
  const found: number[][] = [];
  for await (const chunk of sorter.sorted()) for (let at = 0; at < chunk.length; at += shape.width) found.push([...chunk.subarray(at, at + shape.width)]);
  return found;
}

const byKeys = (keys: number) => (left: number[], right: number[]) => {
  for (let key = 0; key < keys; key += 1) {
    const difference = (left[key] ?? 0) - (right[key] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
};

it("sorts any records through any number of runs, as sorting in memory does", async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(fc.tuple(fc.integer({ min: -3, max: 3 }), fc.nat(4)).map(([one, two]) => [one, two, one * 100 + two * 10]), { maxLength: 200 }),
    fc.boolean(), fc.integer({ min: 1, max: 7 }), fc.integer({ min: 2, max: 4 }), fc.integer({ min: 1, max: 9 }),
    async (records, unique, runRecords, mergeRuns, pieces) => {
      const found = await sortedBy(temporaryDirectory(), records, { width: 3, keys: 2, unique }, { runRecords, mergeRuns }, pieces);
      const expected = records.toSorted(byKeys(2)).filter((record, index, all) => !unique || index === 0 || byKeys(2)(all[index - 1] ?? [], record) !== 0);
      expect(found).toEqual(expected);
    },
  ), { numRuns: 150 });
}, 60_000);

it("handles more records than a chunk and merges no more runs at once than allowed", async () => {
  const directory = temporaryDirectory();
  const records = Array.from({ length: 20_000 }, (_, index) => [(index * 7919) % 20_011, index]);
  const found = await sortedBy(directory, records, { width: 2, keys: 1, unique: false }, { runRecords: 900, mergeRuns: 5 }, 1000);
  expect(found).toEqual(records.toSorted(byKeys(1)));
  expect(readdirSync(directory).length).toBeLessThanOrEqual(5);
});

it("keeps a run that is in order in memory without a file", async () => {
  const directory = temporaryDirectory();
  expect(await sortedBy(directory, [[1], [2], [2]], { width: 1, keys: 1, unique: true }, { runRecords: 10, mergeRuns: 2 }, 1)).toEqual([[1], [2]]);
  expect(readdirSync(directory)).toEqual([]);
});
