import path from "node:path";
import { engineSettings } from "../../config/engine-settings.js";
import { loadNativeCore } from "../../native/native.js";
import type { CommandContext } from "../command.js";
import { EXIT } from "../exit-code.js";
import { UsageError } from "../usage-error.js";

/** Prints the sessions of a capture as `{"sessions3":[{"body":…}]}`. */
export async function run({ operands: [file], config, print }: CommandContext): Promise<number> {
  if (typeof file !== "string") throw new UsageError("name one capture file, or - for standard input");
  const settings = engineSettings(await config());
  print(await loadNativeCore().dissect(file === "-" ? file : path.resolve(file), settings));
  return EXIT.ok;
}
