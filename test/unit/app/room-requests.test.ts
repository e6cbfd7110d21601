import { describe, expect, it } from "vitest";
import { askForRoom, RoomRequests } from "../../../src/app/room-requests.js";
import { LookbackError } from "../../../src/base/errors.js";
import { silentLogger } from "../../../src/base/logger.js";
import { diskFullOf } from "../../../src/capture/live-flush.js";
import { openCatalogue } from "../../../src/catalogue/catalogue.js";
import { hangingFiles } from "../../support/hanging-files.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

/** Looks at directories that are none, of which some lack room. */
const looksOf = (hasNoRoom: (directory: string) => Promise<boolean>) => ({ stat: (directory: string) => Promise.reject(new Error(`no ${directory}`)), hasNoRoom });
const nothing = { deleted: 1, deletedBytes: 5, outcomes: [], shortfallBytes: 0, stuckTombstones: 0, unmeasured: [] };

describe("a capture whose device is full", () => {
  it("asks once for room, and only when that is what it lacks", async () => {
    const catalogue = openCatalogue(temporaryDirectory(), { nowMs: () => 0 });
    const relieved: string[] = [];
    const requests = new RoomRequests({ catalogue, retention: { relieve: (directory) => { relieved.push(directory); return Promise.resolve(nothing); } }, directories: () => [], looks: looksOf(() => Promise.resolve(false)), clock: { nowMs: () => 0 }, logger: silentLogger });
    const answer = () => requests.answer();
    expect(await answer()).toBeNull();
    askForRoom(catalogue, "/p", new Error("no interface"));
    askForRoom(catalogue, "/p", new LookbackError("UNAVAILABLE", "no interface"));
    expect(await answer()).toBeNull();
    askForRoom(catalogue, "/p", new LookbackError("DISK_FULL", "no room"));
    askForRoom(catalogue, "/q", Object.assign(new Error("write"), { code: "ENOSPC" }));
    expect(await answer()).toBe("/q");
    expect(await answer()).toBeNull();
    expect(relieved).toEqual(["/q"]);
    // The error knows better than whoever asks which device it is.
    askForRoom(catalogue, "/p", new LookbackError("DISK_FULL", "no room", { path: "/r/s/x.pcap" }));
    expect(await answer()).toBe("/r/s");
    catalogue.close();
  });
  it("waits longer and longer for room that does not help", async () => {
    const catalogue = openCatalogue(temporaryDirectory(), { nowMs: () => 0 });
    const clock = { ms: 0, nowMs: () => clock.ms };
    const answered: number[] = [];
    const requests = new RoomRequests({ catalogue, retention: { relieve: () => { answered.push(clock.ms / 1000); return Promise.resolve(nothing); } }, directories: () => [], looks: looksOf(() => Promise.resolve(false)), clock, logger: silentLogger });
    // A capture that fails asks every second.
    const askFor = async (seconds: number): Promise<void> => {
      for (let second = 0; second < seconds; second += 1, clock.ms += 1000) {
        askForRoom(catalogue, "/p", new LookbackError("DISK_FULL", "no room"));
        await requests.answer();
      }
    };
    await askFor(250);
    expect(answered).toEqual([0, 2, 5, 11, 23, 47, 95, 155, 215]);
    // What helped for a while is answered at once again.
    for (let second = 0; second < 100; second += 1, clock.ms += 1000) await requests.answer();
    answered.length = 0;
    await askFor(2);
    expect(answered).toEqual([350]);
    // A device that fills up every few seconds is no failure: each time helped.
    answered.length = 0;
    for (let turn = 0; turn < 3; turn += 1) {
      clock.ms += 3000;
      await askFor(1);
    }
    expect(answered).toEqual([355, 359, 363]);
    answered.length = 0;
    clock.ms = 0;
    await askFor(1);
    expect(answered).toEqual([0]);
    catalogue.close();
  });
  it("is found although it cannot ask, and is helped at once at a start", async () => {
    const catalogue = openCatalogue(temporaryDirectory(), { nowMs: () => 0 });
    const clock = { ms: 0, nowMs: () => clock.ms };
    const full = new Set<string>();
    const relieved: string[] = [];
    const requests = new RoomRequests({
      catalogue, retention: { relieve: (directory) => { relieved.push(directory); return Promise.resolve(nothing); } }, directories: () => ["/p", "/q", "/r"], looks: looksOf((directory) => Promise.resolve(full.has(directory))), clock, logger: silentLogger,
    });
    expect(await requests.answer()).toBeNull();
    full.add("/q").add("/r");
    expect(await requests.answer()).toBeNull();
    clock.ms = 30_000;
    expect(await requests.answer()).toBe("/q");
    expect(await requests.relieveFull()).toEqual(["/q", "/r"]);
    expect(relieved).toEqual(["/q", "/q", "/r"]);
    catalogue.close();
  });
  it("is found beside a directory that does not answer, in which no more writes are begun", async () => {
    const catalogue = openCatalogue(temporaryDirectory(), { nowMs: () => 0 });
    const clock = { ms: 0, nowMs: () => clock.ms };
    const hung = hangingFiles(["/hung"], { writingError: () => Promise.resolve(Object.assign(new Error("write"), { code: "ENOSPC" })) });
    const relieved: string[] = [];
    const requests = new RoomRequests({ catalogue, retention: { relieve: (directory) => { relieved.push(directory); return Promise.resolve(nothing); } }, directories: () => ["/hung", "/q"], looks: hung.looks, clock, logger: silentLogger });
    const first = requests.answer();
    hung.giveUp();
    expect(await first).toBe("/q");
    for (let look = 1; look < 5; look += 1) {
      clock.ms += 30_000;
      expect(await requests.answer()).toBe("/q");
    }
    expect(await requests.relieveFull()).toEqual(["/q"]);
    expect([hung.begun(), relieved.length]).toEqual([["writingError /hung"], 6]);
    catalogue.close();
  });
  it("is told to be in vain where nothing may go, with the directories that are not measured", async () => {
    const catalogue = openCatalogue(temporaryDirectory(), { nowMs: () => 0 });
    const told: unknown[] = [];
    const logger = { ...silentLogger, warn: (...line: unknown[]) => { told.push(line); } };
    const run = { ...nothing, deleted: 0, deletedBytes: 0, unmeasured: [{ directory: "/p", reason: "df does not answer" }] };
    await new RoomRequests({ catalogue, retention: { relieve: () => Promise.resolve(run) }, directories: () => [], looks: looksOf(() => Promise.resolve(false)), clock: { nowMs: () => 0 }, logger }).relieve("/p");
    expect(told).toEqual([[{ directory: "/p", unmeasured: ["/p: df does not answer"] }, "a device is full, and no packet file may be deleted for it now"]]);
    catalogue.close();
  });
  it("is helped although the catalogue cannot take its request back", async () => {
    const catalogue = openCatalogue(temporaryDirectory(), { nowMs: () => 0 });
    askForRoom(catalogue, "/p", new LookbackError("DISK_FULL", "no room"));
    let full = true;
    const settings = Object.assign(Object.create(catalogue.settings), { get: (key: string) => catalogue.settings.get(key), set: (key: string, value: string) => {
      if (full) throw Object.assign(new Error("database or disk is full"), { code: "SQLITE_FULL" });
      catalogue.settings.set(key, value);
    } });
    const relieved: string[] = [];
    const requests = new RoomRequests({
      catalogue: { settings }, retention: { relieve: (directory) => { relieved.push(directory); full = false; return Promise.resolve(nothing); } }, directories: () => [], looks: looksOf(() => Promise.resolve(false)), clock: { nowMs: () => 0 }, logger: silentLogger,
    });
    expect([await requests.answer(), await requests.answer()]).toEqual(["/p", null]);
    expect(relieved).toEqual(["/p"]);
    catalogue.close();
  });
  it("does not ask when a device fails or may not be written", () => {
    expect(diskFullOf("/p/n-260101-00000001.pcap: no space left on the device; free some or lower freeSpaceG's demand, then run it again")).toMatchObject({ code: "DISK_FULL", details: { path: "/p/n-260101-00000001.pcap" } });
    expect(diskFullOf("/p/n-260101-00000001.pcap: Input/output error (os error 5)")).toBeNull();
    expect(diskFullOf("/p/n-260101-00000001.pcap: Permission denied (os error 13)")).toBeNull();
  });
  it("ends all the same when the catalogue cannot note it", () => {
    const full = { settings: { get: () => null, set: () => { throw new LookbackError("DISK_FULL", "no room"); }, getOrMake: () => "", secret: () => Buffer.alloc(0) } };
    expect(() => { askForRoom(Object.assign(Object.create(null), full), "/p", new LookbackError("DISK_FULL", "no room")); }).not.toThrow();
  });
});
