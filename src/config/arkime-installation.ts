import { readFileSync } from "node:fs";
import path from "node:path";
import { LookbackError } from "../base/errors.js";
import { parseIni } from "./ini.js";
import { SETTINGS } from "./settings.js";

/** Where an installation of Moloch or Arkime keeps its packets, as its config.ini says. */
export interface ArkimeInstallation {
  /** `pcapDir` of every section, in the file's order; the usual one where none is named. */
  readonly packetDirectories: readonly string[];
  /** Settings that make packet files which cannot be read here, with what they say. */
  readonly unreadable: readonly string[];
}

/** What capture of Arkime takes without a setting. */
const USUAL_DIRECTORY = "/opt/arkime/raw";

/** Reads a configuration file of Arkime for what it says of every node's packet files. Throws CONFIG_INVALID. */
export function readArkimeInstallation(file: string): ArkimeInstallation {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new LookbackError("CONFIG_INVALID", `${file}: cannot be read: ${error instanceof Error ? error.message : String(error)}`, { file }, { cause: error });
  }
  const entries = parseIni(text, file);
  const directories = entries.filter(({ key }) => key === "pcapDir").flatMap(({ value }) => SETTINGS.pcapDir.read(value) ?? []);
  const unreadable = entries.filter(({ key, value }) =>
    (key === "simpleEncoding" && value !== "") || (key === "simpleShortHeader" && value === "true") || (key === "pcapWriteMethod" && value !== "" && !value.startsWith("simple")));
  return {
    packetDirectories: directories.length === 0 ? [USUAL_DIRECTORY] : [...new Set(directories.map((directory) => path.resolve(path.dirname(file), directory)))],
    unreadable: unreadable.map(({ key, value, section }) => `[${section}] ${key}=${value}`),
  };
}
