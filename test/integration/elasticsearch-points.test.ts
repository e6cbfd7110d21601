import { afterEach, describe, expect, it } from "vitest";
import { dialectOf } from "../../src/index-store/elasticsearch/dialect.js";
import { Read } from "../../src/index-store/elasticsearch/reads.js";
import { streamPackets, streamRows } from "../../src/index-store/elasticsearch/streams.js";
import { packagedCatalogue } from "../../src/model/field-catalogue.js";
import { collected, DAY, exact, HOUR, service } from "../contract/sessions.js";
import { clusterProxy } from "../support/cluster-proxy.js";
import { engineOn, searchNode, type Product } from "../support/search-node.js";
import { rowId, writeSegment, type RowInput } from "../support/segment-rows.js";

/** Seven connections of two parts each, the second a day later, in an order of time that is not that of their ids. */
const PARTS: readonly RowInput[] = Array.from({ length: 14 }, (_, at): RowInput => {
  const number = at % 7;
  const startMs = DAY + ((number * 3) % 7) * HOUR + (at < 7 ? 0 : 24 * HOUR);
  return { id: rowId(startMs, at + 1), rootId: rowId(DAY, number + 1), firstPacket: startMs, lastPacket: startMs, tags: at < 7 ? ["seen"] : ["later"] };
});
const REQUEST = { expression: exact("tags", "seen"), range: { startMs: DAY, endMs: DAY + 24 * HOUR - 1, bounding: "last" as const }, wholeConnections: true };

for (const product of ["elasticsearch", "opensearch"] as const satisfies readonly Product[]) {
  const url = await searchNode(product);

  describe.skipIf(url === null)(`points in time of whole connections: ${product}`, () => {
    const ends: (() => Promise<void>)[] = [];
    afterEach(async () => { for (const end of ends.splice(0).reverse()) await end(); });

    /** A read through which the points are counted that are opened and closed. */
    const counted = async () => {
      const points = { opened: 0, closed: 0 };
      const proxy = await clusterProxy(url ?? "", ({ method, url: path }) => {
        if (path === undefined || !/_pit\b|point_in_time/.test(path)) return null;
        if (method === "POST") points.opened += 1;
        else points.closed += 1;
        return null;
      });
      const under = engineOn(proxy.url);
      ends.push(() => proxy.close(), () => under.close());
      const { engine: { cluster, indices, nodes, store }, catalogue, sessions, shipper } = under;
      for (const rows of [PARTS.slice(0, 7), PARTS.slice(7)]) await store.commitSegments({ add: [await writeSegment(sessions, rows)], remove: [] });
      await shipper.drain();
      const parts = { cluster, indices, nodes, fields: packagedCatalogue(), shipments: catalogue.shipments, goneFiles: () => [], dialect: async () => dialectOf(await cluster.product()) };
      return { points, read: await Read.of(parts, REQUEST, service) };
    };
    const inOrder = PARTS.toSorted((a, b) => a.firstPacket - b.firstPacket).map(({ id }) => id);

    it("are one for all rows in their order, however many parts they are asked for in", async () => {
      const { points, read } = await counted();
      expect((await collected(streamRows(read, { ...REQUEST, fields: [] }, 2))).map(({ id }) => id)).toEqual(inOrder);
      expect(points).toEqual({ opened: 1, closed: 1 });
    });

    it("are one for all packets", async () => {
      const { points, read } = await counted();
      expect((await collected(streamPackets(read, REQUEST, 2))).map(({ id }) => id).toSorted()).toEqual(inOrder.toSorted());
      expect(points).toEqual({ opened: 1, closed: 1 });
    });

    it("are given back when the stream is left", async () => {
      const { points, read } = await counted();
      for await (const batch of streamPackets(read, REQUEST, 2)) {
        expect(batch.length).toBeGreaterThan(0);
        break;
      }
      expect(points).toEqual({ opened: 1, closed: 1 });
    });
  });
}
