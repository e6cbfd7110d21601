import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { startNode } from "../../ops/elasticsearch/node.mjs";
import { systemClock } from "../../src/base/clock.js";
import { openCatalogue } from "../../src/catalogue/catalogue.js";
import { ALL_TIME } from "../../src/model/time-range.js";
import { DAY, EVERYTHING, service } from "../contract/sessions.js";
import { LookbackProcess } from "../support/lookback-process.js";
import { engineOn, searchNode } from "../support/search-node.js";
import { rowId, writeSegment, type RowInput } from "../support/segment-rows.js";
import { idsInCluster } from "../support/ship-until-killed.js";

const url = await searchNode("elasticsearch");

const rowsOf = (from: number, count: number): readonly RowInput[] =>
  Array.from({ length: count }, (_, at): RowInput => ({ id: rowId(DAY + from + at, from + at), firstPacket: DAY + from + at, lastPacket: DAY + from + at + 1_000, "http.host": [`host${at % 17}.example.com`] }));

describe.skipIf(url === null)("what is shipped", () => {
  it("is there once, however often the shipper is killed", async () => {
    const under = engineOn(url ?? "", { clock: systemClock });
    const { directory, sessions, catalogue, engine } = under;
    try {
      const expected: string[] = [];
      for (let segment = 0; segment < 12; segment++) {
        const rows = rowsOf(segment * 300, 300);
        expected.push(...rows.map(({ id }) => id));
        await engine.store.commitSegments({ add: [await writeSegment(sessions, rows)], remove: [] });
      }
      const prefix = engine.template.name.replace("lookback-sessions3", "");
      writeFileSync(join(directory, "config.ini"), `[default]\ndataDir=${directory}\nindexStore=elasticsearch\nelasticsearch=${url}\nprefix=${prefix}\nsessionRefreshSeconds=60\n`);
      let kills = 0;
      for (let shippedRounds = 0; catalogue.shipments.waiting().segments > 0; shippedRounds++) {
        const shipper = new LookbackProcess(["ship", "--once", "--config", join(directory, "config.ini")], directory);
        if (kills >= 10) {
          expect((await shipper.exited).code).toBe(0);
          break;
        }
        // Killed at another moment each time: before it begins, within a request, before or after it notes what was done.
        const before = await idsInCluster(engine).then((ids) => ids.length);
        if (kills % 3 !== 0) await vi.waitFor(async () => { expect(shipper.child.exitCode !== null || (await idsInCluster(engine)).length > before + kills * 20).toBe(true); }, { timeout: 30_000, interval: 5 });
        shipper.child.kill("SIGKILL");
        await shipper.exited;
        kills += 1;
        expect(shippedRounds).toBeLessThan(30);
      }
      expect([...await idsInCluster(engine)].sort()).toEqual(expected.sort());
      expect(catalogue.shipments.waiting()).toMatchObject({ segments: 0, deadRows: 0 });
      expect(catalogue.segments.live()).toEqual([]);
    } finally {
      await under.close();
    }
  });

  it("is there once, however often the node is killed, and waits meanwhile", async () => {
    let node = await startNode({ product: "elasticsearch" });
    const home = node.directory;
    const port = Number(new URL(node.url).port);
    const under = engineOn(node.url, { clock: systemClock, bulkBytes: 300_000 });
    const abort = new AbortController();
    const running = under.shipper.run(abort.signal);
    try {
      const expected: string[] = [];
      for (let kill = 0; kill < 3; kill++) {
        for (let segment = 0; segment < 3; segment++) {
          const rows = rowsOf((kill * 3 + segment) * 400, 400);
          expected.push(...rows.map(({ id }) => id));
          await under.engine.store.commitSegments({ add: [await writeSegment(under.sessions, rows)], remove: [] });
          if (segment === 1) await node.kill();
        }
        expect(under.catalogue.shipments.waiting().segments).toBeGreaterThan(0);
        node = await startNode({ product: "elasticsearch", directory: home, port });
      }
      await vi.waitFor(() => { expect(under.catalogue.shipments.waiting().segments).toBe(0); }, { timeout: 150_000, interval: 200 });
      expect([...await idsInCluster(under.engine)].sort()).toEqual(expected.sort());
      expect(await under.engine.store.count({ expression: EVERYTHING, range: ALL_TIME }, service)).toBe(expected.length);
    } finally {
      abort.abort();
      await running;
      await under.close();
      await node.stop();
    }
  }, 420_000);

  it("waits in the catalogue of a data directory that is opened anew", async () => {
    const under = engineOn(url ?? "", { clock: systemClock });
    try {
      await under.engine.store.commitSegments({ add: [await writeSegment(under.sessions, rowsOf(0, 10))], remove: [] });
      const again = openCatalogue(under.directory, systemClock);
      expect(again.shipments.waiting()).toMatchObject({ segments: 1, rows: 10, firstMs: DAY });
      again.close();
      await under.shipper.drain();
      expect(under.catalogue.shipments.waiting()).toMatchObject({ segments: 0, firstMs: null });
    } finally {
      await under.close();
    }
  });
});
