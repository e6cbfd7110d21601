import { existsSync, readFileSync, statSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { LookbackError } from "../base/errors.js";
import { collected, throwTogether } from "./collected-errors.js";
import { LARGEST_CONFIG, parseIni, type IniEntry } from "./ini.js";
import { interfaceOfSection, ownInterfaceSettings, strangeInterfaceKey, type InterfaceSettings } from "./interface-settings.js";
import { ACCEPTED_KEYS, DATA_SECTIONS } from "./known-keys.js";
import { nearestNames } from "../base/nearest-name.js";
import { printOrigin, readSetting, type FreeSpaceSetting, type Origin, type SayClamped, type Setting } from "./setting.js";
import { SETTINGS, type SettingKey, type SettingValues } from "./settings.js";

/** Something in a configuration that has no effect, or another than was written; the program goes on. */
export interface ConfigWarning {
  readonly kind: "unknown-key" | "accepted-key" | "clamped-value";
  readonly key: string;
  readonly section: string;
  readonly origin: Origin;
  readonly message: string;
}

/** A configuration, resolved for one node. */
export interface LookbackConfig {
  /** Name of this sensor; part of file names and of every row. */
  readonly node: string;
  /** The file that was read, or null when there is none. */
  readonly file: string | null;
  readonly values: SettingValues;
  /** Absolute path of the data directory. */
  readonly dataDirectory: string;
  /** Absolute path of the directory of our packet files. */
  readonly packetDirectory: string;
  /** Where a node keeps its packet files, and how much room it wants there; of any node, by its sections. Throws CONFIG_INVALID. */
  readonly storageOf: (node: string) => PacketStorage;
  /** Whether a node's section, or the class that it names, says where its packets are or how much room they want: not `default` alone. */
  readonly namesStorage: (node: string) => boolean;
  /** A `freeSpaceG` of this node that was read later, with its directories by absolute path. Throws CONFIG_INVALID. */
  readonly freeSpaceWith: (read: FreeSpaceSetting) => FreeSpaceSetting;
  /** How an interface is captured from: its own settings (`[interface:NAME]`), else the node's. */
  readonly interfaceSettings: (name: string) => InterfaceSettings;
  /** Where each setting that is not a default was written. */
  readonly origins: ReadonlyMap<SettingKey, Origin>;
  /** Keys nobody knows, and numbers for which a bound is taken. */
  readonly warnings: readonly ConfigWarning[];
  /** Known keys of Arkime that have no effect here. */
  readonly accepted: readonly ConfigWarning[];
  /** Every line and variable that was read, in order: later ones of a section win. */
  readonly entries: readonly IniEntry[];
  /** Sections that settings are looked up in, strongest first. */
  readonly sections: readonly string[];
}

/** Where a node keeps its packet files. */
export interface PacketStorage {
  /** Absolute paths, at least one. */
  readonly directories: readonly string[];
  /** `freeSpaceG` of the node; the directories that it names are among these, by absolute path. */
  readonly freeSpace: FreeSpaceSetting;
}

/** What decides a configuration; everything but the environment is optional. */
export interface ConfigSource {
  /** Path of the file; null takes `config.ini` of the working directory when there is one. */
  readonly file: string | null;
  /** Node name; null takes the host's. */
  readonly node: string | null;
  /** Settings of the command line, strongest of all. */
  readonly overrides?: Readonly<Partial<Record<SettingKey, string>>>;
  /** Usually `process.env`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Directory that relative paths start from. */
  readonly workingDirectory: string;
}

/** What `storageOf` reads. */
const STORAGE_KEYS = ["pcapDir", "freeSpaceG"] as const;
const ENVIRONMENT_PREFIX = "LOOKBACK_";
/** Most files that one configuration includes. */
const MOST_INCLUDES = 64;
/** Letters that names of sections may have and names of environment variables may not. */
const ENVIRONMENT_WORDS: readonly (readonly [string, string])[] = [["DASH", "-"], ["COLON", ":"], ["DOT", "."], ["SLASH", "/"]];

/**
 * Reads config.ini and the environment. A setting is looked up in the command line, then in the sections of the node,
 * its class and `default`; in each, the environment (`LOOKBACK_<section>__<key>`, `LOOKBACK__<key>` for `default`) wins over
 * the included files, a later one over an earlier one, and these win over the file itself. The command line may name the class
 * and the included files as well, these relative to the working directory.
 *
 * @throws LookbackError CONFIG_INVALID with file, line, key, value and what is allowed; of several bad values a line for each.
 */
export function loadConfig(source: ConfigSource): LookbackConfig {
  const file = findFile(source);
  const node = source.node ?? shortHostname();
  const environment = environmentEntries(source.environment);
  const own = file === null ? [] : parseIni(readConfigFile(file), file);
  const override = (key: SettingKey): Written | null => {
    const value = source.overrides?.[key];
    return value === undefined ? null : { section: "", value, origin: { file: "command line", line: null } };
  };
  const nodeClass = override("nodeClass")?.value ?? null;
  const given = override("includes");
  const included = given === null
    ? includedEntries(file === null ? source.workingDirectory : path.dirname(file), new Lookup([...own, ...environment], node, nodeClass).find("includes"))
    : includedEntries(source.workingDirectory, given);
  const entries = [...own, ...included, ...environment];
  const lookup = new Lookup(entries, node, nodeClass);
  const { sections } = lookup;

  const values: Partial<Record<SettingKey, unknown>> = {};
  const errors: LookbackError[] = [];
  const clamped: ConfigWarning[] = [];
  const sayClamped = (key: string, { section, origin }: Pick<IniEntry, "section" | "origin">, message: string): void => {
    clamped.push({ kind: "clamped-value", key, section, origin, message });
  };
  const origins = new Map<SettingKey, Origin>();
  for (const key of settingKeys()) {
    const declared: Setting<unknown> = SETTINGS[key];
    const entry = override(key) ?? lookup.find(key);
    if (entry === null || isUnset(entry.value, declared)) {
      values[key] = declared.defaultValue;
    } else {
      values[key] = collected(errors, () => readSetting(key, entry.value, entry.origin, declared, (message) => { sayClamped(key, entry, message); }));
      origins.set(key, entry.origin);
    }
  }
  const interfaces = collected(errors, () => ownInterfaceSettings(entries, new Set(Object.keys(source.overrides ?? {})), (entry, message) => { sayClamped(entry.key, entry, message); }));
  throwTogether(errors);
  if (typeof values.debug === "number" && values.debug > 0 && !origins.has("logLevel")) values.logLevel = "debug";
  if (!allPresent(values)) throw new LookbackError("INTERNAL", "a setting has no value");
  if (!/^[\w.-]{1,64}$/.test(node)) {
    throw new LookbackError("CONFIG_INVALID", `node name ${node.slice(0, 80)}: allowed: 1 to 64 letters, digits, _ . -`, { key: "node", value: node.slice(0, 80) });
  }
  const dataDirectory = path.resolve(source.workingDirectory, values.dataDir);
  const [unknown, accepted] = classify(entries, new Set(sections));
  const warnings = [...unknown, ...strayInterfaces(entries, values.interface), ...clamped];
  // The command line is about this node: others have the settings and the class that their sections give them.
  const lookupOf = (name: string): Lookup => (name === node ? lookup : new Lookup(entries, name, null));
  const namesStorage = (name: string): boolean => {
    const among = lookupOf(name);
    return STORAGE_KEYS.some((key) => among.ownSections.has(among.find(key)?.section ?? "default"));
  };
  const storageOf = (name: string): PacketStorage => {
    const among = lookupOf(name);
    const entryOf = (key: SettingKey): Written | null => (name === node ? override(key) : null) ?? among.find(key);
    const read = <T>(key: SettingKey, declared: Setting<T>): T => {
      const entry = entryOf(key);
      return entry === null ? declared.defaultValue : readSetting(key, entry.value, entry.origin, declared);
    };
    const given = read("pcapDir", SETTINGS.pcapDir).map((directory) => path.resolve(source.workingDirectory, directory));
    const directories = given.length === 0 ? [path.join(dataDirectory, "packets")] : given;
    const freeSpace = read("freeSpaceG", SETTINGS.freeSpaceG);
    // What all nodes share names directories of any of them.
    const ofItsOwn = name === node || namesStorage(name) ? freeSpace : onlyAmong(freeSpace, directories, source.workingDirectory);
    return { directories, freeSpace: withPaths(ofItsOwn, directories, source.workingDirectory, entryOf("freeSpaceG")?.origin) };
  };
  return {
    node, file, values, origins, warnings, accepted, dataDirectory, entries, sections, storageOf, namesStorage,
    freeSpaceWith: (read) => withPaths(read, storageOf(node).directories, source.workingDirectory, origins.get("freeSpaceG")),
    interfaceSettings: (name) => ({ ...values, ...interfaces?.get(name) }),
    packetDirectory: storageOf(node).directories[0] ?? path.join(dataDirectory, "packets"),
  };
}

/** `freeSpaceG` without the directories that it names beyond these. */
function onlyAmong({ directories, ...setting }: FreeSpaceSetting, packetDirectories: readonly string[], workingDirectory: string): FreeSpaceSetting {
  const known = directories?.filter(({ directory }) => packetDirectories.includes(path.resolve(workingDirectory, directory))) ?? [];
  return known.length === 0 ? setting : { ...setting, directories: known };
}

/** The directories of `freeSpaceG` by absolute path. Throws CONFIG_INVALID for one that holds no packets of the node. */
function withPaths(freeSpace: FreeSpaceSetting, packetDirectories: readonly string[], workingDirectory: string, origin: Origin | undefined): FreeSpaceSetting {
  if (freeSpace.directories === undefined) return freeSpace;
  const directories = freeSpace.directories.map((one) => ({ ...one, directory: path.resolve(workingDirectory, one.directory) }));
  const stranger = directories.find(({ directory }) => !packetDirectories.includes(directory));
  if (stranger !== undefined) {
    const place = origin === undefined ? "" : `${printOrigin(origin)}: `;
    throw new LookbackError("CONFIG_INVALID", `${place}freeSpaceG names ${stranger.directory}, which is no directory of pcapDir: allowed: ${packetDirectories.join(", ")}`, { key: "freeSpaceG", directory: stranger.directory });
  }
  return { ...freeSpace, directories };
}

/**
 * Reads the values of sections that belong to other nodes and classes, for a check of a whole file. Throws CONFIG_INVALID as
 * their own node would, with all that are wrong. `say` is told of each number for which a bound is taken.
 */
export function checkOtherSections({ entries, sections }: LookbackConfig, say?: SayClamped): void {
  const errors: LookbackError[] = [];
  for (const { section, key, value, origin } of entries) {
    if (sections.includes(section) || DATA_SECTIONS.has(section) || interfaceOfSection(section) !== null) continue;
    const known = settingKeys().find((name) => name === key);
    const declared: Setting<unknown> | null = known === undefined ? null : SETTINGS[known];
    if (declared !== null && !isUnset(value, declared)) collected(errors, () => readSetting(key, value, origin, declared, say));
  }
  throwTogether(errors);
}

/** Names of all settings that have an effect, in declaration order. */
export function settingKeys(): SettingKey[] {
  return Object.keys(SETTINGS).filter((key): key is SettingKey => key in SETTINGS);
}

/** `key=` unsets a setting that may be unset. */
function isUnset(value: string, { defaultValue }: Setting<unknown>): boolean {
  return value === "" && (defaultValue === null || defaultValue === "");
}

/** Every key was filled by the loop over `settingKeys`, each with the type its declaration reads. */
function allPresent(values: Partial<Record<SettingKey, unknown>>): values is SettingValues {
  return settingKeys().every((key) => key in values);
}

/** What a setting is read from. */
type Written = Pick<IniEntry, "section" | "value" | "origin">;

/** Looks a key up in the sections of a node. */
class Lookup {
  /** Strongest first. */
  readonly sections: readonly string[];
  /** Those that are about the node: its own, and its class where not `default` gives that to all. */
  readonly ownSections: ReadonlySet<string>;
  readonly #bySection = new Map<string, Map<string, IniEntry>>();

  /** @param givenClass The node's class where the command line says it (empty: none), else null. */
  constructor(entries: readonly IniEntry[], node: string, givenClass: string | null) {
    for (const entry of entries) {
      const section = this.#bySection.get(entry.section) ?? new Map<string, IniEntry>();
      this.#bySection.set(entry.section, section.set(entry.key, entry));
    }
    const nodeClass = givenClass ?? this.#first("nodeClass", [node, "default"])?.value ?? "";
    const ownClass = givenClass ?? this.#first("nodeClass", [node])?.value ?? "";
    this.sections = [node, ...(nodeClass === "" ? [] : [nodeClass]), "default"];
    this.ownSections = new Set([node, ...(ownClass === "" ? [] : [ownClass])]);
  }

  find(key: string): IniEntry | null {
    return this.#first(key, this.sections);
  }

  #first(key: string, sections: readonly string[]): IniEntry | null {
    for (const section of sections) {
      const entry = this.#bySection.get(section)?.get(key);
      if (entry) return entry;
    }
    return null;
  }
}

/** Entries of the files that `includes` names. A file that must be there and is not is CONFIG_INVALID, naming the line. */
function includedEntries(directory: string, includes: Written | null): IniEntry[] {
  if (includes === null) return [];
  const names = readSetting("includes", includes.value, includes.origin, SETTINGS.includes);
  if (names.length > MOST_INCLUDES) throw new LookbackError("CONFIG_INVALID", `${printOrigin(includes.origin)}: includes: ${names.length} files; at most ${MOST_INCLUDES} are read`, { limit: MOST_INCLUDES });
  return names.flatMap((name) => {
    const optional = name.startsWith("-");
    const included = path.resolve(directory, optional ? name.slice(1) : name);
    if (!existsSync(included)) {
      if (optional) return [];
      throw new LookbackError("CONFIG_INVALID", `${printOrigin(includes.origin)}: includes=${name}: there is no file ${included}; a - in front of the name lets it be missing`, { file: included });
    }
    return parseIni(readConfigFile(included), included);
  });
}

function findFile(source: ConfigSource): string | null {
  if (source.file !== null) return path.resolve(source.workingDirectory, source.file);
  const usual = path.join(source.workingDirectory, "config.ini");
  return existsSync(usual) ? usual : null;
}

function readConfigFile(file: string): string {
  try {
    const { size } = statSync(file);
    if (size > LARGEST_CONFIG) throw new Error(`it has ${size} bytes; at most ${LARGEST_CONFIG} are read`);
    return readFileSync(file, "utf8");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new LookbackError("CONFIG_INVALID", `${file}: cannot be read: ${reason}`, { file }, { cause: error });
  }
}

function environmentEntries(environment: ConfigSource["environment"]): IniEntry[] {
  const entries: IniEntry[] = [];
  for (const [name, value] of Object.entries(environment)) {
    const separator = name.indexOf("__");
    if (value === undefined || !name.startsWith(ENVIRONMENT_PREFIX) || separator < ENVIRONMENT_PREFIX.length - 1) continue;
    const section = ENVIRONMENT_WORDS.reduce((text, [word, sign]) => text.replaceAll(word, sign), name.slice(ENVIRONMENT_PREFIX.length, separator));
    entries.push({ section: section === "" ? "default" : section, key: name.slice(separator + 2), value: value.trim(), origin: { file: `environment ${name}`, line: null } });
  }
  return entries;
}

/** Splits the entries without effect into unknown and merely accepted ones. Sections of other nodes are not ours to judge, but their keys are. */
function classify(entries: readonly IniEntry[], ours: ReadonlySet<string>): [ConfigWarning[], ConfigWarning[]] {
  const unknown: ConfigWarning[] = [];
  const accepted: ConfigWarning[] = [];
  for (const { section, key, origin } of entries) {
    if (interfaceOfSection(section) !== null) {
      const message = strangeInterfaceKey({ section, key, origin });
      if (message !== null) unknown.push({ kind: "unknown-key", key, section, origin, message });
      continue;
    }
    if (DATA_SECTIONS.has(section) || key in SETTINGS) continue;
    const known = ACCEPTED_KEYS.get(key);
    if (known !== undefined) {
      const why = known.status === "not-yet" ? "not there yet" : "not needed";
      accepted.push({ kind: "accepted-key", key, section, origin, message: `${printOrigin(origin)}: ${key} has no effect (${why}: ${known.reason})` });
    } else if (ours.has(section)) {
      const [near = null] = nearestNames(key, [...settingKeys(), ...ACCEPTED_KEYS.keys()], 1);
      const hint = near === null ? "" : `; did you mean ${near}?`;
      unknown.push({ kind: "unknown-key", key, section, origin, message: `${printOrigin(origin)}: unknown setting ${key} in [${section}]${hint}` });
    }
  }
  return [unknown, accepted];
}

/** Sections of interfaces that no node captures from; none where interfaces are left to the default route. */
function strayInterfaces(entries: readonly IniEntry[], interfaces: readonly string[]): ConfigWarning[] {
  const named = new Set([...interfaces, ...entries.flatMap(({ key, value }) => (key === "interface" ? value.split(";").map((name) => name.trim()) : []))]);
  const first = new Map(entries.map((entry) => [entry.section, entry] as const).toReversed());
  return [...first].flatMap(([section, { key, origin }]) => {
    const name = interfaceOfSection(section);
    if (name === null || named.size === 0 || named.has(name)) return [];
    return [{ kind: "unknown-key" as const, key, section, origin, message: `${printOrigin(origin)}: [${section}] has no effect: interface names ${[...named].join(", ")}` }];
  });
}

function shortHostname(): string {
  return (hostname().split(".")[0] ?? "").replace(/[^\w-]/g, "-") || "node";
}
