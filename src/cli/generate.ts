/**
 * Writes the generated files (`npm run generate`): schema/fields.json from the dissectors, the GraphQL session type from
 * the fields, schema/schema.graphql from the types, schema/config.schema.json, docs/settings.md and ops/config.sample.ini from
 * the settings. A check that runs this and finds a difference means that one of them was not committed.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { LookbackError } from "../base/errors.js";
import { PACKAGE_ROOT } from "../base/package-root.js";
import { commentedFile } from "../config/commented-file.js";
import { configSchema } from "../config/config-schema.js";
import { settingsPage } from "../config/settings-page.js";
import { readDeclaredFields } from "../model/declared-fields.js";
import { indexTemplate } from "../index-store/elasticsearch/mapping.js";
import { FieldCatalogue } from "../model/field-catalogue.js";
import { loadNativeCore } from "../native/native.js";
import { exitCodeOf, printError } from "./exit-code.js";

const ROOT = fileURLToPath(PACKAGE_ROOT);

/** Writes a file when its content changes. Returns whether it did. */
function write(path: string, content: string): boolean {
  const file = `${ROOT}${path}`;
  if (existsSync(file) && readFileSync(file, "utf8") === content) return false;
  writeFileSync(file, content);
  process.stdout.write(`wrote ${path}\n`);
  return true;
}

function run(command: string, args: readonly string[]): void {
  const { status } = spawnSync(command, args, { cwd: ROOT, stdio: "inherit" });
  if (status !== 0) throw new LookbackError("INTERNAL", `${args.join(" ")} ended with status ${status ?? "none"}`);
}

/** The catalogue with a line per field, so that a difference shows the fields that changed. */
function oneFieldPerLine(json: string): string {
  const { fields, ...head } = JSON.parse(json) as { readonly version: number; readonly fields: readonly unknown[] };
  return `${JSON.stringify(head).slice(0, -1)},"fields":[\n${fields.map((field) => JSON.stringify(field)).join(",\n")}\n]}\n`;
}

/** Everything but the GraphQL schema, which only a process with the new session type can print. */
async function generateFields(): Promise<void> {
  const fields = loadNativeCore().fieldCatalogue();
  write("schema/fields.json", oneFieldPerLine(fields));
  write("schema/config.schema.json", configSchema());
  write("docs/settings.md", settingsPage());
  write("ops/config.sample.ini", commentedFile(new Map()));
  const { generateSessionFields } = await import("../graphql/session/generate-fields.js");
  const catalogue = new FieldCatalogue(readDeclaredFields(JSON.parse(fields)));
  write("schema/elasticsearch/sessions3.json", `${JSON.stringify(indexTemplate("sessions3-*", catalogue, { shards: 1, replicas: 0, refreshSeconds: 5 }), null, 2)}\n`);
  if (write("src/graphql/session/session-fields.generated.ts", generateSessionFields(catalogue))) {
    run(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.json"]);
  }
  run(process.execPath, [fileURLToPath(import.meta.url), "--schema"]);
}

async function generateSchema(): Promise<void> {
  const { graphqlSchema, schemaText } = await import("../graphql/schema.js");
  write("schema/schema.graphql", schemaText());
  const { clientTypes } = await import("./client-types.js");
  write("src/client/operations.generated.ts", clientTypes(graphqlSchema(), readFileSync(`${ROOT}src/client/operations.graphql`, "utf8")));
}

try {
  await (process.argv.includes("--schema") ? generateSchema() : generateFields());
} catch (error) {
  process.stderr.write(`${printError(error)}\n`);
  process.exitCode = exitCodeOf(error);
}
