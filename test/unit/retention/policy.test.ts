import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DeviceFact, PacketFileFact } from "../../../src/retention/plan.js";
import { printBytes, printPlans } from "../../../src/retention/print-plan.js";
import { planPackets, planSessions, targetBytes, utcDay } from "../../../src/retention/policy.js";

const DAY = 86_400_000;
const GIB = 2 ** 30;

const file = (fileId: number, more: Partial<PacketFileFact> = {}): PacketFileFact => ({
  fileId, node: "n", path: `/p/${fileId}.pcap`, storage: "own", state: "complete", locked: false, hold: null, neededForReplay: false,
  found: { device: 1, bytes: 100 }, firstMs: fileId * 1000, deletionFailed: false, ...more,
});
const device = (freeBytes: number, more: Partial<DeviceFact> = {}): DeviceFact => ({ device: 1, directories: ["/p"], freeBytes, totalBytes: 10_000, pendingBytes: 0, ...more });
const five = { unit: "percent", value: 5 } as const;

const planOf = (free: number, files: readonly PacketFileFact[], more: Partial<DeviceFact> = {}) => {
  const plan = planPackets({ devices: [device(free, more)], files }, five);
  return plan.devices[0]?.items.map((item) => `${item.action} ${item.fileId} ${item.reason}`);
};

describe("the target", () => {
  it("is a share of the device or GiB, and never more than there is", () => {
    expect(targetBytes(five, 1000)).toBe(50);
    expect(targetBytes({ unit: "gib", value: 1.5 }, 10 * GIB)).toBe(1.5 * GIB);
    expect(targetBytes({ unit: "gib", value: 100 }, GIB)).toBe(GIB);
    expect(targetBytes({ unit: "percent", value: 0 }, 1000)).toBe(0);
  });
});

describe("packet files", () => {
  const four = [file(1), file(2), file(3), file(4)];
  it("stay while there is room", () => {
    expect(planOf(500, four)).toEqual([1, 2, 3, 4].map((id) => `keep ${id} ${id === 4 ? "newest" : "enough-space"}`));
  });
  it("go oldest first, and stop at the target", () => {
    expect(planOf(499, four)).toEqual(["delete 1 oldest", "keep 2 enough-space", "keep 3 enough-space", "keep 4 newest"]);
    expect(planOf(399, four)).toEqual(["delete 1 oldest", "delete 2 oldest", "keep 3 enough-space", "keep 4 newest"]);
  });
  it("stay while deleted ones are still on the device", () => {
    expect(planOf(399, four, { pendingBytes: 50 })).toEqual([1, 2, 3, 4].map((id) => `keep ${id} ${id === 4 ? "newest" : "deletion-pending"}`));
    expect(planOf(399, four, { pendingBytes: 101 })?.[0]).toBe("keep 1 enough-space");
  });
  it("never include the newest, and say what stays short", () => {
    const plan = planPackets({ devices: [device(0)], files: four }, five);
    expect(plan.devices[0]).toMatchObject({ targetBytes: 500, deleteBytes: 300, shortfallBytes: 200 });
    expect(plan.devices[0]?.items.at(-1)).toMatchObject({ fileId: 4, action: "keep", reason: "newest" });
  });
  it("keep the newest of every node", () => {
    expect(planOf(0, [file(1, { node: "quiet" }), file(2), file(3)])).toEqual(["delete 2 oldest", "keep 1 newest", "keep 3 newest"]);
  });
  it("are kept for each of these reasons", () => {
    expect(planOf(0, [
      file(1, { locked: true }), file(2, { hold: "case 7" }), file(3, { state: "writing" }), file(4, { neededForReplay: true }),
      file(5, { deletionFailed: true }), file(6, { storage: "in-place" }), file(7), file(8),
    ])).toEqual(["delete 7 oldest", "keep 1 locked", "keep 2 held", "keep 3 writing", "keep 4 needed-for-replay", "keep 5 deletion-failed", "keep 6 in-place", "keep 8 newest"]);
    const { elsewhere } = planPackets({ devices: [device(0)], files: [file(1, { found: { refusal: "symlink" } }), file(2, { found: { device: 9, bytes: 1 } }), file(3)] }, five);
    expect(elsewhere.map((item) => item.reason)).toEqual(["symlink", "device-unmeasured"]);
  });
  it("without packets are the oldest", () => {
    expect(planOf(499, [file(1), file(2, { firstMs: null }), file(3)])?.[0]).toBe("delete 2 oldest");
  });

  const anyFile = fc.record({
    node: fc.constantFrom("a", "b"), storage: fc.constantFrom<"own" | "in-place">("own", "own", "in-place"), state: fc.constantFrom<"complete" | "writing">("complete", "complete", "writing"),
    locked: fc.boolean(), hold: fc.constantFrom(null, null, "why"), neededForReplay: fc.boolean(), deletionFailed: fc.boolean(),
    found: fc.oneof(fc.record({ device: fc.integer({ min: 1, max: 3 }), bytes: fc.nat(500) }), fc.record({ refusal: fc.constantFrom<"outside" | "missing">("outside", "missing") })),
    firstMs: fc.oneof(fc.constant(null), fc.nat(9)),
  });
  it("follow the rules for any facts", () => {
    fc.assert(fc.property(fc.array(anyFile, { maxLength: 25 }), fc.nat(3000), fc.nat(2000), fc.oneof(fc.constant(0), fc.nat(800)), fc.integer({ min: 0, max: 99 }), (given, free, freeOther, pendingBytes, percent) => {
      const files = given.map((one, index) => file(index + 1, one));
      const devices = [device(free, { totalBytes: 4000, pendingBytes }), device(freeOther, { device: 2, totalBytes: 2500 })];
      const rule = { unit: "percent", value: percent } as const;
      const plan = planPackets({ devices, files }, rule);
      const again = planPackets({ devices: devices.toReversed(), files: files.toReversed() }, rule);
      expect(again).toEqual(plan);
      const items = [...plan.devices.flatMap((one) => one.items), ...plan.elsewhere];
      expect(items.map((item) => item.fileId).sort((left, right) => left - right)).toEqual(files.map((one) => one.fileId));
      const age = (fileId: number) => files[fileId - 1]?.firstMs ?? -1;
      for (const one of plan.devices) {
        const going = one.items.filter((item) => item.action === "delete");
        for (const item of going) {
          const fact = files[item.fileId - 1];
          expect(fact).toMatchObject({ storage: "own", state: "complete", locked: false, hold: null, neededForReplay: false, deletionFailed: false, found: { device: one.device } });
          // Something of the same node that is not older stays.
          expect(files.some((other) => other.storage === "own" && other.node === fact?.node && other.fileId !== item.fileId && age(other.fileId) >= age(item.fileId) && !going.some((gone) => gone.fileId === other.fileId))).toBe(true);
        }
        const available = one.freeBytes + one.pendingBytes;
        const total = going.reduce((sum, item) => sum + item.bytes, 0);
        expect(one.deleteBytes).toBe(total);
        // No more than needed: without the last one it would be short.
        const last = going.at(-1);
        if (last) expect(available + total - last.bytes).toBeLessThan(one.targetBytes);
        // No less: short of the target only when nothing that may go is left.
        const idle = one.items.filter((item) => item.reason === "enough-space" || item.reason === "deletion-pending");
        if (one.pendingBytes > 0) expect(going).toEqual([]);
        else if (available + total < one.targetBytes) expect(idle).toEqual([]);
        expect(one.shortfallBytes).toBe(Math.max(0, one.targetBytes - available - total));
        // Oldest first.
        for (const spared of idle) for (const gone of going) expect(age(gone.fileId)).toBeLessThanOrEqual(age(spared.fileId));
      }
    }), { numRuns: 1000 });
  });
});

describe("days of sessions", () => {
  const nowMs = Date.UTC(2026, 2, 10, 12);
  const days = ["2026-03-11", "2026-03-10", "2026-03-09", "2026-03-07", "2026-03-01", "junk"].map((day) => ({ day, rows: 1, bytes: 1, hold: null as string | null }));
  const reasons = (expireDays: number | null, facts = days) => planSessions({ nowMs, partitions: facts }, expireDays).items.map((item) => `${item.action} ${item.day} ${item.reason}`);
  it("are kept for ever unless told otherwise", () => {
    expect(reasons(null)).toEqual([...["2026-03-01", "2026-03-07", "2026-03-09", "2026-03-10", "2026-03-11"].map((day) => `keep ${day} no-expire-days`), "keep junk not-a-day"]);
  });
  it("go once their last moment is that many days past; today and days to come never", () => {
    expect(reasons(2)).toEqual(["expire 2026-03-01 older-than-expire-days", "expire 2026-03-07 older-than-expire-days", "keep 2026-03-09 young", "keep 2026-03-10 today", "keep 2026-03-11 future", "keep junk not-a-day"]);
    expect(reasons(3)[1]).toBe("keep 2026-03-07 young");
    expect(reasons(0)[2]).toBe("expire 2026-03-09 older-than-expire-days");
    expect(reasons(0)[3]).toBe("keep 2026-03-10 today");
  });
  it("stay when held", () => {
    const plan = planSessions({ nowMs, partitions: [{ day: "2026-01-01", rows: 1, bytes: 1, hold: "case 7" }] }, 1);
    expect(plan.items).toMatchObject([{ action: "keep", reason: "held", note: "case 7" }]);
  });
  it("follow the rules for any clock and days", () => {
    fc.assert(fc.property(fc.nat(40_000 * DAY), fc.uniqueArray(fc.nat(40_000), { maxLength: 20 }), fc.option(fc.nat(400)), (now, numbers, expireDays) => {
      const partitions = numbers.map((number) => ({ day: utcDay(number * DAY), rows: 1, bytes: 1, hold: null }));
      for (const item of planSessions({ nowMs: now, partitions }, expireDays).items) {
        const end = Date.parse(item.day) + DAY;
        const old = expireDays !== null && end <= Math.floor(now / DAY) * DAY && end + expireDays * DAY <= now;
        expect(item.action).toBe(old ? "expire" : "keep");
      }
    }), { numRuns: 500 });
  });
});

describe("a printed plan", () => {
  const packets = planPackets({ devices: [device(399)], files: [file(1), file(2), file(3, { hold: "case 7" }), file(4), file(5, { storage: "in-place", found: { refusal: "outside" } })] }, five);
  const sessions = planSessions({ nowMs: Date.UTC(2026, 0, 10), partitions: [{ day: "2026-01-01", rows: 7, bytes: 2048, hold: null }, { day: "2026-01-09", rows: 1, bytes: 1, hold: null }] }, 3);
  it("names what goes, and counts what stays by reason", () => {
    expect(printPlans(packets, sessions, false)).toEqual([
      "/p: 399 bytes of 9.8 KiB free, 500 bytes wanted: 2 files (200 bytes) would be deleted",
      "  delete /p/1.pcap (100 bytes): oldest",
      "  delete /p/2.pcap (100 bytes): oldest",
      "  kept, held: 1 files (100 bytes)",
      "  kept, newest: 1 files (100 bytes)",
      "files elsewhere: 1, never deleted",
      "  kept, in-place: 1 files (0 bytes)",
      "sessions older than 3 days: 7 sessions of 1 days would be removed",
      "  expire 2026-01-01 (7 sessions, 2.0 KiB): older-than-expire-days",
    ]);
  });
  it("names everything when asked", () => {
    const lines = printPlans(packets, sessions, true);
    expect(lines).toContain("  keep /p/3.pcap (100 bytes): held, case 7");
    expect(lines).toContain("  keep 2026-01-09 (1 sessions, 1 bytes): young");
  });
  it("says sizes for people", () => {
    expect([0, 1023, 1024, 1536 * 2 ** 30].map(printBytes)).toEqual(["0 bytes", "1023 bytes", "1.0 KiB", "1.5 TiB"]);
  });
});
