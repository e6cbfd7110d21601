import path from "node:path";
import { checkRowSettings } from "../../app/engine-check.js";
import { engineSettings } from "../../config/engine-settings.js";
import { loadNativeCore } from "../../native/native.js";
import type { CommandContext } from "../command.js";
import { EXIT } from "../exit-code.js";
import { UsageError } from "../usage-error.js";

/** Prints the sessions of a capture as `{"sessions3":[{"body":…}]}`. */
export async function run({ operands: [file], config, print }: CommandContext): Promise<number> {
  if (typeof file !== "string") throw new UsageError("name one capture file, or - for standard input");
  const configuration = await config();
  const native = loadNativeCore();
  await checkRowSettings(configuration, native);
  print(await native.dissect(file === "-" ? file : path.resolve(file), engineSettings(configuration)));
  return EXIT.ok;
}
