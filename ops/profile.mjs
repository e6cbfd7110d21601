#!/usr/bin/env node
// `npm run profile [-- CAPTURE...]`: writes native/profile/, from which the compiler learns what of the native core runs
// often. Builds the core so that it counts, imports generated traffic and the captures named, merges what came of it, and
// builds the core with what was learned. Takes ten minutes; docs/decisions/0022.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { settled } from "../test/bench/measure.mjs";
import { startServer } from "../test/bench/server.mjs";
import { build } from "./build.mjs";
import { cargoEnvironment, compileNative, compilerVersion, PROFILE } from "./build/native.mjs";
import { checkNode, installPackages } from "./build/packages.mjs";
import { ask, BuildError, explained, note, run, top } from "./build/step.mjs";
import { buildTypeScript } from "./build/typescript.mjs";

const MAIN = join(top, "dist/bundle/main.js");
const GENERATOR = join(top, "native/target/release/lookback-traffic");
const MIXES = ["flow", "link", "bulk"];
/** Bytes of each mix of generated traffic. */
const SIZE = "100M";

/** The tool of the compiler's own distribution that joins counts: another's may not read them. */
function joiner() {
  const root = ask("rustc", ["--print", "sysroot"]) ?? "";
  const host = /host: (\S+)/.exec(ask("rustc", ["-vV"]) ?? "")?.[1] ?? "";
  const found = join(root, "lib/rustlib", host, "bin/llvm-profdata");
  if (!existsSync(found)) throw new BuildError("PROFILE_TOOL", 'llvm-profdata is not installed; run: "rustup component add llvm-tools"');
  return found;
}

const captures = process.argv.slice(2);
const work = mkdtempSync(join(tmpdir(), "lookback-profile-"));
const counts = join(work, "counts");
mkdirSync(counts);

/** Imports `files` into a new store; their failure to read is no failure here. */
function importing(name, files, ...settings) {
  const data = join(work, name);
  const words = [MAIN, "--data", data, ...settings.flatMap((setting) => ["--set", setting]), "import", ...files];
  const { status } = spawnSync(process.execPath, words, { cwd: top, stdio: ["ignore", 2, 2] });
  if (status === null) throw new BuildError("PROFILE_IMPORT", `the import of ${files.join(" ")} was ended by a signal`);
  return data;
}

/** A core that counts what it runs, and captures for it. */
function prepare() {
  Object.assign(process.env, cargoEnvironment());
  joiner();
  checkNode();
  installPackages();
  buildTypeScript();
  run("PROFILE_TRAFFIC", "cargo", ["build", "--release", "--locked", "--quiet", "-p", "lookback-traffic", "--bin", "lookback-traffic"], { directory: join(top, "native") });
  for (const mix of MIXES) run("PROFILE_TRAFFIC", GENERATOR, ["--mix", mix, "--size", SIZE, "--out", join(work, `${mix}.pcap`)]);
  note("building a core that counts");
  compileNative([`-Cprofile-generate=${counts}`]);
  // The compiler's own helpers were built so that they count too.
  for (const name of readdirSync(counts)) rmSync(join(counts, name));
}

/** Has it do what it does most. */
async function exercise() {
  const [flow, link, bulk] = MIXES.map((mix) => join(work, `${mix}.pcap`));
  const data = importing("flow", [flow]);
  importing("flow-two", [flow], "packetThreads=2");
  importing("link", [link]);
  importing("link-two", [link], "packetThreads=2");
  importing("bulk", [bulk]);
  importing("bulk-two", [bulk], "packetThreads=2");
  importing("named", [join(top, "examples"), ...captures]);
  const server = await startServer([MAIN, "--set", "viewPort=0", "--data", data, "serve"], data);
  await settled(data);
  await server.stop();
}

/** Puts what was counted where the build takes it from. */
function keep() {
  mkdirSync(join(top, "native/profile"), { recursive: true });
  const fresh = join(top, `${PROFILE.counts}.new`);
  // What never ran is left out, and so compiled as without a profile.
  run("PROFILE_JOIN", joiner(), ["merge", "-sparse", "-o", fresh, ...readdirSync(counts).map((name) => join(counts, name))]);
  renameSync(fresh, join(top, PROFILE.counts));
  writeFileSync(join(top, PROFILE.made), `${JSON.stringify({ compiler: compilerVersion() }, null, 2)}\n`);
}

try {
  prepare();
  await exercise();
  keep();
  build();
} catch (error) {
  const failure = explained(error);
  if (failure === null) throw error;
  process.stderr.write(`profile: ${failure.code}: ${failure.message}\n`);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}
