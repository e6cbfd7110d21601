import { describe, expect, it } from "vitest";
import { silentLogger } from "../../src/base/logger.js";
import { noRetentionEvents } from "../../src/model/retention-event.js";
import { ALL_TIME } from "../../src/model/time-range.js";
import { Tombstones } from "../../src/packet-store/packet-store.js";
import { RetentionService } from "../../src/retention/retention-service.js";
import { DAY, EVERYTHING, found, id, ROWS, service } from "../contract/sessions.js";
import { retentionRules } from "../support/retention-rules.js";
import { engineOn, searchNode, type Product } from "../support/search-node.js";
import { rowId, writeSegment } from "../support/segment-rows.js";

const DAY_MS = 86_400_000;

for (const product of ["elasticsearch", "opensearch"] as const satisfies readonly Product[]) {
  const url = await searchNode(product);

  describe.skipIf(url === null)(`an index of a month: ${product}`, () => {
    it("expires but for the held sessions of any of its days, and what waits for it goes with it", async () => {
      const clock = { nowMs: () => Date.UTC(2026, 2, 20) };
      const under = engineOn(url ?? "", { rotation: "monthly", clock });
      try {
        const { engine: { store }, catalogue } = under;
        const early = { id: rowId(DAY - 5 * DAY_MS, 70), firstPacket: DAY - 5 * DAY_MS, lastPacket: DAY - 5 * DAY_MS };
        await store.commitSegments({ add: [await writeSegment(under.sessions, ROWS), await writeSegment(under.sessions, [early])], remove: [] });
        await under.shipper.drain();
        expect(await store.partitions()).toMatchObject([{ day: "2026-01-31", startMs: Date.UTC(2026, 0, 1), endMs: Date.UTC(2026, 1, 1), rows: ROWS.length + 1 }]);
        const hold = catalogue.holds.add({ subject: "session", subjectId: "x", reason: "case 7", createdBy: "ann" });
        catalogue.holds.addSessions(hold, [early.id, id(2)].map((one, at) => ({ id: Buffer.from(one.replaceAll("-", ""), "hex"), firstMs: DAY, lastMs: at === 0 ? early.lastPacket : DAY, settled: true, packets: [] })));
        const directory = `${under.directory}/packets`;
        const retention = new RetentionService({
          catalogue, store, clock, logger: silentLogger, packetDirectories: [directory], events: noRetentionEvents, rules: retentionRules([directory], { expireDays: 3 }),
          tombstones: new Tombstones(`${under.directory}/tombstones`, [directory]), probe: () => Promise.resolve({ freeBytes: 9, totalBytes: 10 }),
          reader: { forget: () => Promise.resolve(), heads: () => Promise.resolve([]), packets: () => Promise.resolve([]) },
        });
        expect((await retention.sessionPlan()).items).toMatchObject([{ day: "2026-01-31", action: "expire", heldRows: 2 }]);
        // One that waits may be of any of its days.
        await store.commitSegments({ add: [await writeSegment(under.sessions, [{ ...early, id: rowId(DAY - 5 * DAY_MS, 71) }])], remove: [] });
        expect(await retention.expireSessions(null)).toMatchObject({ expired: [], failed: [{ day: "2026-01-31" }] });
        await under.shipper.drain();
        expect(await retention.expireSessions(null)).toEqual({ expired: ["2026-01-31"], failed: [] });
        expect(await found(store, EVERYTHING)).toHaveLength(2);
        expect(await store.get(early.id, service)).not.toBeNull();
        expect(await store.get(id(2), service)).not.toBeNull();
        await store.commitSegments({ add: [await writeSegment(under.sessions, [{ ...early, id: rowId(DAY - 5 * DAY_MS, 72) }])], remove: [] });
        catalogue.holds.release(hold);
        expect(await retention.expireSessions(null)).toEqual({ expired: ["2026-01-31"], failed: [] });
        await under.shipper.drain();
        expect(await store.count({ expression: EVERYTHING, range: ALL_TIME }, service)).toBe(0);
      } finally {
        await under.close();
      }
    });
  });
}
