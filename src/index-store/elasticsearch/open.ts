import { join } from "node:path";
import type { Clock } from "../../base/clock.js";
import type { Logger } from "../../base/logger.js";
import type { Catalogue } from "../../catalogue/catalogue.js";
import type { FieldCatalogue } from "../../model/field-catalogue.js";
import type { NativeCore } from "../../native/types.js";
import { Cluster, SHORT, type ClusterOptions } from "./cluster.js";
import { DeadLetters } from "./dead-letters.js";
import { IndexList } from "./index-list.js";
import { IndexNames, type Rotation } from "./index-names.js";
import type { IndexSettings } from "./mapping.js";
import { Pace } from "./pace.js";
import { SessionTemplate } from "./schema.js";
import { Shipper } from "./shipper.js";
import { ShipperStatus } from "./shipper-status.js";
import { ElasticsearchStore } from "./store.js";

/** What the engine of a cluster can be told. */
export interface ElasticsearchOptions {
  readonly cluster: ClusterOptions;
  /** Stands before every name of an index. */
  readonly prefix: string;
  readonly rotation: Rotation;
  readonly settings: IndexSettings;
  /** Bytes of JSON of the first bulk request; later ones follow how fast the cluster is. */
  readonly bulkBytes: number;
  readonly catalogue: Catalogue;
  readonly fields: FieldCatalogue;
  readonly segmentDirectory: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The engine's parts over one connection to a cluster. */
export interface ElasticsearchEngine {
  readonly cluster: Cluster;
  readonly store: ElasticsearchStore;
  readonly indices: IndexList;
  readonly names: IndexNames;
  readonly template: SessionTemplate;
  readonly deadLetters: DeadLetters;
  /** The shipper of this data directory; whoever runs it holds the role. */
  shipper(native: Pick<NativeCore, "readSegment">): Shipper;
}

/** Resolves after so many milliseconds, or as soon as the signal aborts. */
function passed(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((over) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      over();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted) end();
  });
}

/** Puts the engine together. Nothing is asked of the cluster yet: it may be away when a process starts. */
export function openElasticsearch(options: ElasticsearchOptions): ElasticsearchEngine {
  const { catalogue, fields, clock, logger, prefix } = options;
  const cluster = new Cluster(options.cluster);
  const names = new IndexNames(prefix);
  const indices = new IndexList(cluster, names, () => catalogue.shipments.revision());
  const template = new SessionTemplate(cluster, prefix, names, fields, options.settings);
  const deadLetters = new DeadLetters(join(catalogue.directory, "dead-letters"));
  return {
    cluster, indices, names, template, deadLetters,
    store: new ElasticsearchStore({ cluster, catalogue, fields, indices, clock, logger }),
    shipper: (native) => {
      let prepared = false;
      return new Shipper({
        cluster, native, catalogue, indices, names, rotation: options.rotation, segmentDirectory: options.segmentDirectory, deadLetters, clock, logger, wait: passed,
        pace: new Pace(options.bulkBytes), status: new ShipperStatus(catalogue.settings, clock),
        prepare: async (signal) => {
          if (prepared) return;
          const limits = { ...SHORT, signal };
          await cluster.product();
          if ((await template.state(limits)) === "absent") await template.install(limits);
          await template.require(limits);
          prepared = true;
        },
      });
    },
  };
}
