import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { silentLogger } from "../../../src/base/logger.js";
import { openCatalogue, type Catalogue } from "../../../src/catalogue/catalogue.js";
import { openEmbeddedStore, type EmbeddedStore } from "../../../src/index-store/embedded/store.js";
import { SERVICE_SCOPE } from "../../../src/model/access-scope.js";
import { packagedCatalogue } from "../../../src/model/field-catalogue.js";
import { ALL_TIME } from "../../../src/model/time-range.js";
import { compileExpression } from "../../../src/query/check.js";
import { rowId, writeSegment } from "../../support/segment-rows.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const DAY = Date.UTC(2026, 0, 15);
const fields = packagedCatalogue();
let catalogue: Catalogue;
let store: EmbeddedStore;

beforeEach(async () => {
  const directory = temporaryDirectory();
  const clock = { nowMs: () => DAY };
  catalogue = openCatalogue(directory, clock);
  store = await openEmbeddedStore({ catalogue, fields, clock, logger: silentLogger, threads: 1, memoryBytes: 256 << 20 });
  const row = { id: rowId(DAY, 1), firstPacket: DAY, lastPacket: DAY, node: "a".repeat(60), "http.host": ["a".repeat(60), "www.some_host.example"] };
  await store.commitSegments({ add: [await writeSegment(join(directory, "sessions"), [row])], remove: [] });
});
afterEach(async () => {
  await store.close();
  catalogue.close();
});

it.each([
  [`node == ${"*a".repeat(9)}?b`, 0],
  [`node == ${"*a".repeat(9)}?*`, 1],
  [`host.http == ${"*a".repeat(9)}_b`, 0],
  ["host.http == *some_h?st*", 1],
  ["host.http == *s*me_h?st", 0],
  ['host.http.tokens == ["no such words","www some_host"]', 1],
  ["host.http.tokens == some", 0],
  ["host.http == /[S-_]OME.*|WWW[-.][S-_]OME.HOST\\.[A-_]+/", 1],
])("%s is answered in time: %i", async (text, sessions) => {
  const expression = compileExpression(text, fields, { nowMs: DAY, timeZone: "UTC" });
  expect(await store.count({ expression, range: ALL_TIME }, { scope: SERVICE_SCOPE, signal: null, timeoutMs: 5_000 })).toBe(sessions);
});
