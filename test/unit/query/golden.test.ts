import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { LookbackError } from "../../../src/base/errors.js";
import type { CheckedExpression, FieldTest, TextMatch } from "../../../src/model/checked-expression.js";
import { FieldCatalogue, packagedCatalogue } from "../../../src/model/field-catalogue.js";
import { compileExpression, type CheckOptions } from "../../../src/query/check.js";

/**
 * Each file of test/golden/expressions holds cases: a line `> expression`, then the checked tree or the error.
 * UPDATE=1 writes what is found; read the diff before committing it.
 */
const directory = "test/golden/expressions";

const options: CheckOptions = {
  nowMs: Date.UTC(2026, 0, 31, 12, 34, 56, 789),
  timeZone: "Europe/Berlin",
  hiddenFields: new Set(["http.user", "dns.answers"]),
  views: new Map([["web", "port.dst == [80,443]"], ["loop", "view == loop"], ["broken", "host == ("], ["outer", "view == web || protocols == http"]]),
  shortcuts: new Map([
    ["servers", { type: "ip", values: ["192.0.2.1", "2001:db8::/32"] }],
    ["ports", { type: "number", values: ["80", "8000-8100"] }],
    ["names", { type: "string", values: ["a*b", "C"] }],
    ["names2", { type: "string", values: ["d"] }],
  ]),
};

function address(hex: string): string {
  return hex.startsWith("00000000000000000000ffff") ? (hex.slice(24).match(/../g) ?? []).map((byte) => parseInt(byte, 16)).join(".") : (hex.match(/.{4}/g) ?? []).map((group) => group.replace(/^0+(?=.)/, "")).join(":");
}

function match(value: TextMatch): string {
  switch (value.kind) {
    case "exact":
      return JSON.stringify(value.value);
    case "wildcard":
      return `wildcard ${JSON.stringify(value.pattern)}`;
    case "regex":
      return `/${value.pattern}/`;
    case "phrase":
      return `words ${value.words.join(" ")}`;
  }
}

function test(value: FieldTest): string {
  switch (value.test) {
    case "exists":
      return "exists";
    case "text":
      return `${value.mode} ${value.matches.map(match).join(", ")}`;
    case "number":
      return `${value.mode} ${value.ranges.map(({ low, high }) => (low === high ? String(low) : `${low}..${high}`)).join(", ")}`;
    case "order":
      return `${value.op} ${value.value}`;
    case "address":
      return `${value.mode} ${value.matches.map(({ low, high, port }) => `${low === null ? "*" : low === high ? address(low) : `${address(low)}..${address(high ?? "")}`}${port === null ? "" : ` port ${port}`}`).join(", ")}`;
    case "addressOrder":
      return `${value.op} ${address(value.value)}`;
    case "boolean":
      return String(value.value);
  }
}

function lines(node: CheckedExpression, indent = ""): readonly string[] {
  switch (node.node) {
    case "and":
    case "or":
      return [`${indent}${node.node}`, ...node.items.flatMap((item) => lines(item, `${indent}  `))];
    case "not":
      return [`${indent}not`, ...lines(node.item, `${indent}  `)];
    case "field":
      return [`${indent}${node.field.path}${node.field.view === null ? "" : ` (${node.field.view})`} ${test(node.test)}`];
    case "file":
      return [`${indent}file ${node.matches.map(match).join(", ")}`];
    case "ids":
      return [`${indent}ids ${node.ids.join(", ")}`];
    case "packetsAvailable":
      return [`${indent}packetsAvailable ${node.value}`];
    case "everything":
      return [`${indent}everything`];
  }
}

// Goldens must not change when a protocol is added: virtual fields have the members of these groups only.
const catalogue = new FieldCatalogue(packagedCatalogue().declared.filter((field) => ["general", "dns", "http", "tls", "cert"].includes(field.group)));

function outcome(expression: string): readonly string[] {
  try {
    return lines(compileExpression(expression, catalogue, options));
  } catch (error) {
    if (!(error instanceof LookbackError)) throw error;
    return [`${error.code} ${String(error.details["start"])}-${String(error.details["end"])}: ${error.message.split("\n")[0] ?? ""}`];
  }
}

describe.each(readdirSync(directory).filter((name) => name.endsWith(".txt")))("%s", (name) => {
  const path = join(directory, name);
  const cases = readFileSync(path, "utf8").trim().split(/\n\s*\n/).map((block) => block.split("\n"));
  if (process.env["UPDATE"] === "1") {
    it("is written anew", () => writeFileSync(path, `${cases.map(([head = ""]) => [head, ...outcome(head.slice(2))].join("\n")).join("\n\n")}\n`));
    return;
  }
  it.each(cases.map(([head = "", ...expected]) => ({ expression: head.slice(2), expected })))("$expression", ({ expression, expected }) => {
    expect(outcome(expression)).toEqual(expected);
  });
});
