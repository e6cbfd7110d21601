#!/usr/bin/env node
// `npm start`: builds what changed, then becomes `lookback start` with the arguments given after `--`.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { join } from "node:path";
import { build, orOneLine } from "./build.mjs";
import { top } from "./build/step.mjs";

orOneLine(build);

const child = spawn(process.execPath, [join(top, "dist/bundle/main.js"), "start", ...process.argv.slice(2)], { stdio: "inherit" });
// A terminal sends its signals to both processes; what others send reaches this one only. What hears one twice takes it as one.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => {
  process.exitCode = signal === null ? (code ?? 1) : 128 + constants.signals[signal];
});
