import { n as LookbackError } from "./errors-iXTvzgJ7.js";
import { t as engineSettings } from "./engine-settings-D-gEOmC5.js";
import { t as loadNativeCore } from "./native-gzh5E7WJ.js";
import { t as EXIT } from "./exit-code-DQcjXeOq.js";
import path from "node:path";

// dist/cli/commands/dissect.js
/** Prints the sessions of a capture as `{"sessions3":[{"body":…}]}`. */
async function run({ operands: [file], config, print }) {
	if (typeof file !== "string") throw new LookbackError("BAD_INPUT", "name one capture file, or - for standard input");
	const settings = engineSettings(await config());
	print(await loadNativeCore().dissect(file === "-" ? file : path.resolve(file), settings));
	return EXIT.ok;
}

export { run };