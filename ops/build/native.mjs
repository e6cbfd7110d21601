// The native core: Rust, built by cargo, copied to where src/native loads it.
import { copyFileSync, existsSync, readFileSync, renameSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { filesBelow, fingerprint, isStamped, stamp } from "./fingerprint.mjs";
import { ask, BuildError, note, run, top } from "./step.mjs";

const LIBRARY = join(top, "native/binding/lookback.node");
const DECLARATIONS = join(top, "native/binding/index.d.ts");
/** Where napi puts what it built, below cargo's own directory. */
const OUTPUT = "native/target/binding";
/** What the core was seen to do, for the compiler (`npm run profile`), and which compiler understands it. */
export const PROFILE = { counts: "native/profile/lookback.profdata", made: "native/profile/made.json" };

/** Machines whose code the profile is of. */
const PROFILED_ON = ["linux-x64"];

/** Where rustup puts the programs of its toolchains. */
const RUSTUP = join(homedir(), ".cargo/bin");

/** The oldest Rust that compiles the core, such as `1.90`. */
const neededRust = () => /^rust-version = "(\d+\.\d+)/m.exec(readFileSync(join(top, "native/Cargo.toml"), "utf8"))[1];

/** Whether what `cargo --version` printed is of a Rust before `needed`. */
function isOlder(printed, needed) {
  const [major, minor] = (/^cargo (\d+\.\d+)/.exec(printed)?.[1] ?? needed).split(".").map(Number);
  const [wantedMajor, wantedMinor] = needed.split(".").map(Number);
  return major < wantedMajor || (major === wantedMajor && minor < wantedMinor);
}

/** Puts rustup's directory on PATH where a shell profile has not: behind what is there, but before a cargo of the system that is too old. */
export function cargoEnvironment() {
  const given = process.env.PATH ?? "";
  if (!existsSync(join(RUSTUP, "cargo"))) return { PATH: given };
  const first = ask("cargo", ["--version"]);
  return { PATH: (first !== null && isOlder(first, neededRust()) ? [RUSTUP, given] : [given, RUSTUP]).join(delimiter) };
}

/** Whether a cargo can be run that compiles the core; throws with the way to get one when not. */
export function checkCargo() {
  const found = ask("cargo", ["--version"], cargoEnvironment());
  if (found === null) throw new BuildError("BUILD_CARGO_MISSING", "no Rust toolchain is found; install one from https://rustup.rs");
  const needed = neededRust();
  if (isOlder(found, needed)) throw new BuildError("BUILD_CARGO_OLD", `${found} is too old: the native core needs Rust ${needed}; run "rustup update stable", or install a toolchain from https://rustup.rs`);
}

/** Sources of the library: what its tests, benches and fuzz targets read does not make it old. */
function sources() {
  const crates = filesBelow("native/crates", (path) => !/\/(tests|benches|examples)\//.test(path) && /\.(rs|toml)$/.test(path));
  return [...crates, ...filesBelow("native/binding", (path) => /\.(rs|toml)$/.test(path)), ...filesBelow("native/Cargo.toml"), ...filesBelow("native/Cargo.lock"), ...filesBelow("native/profile")];
}

/** The compiler's version as it tells it, or null without one. */
export function compilerVersion() {
  return ask("rustc", ["--version"], cargoEnvironment());
}

/**
 * Flags that have the compiler lay the core out for what it was seen to do. Names in the profile carry hashes of the
 * compiler's version: to any other it says nothing, and an older one cannot read it.
 */
function profiled() {
  if (!PROFILED_ON.includes(`${process.platform}-${process.arch}`) || !existsSync(join(top, PROFILE.counts))) return [];
  const { compiler } = JSON.parse(readFileSync(join(top, PROFILE.made), "utf8"));
  // Functions that changed since are compiled as if nothing was known of them, which is nothing to warn of.
  if (compilerVersion() === compiler) return [`-Cprofile-use=${join(top, PROFILE.counts)}`, "-Cllvm-args=-no-pgo-warn-mismatch"];
  note(`the profile of native/profile is of "${compiler}": building without it, which makes imports about a twentieth slower`);
  return [];
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
  compileNative(profiled());
  stamp("native", print);
}

/** Compiles the library with further flags of rustc, and puts it in place. */
export function compileNative(flags) {
  // Whatever becomes of it, the library is none that a build left.
  stamp("native", "");
  // napi runs cargo and writes the declarations of what the library exports.
  const napi = [join(top, "node_modules/@napi-rs/cli/dist/cli.js"), "build", "--release", "--manifest-path", "native/binding/Cargo.toml", "--output-dir", OUTPUT, "--dts", "index.d.ts", "--no-js", "--", "--locked"];
  // Flags that are encoded may hold blanks, as paths do. Those of the environment go on counting.
  const given = process.env.CARGO_ENCODED_RUSTFLAGS?.split("\x1f") ?? (process.env.RUSTFLAGS ?? "").split(" ");
  const env = flags.length > 0 ? { CARGO_ENCODED_RUSTFLAGS: [...given.filter((flag) => flag !== ""), ...flags].join("\x1f") } : {};
  run("BUILD_NATIVE", process.execPath, napi, { directory: top, env: { ...cargoEnvironment(), ...env } });
  // A running process keeps the old library mapped: replace the file, never write into it.
  copyFileSync(join(top, OUTPUT, "lookback.node"), `${LIBRARY}.new`);
  renameSync(`${LIBRARY}.new`, LIBRARY);
  copyFileSync(join(top, OUTPUT, "index.d.ts"), DECLARATIONS);
}
