import * as fc from "fast-check";
import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, it } from "vitest";
import { likePattern, wordsOfValue } from "../../../src/index-store/embedded/translate.js";
import { asPattern, isRowId, literal, quoted } from "../../../src/index-store/embedded/statement.js";
import { rowIdBytes, rowIdOf } from "../../../src/index-store/row-id.js";
import { regexOfWildcard } from "../../../src/model/wildcard-regex.js";
import { wordsOf } from "../../../src/model/words.js";

describe("patterns in SQL", () => {
  it.each([
    ["a*b?c", "a%b_c"],
    ["100%_x", "100\\%\\_x"],
    ["\\*\\?\\\\", "*?\\\\"],
    ["a\\b", "a\\\\b"],
    ["", ""],
  ])("%s as LIKE is %s", (pattern, like) => {
    expect(likePattern(pattern)).toBe(like);
  });

  it("LIKE matches what the wildcards mean, whatever the text", async () => {
    const connection = await (await DuckDBInstance.create(":memory:", { threads: "1" })).connect();
    const piece = fc.constantFrom("a", "b", "%", "_", "\\\\", "\\*", "\\?", "*", "?", "'", ".");
    await fc.assert(fc.asyncProperty(fc.array(piece, { maxLength: 6 }), fc.string({ unit: fc.constantFrom("a", "b", "%", "_", "\\", "*", "?", "'", "."), maxLength: 6 }), async (pieces, text) => {
      const pattern = pieces.join("");
      const source = pieces.map((one) => (one === "*" ? ".*" : one === "?" ? "." : one.replace(/^\\/, "").replace(/[\\*?.%_']/, "\\$&"))).join("");
      const reader = await connection.runAndReadAll("SELECT $text LIKE $pattern ESCAPE '\\'", { text, pattern: likePattern(pattern) });
      const isMatch = new RegExp(`^${source}$`, "s").test(text);
      expect(reader.getRows()[0]?.[0]).toBe(isMatch);
      const regex = regexOfWildcard(pattern);
      if (regex === null) return;
      const other = await connection.runAndReadAll("SELECT regexp_full_match($text, $regex, 's')", { text, regex });
      expect(other.getRows()[0]?.[0]).toBe(isMatch);
    }), { numRuns: 500 });
    connection.closeSync();
  });

  it.each([
    ["*a*b", null],
    ["?a*b_c\\\\", null],
    ["*a_b*", ".*a_b.*"],
    ["**a.?\\**\\\\", ".*a\\..\\*.*\\\\"],
  ])("%s needs as a regular expression %s: LIKE would try every place for each star", (pattern, regex) => {
    expect(regexOfWildcard(pattern)).toBe(regex);
  });

  it("a phrase matches the texts that hold its words in sequence", async () => {
    const connection = await (await DuckDBInstance.create(":memory:", { threads: "1" })).connect();
    const letters = fc.string({ unit: fc.constantFrom("a", "B", "é", "_", "1", " ", "-", ".", "\n"), maxLength: 12 });
    await fc.assert(fc.asyncProperty(letters, letters, async (text, phrase) => {
      const words = wordsOf(phrase);
      if (words.length === 0) return;
      const all = wordsOf(text);
      const expected = all.some((_, at) => words.every((word, index) => all[at + index] === word));
      const reader = await connection.runAndReadAll(`SELECT contains(${wordsOfValue("$text", "$separators")}, $phrase)`, { text, separators: "[^\\p{L}\\p{N}_]+", phrase: ` ${words.join(" ")} ` });
      expect(reader.getRows()[0]?.[0]).toBe(expected);
    }), { numRuns: 500 });
    connection.closeSync();
  });

  it("quotes names, literals and paths", () => {
    expect(quoted('a"b')).toBe('"a""b"');
    expect(literal("it's")).toBe("'it''s'");
    expect(asPattern("/a[b]*?")).toBe("/a[[]b][*][?]");
  });

  it("reads ids back", () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
      const id = rowIdOf(bytes);
      expect(isRowId(id)).toBe(true);
      expect(new Uint8Array(rowIdBytes(id))).toEqual(bytes);
    }));
  });
});
