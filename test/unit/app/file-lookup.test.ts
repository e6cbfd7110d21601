import { describe, expect, it } from "vitest";
import { fileLookup } from "../../../src/app/file-lookup.js";
import { check } from "../../../src/query/check.js";
import { parse } from "../../../src/query/parser.js";
import { resolveFiles } from "../../../src/query/resolve-files.js";
import { packagedCatalogue } from "../../../src/model/field-catalogue.js";

const names = ["/a/pcap/bt-tcp.pcap", "/a/pcap/bt-udp.pcap", "/a/pcap/v6.pcap", "/a/odd (1) [x].pcap", `/a/${"a".repeat(60)}`].map((displayName, at) => ({ id: at + 1, displayName }));
const lookup = fileLookup({ names: () => names });
const ids = (expression: string) => {
  const resolved = resolveFiles(check(parse(expression), packagedCatalogue(), { nowMs: 0, timeZone: "UTC" }), lookup);
  return resolved.node === "file" ? resolved.fileIds : null;
};

describe("file ==", () => {
  it.each([
    ["file==/a/pcap/v6.pcap", [3]], ["file==*/pcap/bt-*", [1, 2]], ["file==/.*\\/bt-.*.pcap/", [1, 2]], ["file==*v?.pcap", [3]],
    ['file=="/a/odd (1) [x].pcap"', [4]],
  ])("%s", (expression, expected) => { expect(ids(expression)).toEqual(expected); });
  it("matches whole names, and patterns the whole of them", () => {
    expect(() => ids("file==pcap/v6.pcap")).toThrow(/v6\.pcap/);
    expect(() => ids("file==/v6/")).toThrow();
    expect(() => ids("file==v?.pcap")).toThrow();
  });

  it("finds a name without its directory where no file has it as its whole name", () => {
    expect([ids("file==v6.pcap"), ids('file=="odd (1) [x].pcap"')]).toEqual([[3], [4]]);
    expect(() => ids("file==6.pcap")).toThrow(expect.objectContaining({ code: "EXPRESSION_NO_SUCH_FILE" }));
    const several = fileLookup({ names: () => [{ id: 1, displayName: "/a/x.pcap" }, { id: 2, displayName: "/b/x.pcap" }, { id: 3, displayName: "y.pcap" }, { id: 4, displayName: "/a/y.pcap" }] });
    expect([several([{ kind: "exact", value: "x.pcap" }]), several([{ kind: "exact", value: "y.pcap" }])]).toEqual([[1, 2], [3]]);
  });

  it("gives patterns up that are too many steps together, those of all comparisons of an operation", () => {
    const few = fileLookup({ names: () => names }, 2_000);
    const next = (letter: string) => few([{ kind: "regex", pattern: `.*${letter}` }]);
    expect(next("p")).toEqual([1, 2, 3, 4]);
    expect(next("p")).toEqual([1, 2, 3, 4]);
    expect(() => [..."abcdefghij"].map(next)).toThrow(expect.objectContaining({ code: "EXPRESSION_TOO_LARGE" }));
  });

  it.each(["/a/(a+)+b", "(.*)*(.*)*(.*)*(.*)*x", "(a|a)*(a|aa)+b", "(/|a|[a-b])*(a*)*c"])("tries %s once, not in every way", (pattern) => {
    const bounded = fileLookup({ names: () => names }, 10_000);
    expect(bounded([{ kind: "regex", pattern }])).toEqual([]);
  });

  it("takes a step a name for a pattern with * alone, so that many names are no bar", () => {
    const many = fileLookup({ names: () => Array.from({ length: 1_000 }, (_, id) => ({ id, displayName: `/a/${"long/".repeat(20)}${id}.pcap` })) }, 2_000);
    expect(many([{ kind: "wildcard", pattern: "*/999.pcap" }])).toEqual([999]);
    expect(() => many([{ kind: "wildcard", pattern: "*/99?.pcap" }])).toThrow(expect.objectContaining({ code: "EXPRESSION_TOO_LARGE" }));
  });

  it("reads the names once for all comparisons, and looks for a pattern once", () => {
    let reads = 0;
    const once = fileLookup({ names: () => { reads += 1; return names; } }, 5_000);
    for (let time = 0; time < 1_000; time++) expect(once([{ kind: "wildcard", pattern: "*.pcap" }])).toEqual([1, 2, 3, 4]);
    expect(once([{ kind: "exact", value: "/a/pcap/v6.pcap" }])).toEqual([3]);
    expect(reads).toBe(1);
  });

  it("counts regular expressions of file with those of fields", () => {
    expect(() => ids(Array.from({ length: 30 }, (_, at) => `file == /(${at}|[a-z]{0,99}){10}/`).join(" || "))).toThrow(/regular expressions.*too large together/);
  });
});
