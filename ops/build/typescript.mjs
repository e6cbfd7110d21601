// TypeScript to dist/.
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { filesBelow, fingerprint, isStamped, stamp } from "./fingerprint.mjs";
import { note, run, top } from "./step.mjs";

const COMPILER = join(top, "node_modules/typescript/bin/tsc");
const BUNDLER = join(top, "ops/build/bundle.mjs");

/** Without one of them all is built anew. */
const OUTPUTS = ["dist/cli/main.js", "dist/client/client.d.ts", "dist/bundle/main.js"];

/** Compiles src/ when it changed since the last time, and removes what no source makes any more. */
export function buildTypeScript() {
  const sources = filesBelow("src", (path) => path.endsWith(".ts") && !path.startsWith("src/viewer/"));
  const inputs = [...sources, "tsconfig.json", "src/client/tsconfig.json", "package-lock.json", "ops/build/bundle.mjs", "ops/build/entry.cjs", ...filesBelow("native/binding", (path) => path.endsWith(".d.ts"))];
  const print = fingerprint(inputs);
  if (OUTPUTS.every((path) => existsSync(join(top, path))) && isStamped("typescript", print)) return;
  note("compiling TypeScript");
  const wanted = new Set(sources.map((path) => path.replace(/^src\//, "dist/").replace(/\.ts$/, "")));
  for (const path of filesBelow("dist", (path) => /\.js(\.map)?$/.test(path) && !path.startsWith("dist/bundle/"))) {
    if (!wanted.has(path.replace(/\.js(\.map)?$/, ""))) rmSync(join(top, path));
  }
  // The compiler trusts its record of what it wrote; without an output the record is wrong.
  if (!existsSync(join(top, "dist/cli/main.js"))) rmSync(join(top, "dist/.tsbuildinfo"), { force: true });
  run("BUILD_TYPESCRIPT", process.execPath, [COMPILER, "-p", "tsconfig.json"]);
  // Programs that use the client get its types, not its source, which their own settings might not take.
  run("BUILD_TYPESCRIPT", process.execPath, [COMPILER, "-p", "src/client/tsconfig.json"]);
  run("BUILD_TYPESCRIPT", process.execPath, [BUNDLER]);
  stamp("typescript", print);
}
