import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { MOST_STORE_THREADS } from "../../src/index-store/embedded/store.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

/** Threads of the program when it ends; loading it has started those of libuv, all at once. */
function threadsOf(poolSize: string | null, words: readonly string[] = ["--version"]): number {
  const probe = join(temporaryDirectory(), "probe.cjs");
  writeFileSync(probe, 'process.on("exit", () => { process.stderr.write(String(require("node:fs").readdirSync("/proc/self/task").length)); });');
  const { UV_THREADPOOL_SIZE: _, ...environment } = process.env;
  const run = spawnSync(process.execPath, ["--require", probe, "dist/bundle/main.js", ...words], {
    encoding: "utf8", env: { ...environment, ...(poolSize === null ? {} : { UV_THREADPOOL_SIZE: poolSize }) },
  });
  expect(run.status).toBe(0);
  return Number(run.stderr);
}

/** Imports that go on at most: one for each of `packetThreads`. */
const MOST_IMPORTS = 24;

test("there are threads for logins and files beside all that the index and imports may occupy", () => {
  const others = threadsOf("1") - 1;
  expect(threadsOf(null) - others).toBeGreaterThanOrEqual(MOST_STORE_THREADS + MOST_IMPORTS + 4);
});

test("a capture has fewer, wherever it is named, and nothing else has", () => {
  const others = threadsOf("1") - 1;
  for (const words of [["capture", "--help"], ["--data", "import", "--set=node=a", "capture", "--help"]]) expect(threadsOf(null, words) - others, words.join(" ")).toBe(12);
  for (const words of [["import", "--help"], ["--data", "capture", "import", "--help"]]) expect(threadsOf(null, words) - others, words.join(" ")).toBe(60);
});

test("what the program starts decides for itself", () => {
  const probe = join(temporaryDirectory(), "environment.cjs");
  writeFileSync(probe, 'process.on("exit", () => { process.stderr.write(String(process.env.UV_THREADPOOL_SIZE)); });');
  const { UV_THREADPOOL_SIZE: _, ...environment } = process.env;
  const told = (given: Record<string, string>): string =>
    spawnSync(process.execPath, ["--require", probe, "dist/bundle/main.js", "--version"], { encoding: "utf8", env: { ...environment, ...given } }).stderr;
  expect([told({}), told({ UV_THREADPOOL_SIZE: "9" })]).toEqual(["undefined", "9"]);
});

test("a number of threads that the environment gives is kept", () => {
  expect(threadsOf("9") - threadsOf("1")).toBe(8);
});
