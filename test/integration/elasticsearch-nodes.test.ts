import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { loadShipperReport } from "../../src/index-store/elasticsearch/shipper-status.js";
import { packPositions } from "../../src/index-store/embedded/positions.js";
import type { SegmentInfo } from "../../src/model/segment.js";
import { catalogueLookup } from "../../src/export/packet-files.js";
import type { CheckedExpression } from "../../src/model/checked-expression.js";
import { PACKET_FILES_FIELD } from "../../src/model/packet-files-field.js";
import type { PacketRef } from "../../src/model/session.js";
import { ALL_TIME } from "../../src/model/time-range.js";
import { ClassService } from "../../src/retention/class-service.js";
import { heldSession } from "../../src/retention/keep-packets.js";
import { DAY, EVERYTHING, service } from "../contract/sessions.js";
import { engineOn, searchNode, type EngineUnderTest, type Product } from "../support/search-node.js";
import { rowId, writeSegment } from "../support/segment-rows.js";

const FILE = 5;
const clock = { nowMs: () => DAY + 1 };

/** A session of a node with two packets in its file 5. */
async function sessionOf(under: EngineUnderTest, node: string, number: number, offset: number): Promise<{ readonly id: string; readonly segment: SegmentInfo; readonly packets: readonly PacketRef[] }> {
  const id = rowId(DAY, number);
  const packets = [{ fileId: FILE, offset, length: 60 }, { fileId: FILE, offset: offset + 60, length: 60 }];
  const row = { id, firstPacket: DAY, lastPacket: DAY, node, fileId: [FILE], packetPos: Buffer.from(packPositions(packets)).toString("hex") };
  return { id, packets, segment: await writeSegment(under.sessions, [row]) };
}

function dataDirectory(url: string, prefix: string, node: string): EngineUnderTest {
  const under = engineOn(url, { prefix, node, clock });
  under.catalogue.files.add({ id: FILE, node, path: `/${node}`, displayName: `/${node}`, stream: node, storage: "own", state: "complete", format: "pcap" });
  return under;
}

for (const product of ["elasticsearch", "opensearch"] as const satisfies readonly Product[]) {
  const url = await searchNode(product);

  describe.skipIf(url === null)(`two data directories on one cluster: ${product}`, () => {
    const found = async (under: EngineUnderTest, expression: CheckedExpression): Promise<readonly string[]> => {
      const ids: string[] = [];
      for await (const batch of under.engine.store.streamIds({ expression, range: ALL_TIME }, service)) ids.push(...batch);
      return ids.sort();
    };
    const packetsOf = async (under: EngineUnderTest, id: string): Promise<readonly PacketRef[]> => {
      const packets: PacketRef[] = [];
      for await (const batch of under.engine.store.streamPackets({ expression: { node: "ids", ids: [id] }, range: ALL_TIME }, service)) for (const session of batch) packets.push(...session.packets);
      return packets;
    };

    it("tell each other's packets from their own, whatever the numbers of the files", async () => {
      const prefix = `t${randomBytes(6).toString("hex")}_`;
      const [south, north] = [dataDirectory(url ?? "", prefix, "south"), dataDirectory(url ?? "", prefix, "north")];
      try {
        const [here, there] = [await sessionOf(south, "south", 1, 24), await sessionOf(north, "north", 2, 24)];
        await south.engine.store.commitSegments({ add: [here.segment], remove: [] });
        await north.engine.store.commitSegments({ add: [there.segment], remove: [] });
        await south.shipper.drain();
        await north.shipper.drain();
        const both = [here.id, there.id].sort();
        expect(await found(south, EVERYTHING)).toEqual(both);

        // Where packets are is known of one's own alone; of others it is known whose they are.
        expect(await packetsOf(south, here.id)).toEqual(here.packets);
        expect(await packetsOf(north, there.id)).toEqual(there.packets);
        const [elsewhere] = await packetsOf(south, there.id);
        expect(elsewhere).toEqual({ fileId: -1, offset: 24, length: 60 });
        expect(south.engine.nodes.nodeOf(-1)).toBe("north");
        expect(catalogueLookup(south.catalogue.files)(-1)).toEqual({ absent: "other-node", path: null });

        // The same of fields and of documents.
        const { rows } = await south.engine.store.search({ expression: EVERYTHING, range: ALL_TIME, fields: [PACKET_FILES_FIELD], order: [], limit: 10, after: null, countTotal: false }, service);
        expect(new Map(rows.map((row) => [row.id, row.values.get(PACKET_FILES_FIELD.path)]))).toEqual(new Map([[here.id, [FILE]], [there.id, [-1]]]));
        expect(await south.engine.store.get(here.id, service)).toMatchObject({ node: "south", fileId: [FILE], packetPos: [-FILE, 24, 84] });
        const document = await south.engine.store.get(there.id, service);
        expect(document).toMatchObject({ node: "north", fileId: [-1] });
        expect(Object.keys(document ?? {})).not.toContain("packetPos");

        // Conditions on files are on one's own files.
        const file: CheckedExpression = { node: "file", matches: [], fileIds: [FILE] };
        const available: CheckedExpression = { node: "packetsAvailable", value: true };
        expect(await found(south, file)).toEqual([here.id]);
        expect(await found(north, file)).toEqual([there.id]);
        expect(await found(south, { node: "not", item: file })).toEqual([there.id]);
        expect(await found(south, available)).toEqual([here.id]);
        expect(await found(south, { node: "packetsAvailable", value: false })).toEqual([there.id]);
        south.catalogue.files.update(FILE, { state: "gone" });
        expect(await found(south, available)).toEqual([]);
        expect(await found(north, available)).toEqual([there.id]);

        // A class claims of a file that is due what is in it, and holds know no packets of others.
        const classes = new ClassService({ catalogue: south.catalogue, store: south.engine.store, clock, compile: () => EVERYTHING });
        classes.set({ name: "all", expression: "all", days: 100, maxBytes: null }, "ann");
        await classes.claimFile({ fileId: FILE, firstMs: null, lastMs: null }, null);
        expect(south.catalogue.holds.sessionsInFile(FILE, 10).map((id) => Buffer.from(id).toString("hex"))).toEqual([here.id.replaceAll("-", "")]);
        expect(heldSession({ id: there.id, firstPacketMs: DAY, lastPacketMs: DAY, final: true, packets: await packetsOf(south, there.id) }).packets).toEqual([]);

        // Tags may be set on every session; packets are moved of one's own.
        expect(await south.engine.store.changeTags(both, ["seen"], [])).toBe(2);
        await south.engine.store.movePackets(both.map((id) => ({ id, packets: [{ fileId: 9, offset: 1, length: 2 }] })));
        await south.shipper.drain();
        expect(south.catalogue.shipments.hasMoves()).toBe(false);
        expect(await packetsOf(south, here.id)).toEqual([{ fileId: 9, offset: 1, length: 2 }]);
        expect(await packetsOf(north, there.id)).toEqual(there.packets);
        expect(await north.engine.store.get(there.id, service)).toMatchObject({ tags: ["seen"] });

        // A copy of the cluster's rows has the places of its own alone.
        const copied = new Map<string, number>();
        for await (const page of south.engine.store.storedRows(ALL_TIME, null, null)) for (const row of page) copied.set(row.id, row.packets.length);
        expect(copied).toEqual(new Map([[here.id, 1], [there.id, 0]]));
      } finally {
        await north.close();
        await south.close();
      }
    });

    it("are refused the same node, and the first goes on", async () => {
      const prefix = `t${randomBytes(6).toString("hex")}_`;
      const [first, second] = [dataDirectory(url ?? "", prefix, "south"), dataDirectory(url ?? "", prefix, "south")];
      try {
        const [one, two] = [await sessionOf(first, "south", 1, 24), await sessionOf(second, "south", 2, 24)];
        await first.engine.store.commitSegments({ add: [one.segment], remove: [] });
        await first.shipper.drain();
        await second.engine.store.commitSegments({ add: [two.segment], remove: [] });
        await expect(second.shipper.round(null)).rejects.toMatchObject({ code: "NODE_TAKEN", details: { node: "south", installation: first.engine.nodes.installation } });
        await expect(second.shipper.round(null)).rejects.toThrow(/another --node, or set another prefix/);
        expect(second.catalogue.shipments.waiting().segments).toBe(1);
        expect(await found(first, EVERYTHING)).toEqual([one.id]);
        // What the first one has is not looked for in the files of the second.
        expect(await packetsOf(second, one.id)).toMatchObject([{ fileId: -1 }, { fileId: -1 }]);
        expect(await found(second, { node: "file", matches: [], fileIds: [FILE] })).toEqual([]);

        // A shipper that runs says so in its status, and waits.
        const abort = new AbortController();
        const running = second.shipper.run(abort.signal);
        while ((loadShipperReport(second.catalogue.settings)?.lastError ?? null) === null) await new Promise((soon) => { setImmediate(soon); });
        abort.abort();
        await running;
        expect(loadShipperReport(second.catalogue.settings)?.lastError).toMatchObject({ code: "NODE_TAKEN" });

        // Started again, the first is still itself.
        const again = await sessionOf(first, "south", 3, 24);
        await first.engine.store.commitSegments({ add: [again.segment], remove: [] });
        await shipAgain(url ?? "", prefix, first);
        expect(await found(first, EVERYTHING)).toEqual([one.id, again.id].sort());
      } finally {
        await second.close();
        await first.close();
      }
    });
  });
}

/** Ships what waits as another process on the same data directory does. */
async function shipAgain(url: string, prefix: string, { catalogue, sessions }: EngineUnderTest): Promise<void> {
  const other = engineOn(url, { prefix, node: "south", clock, catalogue, segmentDirectory: sessions });
  await other.shipper.drain();
  await other.engine.store.close();
  other.catalogue.close();
  rmSync(other.directory, { recursive: true });
}
