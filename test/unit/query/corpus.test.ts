import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { LookbackError } from "../../../src/base/errors.js";
import { packagedCatalogue } from "../../../src/model/field-catalogue.js";
import { compileExpression } from "../../../src/query/check.js";
import { parse } from "../../../src/query/parser.js";
import { print } from "../../../src/query/print.js";

const file = join(process.env["LOOKBACK_CONFORMANCE"] ?? "../shared/conformance", "queries.tsv");
const rows = existsSync(file)
  ? readFileSync(file, "utf8").trimEnd().split("\n").slice(1).map((line) => line.split("\t")).map(([test = "", line = "", kind = "", , , expression = ""]) => ({ name: `${test}:${line}`, kind, expression }))
  : [];
if (rows.length === 0) console.log("skipped: the corpus is not at ../shared/conformance (LOOKBACK_CONFORMANCE names another place)");

const options = { nowMs: Date.UTC(2026, 0, 31), timeZone: "UTC" };

/** Arkime refuses a bare `*` as we do; its test of the row counts the refusal as no session. */
const REFUSED_BY_BOTH: ReadonlySet<string> = new Set(["dhcp.t:22"]);

describe.skipIf(rows.length === 0)("every search of the corpus", () => {
  it.each(rows)("$name $expression", ({ name, kind, expression }) => {
    const parsed = parse(expression);
    expect(parse(print(parsed.root)).root).toEqual(expect.objectContaining({ kind: parsed.root.kind }));
    const checked = (): unknown => compileExpression(expression, packagedCatalogue(), options);
    if (kind === "error") expect(checked).toThrow(LookbackError);
    else {
      try {
        checked();
      } catch (error) {
        const known = error instanceof LookbackError && (error.code === "EXPRESSION_UNKNOWN_FIELD" || REFUSED_BY_BOTH.has(name));
        if (!known) throw error;
        console.log(`${name}: ${error.message.split("\n")[0] ?? ""}`);
      }
    }
  });
});
