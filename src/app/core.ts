import path from "node:path";
import { systemClock } from "../base/clock.js";
import { LookbackError } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import { openCatalogue, openCatalogueAsIs, type Catalogue } from "../catalogue/catalogue.js";
import { MOMENT_MS, takeRole, type Role, type RoleLock } from "../catalogue/role-lock.js";
import { ImportService, type ImportParts } from "../capture/import-service.js";
import type { LookbackConfig } from "../config/config.js";
import { engineSettings } from "../config/engine-settings.js";
import { LiveConfig } from "../config/live-config.js";
import type { IndexStore } from "../index-store/index-store.js";
import { removeOrphans } from "../index-store/segment-files.js";
import { EmbeddedStore } from "../index-store/embedded/store.js";
import { packagedCatalogue, type FieldCatalogue } from "../model/field-catalogue.js";
import { loadNativeCore } from "../native/native.js";
import type { NativeCore } from "../native/types.js";
import type { ElasticsearchEngine } from "../index-store/elasticsearch/open.js";
import { PacketFilePresence } from "../packet-store/packet-store.js";
import { checkRowSettings, isUnknownHost } from "./engine-check.js";
import type { Lifecycle } from "./lifecycle.js";

/** What a capture asks the index at each commit is little; the processors and the memory are for its packets. */
const FOR_CAPTURE = { memoryBytes: 256 * 2 ** 20, threads: 1, concurrency: 2, caches: false };

/** Where the parts of a data directory are. */
export interface Directories {
  readonly data: string;
  readonly packets: string;
  readonly sessions: string;
  readonly exports: string;
  readonly tombstones: string;
}

export function directoriesOf(config: LookbackConfig): Directories {
  const below = (name: string): string => path.join(config.dataDirectory, name);
  return { data: config.dataDirectory, packets: config.packetDirectory, sessions: below("sessions"), exports: below("exports"), tombstones: below("tombstones") };
}

/** What every process on a data directory is built on. */
export interface Core {
  /** As it was read when the process started. */
  readonly config: LookbackConfig;
  /** Settings that may change while the process runs. */
  readonly live: LiveConfig;
  readonly directories: Directories;
  readonly logger: Logger;
  readonly native: NativeCore;
  readonly fields: FieldCatalogue;
  readonly catalogue: Catalogue;
  /** Whether packet files are on the disk. */
  readonly presence: PacketFilePresence;
  readonly store: IndexStore;
  /** The engine of the search cluster, or null where the index is in the data directory. */
  readonly cluster: ElasticsearchEngine | null;
}

/** Takes the role, then opens catalogue and store. Throws CONFIG_INVALID, ROLE_HELD, STORE_DAMAGED, UNAVAILABLE. */
export async function openCore(config: LookbackConfig, role: Role, logger: Logger, lifecycle: Lifecycle): Promise<Core> {
  const directories = directoriesOf(config);
  const native = loadNativeCore();
  await checkRowSettings(config, native).catch((error: unknown) => {
    // Where nothing is captured, a name server that is away keeps nobody from serving: rows that need the filter say so.
    if (role === "capture" || !isUnknownHost(error)) throw error;
    logger.warn({ error }, "a filter names a host that cannot be resolved now; imports fail until it can be");
  });
  lifecycle.add(`role ${role}`, takeRole(directories.data, role, MOMENT_MS[role]), (lock) => { lock.release(); });
  if (role !== "serve") return { ...(await openReader(config, logger, lifecycle, { maintains: false, removeOrphans: "none", forCapture: role === "capture", migrates: true })), native };
  const noCapture = captureRoleIfFree(directories.data, logger);
  try {
    return { ...(await openReader(config, logger, lifecycle, { maintains: true, removeOrphans: noCapture === null ? "compacted" : "all", forCapture: false, migrates: true })), native };
  } finally {
    noCapture?.release();
  }
}

/** The engine of the search cluster. Its client is large, and loaded only where the index is in a cluster. */
async function clusterOf(config: LookbackConfig, catalogue: Catalogue, fields: FieldCatalogue, logger: Logger, goneFiles: () => readonly number[]): Promise<ElasticsearchEngine> {
  const { openCluster } = await import("./cluster.js");
  return openCluster(config, catalogue, fields, logger, goneFiles);
}

/**
 * Opens catalogue and store without a role, to read beside whatever process serves or captures. Only the process that
 * serves `maintains`: it alone deletes files of the index, for it knows which of its queries still read them. Only one with a
 * role `migrates`: it makes a catalogue where there is none, and applies steps that wait. Without it NOT_FOUND, UNAVAILABLE.
 */
export async function openReader(
  config: LookbackConfig, logger: Logger, lifecycle: Lifecycle,
  duties: { readonly maintains: boolean; readonly removeOrphans: "none" | "compacted" | "all"; readonly forCapture: boolean; readonly migrates: boolean } = { maintains: false, removeOrphans: "none", forCapture: false, migrates: false },
): Promise<Omit<Core, "native">> {
  const directories = directoriesOf(config);
  const fields = packagedCatalogue();
  const catalogue = lifecycle.add("catalogue", (duties.migrates ? openCatalogue : openCatalogueAsIs)(directories.data, systemClock), (opened) => { opened.close(); });
  const presence = new PacketFilePresence(() => systemClock.nowMs());
  const goneFiles = (): readonly number[] => [...catalogue.files.goneIds(), ...presence.lost(catalogue.files.listed())];
  const cluster = config.values.indexStore === "elasticsearch" ? await clusterOf(config, catalogue, fields, logger, goneFiles) : null;
  // Segments that wait for the shipper are files here too, and a killed capture leaves some that were never committed.
  if (cluster !== null && duties.removeOrphans !== "none") removeOrphans(catalogue, directories.sessions, duties.removeOrphans);
  const store: IndexStore = lifecycle.add("store", cluster?.store ?? await EmbeddedStore.open({
    catalogue, fields, clock: systemClock, logger: logger.child({ area: "store" }), segmentDirectory: directories.sessions, memoryBytes: config.values.queryMemoryMiB * 2 ** 20,
    threads: config.values.queryThreads, goneFiles, ...duties, ...(duties.forCapture ? { ...FOR_CAPTURE, temporaryDirectory: path.join(directories.data, "spill-capture") } : {}),
  }), (opened) => opened.close());
  return { config, live: new LiveConfig(config), directories, logger, fields, catalogue, presence, store, cluster };
}

/**
 * The role of capture, held while uncommitted segments are removed: a capture that runs is about to commit some. Null when one does, or
 * when its lock file cannot be used to find out.
 */
function captureRoleIfFree(directory: string, logger: Logger): RoleLock | null {
  try {
    return takeRole(directory, "capture");
  } catch (error) {
    if (!(error instanceof LookbackError) || (error.code !== "ROLE_HELD" && error.code !== "UNAVAILABLE")) throw error;
    if (error.code === "UNAVAILABLE") logger.warn({ error }, "whether a capture runs cannot be told: what an ended one left stays");
    return null;
  }
}

/** The import service on a core; the caller starts it. `makeRoom` is retention's, where it runs. */
export function importsOn({ config, directories, logger, native, catalogue, store }: Core, makeRoom: ImportParts["makeRoom"] = null): ImportService {
  return new ImportService({
    native, catalogue, store, logger: logger.child({ area: "imports" }), clock: systemClock, settings: engineSettings(config), segmentDirectory: directories.sessions,
    packetDirectory: directories.packets, fileNames: config.values.offlineFilenameRegex, makeRoom,
  });
}
