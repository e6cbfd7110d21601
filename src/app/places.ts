import type { Logger } from "../base/logger.js";
import type { LookbackConfig } from "../config/config.js";
import { engineSettings } from "../config/engine-settings.js";
import type { NativeCore, PlaceFileState } from "../native/types.js";

/** What each setting of places fills, and where its file comes from. */
const SETTINGS: Readonly<Record<string, { readonly fills: string; readonly from: string }>> = {
  geoLite2Country: { fills: "country", from: "GeoLite2-Country.mmdb of maxmind.com (free, with an account), or another database in that format" },
  geoLite2ASN: { fills: "asn", from: "GeoLite2-ASN.mmdb of maxmind.com (free, with an account), or another database in that format" },
  rirFile: { fills: "rir", from: "ipv4-address-space.csv of iana.org/assignments/ipv4-address-space" },
  ouiFile: { fills: "oui", from: "Wireshark's manuf, or a list in its form" },
};

/** What a setting of places came to, and the files that the configuration names for it; none where it leaves the setting alone. */
export interface NamedPlaceFile extends PlaceFileState {
  readonly named: readonly string[];
}

/** Looks at the files of places that a configuration has. */
export function checkPlaces(native: Pick<NativeCore, "checkPlaceFiles">, config: LookbackConfig): NamedPlaceFile[] {
  const settings = engineSettings(config);
  const named: ReadonlyMap<string, readonly string[]> = new Map([
    ...(config.origins.has("geoLite2Country") ? [["geoLite2Country", settings.geoLite2Country] as const] : []),
    ...(config.origins.has("geoLite2ASN") ? [["geoLite2ASN", settings.geoLite2Asn] as const] : []),
    ["rirFile", settings.rirFile], ["ouiFile", settings.ouiFile],
  ]);
  return native.checkPlaceFiles(settings).map((state) => ({ ...state, named: named.get(state.setting) ?? [] }));
}

/** A setting of places whose file is missing or cannot be read, with the way out. */
export function describePlaceFile({ setting, file, error, named }: NamedPlaceFile): string | null {
  const { fills = setting, from = "" } = SETTINGS[setting] ?? {};
  if (error !== null) return `${setting}: ${file ?? ""} cannot be read: ${error}; the ${fills} fields stay empty until it can`;
  if (file !== null) return null;
  return named.length > 0
    ? `${setting}: there is no ${named.join(" and no ")}; the ${fills} fields stay empty until there is`
    : `${setting}: no file, so the ${fills} fields stay empty; to fill them take ${from}, and name it with ${setting}`;
}

/** Says once, at the start of a process that makes rows, which fields of places stay empty and how to fill them. */
export function sayPlaces(native: Pick<NativeCore, "checkPlaceFiles">, config: LookbackConfig, logger: Logger): void {
  const states = checkPlaces(native, config);
  const missing: string[] = [];
  for (const state of states) {
    const words = describePlaceFile(state);
    if (words === null) continue;
    if (state.error !== null || state.named.length > 0) logger.warn({ setting: state.setting, file: state.file ?? state.named[0] }, words);
    else missing.push(words);
  }
  if (missing.length > 0) logger.info({ missing: missing.length }, missing.join(". "));
}
