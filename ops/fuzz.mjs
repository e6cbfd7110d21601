#!/usr/bin/env node
// `npm run fuzz [-- --minutes N] [-- target]`: runs the fuzz targets of native/fuzz with cargo-fuzz, all of them one after the
// other, together for N minutes (default: one minute each).
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { orOneLine } from "./build.mjs";
import { cargoEnvironment, checkCargo } from "./build/native.mjs";
import { ask, BuildError, note, run, top } from "./build/step.mjs";

const SECONDS = 60;
const directory = join(top, "native");

orOneLine(() => {
  checkCargo();
  const env = cargoEnvironment();
  Object.assign(process.env, env);
  if (ask("cargo", ["fuzz", "--version"]) === null) throw new BuildError("FUZZ_MISSING", 'cargo-fuzz is not installed; run: "cargo install cargo-fuzz" and "rustup toolchain install nightly"');
  const words = process.argv.slice(2);
  const at = words.indexOf("--minutes");
  const minutes = at < 0 ? null : Number(words[at + 1]);
  if (minutes !== null && !(minutes > 0 && minutes <= 1440)) throw new BuildError("FUZZ_MINUTES", "--minutes takes a number of minutes up to 1440");
  const [only] = at < 0 ? words : words.toSpliced(at, 2);
  const listed = spawnSync("cargo", ["fuzz", "list"], { cwd: directory, encoding: "utf8" });
  const targets = (listed.stdout ?? "").split("\n").filter((target) => target !== "" && (only === undefined || target === only));
  if (targets.length === 0) throw new BuildError("FUZZ_TARGET", only === undefined ? "native/fuzz has no targets" : `native/fuzz has no target ${only}`);
  const seconds = minutes === null ? SECONDS : Math.max(1, Math.round((minutes * 60) / targets.length));
  for (const target of targets) {
    note(`fuzzing ${target} for ${seconds} s`);
    run("FUZZ_FAILED", "cargo", ["+nightly", "fuzz", "run", target, "--", `-max_total_time=${seconds}`, "-rss_limit_mb=1024", "-timeout=10"], { directory });
  }
});
