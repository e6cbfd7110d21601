import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { silentLogger } from "../../src/base/logger.js";
import { openCatalogue } from "../../src/catalogue/catalogue.js";
import { openEmbeddedStore } from "../../src/index-store/embedded/store.js";
import { packagedCatalogue } from "../../src/model/field-catalogue.js";
import { ALL_TIME } from "../../src/model/time-range.js";
import { rowId, writeSegment } from "../support/segment-rows.js";
import { temporaryDirectory } from "../support/temporary-directory.js";
import { EVERYTHING, service } from "../contract/sessions.js";

const DAY = Date.UTC(2026, 0, 15);
const clock = { nowMs: () => DAY + 86_400_000 };

/** Mounts a device of 2 MiB at a directory; false where this user may not. */
function mountSmallDevice(directory: string): boolean {
  mkdirSync(directory, { recursive: true });
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m", "lookback-test", directory], { stdio: "ignore" });
    return true;
  } catch {
    console.log("skipped: a full device needs the right to mount one");
    return false;
  }
}

describe("a device without room", () => {
  const directory = temporaryDirectory();
  const sessions = join(directory, "sessions");
  const mounted = mountSmallDevice(sessions);
  afterAll(() => { if (mounted) execFileSync("umount", [sessions]); });

  it.skipIf(!mounted)("fails a merge with DISK_FULL, leaves nothing of it, and queries go on", async () => {
    const catalogue = openCatalogue(directory, clock);
    const store = await openEmbeddedStore({ catalogue, fields: packagedCatalogue(), clock, logger: silentLogger, threads: 1, memoryBytes: 256 << 20 });
    for (let number = 1; number <= 3; number++) {
      const row = { id: rowId(DAY, number), firstPacket: DAY, lastPacket: DAY + number };
      await store.commitSegments({ add: [await writeSegment(sessions, [row])], remove: [] });
    }
    const before = readdirSync(join(sessions, "2026-01-15")).sort();
    const { bavail, bsize } = statfsSync(sessions);
    writeFileSync(join(sessions, "ballast"), Buffer.alloc(bavail * bsize));
    await expect(store.optimise("2026-01-15", null)).rejects.toMatchObject({ code: "DISK_FULL" });
    expect(readdirSync(join(sessions, "2026-01-15")).sort()).toEqual(before);
    expect(await store.count({ expression: EVERYTHING, range: ALL_TIME }, service)).toBe(3);
    expect(await store.health()).toEqual({ ok: true, damaged: [] });
    await store.close();
    catalogue.close();
  });
});
