import { LookbackError } from "../base/errors.js";
import { nearestNames } from "../base/nearest-name.js";
import type { IniEntry } from "./ini.js";
import { printOrigin, readSetting, type SayClamped, type Setting } from "./setting.js";
import { SETTINGS, type SettingValues } from "./settings.js";

/** Settings that an interface may have of its own, in a section `[interface:NAME]`; it has the node's for the others. */
export const INTERFACE_KEYS = ["bpf", "promiscuous", "ringMiB", "snapLen", "tpacketv3BlockSize", "tpacketv3NumThreads"] as const;

type InterfaceKey = (typeof INTERFACE_KEYS)[number];

/** How one interface is captured from. */
export type InterfaceSettings = Pick<SettingValues, InterfaceKey>;

const SECTION = "interface:";

/** The interface that a section is about, or null for a section of something else. */
export function interfaceOfSection(section: string): string | null {
  return section.startsWith(SECTION) && section.length > SECTION.length ? section.slice(SECTION.length) : null;
}

/** Says where a key is written that an interface cannot have of its own; null for one that it can. */
export function strangeInterfaceKey({ section, key, origin }: Pick<IniEntry, "section" | "key" | "origin">): string | null {
  if (INTERFACE_KEYS.some((known) => known === key)) return null;
  const [near = null] = nearestNames(key, INTERFACE_KEYS, 1);
  const hint = near === null ? `; there: ${INTERFACE_KEYS.join(", ")}` : `; did you mean ${near}?`;
  return `${printOrigin(origin)}: ${key} has no effect in [${section}]${hint}`;
}

/**
 * The settings that each interface has of its own, by its name. Of two lines with the same key the later one counts.
 *
 * @param overridden Keys that the command line sets: for every interface.
 * @param say Is told of a number for which a bound is taken.
 * @throws LookbackError CONFIG_INVALID with the line, the value and what is allowed.
 */
export function ownInterfaceSettings(entries: readonly IniEntry[], overridden: ReadonlySet<string>, say: (entry: IniEntry, message: string) => void): ReadonlyMap<string, Partial<InterfaceSettings>> {
  const found = new Map<string, Partial<InterfaceSettings>>();
  for (const entry of interfaceLines(entries)) {
    const name = interfaceOfSection(entry.section);
    const known = INTERFACE_KEYS.find((one) => one === entry.key);
    if (name !== null && known !== undefined && !overridden.has(known)) found.set(name, { ...found.get(name), ...one(known, entry, (message) => { say(entry, message); }) });
  }
  return found;
}

/** Every line that gives an interface a setting of its own, in order. */
export function interfaceLines(entries: readonly IniEntry[]): readonly IniEntry[] {
  return entries.filter(({ section, key }) => interfaceOfSection(section) !== null && INTERFACE_KEYS.some((known) => known === key));
}

function one(key: InterfaceKey, { value, origin }: IniEntry, say: SayClamped): Partial<InterfaceSettings> {
  if (value === "") {
    // As elsewhere, `key=` unsets what may be unset; here that is what the node filters.
    if (key === "bpf") return { bpf: null };
    throw new LookbackError("CONFIG_INVALID", `${printOrigin(origin)}: ${key} has no value: allowed: ${SETTINGS[key].allowed}`, { key });
  }
  const read = <T>(declared: Setting<T>): T => readSetting(key, value, origin, declared, say);
  switch (key) {
    case "bpf": return { bpf: read(SETTINGS.bpf) };
    case "promiscuous": return { promiscuous: read(SETTINGS.promiscuous) };
    case "ringMiB": return { ringMiB: read(SETTINGS.ringMiB) };
    case "snapLen": return { snapLen: read(SETTINGS.snapLen) };
    case "tpacketv3BlockSize": return { tpacketv3BlockSize: read(SETTINGS.tpacketv3BlockSize) };
    case "tpacketv3NumThreads": return { tpacketv3NumThreads: read(SETTINGS.tpacketv3NumThreads) };
  }
}
