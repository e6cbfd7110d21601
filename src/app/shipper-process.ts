import type { Logger } from "../base/logger.js";
import { systemClock } from "../base/clock.js";
import { LookbackError } from "../base/errors.js";
import { openCatalogue } from "../catalogue/catalogue.js";
import { MOMENT_MS, takeRole } from "../catalogue/role-lock.js";
import type { LookbackConfig } from "../config/config.js";
import type { ElasticsearchEngine } from "../index-store/elasticsearch/open.js";
import type { Shipper } from "../index-store/elasticsearch/shipper.js";
import { packagedCatalogue } from "../model/field-catalogue.js";
import { loadNativeCore } from "../native/native.js";
import { openCluster } from "./cluster.js";
import { withLifecycle } from "./lifecycle.js";

/** A process that ships. */
export interface ShipperProcess {
  readonly engine: ElasticsearchEngine;
  readonly shipper: Shipper;
  readonly stop: () => Promise<void>;
}

/** Takes the role of the shipper on the data directory. Throws ROLE_HELD, and UNAVAILABLE where the index is embedded. */
export function openShipper(config: LookbackConfig, logger: Logger): Promise<ShipperProcess> {
  if (config.values.indexStore !== "elasticsearch") {
    throw new LookbackError("UNAVAILABLE", "nothing is shipped: the index is in the data directory; set indexStore=elasticsearch to keep it in a cluster");
  }
  return withLifecycle(logger, async (lifecycle) => {
    const data = config.dataDirectory;
    lifecycle.add("role shipper", takeRole(data, "shipper", MOMENT_MS.shipper), (lock) => { lock.release(); });
    const catalogue = lifecycle.add("catalogue", openCatalogue(data, systemClock), (opened) => { opened.close(); });
    const engine = openCluster(config, catalogue, packagedCatalogue(), logger);
    lifecycle.add("cluster", engine, (opened) => opened.cluster.close());
    const native = loadNativeCore();
    native.useSmallPages();
    const shipper = engine.shipper(native);
    shipper.unlinkLeftovers();
    return Promise.resolve({ engine, shipper });
  });
}
