import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { silentLogger } from "../../../src/base/logger.js";
import { openCatalogue, type Catalogue } from "../../../src/catalogue/catalogue.js";
import { FieldShapes } from "../../../src/index-store/embedded/field-shapes.js";
import { QueryPlan } from "../../../src/index-store/embedded/query-plan.js";
import { disjoint } from "../../../src/index-store/embedded/ranges.js";
import { Parameters } from "../../../src/index-store/embedded/statement.js";
import { openEmbeddedStore, type EmbeddedStore } from "../../../src/index-store/embedded/store.js";
import { SERVICE_SCOPE } from "../../../src/model/access-scope.js";
import { packagedCatalogue } from "../../../src/model/field-catalogue.js";
import { ALL_TIME } from "../../../src/model/time-range.js";
import { compileExpression } from "../../../src/query/check.js";
import { rowId, writeSegment } from "../../support/segment-rows.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const DAY = Date.UTC(2026, 0, 15);
const fields = packagedCatalogue();
const compile = (text: string) => compileExpression(text, fields, { nowMs: DAY, timeZone: "UTC" });
const times = <T>(count: number, make: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));

describe("a statement for many values", () => {
  const columns = ["source.ip", "source.port", "destination.ip", "dns", "http.xffIp", "http.statuscode", "rootId"];
  const segment = { path: "a", day: "2026-01-15", level: 0, rows: 1, bytes: 1, firstMs: DAY, minLastMs: DAY, lastMs: DAY, columns, openRows: 0, totalPackets: 0, totalBytes: 0 };
  const snapshot = { segments: [segment], dirty: new Set<string>(), hiddenTable: null, tagTable: null, hasTags: false, release: () => undefined };
  const parts = { fields, shapes: new FieldShapes(fields), fileOf: (path: string) => path, goneFiles: () => [] };
  const statementOf = (text: string) => {
    const parameters = new Parameters();
    const plan = QueryPlan.of(parts, snapshot, { expression: compile(text), range: ALL_TIME }, { scope: SERVICE_SCOPE, signal: null, timeoutMs: 1_000 });
    return parameters.statement(plan.where(parameters));
  };
  const network = (at: number): string => `10.${at >> 7}.${(at * 2) % 256}.0/24`;

  it.each([
    ["networks", (count: number) => `ip == [${times(count, network).join()}]`],
    ["networks, none of them", (count: number) => `ip != [${times(count, network).join()}]`],
    ["networks with ports", (count: number) => `ip == [${times(count, (at) => `${network(at)}:${at}`).join()}]`],
    ["ports beside addresses", (count: number) => `ip == [${times(count, (at) => `:${at}`).join()}]`],
    ["addresses one by one", (count: number) => times(count, (at) => `ip == ${network(at).replace("0/24", "1")}`).join(" || ")],
    ["networks one by one, none of them", (count: number) => times(count, (at) => `ip != ${network(at)}`).join(" && ")],
    ["ranges of numbers", (count: number) => `http.statuscode == [${times(count, (at) => `${at * 10}-${at * 10 + 3}`).join()}]`],
    ["ids", (count: number) => `db:rootId == [${times(count, (at) => rowId(DAY, at)).join()}]`],
  ])("does not grow with them: %s", (_, expression) => {
    const [some, more] = [statementOf(expression(100)), statementOf(expression(1_000))];
    expect(more.sql).toBe(some.sql);
    expect(Object.keys(more.values).length).toBeLessThan(40);
  });
});

describe("answers", () => {
  let catalogue: Catalogue;
  let store: EmbeddedStore;
  const row = (at: number) => ({
    id: rowId(DAY, at), firstPacket: DAY, lastPacket: DAY,
    ...(at % 5 === 0 ? {} : { "source.ip": `10.0.${at % 256}.${at % 3}`, "source.port": at % 7 }),
    "destination.ip": `2001:db8::${at.toString(16)}`, "destination.port": 443,
    ...(at % 4 === 0 ? {} : { "http.xffIp": [`10.1.${at % 200}.1`, `10.2.${at % 90}.1`] }),
    ...(at % 3 === 0 ? {} : { dns: [{ ip: [`10.3.${at % 256}.9`] }, { ip: [`10.4.${at % 130}.9`, `10.5.0.${at % 9}`] }] }),
    ...(at % 6 === 0 ? {} : { "http.statuscode": [at, at + 1_000] }), "network.bytes": at * 3,
  });

  beforeAll(async () => {
    const directory = temporaryDirectory();
    const clock = { nowMs: () => DAY };
    catalogue = openCatalogue(directory, clock);
    store = await openEmbeddedStore({ catalogue, fields, clock, logger: silentLogger, threads: 1, memoryBytes: 256 << 20 });
    await store.commitSegments({ add: [await writeSegment(join(directory, "sessions"), times(600, row))], remove: [] });
  });
  afterAll(async () => {
    await store.close();
    catalogue.close();
  });

  const ids = async (text: string): Promise<readonly string[]> => {
    const found = await store.search({ expression: compile(text), range: ALL_TIME, fields: [], order: [], limit: 1_000, after: null, countTotal: false }, { scope: SERVICE_SCOPE, signal: null, timeoutMs: 60_000 });
    return found.rows.map(({ id }) => id).toSorted();
  };
  const evenNetworks = (third: (at: number) => number, width: number) => times(120, (at) => `10.${third(at)}.${at * 2}.0/${width}`);

  /** The same values in lists that are short enough to be tested one by one. */
  const inParts = async (field: string, values: readonly string[]): Promise<readonly string[]> => {
    const parts = await Promise.all(times(Math.ceil(values.length / 5), (at) => ids(`${field} == [${values.slice(at * 5, at * 5 + 5).join()}]`)));
    return [...new Set(parts.flat())].toSorted();
  };

  it.each<[string, string, readonly string[]]>([
    ["a field of one value", "ip.src", evenNetworks(() => 0, 24)],
    ["overlapping networks", "ip.src", [...evenNetworks(() => 0, 24), ...times(60, (at) => `10.0.${at * 4}.0/22`), "10.0.200/21"]],
    ["a list", "ip.xff", evenNetworks((at) => 1 + (at % 2), 24)],
    ["members of objects", "ip.dns", evenNetworks((at) => 3 + (at % 3), 24)],
    ["every field of an address", "ip", [...evenNetworks((at) => at % 6, 24), "2001:db8::1/124", "10.0.7.1", "10.0.9.0"]],
    ["networks with a port", "ip.src", [...times(120, (at) => `10.0.${at * 2}.0/23:${at % 7}`), "10.0.8.0/21:3", "10.0.0.0/16:6"]],
    ["addresses with a port, and ports", "ip", [...times(120, (at) => `10.0.${at * 2}.${at % 3}:${at % 7}`), ":5", ...times(20, (at) => `:${at + 8_000}`)]],
    ["ranges of numbers in a list", "http.statuscode", times(150, (at) => `${at * 10}-${at * 10 + (at % 9)}`)],
    ["ranges of numbers", "bytes", [...times(150, (at) => `${at * 12}-${at * 12 + (at % 13)}`), "7", "9"]],
  ])("are the same for a long list as for short ones: %s", async (_, field, values) => {
    const expected = await inParts(field, values);
    expect(expected.length).toBeGreaterThan(20);
    expect(expected.length).toBeLessThan(590);
    expect(await ids(`${field} == [${values.join()}]`)).toEqual(expected);
    expect(await ids(values.map((value) => `${field} == ${value}`).join(" || "))).toEqual(expected);
    const all = await ids("");
    const others = all.filter((id) => !expected.includes(id));
    expect(await ids(`${field} != [${values.join()}]`)).toEqual(others);
    expect(await ids(values.map((value) => `${field} != ${value}`).join(" && "))).toEqual(others);
    expect(await ids(`bytes >= 30 && !(${field} == [${values.join()}] || bytes > 900)`)).toEqual(others.filter((id) => all.indexOf(id) >= 10 && all.indexOf(id) <= 300));
  });
});

it("ranges that overlap become one", () => {
  expect(disjoint([{ low: 5, high: 9 }, { low: 1, high: 2 }, { low: 9, high: 9 }, { low: 6, high: 7 }, { low: 2, high: 3 }, { low: 11, high: Infinity }, { low: -Infinity, high: 0 }])).toEqual([
    { low: -Infinity, high: 0 }, { low: 1, high: 3 }, { low: 5, high: 9 }, { low: 11, high: Infinity },
  ]);
});
