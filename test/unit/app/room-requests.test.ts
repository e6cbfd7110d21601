import { describe, expect, it } from "vitest";
import { answerRoomRequest, askForRoom } from "../../../src/app/room-requests.js";
import { LookbackError } from "../../../src/base/errors.js";
import { silentLogger } from "../../../src/base/logger.js";
import { openCatalogue } from "../../../src/catalogue/catalogue.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const nothing = { deleted: 1, deletedBytes: 5, outcomes: [], shortfallBytes: 0, stuckTombstones: 0, unmeasured: [] };

describe("a capture whose device is full", () => {
  it("asks once for room, and only when that is what it lacks", async () => {
    const catalogue = openCatalogue(temporaryDirectory(), { nowMs: () => 0 });
    const relieved: string[] = [];
    const answer = () => answerRoomRequest(catalogue, { relieve: (directory) => { relieved.push(directory); return Promise.resolve(nothing); } }, silentLogger);
    expect(await answer()).toBeNull();
    askForRoom(catalogue, "/p", new Error("no interface"));
    askForRoom(catalogue, "/p", new LookbackError("UNAVAILABLE", "no interface"));
    expect(await answer()).toBeNull();
    askForRoom(catalogue, "/p", new LookbackError("DISK_FULL", "no room"));
    askForRoom(catalogue, "/q", Object.assign(new Error("write"), { code: "ENOSPC" }));
    expect(await answer()).toBe("/q");
    expect(await answer()).toBeNull();
    expect(relieved).toEqual(["/q"]);
    catalogue.close();
  });
  it("ends all the same when the catalogue cannot note it", () => {
    const full = { settings: { get: () => null, set: () => { throw new LookbackError("DISK_FULL", "no room"); }, getOrMake: () => "", secret: () => Buffer.alloc(0) } };
    expect(() => { askForRoom(Object.assign(Object.create(null), full), "/p", new LookbackError("DISK_FULL", "no room")); }).not.toThrow();
  });
});
