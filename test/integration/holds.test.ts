import { existsSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { silentLogger } from "../../src/base/logger.js";
import { noRetentionEvents } from "../../src/model/retention-event.js";
import { Tombstones } from "../../src/packet-store/packet-store.js";
import { Expirations } from "../../src/retention/expirations.js";
import { HoldService } from "../../src/retention/hold-service.js";
import { RetentionService } from "../../src/retention/retention-service.js";
import { context, opened } from "../support/open-retention.js";
import { importedDirectory, randomNumbers, runChild } from "../support/retention-kill-series.js";
import { retentionRules } from "../support/retention-rules.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const DAY = 86_400_000;

describe("a hold on sessions", () => {
  it("keeps their packets when the file goes, and nothing else of it", async () => {
    const { data, packets } = await importedDirectory(temporaryDirectory(), 3);
    const one = await opened(data, packets);
    const before = one.times(await one.packetsOf("ip.src == 10.0.0.1/30"));
    expect(before).toHaveLength(4);
    const made = await one.hold("ip.src == 10.0.0.1/30");
    expect(made).toMatchObject({ sessions: 4, packets: 40, reason: "case 7", createdBy: "ann", untilMs: null });

    // The plan says what the run does.
    const keeper = one.retention({ freeSpace: { unit: "percent", value: 5 } });
    const planned = (await keeper.packetPlan()).devices[0]?.items.filter((item) => item.action === "delete") ?? [];
    expect(planned.map(({ fileId, heldBytes, note }) => [fileId, heldBytes, note])).toEqual([[1, made.bytes, "case 7"], [2, 0, null]]);
    const run = await keeper.enforcePackets(null);
    expect(run.outcomes.map(({ fileId, outcome }) => `${fileId} ${outcome}`)).toEqual(["1 deleted", "2 deleted"]);
    expect(one.files()).toEqual(["1 gone", "2 gone", "3 complete", "4 complete"]);

    // The held sessions have every packet, at new places; the others of the file say that they have none.
    const after = await one.packetsOf("ip.src == 10.0.0.1/30");
    expect(one.times(after)).toEqual(before);
    expect(new Set(after.flatMap(({ packets: some }) => some.map(({ fileId }) => fileId)))).toEqual(new Set([4]));
    expect(await one.count({ node: "packetsAvailable", value: true })).toBe(44);
    const kept = one.catalogue.files.get(4);
    expect(kept).toMatchObject({ packets: 40, node: "n1", storage: "own" });
    expect(kept?.bytes).toBeLessThan(2 * made.bytes);

    // It is held where it is now, and goes when the hold does.
    await keeper.enforcePackets(null);
    expect(one.files()).toEqual(["1 gone", "2 gone", "3 complete", "4 complete"]);
    expect(one.holds.release(made.id)).toMatchObject({ sessions: 4 });
    expect(one.holds.release(made.id)).toBeNull();
    await keeper.enforcePackets(null);
    expect(one.files()).toEqual(["1 gone", "2 gone", "3 complete", "4 gone"]);
    expect(readdirSync(packets)).toHaveLength(1);
    expect(one.holds.list(10, null, false)).toEqual([]);
    expect(one.holds.list(10, null, true)).toMatchObject([{ id: made.id, sessions: 0 }]);
    await one.close();
  });

  it("leaves a file alone that is little else, and copies only what is still held of a copy", async () => {
    const { data, packets } = await importedDirectory(temporaryDirectory(), 2);
    const one = await opened(data, packets);
    const most = await one.hold("ip.src == 10.0.0.0/16");
    const keeper = one.retention({ freeSpace: { unit: "percent", value: 1 } });
    const { blocked } = (await keeper.packetPlan()).devices[0] ?? { blocked: [] };
    expect(blocked).toEqual([{ hold: most.id, items: 1, bytes: one.catalogue.files.get(1)?.bytes }]);
    await keeper.enforcePackets(null);
    expect(one.files()).toEqual(["1 complete", "2 complete"]);
    one.holds.release(most.id);
    const [first, second] = [await one.hold("ip.src == 10.0.0.0/28"), await one.hold("ip.src == 10.0.0.8/29")];
    await keeper.enforcePackets(null);
    expect(one.files()).toEqual(["1 gone", "2 complete", "3 complete"]);
    one.holds.release(first.id);
    await keeper.enforcePackets(null);
    expect(one.files()).toEqual(["1 gone", "2 complete", "3 gone", "4 complete"]);
    expect(await one.count({ node: "and", items: [{ node: "packetsAvailable", value: true }, one.filter("ip.src == 10.0.0.0/16").expression] })).toBe(8);
    expect(one.times(await one.packetsOf("ip.src == 10.0.0.8/29")).flatMap(({ times }) => times).every(([timeMs, , , missing]) => timeMs !== null && missing === null)).toBe(true);
    one.holds.release(second.id);
    await one.close();
  });

  it("lets the rows outlive their day, until it ends by itself", async () => {
    const { data, packets } = await importedDirectory(temporaryDirectory(), 2);
    const one = await opened(data, packets);
    await one.hold("ip.src == 10.1.0.7", Date.now() + 5 * DAY);
    const keeper = one.retention({ expireDays: 1 }, 500_000);
    expect((await keeper.sessionPlan()).items).toMatchObject([{ rows: 80, action: "expire", heldRows: 1 }]);
    const { expired } = await keeper.expireSessions(null);
    expect(expired).toHaveLength(1);
    expect(await one.count({ node: "everything" })).toBe(1);
    expect((await keeper.sessionPlan()).items).toMatchObject([{ rows: 1, action: "keep", reason: "held" }]);
    expect(await keeper.expireSessions(null)).toEqual({ expired: [], failed: [] });
    one.elapse(6 * DAY);
    await keeper.expireAudit();
    expect(await keeper.expireSessions(null)).toMatchObject({ expired });
    expect(await one.count({ node: "everything" })).toBe(0);
    await one.close();
  });

  it("says what there is where days expire while it is made", async () => {
    const { data, packets } = await importedDirectory(temporaryDirectory(), 2);
    const one = await opened(data, packets);
    const [clock, { catalogue }] = [{ nowMs: () => Date.now() }, one];
    let meanwhile = async (): Promise<unknown> => Promise.resolve();
    const holds = new HoldService({
      catalogue, clock, store: {
        streamIds: (...asked) => one.store.streamIds(...asked),
        async *streamPackets(...asked) {
          yield* one.store.streamPackets(...asked);
          await meanwhile();
        },
      },
    });
    const create = (text: string) => holds.create({ filter: one.filter(text), description: text, reason: "why", untilMs: null, user: "ann" }, context);
    // Days go while the hold is not in force yet, but for what is held already.
    await one.hold("ip.src == 10.1.0.7");
    meanwhile = () => one.retention({ expireDays: 1 }, 500_000).expireSessions(null);
    expect(await create("ip.src == 10.1.0.7 || ip.src == 10.1.0.8")).toMatchObject({ sessions: 1 });
    expect(await one.count({ node: "everything" })).toBe(1);
    // A cluster was told already which rows stay.
    meanwhile = () => Promise.resolve();
    const span = { startMs: 1_767_000_000_000 - DAY, endMs: 1_767_000_000_000 + DAY };
    await new Expirations(catalogue.settings).during(span, async () => {
      await expect(create("ip.src == 10.1.0.7")).rejects.toMatchObject({ code: "ROLE_HELD" });
    });
    expect(await create("ip.src == 10.1.0.7")).toMatchObject({ sessions: 1 });
    await one.close();
  });

  it("leaves be what is known of packets that were copied meanwhile", async () => {
    const { data, packets } = await importedDirectory(temporaryDirectory(), 2);
    const one = await opened(data, packets);
    await one.hold("ip.src == 10.0.0.1");
    const [before] = await one.packetsOf("ip.src == 10.0.0.1");
    await one.retention({ freeSpace: { unit: "percent", value: 1 } }).enforcePackets(null);
    const copied = one.catalogue.holds.packetsByFile();
    // As if it had been read before they were copied.
    const again = one.catalogue.holds.add({ subject: "session", subjectId: "x", reason: "case 8", createdBy: "ann" });
    one.catalogue.holds.addSessions(again, [{ id: Buffer.from((before?.id ?? "").replaceAll("-", ""), "hex"), firstMs: 0, lastMs: 0, settled: true, packets: [{ fileId: 1, packets: 10, bytes: 9 }] }]);
    expect([...one.catalogue.holds.packetsByFile()].map(([file, { bytes }]) => [file, bytes])).toEqual([...copied].map(([file, { bytes }]) => [file, bytes]));
    await one.close();
  });

  it("is refused without a reason, with an end that is past, or over nothing", async () => {
    const { data, packets } = await importedDirectory(temporaryDirectory(), 1);
    const one = await opened(data, packets);
    const create = (more: { reason?: string; untilMs?: number; text?: string }) => one.holds.create({ filter: one.filter(more.text ?? ""), description: "x", reason: more.reason ?? "why", untilMs: more.untilMs ?? null, user: "ann" }, context);
    await expect(create({ reason: "  " })).rejects.toMatchObject({ code: "BAD_INPUT" });
    await expect(create({ untilMs: 5 })).rejects.toMatchObject({ code: "BAD_INPUT" });
    await expect(create({ text: "ip.src == 203.0.113.9" })).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(one.holds.list(10, null, true)).toEqual([]);
    await one.close();
  });

  it("loses nothing when the device has no room for the copy", async () => {
    const { data, packets } = await importedDirectory(temporaryDirectory(), 3);
    const one = await opened(data, packets);
    await one.hold("ip.src == 10.0.0.5");
    const before = one.times(await one.packetsOf("ip.src == 10.0.0.5"));
    const full = Object.assign(new Error("no space left"), { code: "ENOSPC" });
    const stuck = new RetentionService({
      catalogue: one.catalogue, reader: { forget: () => Promise.resolve(), heads: () => Promise.reject(full), packets: () => Promise.reject(full) }, store: one.store, logger: silentLogger,
      clock: { nowMs: () => Date.now() }, packetDirectories: [packets], events: noRetentionEvents, rules: retentionRules([packets], { freeSpace: { unit: "percent", value: 1 } }),
      tombstones: new Tombstones(path.join(data, "tombstones"), [packets]), probe: () => Promise.resolve({ freeBytes: 0, totalBytes: 1_000_000 }),
    });
    const run = await stuck.enforcePackets(null);
    expect(run.outcomes.map(({ fileId, outcome }) => `${fileId} ${outcome}`)).toEqual(["1 failed", "2 deleted"]);
    expect(one.times(await one.packetsOf("ip.src == 10.0.0.5"))).toEqual(before);
    await one.close();
  });

  it("survives kills at any step of copying and deleting", async () => {
    const random = randomNumbers(20_261_125);
    const { data, packets } = await importedDirectory(temporaryDirectory(), 3);
    const first = await opened(data, packets);
    await first.hold("ip.src == 10.0.0.1/29");
    await first.hold("ip.src == 10.1.0.1/29");
    const text = "ip.src == 10.0.0.1/29 || ip.src == 10.1.0.1/29";
    const before = first.times(await first.packetsOf(text));
    await first.close();
    writeFileSync(path.join(packets, "strange.kept.pcap"), "not ours to judge");
    for (let kill = 0; kill < 12; kill += 1) {
      await runChild("retention", data, packets, 990_000, 1 + random(24));
      const look = await opened(data, packets);
      expect(look.times(await look.packetsOf(text))).toEqual(before);
      await look.close();
    }
    await runChild("retention", data, packets, 990_000, null);
    const after = await opened(data, packets);
    expect(after.times(await after.packetsOf(text))).toEqual(before);
    const rows = after.catalogue.files.list();
    expect(rows.filter(({ id }) => id <= 2).map(({ state }) => state)).toEqual(["gone", "gone"]);
    for (const row of rows) expect(existsSync(row.path)).toBe(row.state !== "gone");
    expect(readdirSync(packets).sort()).toEqual(["strange.kept.pcap", ...rows.filter(({ state }) => state !== "gone").map((row) => path.basename(row.path))].sort());
    await after.close();
  });
});
