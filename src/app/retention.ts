import path from "node:path";
import { systemClock, type Clock } from "../base/clock.js";
import { LookbackError } from "../base/errors.js";
import type { LookbackConfig } from "../config/config.js";
import type { SettingValues } from "../config/settings.js";
import type { RetentionEvents } from "../model/retention-event.js";
import { directoryLooks, diskSpaceProbe, measureSpace, Tombstones, type PacketReader } from "../packet-store/packet-store.js";
import { check } from "../query/check.js";
import { parse } from "../query/parser.js";
import { resolveFiles } from "../query/resolve-files.js";
import { ruleConflicts } from "../retention/policy.js";
import { ClassService } from "../retention/class-service.js";
import type { PacketRules } from "../retention/plan.js";
import type { ForecastParts } from "../retention/forecast-service.js";
import type { RetentionParts, RetentionRules } from "../retention/retention-service.js";
import { DAY_MS } from "../base/utc-day.js";
import type { Core } from "./core.js";
import { fileLookup } from "./file-lookup.js";

/** How long the nodes that have files are taken to be the same, in milliseconds: they are asked for with each file, and are read from all of them. */
const NODES_KEPT_MS = 5_000;
/** Directories of files that nobody looks after that are told of. */
const MOST_OUTSIDE = 100;

/**
 * What retention works on: the packet directories of this node and of every node that has files in the catalogue, also of one that
 * gets its first while this process runs.
 */
export function retentionParts(core: Omit<Core, "native">, reader: PacketReader, clock: Clock = systemClock): Omit<RetentionParts, "events"> {
  const { catalogue, store, cluster, directories } = core;
  const logger = core.logger.child({ area: "retention" });
  let newest: { readonly atMs: number; readonly nodes: readonly string[] } | null = null;
  let told: ReadonlySet<string> = new Set();
  const rules = (): RetentionRules => {
    const nowMs = clock.nowMs();
    if (newest === null || Math.abs(nowMs - newest.atMs) >= NODES_KEPT_MS) {
      newest = { atMs: nowMs, nodes: catalogue.files.nodes() };
      const { unread, outside } = storageTroubles(core, newest.nodes);
      const troubles = [...unread, ...outside];
      for (const trouble of troubles) if (!told.has(trouble)) logger.warn({}, trouble);
      told = new Set(troubles);
    }
    return presentRules(core, newest.nodes).rules;
  };
  const packetDirectories = (): readonly string[] => [...new Set(rules().packets.storage.map(({ directory }) => directory))];
  return {
    catalogue, store, reader, logger, clock, probe: diskSpaceProbe, classes: classService(core), ...(cluster === null ? {} : { shared: cluster.expirations }),
    // Read each time: a reload may have changed the rules, and a capture of another node may have begun.
    get rules() { return rules(); },
    get packetDirectories() { return packetDirectories(); },
    sectionReads: (node) => node === core.config.node || !core.live.namesStorage(node) || storageFault(core.live, node) === null,
    get tombstones() { return new Tombstones(directories.tombstones, packetDirectories()); },
  };
}

/** Classes of sessions that are kept longer. */
export function classService({ config, catalogue, store, fields }: Omit<Core, "native">): ClassService {
  const timeZone = config.values.timeZone === "local" ? Intl.DateTimeFormat().resolvedOptions().timeZone : config.values.timeZone;
  return new ClassService({
    catalogue, store, clock: systemClock, compile: (text, isStored) => resolveFiles(check(parse(text), fields, { nowMs: systemClock.nowMs(), timeZone, isStored }), fileLookup(catalogue.files)),
  });
}

/** What a forecast is made of at this moment. */
export function forecastParts(core: Omit<Core, "native">, reader: PacketReader, events: RetentionEvents): ForecastParts {
  return { ...retentionParts(core, reader), store: core.store, events, indexDirectory: core.directories.sessions, warnDays: core.live.values.forecastWarnDays };
}

/** The rules of a configuration and the present values of its settings. Throws CONFIG_INVALID when the section of a node has a value it cannot have. */
export function retentionRules(config: LookbackConfig, values: SettingValues, nodes: readonly string[]): RetentionRules {
  const { pcapMaxAgeDays, pcapMaxSizeG, expireDays, sessionMaxSizeG, sessionFreeSpaceG, auditDays } = values;
  return {
    packets: {
      storage: storageOf(config, values, nodes), maxAgeMs: pcapMaxAgeDays === null ? null : pcapMaxAgeDays * DAY_MS, maxBytes: pcapMaxSizeG === null ? null : Math.round(pcapMaxSizeG * 2 ** 30),
    },
    sessions: { expireDays, maxBytes: sessionMaxSizeG === null ? null : Math.round(sessionMaxSizeG * 2 ** 30), nodeFreeSpace: sessionFreeSpaceG },
    auditDays,
  };
}

/**
 * The rules at this moment: of this node, and of those of `nodes` whose settings read. Where a node's own section does not: why, by
 * node. Where it is `default` that does not read for a node, that has no directories of its own.
 */
export function presentRules({ config, live }: Pick<Core, "config" | "live">, nodes: readonly string[]): { readonly rules: RetentionRules; readonly unread: ReadonlyMap<string, string> } {
  const unread = new Map<string, string>(live.freeSpaceRefusal === null ? [] : [[config.node, live.freeSpaceRefusal]]);
  const known = nodes.filter((node) => {
    const fault = node === config.node ? null : storageFault(live, node);
    if (fault !== null && live.namesStorage(node)) unread.set(node, fault);
    return fault === null;
  });
  return { rules: retentionRules({ ...config, storageOf: (node) => live.storageOf(node) }, live.values, known), unread };
}

/** Why the settings of a node that say where its packets are do not read, or null. */
function storageFault(live: Core["live"], node: string): string | null {
  try {
    live.storageOf(node);
    return null;
  } catch (error) {
    if (!(error instanceof LookbackError)) throw error;
    return error.message;
  }
}

/** What keeps packet files of `nodes` from being deleted, in words: settings that do not read, and files outside the directories that are known. */
export function storageTroubles({ config, live, catalogue }: Pick<Core, "config" | "live" | "catalogue">, nodes: readonly string[] = catalogue.files.nodes()): { readonly unread: readonly string[]; readonly outside: readonly string[] } {
  const { rules: { packets }, unread } = presentRules({ config, live }, nodes);
  const outside = catalogue.files.outside(packets.storage.map(({ directory }) => directory), [...unread.keys()].filter((node) => node !== config.node), MOST_OUTSIDE);
  return {
    unread: [...unread].map(([node, reason]) => (node === config.node
      ? `freeSpaceG cannot be taken before the next start and stays as it was: ${reason}`
      : `packet files of node ${node} are not deleted until its section reads: ${reason}`)),
    outside: outside.map(({ node, directory }) => `packet files of node ${node} in ${directory} are not deleted: it is no pcapDir of the configuration; name it in section [${node}] and ${node === config.node ? "start again" : "read it again (SIGHUP)"}`),
  };
}

/**
 * What is odd about the packet directories of a configuration, in words: those that are not there, and those of one device that want
 * different room; of this node and of every section that names directories of its own. `packets/` in the data directory is made by
 * the first start.
 */
export async function storageWarnings(config: LookbackConfig): Promise<readonly string[]> {
  const sections = config.entries.filter(({ key, section }) => key === "pcapDir" && section !== "default").map(({ section }) => section);
  const { packets } = retentionRules(config, config.values, sections);
  const { devices, unmeasured } = await measureSpace(packets.storage.map(({ directory }) => directory));
  const made = path.join(config.dataDirectory, "packets");
  const missing = unmeasured.filter(({ directory }) => directory !== made)
    .map(({ directory, reason }) => `pcapDir ${directory} cannot be used: ${reason}; make it, or mount what belongs there: nothing is measured or deleted there until then`);
  return [...missing, ...ruleConflicts(devices, packets)];
}

/** Packet directories of one device that want different room at this moment, in words; of every node that has files. */
export async function freeSpaceConflicts({ config, live, catalogue }: Pick<Core, "config" | "live" | "catalogue">): Promise<readonly string[]> {
  const { packets } = presentRules({ config, live }, catalogue.files.nodes()).rules;
  const byDevice = new Map<number, string[]>();
  for (const directory of new Set(packets.storage.map((one) => one.directory))) {
    const found = await directoryLooks.stat(directory).catch(() => null);
    if (found !== null) byDevice.set(found.dev, [...(byDevice.get(found.dev) ?? []), directory]);
  }
  return ruleConflicts([...byDevice.values()].map((directories) => ({ directories })), packets);
}

function storageOf(config: LookbackConfig, values: SettingValues, nodes: readonly string[]): PacketRules["storage"] {
  const storage = new Map<string, PacketRules["storage"][number]>();
  for (const node of new Set([config.node, ...nodes])) {
    const { directories, freeSpace: asRead } = config.storageOf(node);
    const setting = node === config.node ? config.freeSpaceWith(values.freeSpaceG) : asRead;
    // Nodes that want different room in one directory are two rules: the policy takes the larger and says so.
    for (const directory of directories) {
      const { unit, value } = setting.directories?.find((one) => one.directory === directory) ?? setting;
      storage.set(`${directory} ${unit} ${value}`, { directory, freeSpace: { unit, value } });
    }
  }
  return [...storage.values()];
}
