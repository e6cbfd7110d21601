import { expect, it } from "vitest";
import { packagedCatalogue } from "../../../src/model/field-catalogue.js";
import { compileExpression } from "../../../src/query/check.js";
import { resolveFiles } from "../../../src/query/resolve-files.js";
import { fieldsOf } from "../../../src/query/visit.js";
import { errorOf } from "./error-of.js";

const checked = (text: string) => compileExpression(text, packagedCatalogue(), { nowMs: 0, timeZone: "UTC" });

it("every file node gets the ids that its pattern has, wherever it stands", () => {
  const resolved = resolveFiles(checked("!(file == a.pcap || port.dst == 80) && file != *b*"), ([match]) => (match?.kind === "exact" ? [1] : [2, 3]));
  expect(resolved).toMatchObject({
    node: "and",
    items: [
      { node: "not", item: { node: "or", items: [{ node: "file", fileIds: [1] }, { node: "field" }] } },
      { node: "not", item: { node: "file", fileIds: [2, 3] } },
    ],
  });
});

it("a pattern without a file is an error that names it", () => {
  const error = errorOf(() => resolveFiles(checked("file == /.*x/"), () => []));
  expect(error.code).toBe("EXPRESSION_NO_SUCH_FILE");
  expect(error.message).toBe("no packet file is named /.*x/\n  file == /.*x/\n          ^^^^^");
});

it("the error has the place of the name, and what is found keeps none", () => {
  const text = "port == 80 && file == a.pcap && (file == \"b c.pcap\" || ip == 1.2.3.4)";
  const error = errorOf(() => resolveFiles(checked(text), ([match]) => (match?.kind === "exact" && match.value === "a.pcap" ? [1] : [])));
  expect(error.details).toEqual({ start: text.indexOf('"b'), end: text.indexOf(" ||"), expected: [], suggestions: [], files: ["b c.pcap"] });
  expect(resolveFiles(checked("file == a.pcap"), () => [1])).toEqual({ node: "file", matches: [{ kind: "exact", value: "a.pcap" }], fileIds: [1] });
});

it("a tree without files stays the same object", () => {
  const expression = checked("port.dst == 80 && !ip == 1.2.3.4");
  expect(resolveFiles(expression, () => [])).toBe(expression);
});

it("the fields of a tree are those of its tests", () => {
  expect([...fieldsOf(checked("mac == a && !tags == a"))].map((field) => field.path).sort()).toEqual(["destination.mac", "source.mac", "tags"]);
});
