import { expect, it } from "vitest";
import { packagedCatalogue } from "../../../src/model/field-catalogue.js";
import { compileExpression } from "../../../src/query/check.js";
import { MAX_PLANNING_WORK } from "../../../src/query/limits.js";
import { mergeTests, planningWork } from "../../../src/query/merge-tests.js";
import { errorOf } from "./error-of.js";

const fields = packagedCatalogue();
const compile = (text: string) => compileExpression(text, fields, { nowMs: 0, timeZone: "UTC" });
const times = (count: number, make: (at: number) => string): string[] => Array.from({ length: count }, (_, at) => make(at));

it.each([
  ["ip.src == 10.0.0.1 || ip.src == 10.0.0.2 || ip.src == 10.1/16", "ip.src == [10.0.0.1,10.0.0.2,10.1/16]"],
  ["ip.src == 10.0.0.1 || port.src == 1 || (ip.src == 10.0.0.2 || port.src == 2-3)", "ip.src == [10.0.0.1,10.0.0.2] || port.src == [1,2-3]"],
  ["ip.src != 10.0.0.1 && ip.src != 10.0.0.2", "ip.src != [10.0.0.1,10.0.0.2]"],
  ["ip == 10.0.0.1 || ip == 10.0.0.2", "ip == [10.0.0.1,10.0.0.2]"],
  ["ip != 10.0.0.1 && ip != 10.0.0.2", "ip != [10.0.0.1,10.0.0.2]"],
  ["tags == a || tags == b* || tags == ]c[", "tags == [a,b*,c]"],
  ["id == a || id == [b,c]", "id == [a,b,c]"],
])("%s is %s", (apart, list) => {
  expect(mergeTests(compile(apart))).toEqual(mergeTests(compile(list)));
});

it.each(["ip.src == 10.0.0.1 && ip.src == 10.0.0.2", "tags == ]a,b[ || tags == c", "port.src > 1 || port.src > 2", "!(tags == a && tags == b)"])("%s stays as it is", (text) => {
  expect(mergeTests(compile(text))).toEqual(compile(text));
});

it("packet files that were found become one list, others wait for their names", () => {
  const found = { node: "file" as const, matches: [{ kind: "exact" as const, value: "a" }], fileIds: [1] };
  expect(mergeTests({ node: "or", items: [found, { ...found, fileIds: [2, 3] }] })).toMatchObject({ node: "file", fileIds: [1, 2, 3] });
  expect(mergeTests(compile("file == a || file == b"))).toMatchObject({ node: "or" });
});

it("a list is as much work as a few values, and counts for every field", () => {
  const list = (count: number): string => times(count, (at) => `10.${at >> 8}.${at & 255}/24`).join();
  expect(planningWork(compile(`ip.src == [${list(8)}]`))).toBe(planningWork(compile(`ip.src == [${list(5_000)}]`)));
  expect(planningWork(compile(`ip == [${list(5_000)}]`))).toBe(10 * planningWork(compile(`ip.src == [${list(5_000)}]`)));
});

it("what can be made a list is not refused", () => {
  expect(() => compile(times(1_900, (at) => `ip == 10.0.${at >> 8}.${at & 255}`).join(" || "))).not.toThrow();
  expect(() => compile(times(1_900, (at) => `ip != 10.0.${at >> 8}.${at & 255}`).join(" && "))).not.toThrow();
});

it.each([
  ["tests of every field of an address in turn with others", times(900, (at) => `(ip == 10.0.0.1 && port.src == ${at})`).join(" || ")],
  ["lists of lists", times(250, (at) => `(port == [1,2,3,4,5,6,7,8] && port.src == ${at})`).join(" || ")],
  ["values that must all be there", `ip == ]${times(600, (at) => `10.0.${at >> 8}.${at & 255}`).join()}[`],
  ["packet files", times(250, (at) => `(file == a${at} && port.src == ${at})`).join(" || ")],
])("what would take minutes to plan is refused: %s", (_, text) => {
  const error = errorOf(() => compile(text));
  expect(error.code).toBe("EXPRESSION_TOO_LARGE");
  expect(error.message).toContain(`at most ${MAX_PLANNING_WORK} are allowed`);
  // What a class or a user has was accepted, by an earlier version perhaps, and goes on.
  expect(compileExpression(text, fields, { nowMs: 0, timeZone: "UTC", isStored: true }).node).not.toBe("everything");
});
