// The compiled modules of dist/ as few files in dist/bundle/: a command loads what it needs of them in a sixth of the time
// that a hundred files take. What a command imports only when it needs it stays apart. Of the packages only the one that
// every command loads is part of it.
import { copyFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { top } from "./step.mjs";

const directory = join(top, "dist/bundle");
const ENTRY = join(top, "dist/cli/main.js");
/** What `--version` loads. */
const VERSION = join(top, "dist/app/version.js");
/** What an import of captures loads: a short command, which loading many files would make long. */
const IMPORT = ["dist/cli/commands/import.js", "dist/cli/local-imports.js"].map((path) => join(top, path));
const BUNDLED = "commander";

/** What `roots` load at once, themselves included; filled when all modules are known. */
const together = { command: new Set(), import: new Set() };

function gather(roots, infoOf, into, except) {
  const waiting = [...roots];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (into.has(id) || except.has(id)) continue;
    const info = infoOf(id);
    if (info === null) throw new Error(`${id} is no module of the bundle`);
    into.add(id);
    waiting.push(...info.importedIds.filter((imported) => infoOf(imported)?.code != null));
  }
}

const bundle = await rolldown({
  input: { main: ENTRY },
  platform: "node",
  external: (name) => !name.startsWith(".") && !name.startsWith("/") && name !== BUNDLED,
  // Modules act when they are loaded: decorators register types.
  treeshake: false,
  // What an import of captures loads is imported at need by some and always by others: that is what the groups are for.
  checks: { ineffectiveDynamicImport: false },
  plugins: [{
    name: "what is loaded together",
    buildEnd() {
      const infoOf = (id) => this.getModuleInfo(id);
      gather([ENTRY, VERSION], infoOf, together.command, new Set());
      gather(IMPORT, infoOf, together.import, together.command);
      // It waits for the command that it runs: what that loads must not wait for it.
      together.command.delete(ENTRY);
    },
  }],
});
rmSync(directory, { recursive: true, force: true });
await bundle.write({
  dir: directory,
  format: "esm",
  entryFileNames: "[name].mjs",
  chunkFileNames: "[name]-[hash].mjs",
  keepNames: true,
  codeSplitting: { groups: Object.entries(together).map(([name, modules]) => ({ name, test: (id) => modules.has(id) })) },
});
await bundle.close();
copyFileSync(join(top, "ops/build/entry.cjs"), join(directory, "main.js"));
writeFileSync(join(directory, "package.json"), `${JSON.stringify({ type: "commonjs" })}\n`);
