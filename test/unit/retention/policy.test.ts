import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DeviceFact, FreeSpaceRule, PacketFacts, PacketFileFact, PacketRules } from "../../../src/retention/plan.js";
import { printBytes, printPlan } from "../../../src/retention/print-plan.js";
import { isSettled, planPackets as planWith, targetBytes } from "../../../src/retention/policy.js";
import { utcDay } from "../../../src/base/utc-day.js";
import { planSessions } from "../../../src/retention/session-policy.js";
import { daySpan } from "../../support/day-span.js";

const DAY = 86_400_000;
const GIB = 2 ** 30;

const file = (fileId: number, more: Partial<PacketFileFact> = {}): PacketFileFact => ({
  fileId, node: "n", path: `/p/${fileId}.pcap`, storage: "own", state: "complete", locked: false, sectionUnread: false, hold: null, heldPackets: null, isCopy: false, undecided: false, neededForReplay: false,
  found: { device: 1, bytes: 100 }, firstMs: fileId * 1000, lastMs: fileId * 1000 + 500, settledMs: fileId * 1000 + 500, deletionFailed: false, directoryInode: "7", importedAtMs: 0, ...more,
});
const device = (freeBytes: number, more: Partial<DeviceFact> = {}): DeviceFact => ({ device: 1, directories: ["/p"], freeBytes, totalBytes: 10_000, pendingFiles: 0, pendingBytes: 0, writesFail: false, ...more });
const five = { unit: "percent", value: 5 } as const;
const rules = (freeSpace: FreeSpaceRule, more: Partial<PacketRules> = {}): PacketRules => ({
  storage: ["/p", "/q"].map((directory) => ({ directory, freeSpace })), maxAgeMs: null, maxBytes: null, ...more,
});
const listed = { beyond: { files: 0, bytes: 0 }, listedUntilMs: null };
const planPackets = (facts: Omit<PacketFacts, "nowMs" | "beyond" | "listedUntilMs">, freeSpace: FreeSpaceRule, more: Partial<PacketRules> = {}, nowMs = 0) => planWith({ nowMs, ...listed, ...facts }, rules(freeSpace, more));
const held = (reason: string, hold = 1) => ({ reason, hold });

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
  it("stay while several deleted ones are still on the device", () => {
    expect(planOf(399, four, { pendingFiles: 3, pendingBytes: 50 })).toEqual(["keep 1 deletion-pending", "keep 2 deletion-pending", "keep 3 deletion-pending", "keep 4 newest"]);
    expect(planOf(500, four, { pendingFiles: 3, pendingBytes: 50 })?.[0]).toBe("keep 1 enough-space");
    // One or two may be odd; the others go on, and what is stuck is not counted on.
    expect(planOf(399, four, { pendingFiles: 2, pendingBytes: 500 })?.slice(0, 2)).toEqual(["delete 1 oldest", "delete 2 oldest"]);
  });
  it("never include the newest, and say what stays short", () => {
    const plan = planPackets({ devices: [device(0)], files: four }, five);
    expect(plan.devices[0]).toMatchObject({ targetBytes: 500, deleteBytes: 300, shortfallBytes: 200 });
    expect(plan.devices[0]?.items.at(-1)).toMatchObject({ fileId: 4, action: "keep", reason: "newest" });
  });
  it("include a copy of held packets once nothing of it is held, and leave the newest that was captured", () => {
    expect(planOf(0, [file(1), file(2), file(3, { isCopy: true, firstMs: 2000 })])).toEqual(["delete 1 oldest", "delete 3 oldest", "keep 2 newest"]);
  });
  it("keep the newest of every node", () => {
    expect(planOf(0, [file(1, { node: "quiet" }), file(2), file(3)])).toEqual(["delete 2 oldest", "keep 1 newest", "keep 3 newest"]);
  });
  it("are kept for each of these reasons", () => {
    expect(planOf(0, [
      file(1, { locked: true }), file(2, { hold: held("case 7") }), file(3, { state: "writing" }), file(4, { neededForReplay: true }),
      file(5, { deletionFailed: true }), file(6, { storage: "in-place" }), file(7), file(8), file(9, { undecided: true, firstMs: 6500 }),
    ])).toEqual(["delete 7 oldest", "delete 4 replay-given-up", "keep 1 locked", "keep 2 held", "keep 3 writing", "keep 5 deletion-failed", "keep 6 in-place", "keep 9 undecided", "keep 8 newest"]);
    const { elsewhere } = planPackets({ devices: [device(0)], files: [file(1, { found: { refusal: "symlink" } }), file(2, { found: { device: 9, bytes: 1 } }), file(3)] }, five);
    expect(elsewhere.map((item) => item.reason)).toEqual(["symlink", "device-unmeasured"]);
  });
  it("that a replay would need go last, oldest first, for room alone", () => {
    const needed = { neededForReplay: true };
    const files = [file(1, needed), file(2, needed), file(3, { ...needed, locked: true }), file(4), file(5, needed)];
    expect(planOf(399, files)).toEqual(["delete 4 oldest", "delete 1 replay-given-up", "keep 2 needed-for-replay", "keep 3 locked", "keep 5 newest"]);
    expect(planOf(0, files)).toEqual(["delete 4 oldest", "delete 1 replay-given-up", "delete 2 replay-given-up", "keep 3 locked", "keep 5 newest"]);
    expect(planOf(9000, files, { writesFail: true })?.slice(0, 3)).toEqual(["delete 4 writes-fail", "delete 1 replay-given-up", "delete 2 replay-given-up"]);
    // Age is no reason, and while younger files are not listed one of them may do.
    expect(planPackets({ devices: [device(5000)], files }, { unit: "percent", value: 0 }, { maxAgeMs: 1 }, 90_000).devices[0]?.items.filter(({ action }) => action === "delete").map(({ fileId }) => fileId)).toEqual([4]);
    const more = { nowMs: 0, devices: [device(399)], files, beyond: { files: 1, bytes: 100 }, listedUntilMs: 5000 };
    const plan = planWith(more, rules(five));
    expect(plan.devices[0]?.items.filter(({ action }) => action === "delete").map(({ fileId }) => fileId)).toEqual([4]);
    expect(isSettled(more, rules(five), plan)).toBe(false);
  });
  it("without packets are the oldest", () => {
    expect(planOf(499, [file(1), file(2, { firstMs: null }), file(3)])?.[0]).toBe("delete 2 oldest");
  });

  const anyFile = fc.record({
    node: fc.constantFrom("a", "b"), storage: fc.constantFrom<"own" | "in-place">("own", "own", "in-place"), state: fc.constantFrom<"complete" | "writing">("complete", "complete", "writing"),
    locked: fc.boolean(), sectionUnread: fc.constantFrom(false, false, true), hold: fc.constantFrom(null, null, held("why")), neededForReplay: fc.boolean(), undecided: fc.constantFrom(false, false, true), deletionFailed: fc.boolean(),
    found: fc.oneof(fc.record({ device: fc.integer({ min: 1, max: 3 }), bytes: fc.nat(500) }), fc.record({ refusal: fc.constantFrom<"outside" | "missing">("outside", "missing") })),
    firstMs: fc.oneof(fc.constant(null), fc.nat(9)),
  });
  it("follow the rules for any facts", () => {
    fc.assert(fc.property(fc.array(anyFile, { maxLength: 25 }), fc.nat(3000), fc.nat(2000), fc.nat(5), fc.integer({ min: 0, max: 99 }), (given, free, freeOther, pendingFiles, percent) => {
      const files = given.map((one, index) => file(index + 1, one));
      const devices = [device(free, { totalBytes: 4000, pendingFiles, pendingBytes: pendingFiles * 70 }), device(freeOther, { device: 2, totalBytes: 2500 })];
      const rule = { unit: "percent", value: percent } as const;
      const plan = planPackets({ devices, files }, rule);
      const again = planPackets({ devices: devices.toReversed(), files: files.toReversed() }, rule);
      expect(again).toEqual(plan);
      const items = [...plan.devices.flatMap((one) => one.items), ...plan.elsewhere];
      for (const one of plan.elsewhere) expect(one.action === "keep" || files[one.fileId - 1]?.storage === "own").toBe(true);
      expect(items.map((item) => item.fileId).sort((left, right) => left - right)).toEqual(files.map((one) => one.fileId));
      const age = (fileId: number) => files[fileId - 1]?.firstMs ?? -1;
      for (const one of plan.devices) {
        const going = one.items.filter((item) => item.action === "delete");
        for (const item of going) {
          const fact = files[item.fileId - 1];
          expect(fact).toMatchObject({ storage: "own", state: "complete", locked: false, sectionUnread: false, hold: null, neededForReplay: item.reason === "replay-given-up", undecided: false, deletionFailed: false, found: { device: one.device } });
          // Something of the same node that is not older stays.
          expect(files.some((other) => other.storage === "own" && other.node === fact?.node && other.fileId !== item.fileId && age(other.fileId) >= age(item.fileId) && !going.some((gone) => gone.fileId === other.fileId))).toBe(true);
        }
        const available = one.freeBytes;
        const total = going.reduce((sum, item) => sum + item.bytes, 0);
        expect(one.deleteBytes).toBe(total);
        // No more than needed: without the last one it would be short.
        const last = going.at(-1);
        if (last) expect(available + total - last.bytes).toBeLessThan(one.targetBytes);
        // No less: short of the target only when nothing that may go is left.
        const idle = one.items.filter((item) => item.reason === "enough-space" || item.reason === "deletion-pending");
        const spareReplay = one.items.filter((item) => item.reason === "needed-for-replay");
        if (one.device === 1 && pendingFiles >= 3) expect(going).toEqual([]);
        else if (available + total < one.targetBytes) expect([...idle, ...spareReplay]).toEqual([]);
        if (going.some((item) => item.reason === "replay-given-up")) expect(idle).toEqual([]);
        expect(one.shortfallBytes).toBe(Math.max(0, one.targetBytes - available - total));
        // Oldest first.
        for (const spared of idle) for (const gone of going.filter((item) => item.reason === "oldest")) expect(age(gone.fileId)).toBeLessThanOrEqual(age(spared.fileId));
      }
    }), { numRuns: 1000 });
  });
});

describe("age and total size", () => {
  const four = [file(1), file(2), file(3), file(4)];
  const ample = { unit: "percent", value: 0 } as const;
  const going = (more: Partial<PacketRules>, nowMs: number, files = four) => planPackets({ devices: [device(5000)], files }, ample, more, nowMs).devices[0]?.items
    .filter((item) => item.action === "delete").map((item) => `${item.fileId} ${item.reason}`);
  it("take files from their age on, the later of last packet and arrival", () => {
    expect(going({ maxAgeMs: 1000 }, 2499)).toEqual([]);
    expect(going({ maxAgeMs: 1000 }, 2500)).toEqual(["1 older-than-max-age"]);
    expect(going({ maxAgeMs: 1000 }, 99_999)).toEqual([1, 2, 3].map((id) => `${id} older-than-max-age`));
  });
  it("take the oldest until all are small enough, copies and all directories counted", () => {
    expect(going({ maxBytes: 400 }, 0)).toEqual([]);
    expect(going({ maxBytes: 399 }, 0)).toEqual(["1 over-total-size"]);
    expect(going({ maxBytes: 1 }, 0)).toEqual([1, 2, 3].map((id) => `${id} over-total-size`));
    expect(planPackets({ devices: [device(5000)], files: four }, ample, { maxBytes: 1 }).excessBytes).toBe(99);
    const other = planPackets({ devices: [device(5000), device(5000, { device: 2, directories: ["/q"] })], files: [...four, file(5, { node: "m", found: { device: 2, bytes: 300 } }), file(6, { node: "m" })] }, ample, { maxBytes: 500 });
    expect(other.devices.map(({ deleteBytes }) => deleteBytes)).toEqual([300, 0]);
  });
});

describe("a device that several directories are on", () => {
  const two = (first: FreeSpaceRule, second: FreeSpaceRule) => planWith({ nowMs: 0, ...listed, devices: [device(600, { directories: ["/p", "/q"] })], files: [file(1), file(2), file(3, { node: "m" })] }, {
    storage: [{ directory: "/p", freeSpace: first }, { directory: "/q", freeSpace: second }], maxAgeMs: null, maxBytes: null,
  });
  it("keeps the larger room, and names directories that disagree", () => {
    const plan = two(five, { unit: "percent", value: 7 });
    expect(plan.devices[0]).toMatchObject({ targetBytes: 700, deleteBytes: 100, shortfallBytes: 0 });
    expect(plan.warnings).toEqual([expect.stringContaining("/p (freeSpaceG=5%) and /q (freeSpaceG=7%) are on one device")]);
    expect(plan.warnings[0]).toMatch(/^FREE_SPACE_CONFLICT: /);
    expect(two(five, five).warnings).toEqual([]);
  });
});

describe("a device where writes fail", () => {
  it("gives up at least one file more, whatever the measurement says", () => {
    const plan = planPackets({ devices: [device(9000, { writesFail: true })], files: [file(1), file(2), file(3)] }, five);
    expect(plan.devices[0]?.items.map((item) => `${item.action} ${item.fileId} ${item.reason}`)).toEqual(["delete 1 writes-fail", "delete 2 writes-fail", "keep 3 newest"]);
    const large = planPackets({ devices: [device(2 ** 40, { totalBytes: 2 ** 41, writesFail: true })], files: [1, 2, 3, 4].map((id) => file(id, { found: { device: 1, bytes: 3 * GIB } })) }, five);
    expect(large.devices[0]?.deleteBytes).toBe(6 * GIB);
  });
});

describe("held packets", () => {
  const some = (bytes: number) => ({ reason: "case 7", holds: [3, 9], bytes });
  it("are copied out of a file that goes, and count as room that is not gained", () => {
    const plan = planPackets({ devices: [device(450)], files: [file(1, { heldPackets: some(60) }), file(2), file(3)] }, five);
    expect(plan.devices[0]?.items.slice(0, 2)).toMatchObject([{ fileId: 1, action: "delete", heldBytes: 60, note: "case 7", holds: [3, 9] }, { fileId: 2, action: "delete", heldBytes: 0 }]);
    expect(plan.devices[0]?.deleteBytes).toBe(140);
  });
  it("keep a file that is little else, which is told unless it is a copy", () => {
    const planOf = (isCopy: boolean) => planPackets({ devices: [device(450)], files: [file(1, { heldPackets: some(90), isCopy }), file(2), file(3)] }, five).devices[0];
    expect(planOf(false)?.items).toMatchObject([{ fileId: 2, action: "delete" }, { fileId: 1, action: "keep", reason: "held", note: "case 7" }, { fileId: 3 }]);
    expect(planOf(false)?.blocked).toEqual([{ hold: 3, items: 1, bytes: 100 }, { hold: 9, items: 1, bytes: 100 }]);
    expect(planOf(true)?.blocked).toEqual([]);
  });
});

describe("a plan that begins with the oldest", () => {
  const anyFile = fc.record({ firstMs: fc.nat(60), age: fc.nat(60), bytes: fc.integer({ min: 1, max: 300 }), node: fc.constantFrom("a", "b"), locked: fc.constantFrom(false, false, true) });
  it("is that of all files once it is settled", () => {
    fc.assert(fc.property(fc.array(anyFile, { minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 40 }), fc.nat(3000), fc.option(fc.nat(4000)), fc.option(fc.nat(80)), (given, limit, free, maxBytes, maxAgeMs) => {
      const files = given.map(({ firstMs, age, bytes, node, locked }, at) => file(at + 1, { firstMs, settledMs: firstMs + age, node, locked, found: { device: 1, bytes } }))
        .toSorted((left, right) => (left.firstMs ?? 0) - (right.firstMs ?? 0) || left.fileId - right.fileId);
      const some = rules({ unit: "percent", value: 40 }, { maxBytes, maxAgeMs });
      const all = planWith({ nowMs: 100, ...listed, devices: [device(free, { totalBytes: 5000 })], files }, some);
      const newest = ["a", "b"].flatMap((node) => files.findLast((one) => one.node === node) ?? []);
      const first = [...new Set([...files.slice(0, limit), ...newest])];
      const rest = files.filter((one) => !first.includes(one));
      const facts: PacketFacts = {
        nowMs: 100, devices: [device(free, { totalBytes: 5000 })], files: first, listedUntilMs: first[Math.min(limit, first.length) - 1]?.firstMs ?? null,
        beyond: { files: rest.length, bytes: rest.reduce((sum, one) => sum + ("bytes" in one.found ? one.found.bytes : 0), 0) },
      };
      const plan = planWith(facts, some);
      const going = (of: typeof all) => of.devices[0]?.items.filter((item) => item.action === "delete");
      if (isSettled(facts, some, plan)) expect(going(plan)).toEqual(going(all));
      else expect(rest.length).toBeGreaterThan(0);
    }), { numRuns: 1000 });
  });
});

describe("a file that is not there", () => {
  it("is struck off", () => {
    const plan = planPackets({ devices: [device(0)], files: [file(1, { found: { refusal: "missing" } }), file(2, { found: { refusal: "directory-missing" } }), file(3)] }, five);
    expect(plan.elsewhere.map((item) => `${item.action} ${item.fileId} ${item.reason}`)).toEqual(["delete 1 missing", "keep 2 directory-missing"]);
  });
});

describe("days of sessions", () => {
  const nowMs = Date.UTC(2026, 2, 10, 12);
  const days = ["2026-03-11", "2026-03-10", "2026-03-09", "2026-03-07", "2026-03-01", "junk"].map((day) => ({ ...daySpan(day), rows: 1, bytes: 1, hold: null as string | null, holds: [] as number[], heldRows: 0 }));
  const reasons = (expireDays: number | null, facts = days) => planSessions({ nowMs, nodes: [], partitions: facts }, { expireDays, maxBytes: null, nodeFreeSpace: null }).items.map((item) => `${item.action} ${item.day} ${item.reason}`);
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
    const plan = planSessions({ nowMs, nodes: [], partitions: ["2026-01-01", "2026-01-02"].map((day) => ({ ...daySpan(day), rows: 1, bytes: 7, hold: "case 7", holds: [4], heldRows: 0 })) }, { expireDays: 1, maxBytes: null, nodeFreeSpace: null });
    expect(plan.items).toMatchObject([{ action: "keep", reason: "held", note: "case 7", holds: [4] }, { reason: "held" }]);
    expect(plan.blocked).toEqual([{ hold: 4, items: 2, bytes: 14 }]);
  });
  it("go oldest first until the index is small enough, never today, and held rows stay", () => {
    const facts = ["2026-03-07", "2026-03-08", "2026-03-09", "2026-03-10"].map((day) => ({ ...daySpan(day), rows: 10, bytes: 100, hold: null as string | null, holds: [] as number[], heldRows: 0 }));
    const planOf = (maxBytes: number, partitions = facts) => planSessions({ nowMs, nodes: [], partitions }, { expireDays: null, maxBytes, nodeFreeSpace: null });
    expect(planOf(400).items.every(({ action }) => action === "keep")).toBe(true);
    expect(planOf(250).items.map(({ action, reason }) => `${action} ${reason}`)).toEqual(["expire over-index-size", "expire over-index-size", "keep no-expire-days", "keep no-expire-days"]);
    expect(planOf(50)).toMatchObject({ excessBytes: 50, items: [{}, {}, { action: "expire" }, { action: "keep", reason: "today" }] });
    const half = facts.map((fact, at) => ({ ...fact, heldRows: [5, 10, 0, 0][at] ?? 0 }));
    expect(planOf(350, half).items.map(({ action, reason, heldRows }) => `${action} ${reason} ${heldRows}`)).toEqual(["expire over-index-size 5", "keep no-expire-days 0", "keep no-expire-days 0", "keep no-expire-days 0"]);
    expect(planOf(250, half).items.map(({ action, reason }) => `${action} ${reason}`)).toEqual(["expire over-index-size", "keep held", "expire over-index-size", "keep no-expire-days"]);
  });
  it("go oldest first until every data node has enough room, never today, and held rows stay", () => {
    const partitions = ["2026-03-07", "2026-03-08", "2026-03-09", "2026-03-10"].map((day) => ({ ...daySpan(day), rows: 10, bytes: 100, hold: null as string | null, holds: [] as number[], heldRows: 0 }));
    const node = (name: string, freeBytes: number) => ({ name, freeBytes, totalBytes: 1_000 });
    const planOf = (...nodes: readonly ReturnType<typeof node>[]) => planSessions({ nowMs, nodes, partitions }, { expireDays: null, maxBytes: null, nodeFreeSpace: { unit: "percent", value: 20 } });
    expect(planOf(node("a", 200), node("b", 900)).items.every(({ action }) => action === "keep")).toBe(true);
    // 50 short on one, 60 on the other: what a day frees is theirs together.
    expect(planOf(node("a", 150), node("b", 140)).items.map(({ action, reason }) => `${action} ${reason}`)).toEqual(["expire nodes-full", "expire nodes-full", "keep no-expire-days", "keep no-expire-days"]);
    expect(planOf(node("a", 0), node("b", 0))).toMatchObject({ shortfallBytes: 100, items: [{}, {}, { action: "expire" }, { action: "keep", reason: "today" }] });
    expect(planOf()).toMatchObject({ shortfallBytes: 0 });
  });
  it("follow the rules for any clock and days", () => {
    fc.assert(fc.property(fc.nat(40_000 * DAY), fc.uniqueArray(fc.nat(40_000), { maxLength: 20 }), fc.option(fc.nat(400)), (now, numbers, expireDays) => {
      const partitions = numbers.map((number) => ({ ...daySpan(utcDay(number * DAY)), rows: 1, bytes: 1, hold: null, holds: [] as number[], heldRows: 0 }));
      for (const item of planSessions({ nowMs: now, nodes: [], partitions }, { expireDays, maxBytes: null, nodeFreeSpace: null }).items) {
        const end = Date.parse(item.day) + DAY;
        const old = expireDays !== null && end <= Math.floor(now / DAY) * DAY && end + expireDays * DAY <= now;
        expect(item.action).toBe(old ? "expire" : "keep");
      }
    }), { numRuns: 500 });
  });
});

describe("a printed plan", () => {
  const packets = planPackets({ devices: [device(399)], files: [file(1), file(2), file(3, { hold: held("case 7") }), file(4), file(5, { storage: "in-place", found: { refusal: "outside" } })] }, five);
  const sessions = planSessions({ nowMs: Date.UTC(2026, 0, 10), nodes: [], partitions: [{ ...daySpan("2026-01-01"), rows: 7, bytes: 2048, hold: null, holds: [] as number[], heldRows: 2 }, { ...daySpan("2026-01-09"), rows: 1, bytes: 1, hold: null, holds: [] as number[], heldRows: 0 }] }, { expireDays: 3, maxBytes: null, nodeFreeSpace: null });
  const plan = { madeMs: 0, packets, sessions, compaction: [{ day: "2026-01-09", segments: 4, rows: 9, bytes: 1024, reason: "small" as const }], placement: [{ day: "2026-01-01", index: "sessions3-260101", bytes: 2048, reason: "warm" as const, settings: { "index.number_of_replicas": "0" } }], exports: [{ id: "e1", owner: "ann", bytes: 1024, expiredMs: 0 }], audit: { entries: 3, beforeMs: 0 }, unmeasured: [], unknown: [] };
  it("names what goes, and counts what stays by reason", () => {
    expect(printPlan(plan, false)).toEqual([
      "/p: 399 bytes of 9.8 KiB free, 500 bytes wanted: 2 files (200 bytes) would be deleted",
      "  delete /p/1.pcap (100 bytes): oldest",
      "  delete /p/2.pcap (100 bytes): oldest",
      "  kept, held: 1 files (100 bytes)",
      "  kept, newest: 1 files (100 bytes)",
      "files elsewhere: 1, none is deleted",
      "  kept, in-place: 1 files (0 bytes)",
      "sessions are kept 3 days after their own: 5 sessions of 1 days would be removed",
      "  expire 2026-01-01 (7 sessions, 2.0 KiB): older-than-expire-days, 2 held sessions stay",
      "compaction: 1 merges would be made",
      "  merge 4 segments of 2026-01-09 (9 sessions, 1.0 KiB): small",
      "indices: 1 would be placed anew",
      "  place sessions3-260101 (2.0 KiB): warm, index.number_of_replicas=0",
      "exports whose time is over: 1 (1.0 KiB) would be removed",
      "  remove e1 of ann (1.0 KiB)",
      "audit log: 3 entries from before 1970-01-01T00:00:00.000Z would be removed",
    ]);
  });
  it("names everything when asked", () => {
    const lines = printPlan(plan, true);
    expect(lines).toContain("  keep /p/3.pcap (100 bytes): held, case 7");
    expect(lines).toContain("  keep 2026-01-09 (1 sessions, 1 bytes): young");
  });
  it("says sizes for people", () => {
    expect([0, 1023, 1024, 1536 * 2 ** 30].map(printBytes)).toEqual(["0 bytes", "1023 bytes", "1.0 KiB", "1.5 TiB"]);
  });
});
