import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { someRows, startApi, type ApiServer } from "../support/api-server.js";
import { MemoryStore } from "../support/memory-store.js";

const YEAR_MS = 365 * 86_400_000;

let api: ApiServer;

beforeAll(async () => {
  const rows = someRows(25);
  // Of an address that a narrowed user does not see, and older than a time limit.
  const old = someRows(1).map((row) => ({ ...row, id: "00000000-0000-4000-8000-0000000000ff", columns: { ...row.columns, "source.ip": "203.0.113.1", firstPacket: Number(row.columns["firstPacket"]) - YEAR_MS, lastPacket: Number(row.columns["lastPacket"]) - YEAR_MS } }));
  api = await startApi(new MemoryStore([...rows, ...old]));
});

afterAll(() => api.server.stop());

const ask = (token: string, args: string) => api.ask(token, `{ aggregate { histogram${args} { interval { unit count } starts } } }`);

describe("a histogram", () => {
  it("of a user who sees everything is bounded by what the store holds", async () => {
    const token = await api.token({ name: "whole", role: "viewer" });
    expect((await ask(token, "(interval: { unit: SECOND, count: 1 })")).errors[0]?.message).toMatch(/gives up to \d{8} buckets/);
    expect((await ask(token, "(interval: { unit: SECOND, count: 1 })")).errors[0]?.message).toMatch(/; 1 week fits, or give a time range \(timeRange, --last, --start\)/);
    expect((await ask(token, "")).data["aggregate"].histogram.interval.unit).toBe("WEEK");
  });

  it("is taken in any width that the matches allow, however far the store reaches", async () => {
    const token = await api.token({ name: "some", role: "viewer" });
    const fine = await api.ask(token, '{ aggregate(expression: "ip.src == 10.0.0.0/24") { histogram(interval: { unit: SECOND, count: 1 }) { starts } } }');
    expect(fine.errors).toEqual([]);
    expect(fine.data["aggregate"].histogram.starts).toHaveLength(25);
    expect((await api.ask(token, '{ aggregate(expression: "ip.src == EXISTS!") { histogram(interval: { unit: SECOND, count: 1 }) { starts } } }')).errors).toMatchObject([{ extensions: { code: "LIMIT_EXCEEDED" } }]);
  });

  it.each([["a forced expression", { forcedExpression: "ip.src == 10.0.0.0/24" }], ["a time limit", { maxAgeHours: 24 }]] as const)("under %s is bounded by what its user sees, and does not tell how far the rest reaches", async (_name, limit) => {
    const token = await api.token({ name: `part-${Object.keys(limit)[0]}`, role: "viewer", ...limit });
    const fine = await ask(token, "(interval: { unit: SECOND, count: 1 }, on: FIRST_PACKET)");
    expect(fine.errors).toEqual([]);
    expect(fine.data["aggregate"].histogram.starts).toHaveLength(25);
    expect((await ask(token, "")).data["aggregate"].histogram.interval).toEqual({ unit: "SECOND", count: 10 });
    expect((await api.ask(token, '{ aggregate(expression: "ip.src == 203.0.113.9") { histogram { starts } } }')).data["aggregate"].histogram.starts).toEqual([]);
  });

  it("is refused by a time that its user may not see", async () => {
    const token = await api.token({ name: "blind", role: "viewer", hiddenFields: ["firstPacket"] });
    expect((await ask(token, "(on: FIRST_PACKET)")).errors).toMatchObject([{ extensions: { code: "FORBIDDEN" } }]);
    expect((await ask(token, "(on: LAST_PACKET)")).errors).toEqual([]);
  });
});
