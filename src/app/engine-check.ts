import { readFileSync } from "node:fs";
import path from "node:path";
import { LookbackError } from "../base/errors.js";
import type { LookbackConfig } from "../config/config.js";
import { engineSettings } from "../config/engine-settings.js";
import { interfaceLines, interfaceOfSection } from "../config/interface-settings.js";
import { DATA_SECTIONS } from "../config/known-keys.js";
import { locatedError } from "../config/located-error.js";
import type { Origin } from "../config/setting.js";
import { SETTINGS, type SettingKey } from "../config/settings.js";
import type { EngineSettings, NativeCore } from "../native/types.js";

/** What settings are shown to. */
type Engine = Pick<NativeCore, "checkSettings">;

/** Capture filters of one setting. */
interface WrittenFilters {
  readonly key: SettingKey;
  readonly origin: Origin | undefined;
  readonly filters: readonly string[];
  /** Whether they will be compiled for Ethernet, as they are here; else nothing but their grammar can be judged. */
  readonly forEthernet: boolean;
}

/** What libpcap says of a filter that is none, whatever the packets are. */
const GRAMMAR = /syntax error|illegal token/;
/** Hardware types of the kernel whose packets begin with an Ethernet header: Ethernet and loopback. */
const ETHERNET = ["1", "772"];

/** Checks the settings that decide which rows there are, as the engine does before it makes any. Throws CONFIG_INVALID naming place and key. */
export async function checkRowSettings(config: LookbackConfig, engine: Engine): Promise<void> {
  const settings = engineSettings(config);
  const { minPacketsSaveBPFs } = config.values;
  await compile(settings, engine, { key: "minPacketsSaveBPFs", origin: config.origins.get("minPacketsSaveBPFs"), filters: minPacketsSaveBPFs.map(({ filter }) => filter), forEthernet: true });
  if (settings.interfaces.length === 0) return;
  try {
    await engine.checkSettings({ ...settings, minPacketsSaveBpfs: [] });
  } catch (error) {
    throw locatedError(error, config.origins);
  }
}

/** Whether a filter was refused because it names a host that nobody knows at this moment. */
export function isUnknownHost(error: unknown): boolean {
  return error instanceof LookbackError && error.code === "CONFIG_INVALID" && error.message.includes("unknown host");
}

/** Checks the filters that decide which packets are captured and kept. Throws CONFIG_INVALID naming place and key. */
export async function checkCaptureFilters(config: LookbackConfig, engine: Engine): Promise<void> {
  for (const written of captureFilters(config)) await compile(engineSettings(config), engine, written);
}

/** Checks the filters in sections of other nodes and classes. Throws CONFIG_INVALID naming place and key. */
export async function checkOtherFilters(config: LookbackConfig, engine: Engine): Promise<void> {
  for (const written of otherFilters(config)) await compile(engineSettings(config), engine, written);
}

/** The filters of interfaces' own sections by interface. */
function interfaceFilters(config: LookbackConfig): ReadonlyMap<string, ReturnType<typeof interfaceLines>[number]> {
  const lines = interfaceLines(config.entries).filter(({ key, value }) => key === "bpf" && value !== "");
  return new Map(lines.map((line) => [interfaceOfSection(line.section) ?? "", line]));
}

function captureFilters(config: LookbackConfig): readonly WrittenFilters[] {
  const { values, origins } = config;
  const { bpf } = values;
  // A file may have sections for interfaces that others capture.
  const own = [...interfaceFilters(config)].filter(([name, { value }]) => values.interface.includes(name) && config.interfaceSettings(name).bpf === value);
  const others = values.interface.filter((name) => config.interfaceSettings(name).bpf === bpf);
  const isUsed = bpf !== null && (values.interface.length === 0 || others.length > 0);
  return [
    { key: "dontSaveBPFs", origin: origins.get("dontSaveBPFs"), filters: values.dontSaveBPFs.map(({ filter }) => filter), forEthernet: true },
    ...(isUsed ? [{ key: "bpf" as const, origin: origins.get("bpf"), filters: [bpf], forEthernet: values.pcapReadMethod === "tpacketv3" && others.every(hasEthernet) }] : []),
    ...own.map(([name, { value, origin }]) => ({ key: "bpf" as const, origin, filters: [value], forEthernet: values.pcapReadMethod === "tpacketv3" && hasEthernet(name) })),
  ];
}

function otherFilters(config: LookbackConfig): readonly WrittenFilters[] {
  const { entries, sections, values } = config;
  const interfaces = [...interfaceFilters(config)].filter(([name]) => !values.interface.includes(name))
    .map(([, { value, origin }]): WrittenFilters => ({ key: "bpf", origin, filters: [value], forEthernet: false }));
  return [...interfaces, ...entries.flatMap(({ section, key, value, origin }): WrittenFilters[] => {
    if (value === "" || sections.includes(section) || DATA_SECTIONS.has(section) || interfaceOfSection(section) !== null) return [];
    if (key === "bpf") return [{ key, origin, filters: [value], forEthernet: false }];
    if (key !== "dontSaveBPFs" && key !== "minPacketsSaveBPFs") return [];
    return [{ key, origin, filters: (SETTINGS[key].read(value) ?? []).map(({ filter }) => filter), forEthernet: true }];
  })];
}

/** Whether an interface of this machine gives Ethernet frames; of one that is not here, as most do. */
function hasEthernet(name: string): boolean {
  if (name === "-") return false;
  try {
    return ETHERNET.includes(readFileSync(path.join("/sys/class/net", path.basename(name), "type"), "utf8").trim());
  } catch {
    return true;
  }
}

async function compile(settings: EngineSettings, engine: Engine, { key, origin, filters, forEthernet }: WrittenFilters): Promise<void> {
  if (filters.length === 0) return;
  try {
    await engine.checkSettings({ ...settings, interfaces: [], minPacketsSaveBpfs: filters.map((filter) => ({ filter, packets: 1 })) });
  } catch (error) {
    if (!(error instanceof LookbackError) || error.code !== "CONFIG_INVALID") throw error;
    if (!forEthernet && error.message.startsWith("bpf ") && !GRAMMAR.test(error.message)) return;
    const named = new LookbackError("CONFIG_INVALID", `${key}: ${error.message.replace(/^bpf /, "filter ")}`, { ...error.details, key }, { cause: error });
    throw locatedError(named, new Map(origin === undefined ? [] : [[key, origin]]));
  }
}
