import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { silentLogger } from "../../../src/base/logger.js";
import { openCatalogue, type Catalogue } from "../../../src/catalogue/catalogue.js";
import { openEmbeddedStore, type EmbeddedStore } from "../../../src/index-store/embedded/store.js";
import { rowIdBytes } from "../../../src/index-store/row-id.js";
import { SERVICE_SCOPE } from "../../../src/model/access-scope.js";
import { packagedCatalogue } from "../../../src/model/field-catalogue.js";
import { ALL_TIME } from "../../../src/model/time-range.js";
import { compileExpression } from "../../../src/query/check.js";
import { rowId, writeSegment } from "../../support/segment-rows.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const DAY = Date.UTC(2026, 0, 15);
const ROWS = 40;
const fields = packagedCatalogue();
const tagsField = fieldOf("tags");
const context = { scope: SERVICE_SCOPE, signal: null, timeoutMs: 30_000 };
const ids = Array.from({ length: ROWS }, (_, at) => rowId(DAY, at));
const some = (...numbers: readonly number[]): string[] => numbers.map((at) => ids[at] ?? "");

function fieldOf(path: string) {
  const field = fields.byPath(path);
  if (field === null) throw new Error(`no field ${path}`);
  return field;
}

let directory: string;
let catalogue: Catalogue;
let store: EmbeddedStore;

const open = (of: Catalogue): Promise<EmbeddedStore> => openEmbeddedStore({ catalogue: of, fields, clock: { nowMs: () => DAY }, logger: silentLogger, threads: 1, memoryBytes: 128 << 20 });

beforeEach(async () => {
  directory = temporaryDirectory();
  catalogue = openCatalogue(directory, { nowMs: () => DAY });
  store = await open(catalogue);
  const rows = ids.map((id, at) => ({ id, firstPacket: DAY, lastPacket: DAY + at, ...(at % 4 === 0 ? { tags: ["own"] } : {}) }));
  await store.commitSegments({ add: [await writeSegment(join(directory, "sessions"), rows)], remove: [] });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await store.close();
  catalogue.close();
});

const count = (text: string, of = store): Promise<number> =>
  of.count({ expression: compileExpression(text, fields, { nowMs: DAY, timeZone: "UTC" }), range: ALL_TIME }, context);

/** Tags of every row, as lists of them are read. */
async function allTags(of = store): Promise<readonly unknown[]> {
  const found = await of.search({ expression: { node: "everything" }, range: ALL_TIME, fields: [tagsField], order: [], limit: ROWS, after: null, countTotal: false }, context);
  return found.rows.toSorted((left, right) => (left.id < right.id ? -1 : 1)).map(({ values }) => values.get("tags"));
}

describe("edited tags", () => {
  it("are not read for what touches no tags", async () => {
    await store.changeTags(some(1, 2), ["seen"], []);
    const [page, ofRows] = [vi.spyOn(catalogue.tags, "page"), vi.spyOn(catalogue.tags, "ofRows")];
    expect(await count("packets >= 0 || bytes > 0")).toBe(ROWS);
    expect(await count("")).toBe(ROWS);
    expect(page).not.toHaveBeenCalled();
    expect(ofRows).not.toHaveBeenCalled();
  });

  it("are read anew for the rows that changed", async () => {
    await store.changeTags(some(1, 2, 3), ["seen"], []);
    expect(await count("tags == seen")).toBe(3);
    const [page, ofRows] = [vi.spyOn(catalogue.tags, "page"), vi.spyOn(catalogue.tags, "ofRows")];
    await store.changeTags(some(2), [], ["seen"]);
    await store.changeTags(some(4, 5), ["seen"], ["own"]);
    await store.changeTags(some(4, 5), ["seen"], ["own"]);
    expect(await count("tags == seen")).toBe(4);
    expect(await count("tags == own")).toBe(ROWS / 4 - 1);
    expect(page).not.toHaveBeenCalled();
    expect(ofRows.mock.calls.map(([rows]) => rows.length)).toEqual([3]);
    expect(await count("tags == seen")).toBe(4);
    expect(ofRows).toHaveBeenCalledTimes(1);
  });

  it("are all read when another process edits in between", async () => {
    await store.changeTags(some(1), ["seen"], []);
    expect(await count("tags == seen")).toBe(1);
    const other = openCatalogue(directory, { nowMs: () => DAY });
    await store.changeTags(some(2), ["seen"], []);
    other.tags.edit(some(3).map(rowIdBytes), ["seen"], []);
    await store.changeTags(some(4), ["seen"], []);
    expect(await count("tags == seen")).toBe(4);
    other.tags.edit(some(5).map(rowIdBytes), ["seen"], []);
    expect(await count("tags == seen")).toBe(5);
    await store.changeTags(some(6), ["seen"], []);
    expect(await count("tags == seen")).toBe(6);
    const edit = catalogue.tags.edit.bind(catalogue.tags);
    vi.spyOn(catalogue.tags, "edit").mockImplementationOnce((...given) => {
      other.tags.edit(some(7).map(rowIdBytes), ["seen"], []);
      return edit(...given);
    });
    await store.changeTags(some(8), ["seen"], []);
    expect(await count("tags == seen")).toBe(8);
    other.close();
  });

  it("are in every answer what a store that starts with them has", async () => {
    const other = openCatalogue(directory, { nowMs: () => DAY });
    let seed = 7;
    const next = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
    for (let round = 0; round < 25; round++) {
      const rows = [...new Set(Array.from({ length: 1 + next(8) }, () => next(ROWS)))];
      const [add, remove] = next(2) === 0 ? [[`t${next(3)}`], []] : [[], [next(3) === 0 ? "own" : `t${next(3)}`]];
      if (next(5) === 0) other.tags.edit(some(...rows).map(rowIdBytes), add, remove);
      else await store.changeTags(some(...rows), add, remove);
      if (next(2) === 0) continue;
      const reader = openCatalogue(directory, { nowMs: () => DAY });
      const fresh = await open(reader);
      expect(await allTags()).toEqual(await allTags(fresh));
      expect(await count("tags == t1 && tags != own")).toBe(await count("tags == t1 && tags != own", fresh));
      await fresh.close();
      reader.close();
    }
    other.close();
  });

  it("are there in a list of sessions, in a document and in an aggregation that do not search for them", async () => {
    await store.changeTags(some(1), ["seen"], []);
    expect((await allTags())[1]).toEqual(["seen"]);
    await store.changeTags(some(1), ["again"], []);
    expect(await store.get(ids[1] ?? "", context)).toMatchObject({ tags: ["again", "seen"] });
    await store.changeTags(some(2), ["again"], []);
    const rows: unknown[] = [];
    for await (const batch of store.streamRows({ expression: { node: "everything" }, range: ALL_TIME, fields: [tagsField] }, context)) rows.push(...batch.flatMap(({ values }) => values.get("tags") ?? []));
    expect(rows.filter((tag) => tag === "again")).toHaveLength(2);
  });

  it("let others run while many are read", async () => {
    const many = Array.from({ length: 9_000 }, (_, at) => rowId(DAY + 1, at));
    await store.changeTags(many, ["seen"], []);
    const turns: number[] = [];
    let turn = 0;
    let isReading = true;
    const next = (): void => {
      turn += 1;
      if (isReading) setImmediate(next);
    };
    const page = catalogue.tags.page.bind(catalogue.tags);
    vi.spyOn(catalogue.tags, "page").mockImplementation((after, limit) => {
      turns.push(turn);
      return page(after, limit);
    });
    setImmediate(next);
    expect(await count("tags == seen")).toBe(0);
    isReading = false;
    expect(turns.length).toBeGreaterThan(4);
    expect(new Set(turns).size).toBe(turns.length);
  });
});
