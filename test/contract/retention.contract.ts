import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { IndexStore } from "../../src/index-store/index-store.js";
import { ALL_TIME } from "../../src/model/time-range.js";
import { rowId, type RowInput } from "../support/segment-rows.js";
import { collected, DAY, EVERYTHING, exact, found, HOUR, id, not, ROWS, service, type StoreUnderTest } from "./sessions.js";

const all = { expression: EVERYTHING, range: ALL_TIME };

/** What every index store must do for retention: rows that outlive their day, packets that move, and what would be kept. */
export function retentionContract(name: string, make: () => Promise<StoreUnderTest>): void {
  describe(`retention: ${name}`, () => {
    let under: StoreUnderTest;
    let store: IndexStore;

    beforeEach(async () => {
      under = await make();
      store = under.store;
    });
    afterEach(() => under.close());

    const add = async (...rows: readonly RowInput[]): Promise<void> => {
      await store.commitSegments({ add: [await under.write(rows)], remove: [] });
    };
    const addAll = async (): Promise<void> => {
      await add(...ROWS.slice(0, 3));
      await add(...ROWS.slice(3));
    };
    const packetsOf = async (number: number) => (await collected(store.streamPackets({ expression: { node: "ids", ids: [id(number)] }, range: ALL_TIME }, service)))[0]?.packets;

    describe("a day that expires", () => {
      it("goes but for the rows that are kept, which are found as before", async () => {
        await addAll();
        const next = { ...(ROWS[0] ?? { id: "", firstPacket: 0, lastPacket: 0 }), id: rowId(DAY + 30 * HOUR, 90), firstPacket: DAY + 30 * HOUR, lastPacket: DAY + 30 * HOUR };
        await add(next);
        await store.changeTags([id(2)], ["case-7"], []);
        const before = await store.get(id(2), service);
        await store.expirePartition("2026-01-15", () => [id(2), id(5), "00000000-0000-0000-0000-000000000000"]);
        expect(await found(store, EVERYTHING)).toEqual([2, 5, 0]);
        expect(await found(store, not(exact("host.http", "mail.example.com")))).toEqual([2, 0]);
        expect(await found(store, exact("host.dns", "c.example.org"))).toEqual([2]);
        expect(await store.get(id(2), service)).toEqual(before);
        expect((await store.partitions()).map(({ day, rows }) => [day, rows])).toEqual([["2026-01-15", 2], ["2026-01-16", 1]]);
        await store.expirePartition("2026-01-15", () => [id(2)]);
        await store.expirePartition("2026-01-15");
        expect(await found(store, EVERYTHING)).toEqual([0]);
        expect(await store.health()).toEqual({ ok: true, damaged: [] });
      });

      it("keeps what is to be kept by the time that the others go", async () => {
        await addAll();
        let asked = 0;
        await store.expirePartition("2026-01-15", () => {
          asked += 1;
          return asked < 2 ? [id(2)] : [id(2), id(5)];
        });
        expect(await found(store, EVERYTHING)).toEqual([2, 5]);
      });

      it("goes whole when none of the kept rows is there", async () => {
        await addAll();
        await store.expirePartition("2026-01-15", () => ["00000000-0000-0000-0000-000000000000"]);
        expect(await store.partitions()).toEqual([]);
      });

      it("keeps the highest version of a row", async () => {
        const row: RowInput = { id: rowId(DAY, 50), firstPacket: DAY, lastPacket: DAY + 1, rowVersion: 1, node: "old" };
        await add(row);
        await add({ ...row, rowVersion: 2, node: "new" });
        await store.expirePartition("2026-01-15", () => [row.id]);
        expect(await store.count({ ...all, expression: exact("node", "new") }, service)).toBe(1);
        expect(await store.count(all, service)).toBe(1);
      });
    });

    describe("packets that move", () => {
      const moved = [{ fileId: 9, offset: 24, length: 48 }, { fileId: 9, offset: 3_000_000_000, length: 6 }, { fileId: 2, offset: 7, length: 16 }];

      it("are found at their new places, and nothing else of the row changes", async () => {
        await addAll();
        const before = await store.get(id(1), service);
        let alongside = 0;
        await store.movePackets([{ id: id(1), packets: moved }], () => { alongside += 1; });
        expect(alongside).toBe(1);
        expect(await packetsOf(1)).toEqual(moved);
        const { packetPos: _pos, packetLen: _len, fileId: files, ...rest } = (await store.get(id(1), service)) ?? {};
        const { packetPos: _oldPos, packetLen: _oldLen, fileId: _oldFiles, ...restBefore } = before ?? {};
        expect(rest).toEqual(restBefore);
        expect(files).toEqual([9, 2]);
        expect(await store.count(all, service)).toBe(6);
        const inFile = (fileId: number) => found(store, { node: "file", matches: [], fileIds: [fileId] });
        expect(await inFile(9)).toEqual([1]);
        await store.optimise("2026-01-15", null);
        expect(await packetsOf(1)).toEqual(moved);
        expect(await store.count(all, service)).toBe(6);
      });

      it("stay where they are when what goes alongside fails, and leave nothing behind", async () => {
        await addAll();
        const before = await packetsOf(1);
        await expect(store.movePackets([{ id: id(1), packets: moved }], () => { throw new Error("no"); })).rejects.toThrow("no");
        expect(await packetsOf(1)).toEqual(before);
        expect(await store.count(all, service)).toBe(6);
      });

      it("are of rows that are there and final only", async () => {
        await addAll();
        const open = await packetsOf(6);
        await store.movePackets([{ id: id(6), packets: moved }, { id: "00000000-0000-0000-0000-000000000000", packets: moved }]);
        expect(await packetsOf(6)).toEqual(open);
        expect(await store.count(all, service)).toBe(6);
      });

      it("are those of a row whose last packet is stamped a day before the time in its id", async () => {
        const reversed = rowId(DAY + 30 * HOUR, 77);
        await addAll();
        await add({ id: reversed, firstPacket: DAY + 30 * HOUR, lastPacket: DAY + 20 * HOUR, length: 0 });
        const places = async () => (await collected(store.streamPackets({ expression: { node: "ids", ids: [reversed] }, range: ALL_TIME }, service)))[0]?.packets;
        expect(await store.get(reversed, service)).toMatchObject({ lastPacket: DAY + 20 * HOUR });
        await store.movePackets([{ id: reversed, packets: moved }]);
        expect(await places()).toEqual(moved);
        await store.optimise("2026-01-15", null);
        expect(await places()).toEqual(moved);
        expect(await store.get(reversed, service)).toMatchObject({ lastPacket: DAY + 20 * HOUR });
      });

      it("may be many, of several days", async () => {
        const rows = Array.from({ length: 40 }, (_, at): RowInput => ({ id: rowId(DAY + at * HOUR, 100 + at), firstPacket: DAY + at * HOUR, lastPacket: DAY + at * HOUR + 1 }));
        await add(...rows.slice(0, 20));
        for (const row of rows.slice(20)) await add(row);
        await store.movePackets(rows.map((row, at) => ({ id: row.id, packets: [{ fileId: at + 1, offset: 2 ** 40 + at, length: 100 }] })));
        const found_ = await collected(store.streamPackets(all, service));
        expect(new Map(found_.map((session) => [session.id, session.packets]))).toEqual(new Map(rows.map((row, at) => [row.id, [{ fileId: at + 1, offset: 2 ** 40 + at, length: 100 }]])));
      });
    });

    describe("what would be kept of the first packets", () => {
      it("follows the bytes that rows noted, a straight line in between", async () => {
        await add({
          // 1: 100, 2: 150, 4: 300, 8: 700 bytes, and 1,000 after all ten packets.
          id: rowId(DAY, 60), firstPacket: DAY, lastPacket: DAY + 1, "network.packets": 10, "network.bytes": 1_000, bytesByPacket: [100, 150, 300, 700, 1_000],
        }, { id: rowId(DAY, 61), firstPacket: DAY, lastPacket: DAY + 1, "network.packets": 2, "network.bytes": 70, bytesByPacket: [40, 70], node: "north" });
        const budget = async (firstPackets: number, expression = EVERYTHING) => store.byteBudget({ expression, range: ALL_TIME, firstPackets }, service);
        expect(await budget(1)).toEqual({ sessions: 2, packets: 12, bytes: 1_070, keptPackets: 2, keptBytes: 140 });
        expect(await budget(3)).toMatchObject({ keptPackets: 5, keptBytes: 225 + 70 });
        expect(await budget(8)).toMatchObject({ keptPackets: 10, keptBytes: 700 + 70 });
        expect(await budget(9)).toMatchObject({ keptPackets: 11, keptBytes: 850 + 70 });
        expect(await budget(1_000)).toMatchObject({ keptPackets: 12, keptBytes: 1_070 });
        expect(await budget(1, exact("node", "north"))).toEqual({ sessions: 1, packets: 2, bytes: 70, keptPackets: 1, keptBytes: 40 });
      });

      it("is everything of rows that noted nothing, and none of none", async () => {
        expect(await store.byteBudget({ ...all, firstPackets: 1 }, service)).toEqual({ sessions: 0, packets: 0, bytes: 0, keptPackets: 0, keptBytes: 0 });
        await addAll();
        expect(await store.byteBudget({ ...all, firstPackets: 1 }, service)).toMatchObject({ sessions: 6, packets: 125, keptPackets: 6, bytes: 97_760, keptBytes: 97_760 });
      });
    });
  });
}
