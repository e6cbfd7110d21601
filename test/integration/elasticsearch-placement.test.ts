import { describe, expect, it } from "vitest";
import { placementTask } from "../../src/scheduler/tasks.js";
import { ALL_TIME } from "../../src/model/time-range.js";
import { DAY, EVERYTHING, HOUR, ROWS, service } from "../contract/sessions.js";
import { engineOn, searchNode, type Product } from "../support/search-node.js";
import { writeSegment } from "../support/segment-rows.js";

for (const product of ["elasticsearch", "opensearch"] as const satisfies readonly Product[]) {
  const url = await searchNode(product);

  describe.skipIf(url === null)(`where indices are kept: ${product}`, () => {
    it("is planned, done and then settled; sessions stay", async () => {
      let nowMs = DAY + 30 * HOUR;
      const under = engineOn(url ?? "", { clock: { nowMs: () => nowMs }, settings: { shards: 1, replicas: 0, refreshSeconds: 60 }, warm: { afterDays: 2, allocation: "box_type:warm", replicas: 1 } });
      try {
        const { store, cluster, names } = under.engine;
        await store.commitSegments({ add: [await writeSegment(under.sessions, ROWS)], remove: [] });
        await under.shipper.drain();
        const { index } = names.periodAt(DAY, "daily");
        const placed = async (): Promise<unknown> => cluster.request({ method: "GET", path: `/${index}/_settings`, query: { flat_settings: true } }, { signal: null, timeoutMs: 30_000 });
        expect(await store.planPlacement()).toEqual([]);
        nowMs = DAY + 4 * 24 * HOUR;
        const task = placementTask(store);
        const settings = { "index.routing.allocation.require.box_type": "warm", "index.number_of_replicas": "1" };
        expect(await store.planPlacement()).toMatchObject([{ day: "2026-01-15", index, reason: "warm", settings }]);
        expect(await task.dryRun?.(new AbortController().signal)).toMatchObject({ indices: 1, would: [`set index.routing.allocation.require.box_type=warm, index.number_of_replicas=1 of ${index} (warm)`] });
        expect(await placed()).not.toMatchObject({ [index]: { settings } });
        expect(await task.run(new AbortController().signal, () => {})).toEqual({ changed: 1 });
        expect(await placed()).toMatchObject({ [index]: { settings } });
        expect(await store.planPlacement()).toEqual([]);
        expect(await store.count({ expression: EVERYTHING, range: ALL_TIME }, service)).toBe(ROWS.length);
      } finally {
        await under.close();
      }
    });

    it("has data nodes that tell their space", async () => {
      const under = engineOn(url ?? "");
      try {
        const [node, ...others] = await under.engine.store.dataNodes();
        expect(others).toEqual([]);
        expect(node?.name).not.toBe("");
        expect(node?.totalBytes).toBeGreaterThan(1e9);
        expect(node?.freeBytes).toBeGreaterThan(0);
        expect(node?.freeBytes).toBeLessThanOrEqual(node?.totalBytes ?? 0);
      } finally {
        await under.close();
      }
    });
  });
}
