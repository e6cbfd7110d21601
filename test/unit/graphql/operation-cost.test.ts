import { parse } from "graphql";
import { describe, expect, it } from "vitest";
import { LIMITS } from "../../../src/graphql/limits.js";
import { costOf } from "../../../src/graphql/operation-check.js";
import { graphqlSchema } from "../../../src/graphql/schema.js";

function cost(text: string, variables: Record<string, unknown> = {}): number {
  return costOf(graphqlSchema(), parse(text), variables, null);
}

const names = (count: number): readonly string[] => Array.from({ length: count }, (_, at) => `db:f${at}`);
const aliases = (count: number, what: string): string => Array.from({ length: count }, (_, at) => `a${at}: ${what}`).join(" ");
const tooDear = expect.objectContaining({ code: "LIMIT_EXCEEDED", details: expect.objectContaining({ limit: LIMITS.cost }) });

describe("the cost of an operation", () => {
  it("counts the members of each packet, once per session of a page", () => {
    expect(() => cost(`{ sessions(first: 180) { nodes { packets(first: 10000) { packets { ${aliases(48, "file")} } } } } }`)).toThrow(tooDear);
    expect(() => cost(`{ sessions(first: 180) { edges { node { ...P } } } } fragment P on Session { packets(first: 10000) { packets { file offset time } } }`)).toThrow(tooDear);
    const costWith = (count: number): number => cost(`{ session(id: "x") { session { packets(first: 1000) { packets { ${aliases(count, "file")} } } } } }`);
    expect(costWith(10) - costWith(1)).toBeCloseTo((9 * 1000) / 20, -1);
  });

  it("counts the question for packets once per session of a page", () => {
    expect(() => cost("{ sessions(first: 1000) { nodes { packets(first: 1) { total } } } }")).toThrow(tooDear);
    expect(cost("{ sessions(first: 50) { nodes { packets(first: 1) { total } } } }")).toBeGreaterThanOrEqual(50 * 100);
    expect(cost("{ sessions(first: 1) { nodes { packets(first: 1) { total } } } }")).toBeLessThan(200);
  });

  it("counts every name of fields", () => {
    expect(() => cost(`query($names: [String!]!) { sessions(first: 1000) { nodes { ${aliases(49, "fields(names: $names) { name path value }")} } } }`, { names: names(200) })).toThrow(tooDear);
    expect(cost("query($names: [String!]!) { sessions(first: 100) { nodes { fields(names: $names) { value } } } }", { names: names(200) })).toBeGreaterThanOrEqual(1_000);
  });

  it("counts what a subscription tells in a second as a page", () => {
    expect(() => cost("subscription { sessionsArriving { sessions { packets(first: 10000) { packets { file offset } } } } }")).toThrow(tooDear);
  });

  it.each([
    ["a large page of sessions", 1_100, "{ sessions(first: 1000) { totalCount { value } pageInfo { endCursor } nodes { id firstPacket lastPacket protocol source { ip port bytes packets } destination { ip port bytes packets } tags } } }"],
    ["the usual page with packets", 10_000, "{ sessions { nodes { id packets { total packets { time length direction file offset } } } } }"],
    ["all packets of a session", 7_000, '{ session(id: "x") { session { packets(first: 10000) { total packets { index time nanoseconds length capturedLength direction fileId file offset missing } } } } }'],
    ["sessions as they arrive", 2_000, "subscription { sessionsArriving { sessions { id source { ip port } destination { ip port } http { uri } } more } }"],
    ["sessions as they arrive, with packets", 15_000, "subscription { sessionsArriving { sessions { id packets(first: 10) { packets { time length } } } } }"],
  ])("leaves %s affordable", (_what, most, text) => {
    expect(cost(text)).toBeLessThanOrEqual(most);
  });

  it("leaves a command's page with many fields affordable", () => {
    const page = "query($names: [String!]!, $first: Int!) { sessions(first: $first) { nodes { id fields(names: $names) { name value } } } }";
    expect(cost(page, { names: names(200), first: 500 })).toBeLessThan(LIMITS.cost);
    expect(cost(page, { names: names(20), first: 1_000 })).toBeLessThan(5_000);
  });
});
