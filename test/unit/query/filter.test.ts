import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { packagedCatalogue } from "../../../src/model/field-catalogue.js";
import { check } from "../../../src/query/check.js";
import { parseFilter, type SessionFilterInput } from "../../../src/query/filter.js";
import { errorOf } from "./error-of.js";

const printed = (filter: SessionFilterInput): string => parseFilter(filter).text;

describe("a typed filter is the expression that says the same", () => {
  it.each<[SessionFilterInput, string]>([
    [{}, ""],
    [{ field: { name: "ip.src", eq: "192.0.2.1" } }, "ip.src == 192.0.2.1"],
    [{ field: { name: "port.dst", in: [80, 443] } }, "port.dst == [80, 443]"],
    [{ field: { name: "port.dst", notIn: [80] } }, "port.dst != [80]"],
    [{ field: { name: "protocols", all: ["tcp", "http"] } }, "protocols == ]tcp, http["],
    [{ field: { name: "bytes", range: { gte: 10, lt: 20 } } }, "bytes >= 10 && bytes < 20"],
    [{ field: { name: "ip.dst", cidr: "192.0.2.0/24" } }, "ip.dst == 192.0.2.0/24"],
    [{ field: { name: "host", prefix: "a*b" } }, 'host == "a\\*b*"'],
    [{ field: { name: "host", suffix: ".example" } }, "host == *.example"],
    [{ field: { name: "host", contains: "x y" } }, 'host == "*x y*"'],
    [{ field: { name: "host", wildcard: "a?\\d\\*" } }, 'host == "a?\\\\d\\*"'],
    [{ field: { name: "host", regex: "a/b+" } }, "host == /a\\/b+/"],
    [{ field: { name: "host", exists: true } }, "host == EXISTS!"],
    [{ field: { name: "host", exists: false } }, "host != EXISTS!"],
    [{ field: { name: "tcp.synValidated", eq: true } }, "tcp.synValidated == true"],
    [{ field: { name: "tags", ne: "$x" } }, 'tags != "$x"'],
    [{ and: [{ field: { name: "a", eq: 1 } }, { or: [{ field: { name: "b", eq: 2 } }, { field: { name: "c", eq: 3 } }] }] }, "a == 1 && (b == 2 || c == 3)"],
    [{ not: { and: [{ field: { name: "a", eq: 1 } }, { field: { name: "b", eq: 2 } }] } }, "!(a == 1 && b == 2)"],
    [{ and: [{}], or: [{ field: { name: "a", eq: 1 } }, {}] }, ""],
    [{ and: null, or: null, not: null, field: null }, ""],
    [{ packetsAvailable: true }, "packetsAvailable == true"],
    [{ packetsAvailable: false, field: { name: "host.http", eq: "a" } }, "host.http == a && packetsAvailable == false"],
  ])("%j", (filter, expected) => {
    expect(printed(filter)).toBe(expected);
  });

  it("takes any text literally, whatever the language would make of it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 30 }), (text) => {
        const checked = check(parseFilter({ field: { name: "tags", eq: text } }), packagedCatalogue(), { nowMs: 0, timeZone: "UTC" });
        expect(checked).toMatchObject({ node: "field", test: { test: "text", matches: [{ kind: "exact", value: text }] } });
      }),
    );
  });

  it.each<[SessionFilterInput, string, RegExp]>([
    [{ and: [] }, "BAD_INPUT", /filter\.and: an empty list/],
    [{ not: {} }, "BAD_INPUT", /filter\.not: matches nothing/],
    [{ or: [{ field: { name: "a" } }] }, "BAD_INPUT", /filter\.or\[0\]\.field: no test/],
    [{ field: { name: "a == 1 || b", eq: 1 } }, "BAD_INPUT", /is no field name/],
    [{ field: { name: "a", in: [] } }, "BAD_INPUT", /empty list/],
    [{ field: { name: "a", regex: "(" } }, "EXPRESSION_SYNTAX", /filter\.field\.regex: "\(" is not closed/],
    [{ field: { name: "a", in: Array.from({ length: 5_001 }, () => 1) } }, "EXPRESSION_TOO_LARGE", /more than 5000/],
  ])("refuses %j", (filter, code, message) => {
    const error = errorOf(() => parseFilter(filter));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  it("refuses nesting without end", () => {
    let filter: SessionFilterInput = { field: { name: "a", eq: 1 } };
    for (let depth = 0; depth < 10_000; depth++) filter = { not: filter };
    expect(errorOf(() => parseFilter(filter)).code).toBe("EXPRESSION_TOO_LARGE");
  });
});
