import { randomUUID } from "node:crypto";
import { access, mkdtemp, rename, rm } from "node:fs/promises";
import path from "node:path";
import { withLifecycle } from "../../app/lifecycle.js";
import { LocalQuery } from "../../app/local-query.js";
import { openLog } from "../../app/log.js";
import { LookbackError } from "../../base/errors.js";
import { catalogueLookup } from "../../export/packet-files.js";
import { runExport } from "../../export/run-export.js";
import { diskSpaceProbe, PacketReader } from "../../packet-store/packet-store.js";
import type { CommandContext } from "../command.js";
import { EXIT } from "../exit-code.js";

/** Longest run of an export, in milliseconds. */
const LONGEST_MS = 24 * 3_600_000;

/** Writes the packets of matching sessions, in order of time, to a file that must not exist. */
export async function run({ operands: [expression, file], config: configOf, print, note }: CommandContext): Promise<number> {
  if (typeof expression !== "string" || typeof file !== "string") throw new LookbackError("BAD_INPUT", "name an expression and the file to write");
  const target = path.resolve(file);
  if (await exists(target)) throw new LookbackError("BAD_INPUT", `${target} is there already; name another file`);
  const config = await configOf();
  const logger = openLog(config, "export");
  const { query, reader, stop } = await withLifecycle(logger, async (lifecycle) => ({
    query: await LocalQuery.open(config, logger, lifecycle),
    reader: lifecycle.add("packet reader", new PacketReader(), (opened) => opened.close()),
  }));
  const abort = new AbortController();
  const cancel = (): void => { abort.abort(); };
  process.once("SIGINT", cancel);
  // Beside the target, so that the finished file is renamed and never copied.
  const directory = await mkdtemp(path.join(path.dirname(target), ".lookback-export-"));
  try {
    const { store, catalogue } = query.parts;
    const result = await runExport({ store, reader, lookup: catalogueLookup(catalogue.files), probe: diskSpaceProbe }, {
      filter: query.filter(expression, null, null), context: { ...query.context(abort.signal), timeoutMs: LONGEST_MS },
      container: target.endsWith(".pcapng") ? "pcapng" : "auto", directory, name: randomUUID(), description: expression,
    }, { sessions: 0, packets: 0, bytes: 0 });
    await rename(path.join(directory, result.fileName), target);
    print(`${target}: ${result.packets} packets of ${result.sessions} sessions, ${result.bytes} bytes, ${result.format.container}, sha256 ${result.sha256}`);
    if (result.missingPackets > 0) note(`warning: ${result.missingPackets} packets are not there any more`);
    return EXIT.ok;
  } finally {
    process.off("SIGINT", cancel);
    await rm(directory, { recursive: true, force: true });
    await stop();
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
}
