import path from "node:path";
import { systemClock } from "../base/clock.js";
import { LookbackError } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import type { Catalogue } from "../catalogue/catalogue.js";
import type { LookbackConfig } from "../config/config.js";
import { locatedError } from "../config/located-error.js";
import { Cluster, type ClusterOptions } from "../index-store/elasticsearch/cluster.js";
import type { IndexSettings } from "../index-store/elasticsearch/mapping.js";
import type { ClusterMigrations } from "../index-store/elasticsearch/migrations.js";
import { openClusterMigrations, openElasticsearch, openServers, type ElasticsearchEngine } from "../index-store/elasticsearch/open.js";
import type { Servers } from "../index-store/elasticsearch/servers.js";
import { packagedCatalogue, type FieldCatalogue } from "../model/field-catalogue.js";
import { readNamedFile } from "./named-files.js";

/** User and password as they are written, plain or in base64. Throws CONFIG_INVALID; the message does not repeat them. */
function basicAuth(written: string): { readonly username: string; readonly password: string } {
  const plain = written.includes(":") ? written : Buffer.from(written, "base64").toString("utf8");
  const colon = plain.indexOf(":");
  if (colon < 1) throw new LookbackError("CONFIG_INVALID", "elasticsearchBasicAuth: allowed: user:password, or base64 of it", { key: "elasticsearchBasicAuth" });
  return { username: plain.slice(0, colon), password: plain.slice(colon + 1) };
}

/** Whether a URL names this machine by its loopback addresses. */
function isLoopback(url: string): boolean {
  const host = URL.canParse(url) ? new URL(url).hostname : "";
  return host === "localhost" || host === "[::1]" || host.startsWith("127.");
}

/** Runs what reads settings of the cluster; a setting that is refused is named with its place. */
function located<T>({ origins }: LookbackConfig, body: () => T): T {
  try {
    return body();
  } catch (error) {
    throw locatedError(error, origins);
  }
}

/** Checks how the configuration reaches the cluster, without asking it anything. Throws CONFIG_INVALID. */
export async function checkCluster(config: LookbackConfig): Promise<void> {
  await located(config, () => new Cluster(clusterOptions(config))).close();
}

/** How the configuration reaches the cluster. Throws CONFIG_INVALID. */
function clusterOptions(config: LookbackConfig): ClusterOptions {
  const { values } = config;
  const certificate = readNamedFile(config, "esClientCert");
  const key = readNamedFile(config, "esClientKey");
  if ((certificate === null) !== (key === null)) throw new LookbackError("CONFIG_INVALID", "esClientCert and esClientKey go together", { key: "esClientCert" });
  const apiKey = values.elasticsearchAPIKey;
  const basic = values.elasticsearchBasicAuth;
  const urls = values.elasticsearch.map((url) => (url.includes("://") ? url : `http://${url}`));
  return {
    urls,
    auth: apiKey !== null ? { apiKey } : basic !== null ? basicAuth(basic) : null,
    authority: readNamedFile(config, "caTrustFile"),
    clientCertificate: certificate === null || key === null ? null : { certificate, key, passphrase: values.esClientKeyPass },
    // To this very machine it only costs time.
    compress: values.compressES && !urls.every((url) => isLoopback(url)),
  };
}

function prefixOf({ values: { prefix } }: LookbackConfig): string {
  return prefix === "" || /[_-]$/.test(prefix) ? prefix : `${prefix}_`;
}

function settingsOf({ values }: LookbackConfig): IndexSettings {
  return { shards: values.sessionShards, replicas: values.sessionReplicas, refreshSeconds: values.sessionRefreshSeconds };
}

/** The engine of the configured cluster; nothing is asked of it yet. */
export function openCluster(
  config: LookbackConfig, catalogue: Catalogue, fields: FieldCatalogue, logger: Logger, goneFiles?: () => readonly number[],
): ElasticsearchEngine {
  const { values } = config;
  return located(config, () => openElasticsearch({
    cluster: clusterOptions(config), prefix: prefixOf(config), rotation: values.rotateIndex, settings: settingsOf(config), bulkBytes: values.dbBulkSize,
    catalogue, node: config.node, fields, segmentDirectory: path.join(config.dataDirectory, "sessions"), clock: systemClock, logger,
    warm: values.sessionWarmAfterDays === null ? null : { afterDays: values.sessionWarmAfterDays, allocation: values.sessionWarmAllocation, replicas: values.sessionWarmReplicas },
    ...(goneFiles === undefined ? {} : { goneFiles }),
  }));
}

/** Runs `body` with the servers of the configured cluster. Throws UNAVAILABLE where the index is in the data directory. */
export async function withServers<T>(config: LookbackConfig, body: (servers: Servers) => Promise<T>): Promise<T> {
  if (config.values.indexStore !== "elasticsearch") throw new LookbackError("UNAVAILABLE", "there are no other servers: the index is in the data directory; set indexStore=elasticsearch to keep it in a cluster");
  const { cluster, servers } = openServers({ cluster: clusterOptions(config), prefix: prefixOf(config), clock: systemClock });
  try {
    await cluster.product();
    return await body(servers);
  } finally {
    await cluster.close();
  }
}

/** Runs `body` with the migrations of the configured cluster; null where the index is in the data directory. */
export async function withClusterMigrations<T>(config: LookbackConfig, body: (migrations: ClusterMigrations) => Promise<T>): Promise<T | null> {
  if (config.values.indexStore !== "elasticsearch") return null;
  const { cluster, migrations } = located(config, () => openClusterMigrations({ cluster: clusterOptions(config), prefix: prefixOf(config), fields: packagedCatalogue(), settings: settingsOf(config), clock: systemClock }));
  try {
    await cluster.product();
    return await body(migrations);
  } finally {
    await cluster.close();
  }
}
