import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { exported, importedDirectory, queueExport, randomNumbers, runChild, withCatalogue } from "./retention-kill-series.js";
import { temporaryDirectory } from "./temporary-directory.js";

/** Tests that kill an export and a retention run `kills` times each, each time at another of their steps. */
export function killTests(kills: number, seed: number): void {
  describe(`${kills} kills, seed ${seed}`, () => {
    it("of an export end in the same bytes", async () => {
      const random = randomNumbers(seed);
      const { data, packets } = await importedDirectory(temporaryDirectory(), 4);
      queueExport(data, "00000000-0000-0000-0000-000000000000");
      const steps = await runChild("export", data, packets, 0, null);
      const whole = exported(data, "00000000-0000-0000-0000-000000000000");
      expect(whole.state).toBe("done");
      for (let kill = 1; kill <= kills; kill += 1) {
        const id = `00000000-0000-0000-0000-${String(kill).padStart(12, "0")}`;
        queueExport(data, id);
        for (let times = 1 + random(3); times > 0; times -= 1) {
          await runChild("export", data, packets, 0, 1 + random(steps - 1));
          const half = exported(data, id);
          // A job is done with its whole file, or not done with no file under its name.
          if (half.state === "done") expect(half.bytes?.equals(whole.bytes ?? Buffer.alloc(0))).toBe(true);
        }
        await runChild("export", data, packets, 0, null);
        const after = exported(data, id);
        expect(after.state).toBe("done");
        expect(after.bytes?.equals(whole.bytes ?? Buffer.alloc(0))).toBe(true);
        expect(after.names.filter((name) => name.endsWith(".work"))).toEqual([]);
      }
    });

    it("of retention leave catalogue and disk in step, oldest gone first, none more than needed", async () => {
      const random = randomNumbers(seed + 1);
      const files = 6;
      for (let kill = 1; kill <= kills; kill += 1) {
        const root = temporaryDirectory();
        const { data, packets } = await importedDirectory(root, files);
        const sizes = withCatalogue(data, (catalogue) => catalogue.files.list().map((file) => file.bytes));
        // Asks for room for three of the six.
        const used = sizes.reduce((sum, bytes) => sum + bytes, 0);
        const keepFree = 1_000_000 - used + (sizes[0] ?? 0) * 2.5;
        for (let times = 1 + random(3); times > 0; times -= 1) {
          await runChild("retention", data, packets, keepFree, 1 + random(22));
          withCatalogue(data, (catalogue) => {
            // A row whose file is not at its place is the one that was being renamed, and its tombstone tells.
            const tombs = existsSync(path.join(data, "tombstones")) ? readdirSync(path.join(data, "tombstones")) : [];
            for (const row of catalogue.files.list()) {
              if (row.state !== "gone" && !existsSync(row.path)) expect(tombs).toContain(`${row.id}-${path.basename(row.path)}`);
            }
          });
        }
        await runChild("retention", data, packets, keepFree, null);
        const rows = withCatalogue(data, (catalogue) => catalogue.files.list());
        expect(rows.map((row) => row.state)).toEqual(["gone", "gone", "gone", "complete", "complete", "complete"]);
        expect(rows.map((row) => existsSync(row.path))).toEqual([false, false, false, true, true, true]);
        expect(readdirSync(path.join(data, "tombstones"))).toEqual([]);
      }
    });
  });
}
