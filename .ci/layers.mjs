#!/usr/bin/env node
// Checks every import under src/ against layers.json, and layers.json against itself.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const top = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(top, "src");
const table = JSON.parse(readFileSync(join(top, ".ci/layers.json"), "utf8"));

function filesBelow(directory) {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

/** Imports of a file: static, re-exports and dynamic ones with a literal; `types` when nothing is left at run time. */
function importsOf(text) {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
  const found = [];
  for (const [, kind, specifier] of code.matchAll(/^\s*(?:import|export)\s+(type\s+)?(?:[^'"`;]*?\sfrom\s+)?["']([^"']+)["']/gm)) found.push({ specifier, types: kind !== undefined });
  for (const [, specifier] of code.matchAll(/\bimport\(\s*["']([^"']+)["']/g)) found.push({ specifier, types: false });
  return found;
}

const moduleOf = (path) => relative(source, path).split("/")[0];
const problems = [];

/** The table must be a ladder: an edge to the same or a higher level would allow a cycle. */
function checkTable() {
  for (const [name, { level, imports }] of Object.entries(table.modules)) {
    for (const target of imports === "*" ? [] : imports) {
      const other = table.modules[target];
      if (other === undefined) problems.push(`layers.json: ${name} may import ${target}, which is no module`);
      else if (other.level >= level) problems.push(`layers.json: ${name} (level ${level}) may import ${target} (level ${other.level}); imports go down`);
    }
  }
}

function checkImport(file, from, { specifier, types }) {
  const shown = relative(top, file);
  if (!specifier.startsWith(".")) {
    const name = specifier.replace(/^node:/, "");
    const { modules, bans } = table.withoutInputOutput;
    if (modules.includes(from) && bans.includes(name)) problems.push(`${shown}: ${from} does no input or output, but imports ${specifier}`);
    const owner = table.onlyIn[specifier];
    if (owner !== undefined && !owner.includes(from) && !types) problems.push(`${shown}: ${specifier} belongs to ${owner.join(" and ")}`);
    return;
  }
  const target = resolve(dirname(file), specifier);
  if (relative(source, target).startsWith("..")) {
    // Generated declarations and the schema are the only things beside src/ that code refers to.
    if (!/^(native\/binding|schema)\//.test(relative(top, target))) problems.push(`${shown}: imports ${specifier}, outside src/`);
    return;
  }
  const to = moduleOf(target).replace(/\.js$/, ".ts");
  if (to === from) return;
  const rule = table.modules[from];
  if (table.modules[to] === undefined) problems.push(`${shown}: imports ${to}, which layers.json does not name`);
  else if (table.neverImported.includes(to)) problems.push(`${shown}: nothing imports ${to}`);
  else if (rule.imports === "*") {
    if (table.modules[to].level >= rule.level) problems.push(`${shown}: ${from} must not import ${to}`);
  } else if (!rule.imports.includes(to) && !(rule.typesOf === "*" && types)) problems.push(`${shown}: ${from} must not import ${to}`);
}

/** Every module says what it is responsible for and what it must not do. */
function checkReadmes() {
  for (const entry of readdirSync(source, { withFileTypes: true })) {
    if (entry.isDirectory() && !existsSync(join(source, entry.name, "README.md"))) problems.push(`src/${entry.name} has no README.md`);
  }
}

checkTable();
checkReadmes();
let count = 0;
for (const file of filesBelow(source)) {
  const from = moduleOf(file);
  if (table.modules[from] === undefined) {
    problems.push(`${relative(top, file)}: layers.json does not name the module ${from}`);
    continue;
  }
  for (const found of importsOf(readFileSync(file, "utf8"))) {
    count++;
    checkImport(file, from, found);
  }
}
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.stdout.write(`layers: ${count} imports checked, ${problems.length} not allowed\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
