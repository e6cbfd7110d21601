import { openCluster } from "../../app/cluster.js";
import { openReader } from "../../app/core.js";
import { withLifecycle } from "../../app/lifecycle.js";
import { openLog } from "../../app/log.js";
import { LookbackError } from "../../base/errors.js";
import { takeRole } from "../../catalogue/role-lock.js";
import { copyToCluster, summarise, type StoreSummary } from "../../index-store/elasticsearch/reindex.js";
import { loadNativeCore } from "../../native/native.js";
import type { CommandContext } from "../command.js";
import { EXIT } from "../exit-code.js";

/** Copies the embedded index to the cluster and compares the two. */
export async function run({ options, config: configOf, print, note, signal }: CommandContext): Promise<number> {
  const [from, to] = [options["from"], options["to"]];
  if (from !== "embedded" || to !== "elasticsearch") {
    throw new LookbackError("BAD_INPUT", `--from ${String(from)} --to ${String(to)}: allowed: --from embedded --to elasticsearch; the way back is lookback rebuild, which makes the index from the packets`);
  }
  const config = await configOf({ indexStore: "embedded" });
  const logger = openLog(config, "reindex");
  const { parts, engine, stop } = await withLifecycle(logger, async (lifecycle) => {
    // Nobody may add, merge or remove segments meanwhile.
    for (const role of ["serve", "capture", "shipper"] as const) lifecycle.add(`role ${role}`, takeRole(config.dataDirectory, role), (lock) => { lock.release(); });
    const opened = await openReader(config, logger, lifecycle);
    const cluster = openCluster(config, opened.catalogue, opened.fields, logger);
    lifecycle.add("cluster", cluster, (started) => started.cluster.close());
    return { parts: opened, engine: cluster };
  });
  try {
    const { store: source, catalogue, fields, directories } = parts;
    await copyToCluster({ source, engine, shipping: engine.segmentShipping(loadNativeCore()), catalogue, fields, segmentDirectory: directories.sessions }, ({ segments, ofSegments, rows }) => {
      note(`${segments} of ${ofSegments} segments, ${rows} sessions`);
    }, signal);
    const [here, there] = [await summarise(source, fields, signal), await summarise(engine.store, fields, signal)];
    const equal = here.sessions === there.sessions && here.packets === there.packets && here.bytes === there.bytes && here.checksum === there.checksum;
    if (options["json"] === true) {
      print(JSON.stringify({ embedded: here, elasticsearch: there, equal }));
      return equal ? EXIT.ok : EXIT.failed;
    }
    print(`embedded       ${printed(here)}`);
    print(`elasticsearch  ${printed(there)}`);
    print(equal ? "both hold the same sessions; set indexStore=elasticsearch to use the cluster" : "they differ; see lookback ship --status for refused sessions");
    return equal ? EXIT.ok : EXIT.failed;
  } finally {
    await stop();
  }
}

function printed({ sessions, packets, bytes, checksum }: StoreSummary): string {
  return `${sessions} sessions, ${packets} packets, ${bytes} bytes, checksum ${checksum}`;
}
