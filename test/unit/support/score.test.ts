import { describe, expect, it } from "vitest";
import { compressAddress, printScore, readBodies, score, type Body } from "../../support/score.js";

const session = (more: Record<string, unknown> = {}): Body => ({
  ipProtocol: 6, firstPacket: 1000, lastPacket: 2000, source: { ip: "10.0.0.1", port: 1 }, destination: { ip: "10.0.0.2", port: 2 },
  protocol: ["tcp", "http"], packetPos: [-1, 24], ...more,
});
const sums = (expected: Body[], produced: Body[]) => {
  const { sessions, identical, missing, extra } = score(new Map([["a", expected]]), new Map([["a", produced]]));
  return { sessions, identical, missing, extra };
};

describe("matching", () => {
  it("ignores order of lists, direction of ends, and what depends on the machine", () => {
    const other = session({ protocol: ["http", "tcp"], packetPos: [-2, 99], rootId: "x", tagsCnt: 3, srcOui: ["y"] });
    expect(sums([session()], [other])).toEqual({ sessions: 1, identical: 1, missing: 0, extra: 0 });
  });
  it("tells missing from extra", () => {
    expect(sums([session()], [session({ ipProtocol: 17 })])).toEqual({ sessions: 1, identical: 0, missing: 1, extra: 1 });
  });
  it("keeps VLANs apart", () => {
    expect(sums([session({ network: { vlan: { id: [1] } } })], [session({ network: { vlan: { id: [2] } } })])).toMatchObject({ missing: 1, extra: 1 });
  });
  it("takes the nearest in time, each once", () => {
    const [early, late] = [session(), session({ firstPacket: 5000, lastPacket: 6000 })];
    expect(sums([early, late], [late, early])).toMatchObject({ identical: 2, extra: 0 });
    expect(sums([early, early], [early])).toMatchObject({ identical: 1, missing: 1 });
  });
  it("counts a capture without output as missing", () => {
    expect(score(new Map([["a", [session()]]]), new Map())).toMatchObject({ files: 1, missing: 1, produced: 0 });
  });
});

describe("values", () => {
  it("a wrong one is counted and named", () => {
    const result = score(new Map([["a", [session({ ttl: 3 })]]]), new Map([["a", [session({ ttl: 4, more: 1 })]]]));
    expect(result.identical).toBe(0);
    expect(result.fields.get("ttl")).toEqual({ expected: 1, produced: 1, equal: 0, wrong: 1 });
    expect(result.fields.get("more")).toEqual({ expected: 0, produced: 1, equal: 0, wrong: 1 });
    expect(result.differences).toContain("a: ttl expected 3 got 4");
  });
  it("objects in lists compare without order", () => {
    const [x, y] = [{ host: "x", n: [1, 2] }, { host: "y" }];
    expect(sums([session({ dns: [x, y] })], [session({ dns: [y, { n: [2, 1], host: "x" }] })]).identical).toBe(1);
  });
  it("IPv6 addresses compare by value, clock times as text", () => {
    expect(compressAddress("2001:0db8:0:0::0001")).toBe("2001:db8::1");
    expect(compressAddress("::ffff:1.2.3.4")).toBe("::ffff:102:304");
    expect(compressAddress("12:30:45")).toBeNull();
    expect(compressAddress("00:0b:82:01:fc:42")).toBeNull();
  });
  it("control characters in strings are read", () => {
    expect(readBodies('{"sessions3":[{"body":{"a":"x\u0001y"}}]}')).toEqual([{ a: "x\u0001y" }]);
  });
  it("prints the corpus' two lines", () => {
    expect(printScore(score(new Map([["a", [session()]]]), new Map([["a", [session()]]])))).toEqual([
      "files 1  sessions expected 1  identical 1  missing 0  extra 0  files not clean 0",
      expect.stringMatching(/^field values: expected (\d+) produced \1 equal \1  recall 1\.0000 precision 1\.0000$/),
    ]);
  });
});
