import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { silentLogger } from "../../src/base/logger.js";
import type { HoldAnswering } from "../../src/index-store/elasticsearch/hold-answering.js";
import { readExpiring } from "../../src/index-store/elasticsearch/expiring-run.js";
import type { CheckedExpression } from "../../src/model/checked-expression.js";
import { noRetentionEvents } from "../../src/model/retention-event.js";
import { ALL_TIME } from "../../src/model/time-range.js";
import { Tombstones } from "../../src/packet-store/packet-store.js";
import { ClassService } from "../../src/retention/class-service.js";
import { HoldService } from "../../src/retention/hold-service.js";
import { RetentionService } from "../../src/retention/retention-service.js";
import { DAY, EVERYTHING, exact, service } from "../contract/sessions.js";
import { retentionRules } from "../support/retention-rules.js";
import { engineOn, searchNode, type EngineUnderTest, type Product } from "../support/search-node.js";
import { rowId, writeSegment } from "../support/segment-rows.js";

const LIMITS = { signal: null, timeoutMs: 30_000 };
const DAY_NAME = new Date(DAY).toISOString().slice(0, 10);

/** A server on a cluster: a data directory with retention, holds and answers. */
interface TestServer {
  readonly under: EngineUnderTest;
  readonly retention: RetentionService;
  readonly classes: ClassService;
  readonly answering: HoldAnswering;
  /** Holds what is tagged. */
  hold(tag: string): Promise<unknown>;
}

function serverOn(url: string, prefix: string, node: string, clock: { readonly nowMs: () => number }): TestServer {
  const under = engineOn(url, { prefix, node, clock });
  const { catalogue, engine: { store, expirations }, engine } = under;
  const directory = `${under.directory}/packets`;
  const classes = new ClassService({ catalogue, store, clock, compile: (tag) => exact("tags", tag) });
  const retention = new RetentionService({
    catalogue, store, clock, classes, shared: expirations, logger: silentLogger, packetDirectories: [directory], events: noRetentionEvents, rules: retentionRules([directory], { expireDays: 3 }),
    tombstones: new Tombstones(`${under.directory}/tombstones`, [directory]), probe: () => Promise.resolve({ freeBytes: 9, totalBytes: 10 }),
    reader: { forget: () => Promise.resolve(), heads: () => Promise.resolve([]), packets: () => Promise.resolve([]) },
  });
  const holds = new HoldService({ catalogue, store, clock, shared: expirations });
  return {
    under, retention, classes, answering: engine.holdAnswering((spans, signal) => retention.heldIn(spans, signal)),
    hold: (tag) => holds.create({ filter: { expression: exact("tags", tag), range: ALL_TIME }, description: tag, reason: "case 7", untilMs: null, user: "ann" }, service),
  };
}

for (const product of ["elasticsearch", "opensearch"] as const satisfies readonly Product[]) {
  const url = await searchNode(product);

  describe.skipIf(url === null)(`two servers that expire and hold on one cluster: ${product}`, () => {
    /** Both servers over rows of one old day, each with a tag; the leader is `south`. */
    const both = async (body: (south: TestServer, north: TestServer, elapse: (ms: number) => void) => Promise<void>): Promise<void> => {
      let nowMs = DAY + 10 * 86_400_000;
      const prefix = `t${randomBytes(6).toString("hex")}_`;
      const [south, north] = ["south", "north"].map((node) => serverOn(url ?? "", prefix, node, { nowMs: () => nowMs }));
      if (south === undefined || north === undefined) throw new Error("two servers");
      try {
        const tags = ["mine", "theirs", "class", "nobody"];
        for (const [at, tag] of tags.entries()) {
          const { under } = at % 2 === 0 ? south : north;
          const row = { id: rowId(DAY, at + 1), firstPacket: DAY, lastPacket: DAY + at, node: at % 2 === 0 ? "south" : "north", tags: [tag], packetPos: "", fileId: [] };
          await under.engine.store.commitSegments({ add: [await writeSegment(under.sessions, [row])], remove: [] });
          await under.shipper.drain();
        }
        await south.answering.look();
        await body(south, north, (ms) => { nowMs += ms; });
      } finally {
        await north.answering.stop();
        await south.answering.stop();
        await north.under.close();
        await south.under.close();
      }
    };
    const left = async ({ under: { engine } }: TestServer, expression: CheckedExpression = EVERYTHING): Promise<readonly number[]> => {
      const ids: number[] = [];
      for await (const batch of engine.store.streamIds({ expression, range: ALL_TIME }, service)) ids.push(...batch.map((id) => Number.parseInt(id.slice(-4), 16)));
      return ids.sort();
    };
    /** Looks for questions, as a server does every few seconds, until the run is over. */
    const answered = async <T>(run: Promise<T>, other: TestServer): Promise<T> => {
      let isOver = false;
      const ended = run.finally(() => { isOver = true; });
      while (!isOver) {
        await other.answering.look();
        await new Promise((soon) => { setImmediate(soon); });
      }
      return ended;
    };

    it("keep what either holds, of classes too", async () => {
      await both(async (south, north) => {
        await south.hold("mine");
        await north.hold("theirs");
        north.classes.set({ name: "long", expression: "class", days: 100, maxBytes: null }, "ann");
        expect(await answered(south.retention.expireSessions(null), north)).toEqual({ expired: [DAY_NAME], failed: [] });
        expect(await left(south)).toEqual([1, 2, 3]);
        // What is told is gone once it was read, and holds can be made again.
        await north.answering.look();
        expect((await south.under.engine.state.all("answer-", LIMITS)).map(({ id }) => id)).toEqual([]);
        expect(await north.hold("class")).toMatchObject({ sessions: 1 });
      });
    });

    it("stay while a server that serves does not say what it holds, until it is forgotten", async () => {
      await both(async (south, north, elapse) => {
        await north.hold("theirs");
        const { state, servers } = south.under.engine;
        const run = south.retention.expireSessions(null);
        await expect.poll(async () => (await readExpiring(state, LIMITS))?.phase).toBe("asking");
        // Of days that are asked for nothing more can be held.
        await expect(north.hold("nobody")).rejects.toMatchObject({ code: "CLUSTER_BUSY" });
        expect(north.under.catalogue.holds.active()).toHaveLength(1);
        elapse(91_000);
        expect(await run).toEqual({ expired: [], failed: [{ day: DAY_NAME, code: "SERVER_SILENT", reason: expect.stringMatching(/^SERVER_SILENT: the server of node north .*lookback cluster forget north/) }] });
        expect(await left(south)).toEqual([1, 2, 3, 4]);
        // It answers the next run.
        expect(await answered(south.retention.expireSessions(null), north)).toMatchObject({ expired: [DAY_NAME] });
        expect(await left(south)).toEqual([2]);
        elapse(300_000);
        await servers.forget("north", LIMITS);
        expect(await south.retention.expireSessions(null)).toMatchObject({ expired: [DAY_NAME] });
        expect(await left(south)).toEqual([]);
      });
    });
  });
}
