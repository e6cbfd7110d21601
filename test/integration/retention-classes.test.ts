import { describe, expect, it } from "vitest";
import { openCatalogue } from "../../src/catalogue/catalogue.js";
import { opened } from "../support/open-retention.js";
import { importedDirectory } from "../support/retention-kill-series.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const DAY = 86_400_000;
/** Captures of the test begin here; the class must reach back so far. */
const SINCE_DAYS = (Date.now() - 1_767_000_000_000) / DAY + 1;
const SHORT = { unit: "percent", value: 1 } as const;

describe("a class of sessions", () => {
  it("keeps its packets when their file goes, as the plan says, until it is removed", async () => {
    const { data, packets } = await importedDirectory(temporaryDirectory(), 3);
    const one = await opened(data, packets);
    const text = "ip.src == 10.0.0.8/29";
    const before = one.times(await one.packetsOf(text));
    expect(one.classes.set({ name: "lab", expression: text, days: SINCE_DAYS, maxBytes: null }, "ann")).toMatchObject({ sessions: 0, bytes: 0 });
    const keeper = one.retention({ freeSpace: SHORT });
    const beside = openCatalogue(data, { nowMs: () => Date.now() });
    const version = beside.dataVersion();
    const planned = (await keeper.packetPlan()).devices[0]?.items.filter((item) => item.action === "delete") ?? [];
    expect(planned).toMatchObject([{ fileId: 1, note: "class lab" }]);
    expect(planned[0]?.heldBytes).toBeGreaterThan(0);
    expect((await keeper.plan()).packets.devices[0]?.items.filter((item) => item.action === "delete")).toEqual(planned);
    // Planning writes nothing, whoever asks.
    expect(beside.dataVersion()).toBe(version);
    expect(one.classes.list()).toMatchObject([{ name: "lab", sessions: 0, bytes: 0 }]);
    beside.close();
    const run = await keeper.enforcePackets(null);
    expect(run.outcomes.map(({ fileId, outcome }) => `${fileId} ${outcome}`)).toEqual(["1 deleted"]);
    // Only what was due is claimed.
    expect(one.classes.list()).toMatchObject([{ name: "lab", sessions: 8 }]);
    expect(one.times(await one.packetsOf(text))).toEqual(before);
    expect(await one.count({ node: "and", items: [{ node: "packetsAvailable", value: true }, one.filter("ip.src == 10.0.0.0/16").expression] })).toBe(8);
    const [{ hold } = { hold: 0 }] = one.classes.list();
    expect(() => one.holds.release(hold)).toThrow(expect.objectContaining({ code: "BAD_INPUT" }));
    one.classes.remove("LAB");
    // File 2 begins before the copy of file 1's packets.
    for (const expected of [["3 complete", "4 complete"], ["3 complete"]]) {
      await keeper.enforcePackets(null);
      expect(one.files().filter((file) => file.endsWith("complete"))).toEqual(expected);
    }
    await one.close();
  });

  it("keeps what it kept when its search changes: nothing could find it again", async () => {
    const { data, packets } = await importedDirectory(temporaryDirectory(), 3);
    const one = await opened(data, packets);
    const text = "ip.src == 10.0.0.8/29";
    one.classes.set({ name: "lab", expression: text, days: SINCE_DAYS, maxBytes: null }, "ann");
    const keeper = one.retention({ freeSpace: SHORT });
    await keeper.enforcePackets(null);
    const before = one.times(await one.packetsOf(text));
    expect(one.classes.set({ name: "lab", expression: `${text} && ip.src == 10.0.0.8`, days: SINCE_DAYS, maxBytes: null }, "ann")).toMatchObject({ sessions: 8 });
    for (let run = 0; run < 3; run += 1) await keeper.enforcePackets(null);
    expect(one.times(await one.packetsOf(text))).toEqual(before);
    await one.close();
  });

  it("claims from a copy, too, what is held for another reason no more", async () => {
    const { data, packets } = await importedDirectory(temporaryDirectory(), 3);
    const one = await opened(data, packets);
    const text = "ip.src == 10.0.0.8/29";
    const held = await one.hold(text);
    const keeper = one.retention({ freeSpace: SHORT });
    await keeper.enforcePackets(null);
    const before = one.times(await one.packetsOf("ip.src == 10.0.0.8"));
    one.classes.set({ name: "lab", expression: "ip.src == 10.0.0.8", days: SINCE_DAYS, maxBytes: null }, "ann");
    one.holds.release(held.id);
    for (let run = 0; run < 3; run += 1) await keeper.enforcePackets(null);
    expect(one.times(await one.packetsOf("ip.src == 10.0.0.8"))).toEqual(before);
    await one.close();
  });

  it("lets go of what is too old, and of the oldest beyond its bytes", async () => {
    const { data, packets } = await importedDirectory(temporaryDirectory(), 2);
    const one = await opened(data, packets);
    const text = "ip.src == 10.0.0.0/28";
    one.classes.set({ name: "lab", expression: text, days: SINCE_DAYS, maxBytes: null }, "ann");
    const keeper = one.retention({ freeSpace: SHORT });
    await keeper.enforcePackets(null);
    const [whole] = one.classes.list();
    expect(whole).toMatchObject({ sessions: 16 });
    expect(one.classes.set({ name: "lab", expression: text, days: SINCE_DAYS, maxBytes: Math.ceil((whole?.bytes ?? 0) * 0.53) }, "ann")).toMatchObject({ sessions: 8 });
    // The youngest are those that stayed.
    const kept = await one.packetsOf("ip.src == 10.0.0.8/29");
    await keeper.enforcePackets(null);
    const left = (await one.packetsOf(text)).filter(({ packets: some }) => some.every(({ missing }) => missing === null));
    expect(left.map(({ id }) => id)).toEqual(kept.map(({ id }) => id));
    one.elapse(2 * DAY);
    await keeper.enforcePackets(null);
    expect(one.classes.list()).toMatchObject([{ sessions: 0, bytes: 0 }]);
    expect(one.files().filter((file) => file.endsWith("complete"))).toEqual(["2 complete"]);
    await one.close();
  });

  it("keeps its rows when their day goes", async () => {
    const { data, packets } = await importedDirectory(temporaryDirectory(), 1);
    const one = await opened(data, packets);
    one.classes.set({ name: "lab", expression: "ip.src == 10.0.0.3", days: SINCE_DAYS, maxBytes: null }, "ann");
    one.classes.set({ name: "old", expression: "ip.src == 10.0.0.4", days: 1, maxBytes: null }, "ann");
    const keeper = one.retention({ expireDays: 1 }, 500_000);
    const beside = openCatalogue(data, { nowMs: () => Date.now() });
    const version = beside.dataVersion();
    expect((await keeper.sessionPlan()).items).toMatchObject([{ rows: 40, action: "expire", heldRows: 1 }]);
    expect((await keeper.plan()).sessions.items).toMatchObject([{ rows: 40, action: "expire", heldRows: 1 }]);
    expect(beside.dataVersion()).toBe(version);
    beside.close();
    await keeper.expireSessions(null);
    expect(await one.count({ node: "everything" })).toBe(1);
    expect(await one.count(one.filter("ip.src == 10.0.0.3").expression)).toBe(1);
    await one.close();
  });

  it("is refused when it is none", async () => {
    const { data, packets } = await importedDirectory(temporaryDirectory(), 1);
    const one = await opened(data, packets);
    const good = { name: "lab", expression: "ip.src == 10.0.0.3", days: 3, maxBytes: null };
    for (const bad of [{ name: "no name" }, { name: "" }, { days: 0 }, { days: Number.NaN }, { days: 40_000 }, { maxBytes: 0 }, { expression: " " }]) {
      expect(() => one.classes.set({ ...good, ...bad }, "ann")).toThrow(expect.objectContaining({ code: "BAD_INPUT" }));
    }
    expect(() => one.classes.set({ ...good, expression: "ip.src == " }, "ann")).toThrow(expect.objectContaining({ code: "EXPRESSION_SYNTAX" }));
    expect(() => one.classes.remove("lab")).toThrow(expect.objectContaining({ code: "NOT_FOUND" }));
    expect(one.classes.list()).toEqual([]);
    await one.close();
  });
});
