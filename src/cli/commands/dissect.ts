import path from "node:path";
import { checkRowSettings } from "../../app/engine-check.js";
import { engineSettings } from "../../config/engine-settings.js";
import { loadNativeCore } from "../../native/native.js";
import type { CommandContext } from "../command.js";
import { EXIT } from "../exit-code.js";
import { warningText } from "../progress.js";
import { UsageError } from "../usage-error.js";

/** Prints the sessions of a capture as `{"sessions3":[{"body":…}]}`, and what was odd about it on standard error. */
export async function run({ operands: [file], config, print, note }: CommandContext): Promise<number> {
  if (typeof file !== "string") throw new UsageError("name one capture file, or - for standard input");
  const configuration = await config();
  const native = loadNativeCore();
  await checkRowSettings(configuration, native);
  const { documents, warnings } = await native.dissect(file === "-" ? file : path.resolve(file), engineSettings(configuration));
  print(documents);
  for (const warning of warnings) note(`${file === "-" ? "standard input" : file}: ${warningText({ ...warning })}`);
  return EXIT.ok;
}
