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
  it("matches whole names only", () => {
    expect(() => ids("file==v6.pcap")).toThrow(/v6\.pcap/);
    expect(() => ids("file==/v6/")).toThrow();
  });
  it("gives a pattern up that would try for ever", () => {
    const begun = process.hrtime.bigint();
    expect(() => lookup([{ kind: "regex", pattern: "/a/(a+)+b" }])).toThrow(expect.objectContaining({ code: "EXPRESSION_TOO_LARGE" }));
    expect(Number(process.hrtime.bigint() - begun) / 1e9).toBeLessThan(5);
  });
});
