import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { randomNumbers, withCatalogue } from "./retention-kill-series.js";
import { smallDisk, type SmallDisk } from "./small-disk.js";
import { temporaryDirectory } from "./temporary-directory.js";

const FEEDER = fileURLToPath(new URL("feed-and-delete.mjs", import.meta.url));
/** Size of the small device, of a file, and what is kept free of it. */
const DEVICE_BYTES = 8 << 20;
const FILE_BYTES = 24 + 200 * 816;
const EVERY = 3;

interface Tick {
  readonly before: number;
  readonly after: number;
  readonly last: number;
  readonly kept: number;
  readonly deleted: readonly number[];
  readonly other: readonly unknown[];
  readonly shortfallBytes: number;
}

/** Feeds a small device with imports while retention keeps its room, killing the process `kills` times on the way. */
export function smallDiskTests(files: number, kills: number, seed: number): void {
  describe(`a small device fed with ${files} files, ${kills} kills, seed ${seed}`, () => {
    let disk: SmallDisk | null = null;
    afterEach(() => disk?.close());

    for (const percent of [25, 0]) {
      it(`has its room after every tick, and loses nothing else, with ${percent}% kept free`, async ({ skip }) => {
        const random = randomNumbers(seed + percent);
        const root = temporaryDirectory();
        const [data, mount, sources, elsewhere] = ["data", "disk", "sources", "elsewhere"].map((name) => path.join(root, name));
        if (data === undefined || mount === undefined || sources === undefined || elsewhere === undefined) throw new Error("four directories");
        for (const directory of [data, mount, sources, elsewhere]) mkdirSync(directory);
        disk = await smallDisk(mount, DEVICE_BYTES);
        if (disk === null) {
          process.stdout.write("skipped: this host allows no mount namespace of our own\n");
          skip();
          return;
        }
        // Beside the packet files: a stranger's file, one behind a link, and an empty directory.
        const inside = disk.outside;
        mkdirSync(path.join(inside, "packets", "deeper"), { recursive: true });
        writeFileSync(path.join(elsewhere, "precious.pcap"), "precious");
        writeFileSync(path.join(inside, "packets", "n1-260101-00000000.pcap"), "a stranger's");
        symlinkSync(path.join(elsewhere, "precious.pcap"), path.join(inside, "packets", "link.pcap"));
        const target = Math.ceil((DEVICE_BYTES * percent) / 100);

        const look = (): void => {
          expect(readFileSync(path.join(elsewhere, "precious.pcap"), "utf8")).toBe("precious");
          expect(readFileSync(path.join(inside, "packets", "n1-260101-00000000.pcap"), "utf8")).toBe("a stranger's");
          expect(lstatSync(path.join(inside, "packets", "link.pcap")).isSymbolicLink()).toBe(true);
          const rows = withCatalogue(data, (catalogue) => catalogue.files.list().filter((row) => row.stream !== ""));
          const buried = existsSync(path.join(inside, "packets", ".tombstones")) ? readdirSync(path.join(inside, "packets", ".tombstones")) : [];
          for (const row of rows) {
            const there = existsSync(row.path.replace(mount, inside));
            // Gone for readers before it is gone; at its place or buried while it is listed.
            if (row.state === "complete") expect(there || buried.includes(`${row.id}-${path.basename(row.path)}`)).toBe(true);
            if (row.state === "gone") expect(there).toBe(false);
          }
          // The oldest are gone, and nothing younger than what is left; the newest never.
          const states = rows.map(({ state }) => state);
          expect(states.lastIndexOf("gone")).toBeLessThan(states.indexOf("complete") === -1 ? 0 : states.indexOf("complete"));
          expect(rows.length === 0 || states.at(-1) === "complete").toBe(true);
        };

        let left = kills;
        let ticks = 0;
        let finished = false;
        while (!finished) {
          const child = disk.run(process.execPath, [FEEDER, data, path.join(mount, "packets"), sources, String(files), String(EVERY), String(percent)]);
          let trouble = "";
          child.stderr.on("data", (text: Buffer) => { trouble += text.toString(); });
          // The kill comes some steps on, at whatever the feeder does then.
          let until = left > 0 ? 1 + random(Math.max(4, Math.floor((files * 4) / kills))) : Number.POSITIVE_INFINITY;
          for await (const line of createInterface({ input: child.stdout })) {
            until -= 1;
            if (until <= 0) {
              child.kill("SIGKILL");
              left -= 1;
              break;
            }
            if (!line.endsWith(" ?")) continue;
            look();
            if (line.startsWith("tick ")) {
              ticks += 1;
              const tick: Tick = JSON.parse(line.slice(5, -2));
              expect(tick.other).toEqual([]);
              expect(tick.shortfallBytes).toBe(0);
              expect(tick.after).toBeGreaterThanOrEqual(target);
              // Not one more than needed; a page is what a file system rounds to.
              if (tick.deleted.length > 0) expect(tick.after - tick.last - 8192).toBeLessThan(target);
              // Between ticks no more comes than is fed.
              expect(tick.before).toBeGreaterThanOrEqual(Math.max(0, target - (EVERY + 1) * (FILE_BYTES + 8192)));
            }
            if (line === "end ?") finished = true;
            child.stdin.write("\n");
          }
          await new Promise<void>((resolve) => { if (child.exitCode !== null || child.signalCode !== null) resolve(); else child.on("close", () => resolve()); });
          if (child.exitCode !== 0 && child.exitCode !== null) throw new Error(trouble);
          look();
        }
        expect(left).toBe(0);
        expect(ticks).toBeGreaterThanOrEqual(Math.floor(files / EVERY));
        const { states, jobs } = withCatalogue(data, (catalogue) => ({ states: catalogue.files.list().map(({ state }) => state), jobs: catalogue.jobs.list(100_000) }));
        expect(jobs.filter(({ state }) => state === "done")).toHaveLength(files);
        // What fits is there: nothing went that had room.
        const fit = Math.floor((DEVICE_BYTES - target) / (FILE_BYTES + 4096));
        if (percent > 0) expect(states.filter((state) => state === "complete").length).toBeGreaterThanOrEqual(Math.min(files, fit - EVERY - 1));
        expect(states).not.toContain("writing");
      });
    }
  });
}
