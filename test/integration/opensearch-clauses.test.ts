import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CheckedExpression } from "../../src/model/checked-expression.js";
import { packagedCatalogue } from "../../src/model/field-catalogue.js";
import { compileExpression } from "../../src/query/check.js";
import { as, DAY, EVERYTHING, found, ROWS, service } from "../contract/sessions.js";
import { engineOn, searchNode, type EngineUnderTest } from "../support/search-node.js";
import { writeSegment } from "../support/segment-rows.js";

const url = await searchNode("opensearch");
const compile = (text: string): CheckedExpression => compileExpression(text, packagedCatalogue(), { nowMs: DAY, timeZone: "UTC" });
const networks = (count: number): string => Array.from({ length: count }, (_, at) => `10.${at >> 7}.${(at * 2) % 256}.0/24`).join();

describe.skipIf(url === null)("an expression on a cluster that counts the tests of a whole query", () => {
  let under: EngineUnderTest;
  beforeAll(async () => {
    under = engineOn(url ?? "");
    await under.engine.store.commitSegments({ add: [await writeSegment(under.sessions, ROWS)], remove: [] });
    await under.shipper.drain();
  });
  afterAll(() => under.close());

  // A range counts twice; `ip` has ten fields.
  it.each([["ip", 50], ["ip.src", 500]])("may name so many networks as the documentation says: %s %s", async (field, count) => {
    const { store } = under.engine;
    expect(await found(store, compile(`${field} == [${networks(count)}]`))).toEqual([1, 2, 6]);
    expect(await found(store, compile(`${field} != [${networks(count)}]`))).toEqual([3, 4, 5]);
  });

  it.each([
    ["written", (store: EngineUnderTest["engine"]["store"], expression: CheckedExpression) => found(store, expression, service)],
    ["forced", (store: EngineUnderTest["engine"]["store"], expression: CheckedExpression) => found(store, EVERYTHING, as({ forcedExpression: expression }))],
  ])("is refused with the way out when it has more, %s", async (_, read) => {
    await expect(read(under.engine.store, compile(`ip == [${networks(110)}]`))).rejects.toMatchObject({
      code: "EXPRESSION_TOO_LARGE", message: expect.stringMatching(/at most 1024.*networks.*max_clause_count/), details: { limit: 1_024 },
    });
  });

  it("is refused when its patterns are too many", async () => {
    const patterns = Array.from({ length: 1_100 }, (_, at) => `*${at}a*`).join();
    await expect(found(under.engine.store, compile(`host.http == [${patterns}]`))).rejects.toMatchObject({ code: "EXPRESSION_TOO_LARGE", details: { limit: 1_024 } });
  });
});
