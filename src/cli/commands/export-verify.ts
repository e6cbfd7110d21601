import { readFile } from "node:fs/promises";
import { LookbackError } from "../../base/errors.js";
import { publicKeyOf } from "../../export/signing-key.js";
import { manifestPathOf, verifyExport } from "../../export/verify-export.js";
import type { CommandContext } from "../command.js";
import { EXIT } from "../exit-code.js";

/** Checks a file against its manifest, and the manifest against a key: that of the data directory unless one is given. */
export async function verify(file: string, { options, config, print }: Pick<CommandContext, "options" | "config" | "print">): Promise<number> {
  const manifest = typeof options["manifest"] === "string" ? options["manifest"] : manifestPathOf(file);
  const key = typeof options["key"] === "string" ? await keyIn(options["key"]) : publicKeyOf((await config()).dataDirectory);
  const found = await verifyExport(file, manifest, key);
  if (options["json"] === true) print(JSON.stringify({ file, ...found }));
  else {
    for (const { name, ok, detail } of found.checks) print(`${ok ? "ok    " : "FAILED"} ${name}: ${detail}`);
    print(`${file} ${found.ok ? "is the file that was exported" : "is NOT the file that was exported"}: ${found.summary}`);
  }
  return found.ok ? EXIT.ok : EXIT.failed;
}

/** The PEM in a file: itself, or the answer of /api/signing-key. */
async function keyIn(file: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    throw new LookbackError("NOT_FOUND", `the key file ${file} cannot be read`, { path: file }, { cause });
  }
  try {
    const answer: unknown = JSON.parse(text);
    if (typeof answer === "object" && answer !== null && "publicKey" in answer && typeof answer.publicKey === "string") return answer.publicKey;
  } catch {
    // Not JSON: PEM, or nothing that verification takes.
  }
  return text;
}
