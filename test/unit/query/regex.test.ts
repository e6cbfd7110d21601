import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packagedCatalogue } from "../../../src/model/field-catalogue.js";
import { compileExpression } from "../../../src/query/check.js";
import { portableRegex, RegexFault, regexWork } from "../../../src/query/regex.js";
import { regexInCase } from "../../../src/query/regex-case.js";
import { errorOf } from "./error-of.js";

const options = { nowMs: 0, timeZone: "UTC", views: new Map([["large", "http.uri == /[a-z]{0,650}x/ || http.uri == /[a-z]{0,650}y/"]]) };
const compile = (text: string) => compileExpression(text, packagedCatalogue(), options);

describe("the work of regular expressions", () => {
  it.each([
    ["sums of repetitions", `host.http == /${"[^\\W]{0,1000}".repeat(60)}/`],
    ["nested ones", "host.http == /((a{0,10}){0,10}){0,10}(.?.?.?){0,100}/"],
    ["empty alternatives", "host.http == /(|a){1000}(|b){1000}/"],
    ["many characters of a class", `host.http == /[${Array.from({ length: 400 }, (_, at) => String.fromCodePoint(0x100 + 3 * at)).join("")}]{300}/`],
    ["wide classes", `host.http == /${"\\W{1000}".repeat(40)}/`],
    ["many of them", `http.uri == [${Array.from({ length: 2_000 }, (_, at) => `/.*long-name-number-${at}.*evil.*/`).join(",")}]`],
    ["one that stands for several fields", "host == /a{0,600}/"],
    ["wildcards that need one", `host.http == [${Array.from({ length: 2_000 }, (_, at) => `*long-name-number-${at}.?.example*`).join(",")}]`],
    ["phrases", Array.from({ length: 300 }, (_, at) => `host.http.tokens == word${at}`).join(" || ")],
    ["a view and more", "view == large && http.uri == /[a-z]{0,650}z/"],
  ])("is bounded: %s", (_what, text) => {
    expect(errorOf(() => compile(text))).toMatchObject({ code: "EXPRESSION_TOO_LARGE", message: expect.stringContaining("regular expression") });
  });

  it.each([
    "http.uri == /.*[0-9a-f]{32}.*/", "host.http == /a{0,1000}x/", "host == /(www|mail|ftp)[0-9]{0,3}\\.example\\.(com|org)/", "http.uri == /.{1000}/", "view == large",
    `host == [${Array.from({ length: 300 }, (_, at) => `/.*evil-${at}\\.example/`).join(",")}]`, "http.user-agent == /(Mozilla|curl|Wget).{0,255}/", "ip == 10.0.0.1",
    `http.uri == [${Array.from({ length: 2_000 }, (_, at) => `*/evil-${at}/*`).join(",")}]`, `host.http.tokens == [${Array.from({ length: 2_000 }, (_, at) => `"bad words ${at}"`).join(",")}]`,
    `http.uri == [${Array.from({ length: 1_000 }, (_, at) => `*/evil_${at}/*`).join(",")}]`, `http.uri == /${"(".repeat(20)}a|${")".repeat(20)}/`,
  ])("leaves room for what people ask: %s", (text) => {
    expect(() => compile(text)).not.toThrow();
  });

  it("counts what repetitions become, parts that may be left out in pairs, and places where a match may be", () => {
    const least = regexWork("()") - 1 / 8;
    const work = (pattern: string): number => regexWork(portableRegex(pattern)) - least;
    expect(work("abc")).toBe(3);
    expect(work("(ab[0-9]){10}")).toBe(50);
    expect(work("é.\\W[^a]\\d")).toBe(2 + 6 + 6 + 6 + 3);
    expect(work("a{0,80}")).toBe(80 + 800 + 72 * 32);
    expect(work("(a?){80}")).toBe(80 + 800 + 72 * 32);
    expect(work("(a{0,10}){0,8}")).toBe(80 + 88 ** 2 / 8 + 72 * 32);
    expect(work("(a|()){8}")).toBe(8 * 3 + 8);
    expect(work("abc*[0-9]{20}")).toBe(3 + 60 + 1 / 8 + 12 * 32);
  });
});

const lower = (text: string): string => text.toLowerCase();
const upper = (text: string): string => text.toUpperCase();

describe("a regular expression in one case", () => {
  it.each([
    ["[A-_]x", lower, "[A-_a-z]x"],
    ["[A-Z]", lower, "[a-z]"],
    ["[^A-Za-z_-]", lower, "[^a-za-z_\\-]"],
    ["[Z-a]", lower, "[Z-az]"],
    ["[Z-a]", upper, "[Z-aA]"],
    ["[`-c]", upper, "[`-cA-C]"],
    ["[0-9A-F]+\\D[\\D\\]]", lower, "[0-9a-f]+\\D[\\D\\]]"],
    ["[À-Þ]", lower, "[À-Þà-öø-þ]"],
    ["[ß]Straße", upper, "[ß]STRASSE"],
    ["(AB|\\.C{2,3})", lower, "(ab|\\.c{2,3})"],
  ])("%s", (pattern, change, expected) => {
    expect(regexInCase(portableRegex(pattern), change)).toBe(expected);
  });

  it("has what each range had, and its letters in the case that is stored", () => {
    const point = fc.oneof(fc.integer({ min: 0x20, max: 0x7e }), fc.integer({ min: 0xa0, max: 0x24f }), fc.integer({ min: 0x370, max: 0x52f }), fc.integer({ min: 0x1e00, max: 0x1fff }), fc.integer({ min: 0x10400, max: 0x10450 }));
    fc.assert(fc.property(point, fc.nat(130), fc.boolean(), fc.constantFrom(lower, upper), (low, length, negated, change) => {
      const high = low + length;
      const escaped = (code: number): string => String.fromCodePoint(code).replace(/[\\\]^[-]/, "\\$&");
      const pattern = portableRegex(`[${negated ? "^" : ""}${escaped(low)}-${escaped(high)}]`);
      const made = new RegExp(`^${regexInCase(pattern, change).replaceAll('\\"', '"').replaceAll("\\&", "&")}$`, "u");
      for (let code = low; code <= high; code++) {
        const stored = change(String.fromCodePoint(code));
        if ([...stored].length === 1) expect(made.test(stored)).toBe(!negated);
      }
      // Nothing else comes in: what is stored so is there because of one of the range.
      for (const edge of [low - 1, high + 1]) {
        const text = String.fromCodePoint(edge);
        const isMeant = Array.from({ length: high - low + 1 }, (_, at) => String.fromCodePoint(low + at)).some((inside) => change(inside) === text);
        expect(made.test(text)).toBe(isMeant !== negated);
      }
    }), { numRuns: 500 });
  });
});

describe("what the embedded engine makes of them", () => {
  let connection: DuckDBConnection;
  beforeAll(async () => {
    connection = await (await DuckDBInstance.create(":memory:", { threads: "1" })).connect();
  });
  afterAll(() => connection.closeSync());

  it("no pattern is refused by it, in any case", async () => {
    const piece = fc.oneof(
      fc.constantFrom("a", "B", ".", "\\d", "\\W", "(", ")", "|", "*", "+", "?", "{2,3}", "[A-_]", "[Z-a]", "[^@-Z]", "[^\\W]", "\\.", "\\]", "[\\]-_]", "[\ud800-\udfff]", "[\ud800-\ue000]", "[!-~]", "\u0000", "^", "$", "é", "😀", "[Ω-я]", "[ -\u{10ffff}]"),
      fc.string({ unit: "binary", maxLength: 3 }),
    );
    await fc.assert(fc.asyncProperty(fc.array(piece, { maxLength: 8 }), fc.constantFrom(lower, upper), async (parts, change) => {
      let form: string;
      try {
        form = portableRegex(parts.join(""));
      } catch (error) {
        expect(error).toBeInstanceOf(RegexFault);
        return;
      }
      for (const pattern of [form, regexInCase(form, change)]) {
        await connection.run("SELECT regexp_full_match('x', $1, 's')", [pattern]);
      }
    }), { numRuns: 3_000 });
  }, 60_000);
});
