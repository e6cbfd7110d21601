// A retention plan over a million packet files, as `lookback retention` prints it.
import Database from "better-sqlite3";
import { closeSync, ftruncateSync, mkdirSync, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import { measure } from "./measure.mjs";

const FILE_BYTES = 1 << 20;
/** Files that the plan deletes; these are on disk, for the plan looks at them. */
const GOING = 100;

const day = (at) => new Date(1_700_000_000_000 + at * 60_000).toISOString().slice(2, 10).replaceAll("-", "");

/** A data directory whose catalogue lists `files` packet files of a MiB each, one a minute; none is anywhere but the first. */
function fill(data, files) {
  const packets = join(data, "packets");
  mkdirSync(packets, { recursive: true });
  const database = new Database(join(data, "catalogue.sqlite"));
  const insert = database.prepare(
    "INSERT INTO files (node, path, display_name, stream, storage, state, format, bytes, packets, first_ms, last_ms, imported_at) VALUES ('bench', ?, ?, ?, 'own', 'complete', 'pcap', ?, 1000, ?, ?, ?)",
  );
  database.transaction(() => {
    for (let at = 0; at < files; at += 1) {
      const path = join(packets, `bench-${day(at)}-${String(at + 1).padStart(8, "0")}.pcap`);
      const ms = 1_700_000_000_000 + at * 60_000;
      insert.run(path, path, String(at + 1).padStart(32, "0"), FILE_BYTES, ms, ms + 60_000, ms);
      if (at > GOING) continue;
      const file = openSync(path, "w");
      ftruncateSync(file, FILE_BYTES);
      closeSync(file);
    }
  })();
  database.close();
}

/** CPU seconds that the plan over `files` takes, the command's start and the opening of the catalogue apart. */
export async function retentionPlan(main, work, files, rounds) {
  const data = join(work, "retention");
  rmSync(data, { recursive: true, force: true });
  const limit = ((files - GOING) * FILE_BYTES) / 2 ** 30;
  const command = [main, "--data", data, "--set", "freeSpaceG=0", "--set", `pcapMaxSizeG=${limit.toFixed(6)}`, "--node", "bench"];
  // Makes the catalogue; a command that only reads refuses a directory without one.
  await measure(process.execPath, [...command, "import", "examples/first-look.pcap"]);
  fill(data, files);
  const [plans, starts] = [[], []];
  let printed = "";
  for (let round = 0; round < rounds; round += 1) {
    const planned = await measure(process.execPath, [...command, "retention"]);
    plans.push(planned.cpu);
    printed = planned.output;
    // What opens the same catalogue and plans nothing.
    starts.push((await measure(process.execPath, [...command, "hold", "list"])).cpu);
  }
  if (!printed.includes(`${GOING} files`)) throw new Error(`the plan should delete ${GOING} files:\n${printed}`);
  return Math.min(...plans) - Math.min(...starts);
}
