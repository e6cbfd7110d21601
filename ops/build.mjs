#!/usr/bin/env node
// Installs and builds what changed since the last time; a second run finds nothing to do within half a second.
// Needs nothing but Node: it runs before any package is installed.
import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildNative } from "./build/native.mjs";
import { checkNode, installPackages } from "./build/packages.mjs";
import { explained } from "./build/step.mjs";
import { buildTypeScript } from "./build/typescript.mjs";

/** Brings node_modules, the native core and dist/ up to date. */
export function build() {
  checkNode();
  installPackages();
  buildNative();
  buildTypeScript();
}

/** Runs `work`; a failure that one line explains becomes that line and exit status 1. */
export function orOneLine(work) {
  try {
    work();
  } catch (error) {
    const failure = explained(error);
    if (failure === null) throw error;
    process.stderr.write(`build: ${failure.code}: ${failure.message}\n`);
    process.exit(1);
  }
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) orOneLine(build);
