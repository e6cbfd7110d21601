import { openCluster } from "../../app/cluster.js";
import { directoriesOf } from "../../app/core.js";
import { withLifecycle } from "../../app/lifecycle.js";
import { openLog } from "../../app/log.js";
import { systemClock } from "../../base/clock.js";
import { openCatalogue } from "../../catalogue/catalogue.js";
import { requireCatalogue } from "../../catalogue/database.js";
import { takeRole } from "../../catalogue/role-lock.js";
import { EmbeddedStore } from "../../index-store/embedded/store.js";
import { copyToCluster, summarise, type StoreSummary } from "../../index-store/elasticsearch/reindex.js";
import { copyFromCluster, forgetPosition } from "../../index-store/elasticsearch/reindex-back.js";
import { packagedCatalogue } from "../../model/field-catalogue.js";
import { loadNativeCore } from "../../native/native.js";
import type { CommandContext } from "../command.js";
import { EXIT } from "../exit-code.js";
import { UsageError } from "../usage-error.js";

/** Copies the index of one store to the other and compares the two. */
export async function run({ options, config: configOf, print, note, signal }: CommandContext): Promise<number> {
  if (options["from"] === undefined || options["to"] === undefined) throw new UsageError("say what is copied where: --from embedded --to elasticsearch, or --from elasticsearch --to embedded");
  const [from, to] = [String(options["from"]), String(options["to"])];
  if ([from, to].sort().join(" ") !== "elasticsearch embedded") {
    throw new UsageError(`--from ${from} --to ${to}: allowed: --from embedded --to elasticsearch, --from elasticsearch --to embedded`);
  }
  const config = await configOf({ indexStore: "embedded" });
  // Into an empty directory a cluster can be copied; out of one nothing.
  if (from === "embedded") requireCatalogue(config.dataDirectory);
  const logger = openLog(config, "reindex");
  const { catalogue, store, engine, stop } = await withLifecycle(logger, async (lifecycle) => {
    // Nobody may add, merge or remove segments or rows meanwhile.
    for (const role of ["serve", "capture", "shipper"] as const) lifecycle.add(`role ${role}`, takeRole(config.dataDirectory, role), (lock) => { lock.release(); });
    const opened = lifecycle.add("catalogue", openCatalogue(config.dataDirectory, systemClock), (one) => { one.close(); });
    const embedded = lifecycle.add("store", await EmbeddedStore.open({
      catalogue: opened, fields, clock: systemClock, logger, segmentDirectory: directoriesOf(config).sessions, memoryBytes: config.values.queryMemoryMiB * 2 ** 20,
      threads: config.values.queryThreads, removeOrphans: "all",
    }), (one) => one.close());
    const cluster = openCluster(config, opened, fields, logger);
    lifecycle.add("cluster", cluster, (started) => started.cluster.close());
    return { catalogue: opened, store: embedded, engine: cluster };
  });
  try {
    if (to === "elasticsearch") {
      await copyToCluster({ source: store, engine, shipping: engine.segmentShipping(loadNativeCore()), catalogue, fields, segmentDirectory: directoriesOf(config).sessions }, ({ segments, ofSegments, rows }) => {
        note(`${segments} of ${ofSegments} segments, ${rows} sessions`);
      }, signal);
    } else {
      await copyFromCluster({ engine, target: store, catalogue }, ({ day, days, ofDays, rows }) => { note(`${day}, day ${days} of ${ofDays}, ${rows} sessions`); }, signal);
      forgetPosition(catalogue);
    }
    const [here, there] = [await summarise(store, fields, signal), await summarise(engine.store, fields, signal)];
    const equal = here.sessions === there.sessions && here.packets === there.packets && here.bytes === there.bytes && here.checksum === there.checksum;
    if (options["json"] === true) {
      print(JSON.stringify({ embedded: here, elasticsearch: there, equal }));
      return equal ? EXIT.ok : EXIT.failed;
    }
    print(`embedded       ${printed(here)}`);
    print(`elasticsearch  ${printed(there)}`);
    print(equal ? `both hold the same sessions; set indexStore=${to} to use ${to === "embedded" ? "the data directory" : "the cluster"}` : differing(to));
    return equal ? EXIT.ok : EXIT.failed;
  } finally {
    await stop();
  }
}

const fields = packagedCatalogue();

function differing(to: string): string {
  return to === "embedded" ? "they differ; sessions that only one of them has stay there: ship what waits (lookback ship --once), then start the copy again" : "they differ; see lookback ship --status for refused sessions";
}

function printed({ sessions, packets, bytes, checksum }: StoreSummary): string {
  return `${sessions} sessions, ${packets} packets, ${bytes} bytes, checksum ${checksum}`;
}
