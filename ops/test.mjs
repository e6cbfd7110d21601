#!/usr/bin/env node
// `npm test`: builds, then runs every test of both languages. The last line is "N passed, N failed".
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { build, orOneLine } from "./build.mjs";
import { cargoEnvironment, checkCargo } from "./build/native.mjs";
import { note, top } from "./build/step.mjs";

const PROJECTS = ["unit", "contract", "integration", "conformance", "e2e"];

/** Tools that live tests send packets with; `cargo test` has built all but their last step. Without them those tests say so. */
function buildSenders() {
  const words = ["build", "--locked", "--quiet", "-p", "lookback-capture", "-p", "lookback-traffic", "--bins"];
  spawnSync("cargo", words, { cwd: join(top, "native"), env: { ...process.env, ...cargoEnvironment() }, stdio: "inherit" });
}

/** Rust tests: the output is shown as it comes, and its summary lines are added up. */
async function rustTests() {
  // --no-fail-fast: one failing crate must not hide the others.
  const child = spawn("cargo", ["test", "--workspace", "--locked", "--no-fail-fast"], {
    cwd: join(top, "native"), env: { ...process.env, ...cargoEnvironment() }, stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  const totals = { passed: 0, failed: 0, skipped: 0 };
  for await (const line of createInterface({ input: child.stdout })) {
    process.stdout.write(`${line}\n`);
    const summary = /^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored/.exec(line);
    if (summary === null) continue;
    totals.passed += Number(summary[1]);
    totals.failed += Number(summary[2]);
    totals.skipped += Number(summary[3]);
  }
  const [status] = await ended;
  // A crate that does not compile has no summary.
  if (status !== 0 && totals.failed === 0) totals.failed = 1;
  return totals;
}

/** TypeScript tests; the JSON report beside the ordinary one gives the totals. */
function typescriptTests() {
  const directory = mkdtempSync(join(tmpdir(), "lookback-test-"));
  try {
    const report = join(directory, "report.json");
    const words = ["run", ...PROJECTS.flatMap((project) => ["--project", project]), "--passWithNoTests", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const result = spawnSync(process.execPath, [join(top, "node_modules/vitest/vitest.mjs"), ...words], { cwd: top, stdio: "inherit" });
    const totals = { passed: 0, failed: 0, skipped: 0 };
    try {
      const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(readFileSync(report, "utf8"));
      Object.assign(totals, { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests });
    } catch (error) {
      note(`vitest left no report: ${error.message}`);
    }
    // A file that fails to load, or an unhandled rejection, fails the run without a failing test.
    if (result.status !== 0 && totals.failed === 0) totals.failed = 1;
    return totals;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

orOneLine(() => {
  build();
  checkCargo();
});
const rust = await rustTests();
buildSenders();
const typescript = typescriptTests();
const sum = (key) => rust[key] + typescript[key];
const line = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed, ${skipped} skipped`;
process.stdout.write(`\nRust: ${line(rust)}\nTypeScript: ${line(typescript)}\n${sum("passed")} passed, ${sum("failed")} failed\n`);
process.exitCode = sum("failed") === 0 ? 0 : 1;
