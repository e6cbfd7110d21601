import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { completeness } from "../../src/app/completeness.js";
import { openCatalogue, type Catalogue } from "../../src/catalogue/catalogue.js";
import { startApi, TEST_NOW_MS, type ApiServer } from "../support/api-server.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const clock = { now: TEST_NOW_MS, nowMs: () => clock.now };
const iso = (ms: number): string => new Date(ms).toISOString();

describe("sensors of an answer", () => {
  let catalogue: Catalogue;
  let api: ApiServer;
  beforeAll(async () => {
    catalogue = openCatalogue(temporaryDirectory(), clock);
    const mark = (node: string, completeUntilMs: number | null, toldMs: number): void => {
      clock.now = toldMs;
      catalogue.marks.set({ stream: node, node, replayFromOrdinal: null, nextOrdinal: 1, completeUntilMs });
    };
    mark("east", TEST_NOW_MS - 602_000, TEST_NOW_MS - 600_000);
    mark("north", null, TEST_NOW_MS - 900_000);
    mark("west", TEST_NOW_MS - 3000, TEST_NOW_MS - 1000);
    api = await startApi(undefined, { completeness: completeness("embedded", catalogue) });
  });
  afterAll(async () => {
    await api.server.stop();
    catalogue.close();
  });

  const asked = "asOf completeUntil capturing sensors { node completeUntil state lastHeard }";

  it("tell of each how far it is complete, and hide none that died", async () => {
    const { data, errors } = await api.ask(await api.token({ name: "vic", role: "viewer" }), `{ sessions { ${asked} } aggregate { ${asked} } captureStatistics { ${asked} } }`);
    expect(errors).toEqual([]);
    const answer = {
      asOf: iso(TEST_NOW_MS), completeUntil: iso(TEST_NOW_MS - 602_000), capturing: true,
      sensors: [
        { node: "east", completeUntil: iso(TEST_NOW_MS - 602_000), state: "SILENT", lastHeard: iso(TEST_NOW_MS - 600_000) },
        { node: "north", completeUntil: iso(TEST_NOW_MS), state: "STOPPED", lastHeard: iso(TEST_NOW_MS - 900_000) },
        { node: "west", completeUntil: iso(TEST_NOW_MS - 3000), state: "CAPTURING", lastHeard: iso(TEST_NOW_MS - 1000) },
      ],
    };
    expect(data).toEqual({ sessions: answer, aggregate: answer, captureStatistics: answer });
  });

  it("are told to nobody who sees a part of the store", async () => {
    const narrow = await api.token({ name: "narrow", role: "viewer", forcedExpression: "protocols == dns" });
    expect((await api.ask(narrow, `{ sessions { ${asked} } }`)).data["sessions"]).toMatchObject({ completeUntil: iso(TEST_NOW_MS - 602_000), sensors: [] });
  });
});

describe("losses of an answer", () => {
  it("tell what was lost, what was counted by nobody, and where drops are unknown", async () => {
    const catalogue = openCatalogue(temporaryDirectory(), clock);
    catalogue.unknownDrops.note({ node: "east", interface: "eth0", fromMs: TEST_NOW_MS - 5000, untilMs: TEST_NOW_MS });
    const api = await startApi(undefined, { completeness: completeness("embedded", catalogue) });
    try {
      const asked = "lossInRange uncountedLossInRange unknownDropsInRange";
      const query = `query ($range: TimeRange) { sessions(timeRange: $range) { ${asked} } }`;
      const inRange = async (token: string, endMs: number, startMs: number | null = null) => (await api.ask(token, query, { range: { start: startMs, end: endMs } })).data["sessions"];
      const viewer = await api.token({ name: "vic", role: "viewer" });
      expect(await inRange(viewer, TEST_NOW_MS)).toEqual({ lossInRange: 0, uncountedLossInRange: false, unknownDropsInRange: true });
      expect(await inRange(viewer, TEST_NOW_MS - 5001)).toEqual({ lossInRange: 0, uncountedLossInRange: false, unknownDropsInRange: false });
      expect(await inRange(viewer, TEST_NOW_MS + 9000, TEST_NOW_MS + 1)).toMatchObject({ unknownDropsInRange: false });
      const narrow = await api.token({ name: "narrow", role: "viewer", forcedExpression: "protocols == dns" });
      expect(await inRange(narrow, TEST_NOW_MS)).toEqual({ lossInRange: null, uncountedLossInRange: null, unknownDropsInRange: null });
    } finally {
      await api.server.stop();
      catalogue.close();
    }
  });
});
