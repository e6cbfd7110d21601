import { join } from "node:path";
import type { Clock } from "../../base/clock.js";
import type { Logger } from "../../base/logger.js";
import { pause } from "../../base/pause.js";
import type { Catalogue } from "../../catalogue/catalogue.js";
import type { FieldCatalogue } from "../../model/field-catalogue.js";
import type { NativeCore } from "../../native/types.js";
import { Cluster, SHORT, type ClusterOptions } from "./cluster.js";
import { ClusterState } from "./cluster-state.js";
import { DeadLetters } from "./dead-letters.js";
import { HoldAnswering, type HoldAnsweringParts } from "./hold-answering.js";
import { IndexList } from "./index-list.js";
import { IndexNames, type Rotation } from "./index-names.js";
import type { IndexSettings } from "./mapping.js";
import { Leadership } from "./leadership.js";
import { ClusterMigrations } from "./migrations.js";
import { NodeOwners } from "./node-owners.js";
import { Pace } from "./pace.js";
import type { PlacementRules } from "./placement.js";
import { Overlays } from "./overlay.js";
import { SessionTemplate } from "./schema.js";
import { SegmentShipping } from "./segment-shipping.js";
import { Servers } from "./servers.js";
import { SharedExpirations } from "./shared-expirations.js";
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
  /** Node of the configuration. */
  readonly node: string;
  readonly fields: FieldCatalogue;
  readonly segmentDirectory: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Ids of the packet files whose packets are gone; by default those that the catalogue says are deleted. */
  readonly goneFiles?: () => readonly number[];
  /** Where older indices go; left out: nowhere. */
  readonly warm?: PlacementRules["warm"];
}

/** The engine's parts over one connection to a cluster. */
export interface ElasticsearchEngine {
  readonly cluster: Cluster;
  readonly catalogue: Catalogue;
  readonly store: ElasticsearchStore;
  readonly indices: IndexList;
  readonly overlays: Overlays;
  readonly names: IndexNames;
  readonly template: SessionTemplate;
  readonly state: ClusterState;
  readonly nodes: NodeOwners;
  readonly servers: Servers;
  /** What servers on this cluster tell each other of sessions that expire. */
  readonly expirations: SharedExpirations;
  readonly migrations: ClusterMigrations;
  readonly deadLetters: DeadLetters;
  /** The shipper of this data directory; whoever runs it holds the role. */
  shipper(native: Pick<NativeCore, "readSegment">): Shipper;
  /** Sends single segments, without noting it. */
  segmentShipping(native: Pick<NativeCore, "readSegment">): SegmentShipping;
  /** Takes part in the choice of the server that runs the tasks of this cluster. */
  leadership(): Leadership;
  /** Answers other servers, which expire sessions, what is held here. */
  holdAnswering(held: HoldAnsweringParts["held"]): HoldAnswering;
}

/** The migrations of a cluster alone, without a data directory. */
export function openClusterMigrations(
  options: Pick<ElasticsearchOptions, "cluster" | "prefix" | "fields" | "settings" | "clock">,
): { readonly cluster: Cluster; readonly migrations: ClusterMigrations } {
  const cluster = new Cluster(options.cluster);
  const names = new IndexNames(options.prefix);
  const template = new SessionTemplate(cluster, options.prefix, names, options.fields, options.settings);
  return { cluster, migrations: new ClusterMigrations(new ClusterState(cluster, options.prefix), template, new IndexList(cluster, names, () => 0), options.clock) };
}

/** The servers of a cluster alone, without a data directory. */
export function openServers(options: Pick<ElasticsearchOptions, "cluster" | "prefix" | "clock">): { readonly cluster: Cluster; readonly servers: Servers } {
  const cluster = new Cluster(options.cluster);
  return { cluster, servers: new Servers(new ClusterState(cluster, options.prefix), options.clock) };
}

/** Puts the engine together. Nothing is asked of the cluster yet: it may be away when a process starts. */
export function openElasticsearch(options: ElasticsearchOptions): ElasticsearchEngine {
  const { catalogue, fields, clock, logger, prefix } = options;
  const cluster = new Cluster(options.cluster);
  const names = new IndexNames(prefix);
  const indices = new IndexList(cluster, names, () => catalogue.shipments.revision());
  const template = new SessionTemplate(cluster, prefix, names, fields, options.settings);
  const state = new ClusterState(cluster, prefix);
  const migrations = new ClusterMigrations(state, template, indices, clock);
  const nodes = new NodeOwners({ state, catalogue, node: options.node, clock });
  const servers = new Servers(state, clock);
  const serving = { state, servers, nodes, node: options.node, clock, logger };
  const overlays = new Overlays({ cluster, indices, nodes, shipments: catalogue.shipments, clock, logger });
  const deadLetters = new DeadLetters(join(catalogue.directory, "dead-letters"));
  return {
    cluster, catalogue, indices, overlays, names, template, state, nodes, servers, migrations, deadLetters,
    expirations: new SharedExpirations({ ...serving, wait: pause }),
    holdAnswering: (held) => new HoldAnswering({ ...serving, held }),
    store: new ElasticsearchStore({ segmentDirectory: options.segmentDirectory, cluster, catalogue, fields, indices, overlays, nodes, clock, placement: { replicas: options.settings.replicas, warm: options.warm ?? null }, ...(options.goneFiles === undefined ? {} : { goneFiles: options.goneFiles }) }),
    segmentShipping: (native) => new SegmentShipping({
      cluster, native, catalogue, indices, names, rotation: options.rotation, deadLetters, pace: new Pace(options.bulkBytes), clock, wait: pause,
      status: { waiting: (error) => { logger.warn({ error }, "the cluster has no room now; rows are sent again"); } },
    }),
    leadership: () => new Leadership({ state, clock, logger, wait: pause }),
    shipper: (native) => {
      let prepared = false;
      return new Shipper({
        cluster, native, catalogue, indices, overlays, names, rotation: options.rotation, segmentDirectory: options.segmentDirectory, deadLetters, clock, logger, wait: pause,
        pace: new Pace(options.bulkBytes), status: new ShipperStatus(catalogue.settings, clock, logger),
        prepare: async (signal) => {
          const limits = { ...SHORT, signal };
          if (!prepared) {
            await cluster.product();
            await migrations.prepare(limits);
            prepared = true;
          }
          // Each time: packet files of another node may have come.
          await nodes.claim(limits);
        },
      });
    },
  };
}
