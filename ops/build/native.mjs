// The native core: Rust, built by cargo, copied to where src/native loads it.
import { copyFileSync, existsSync, renameSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { filesBelow, fingerprint, isStamped, stamp } from "./fingerprint.mjs";
import { ask, BuildError, note, run, top } from "./step.mjs";

const LIBRARY = join(top, "native/binding/lookback.node");
const DECLARATIONS = join(top, "native/binding/index.d.ts");
/** Where napi puts what it built, below cargo's own directory. */
const OUTPUT = "native/target/binding";

/** Puts rustup's directory on PATH where a shell profile has not. */
export function cargoEnvironment() {
  const rustup = join(homedir(), ".cargo/bin");
  return { PATH: existsSync(join(rustup, "cargo")) ? `${process.env.PATH ?? ""}${delimiter}${rustup}` : (process.env.PATH ?? "") };
}

/** Whether cargo can be run; throws with the way to get it when not. */
export function checkCargo() {
  const found = ask("cargo", ["--version"]) ?? ask(join(homedir(), ".cargo/bin/cargo"), ["--version"]);
  if (found === null) throw new BuildError("BUILD_CARGO_MISSING", "no Rust toolchain is found; install one from https://rustup.rs");
}

/** Sources of the library: what its tests, benches and fuzz targets read does not make it old. */
function sources() {
  const crates = filesBelow("native/crates", (path) => !/\/(tests|benches|examples)\//.test(path) && /\.(rs|toml)$/.test(path));
  return [...crates, ...filesBelow("native/binding", (path) => /\.(rs|toml)$/.test(path)), ...filesBelow("native/Cargo.toml"), ...filesBelow("native/Cargo.lock"), ...filesBelow("native/.cargo")];
}

/** What the library is built from, as a fingerprint; the step is stamped `native` with it. */
export function nativeFingerprint() {
  return fingerprint(sources(), process.arch);
}

/** Builds the native core when its sources changed since the last time. */
export function buildNative() {
  const print = nativeFingerprint();
  if (existsSync(LIBRARY) && isStamped("native", print)) return;
  checkCargo();
  note("building the native core");
  // napi runs cargo and writes the declarations of what the library exports.
  const napi = [join(top, "node_modules/@napi-rs/cli/dist/cli.js"), "build", "--release", "--manifest-path", "native/binding/Cargo.toml", "--output-dir", OUTPUT, "--dts", "index.d.ts", "--no-js", "--", "--locked"];
  run("BUILD_NATIVE", process.execPath, napi, { directory: top, env: cargoEnvironment() });
  // A running process keeps the old library mapped: replace the file, never write into it.
  copyFileSync(join(top, OUTPUT, "lookback.node"), `${LIBRARY}.new`);
  renameSync(`${LIBRARY}.new`, LIBRARY);
  copyFileSync(join(top, OUTPUT, "index.d.ts"), DECLARATIONS);
  stamp("native", print);
}
