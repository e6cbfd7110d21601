import { appendFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { verify } from "../../../src/cli/commands/export-verify.js";
import { loadConfig } from "../../../src/config/config.js";
import { noProgress, runExport } from "../../../src/export/run-export.js";
import { openSigningKey } from "../../../src/export/signing-key.js";
import { SERVICE_SCOPE } from "../../../src/model/access-scope.js";
import { PacketReader } from "../../../src/packet-store/packet-store.js";
import { EVERYTHING_REQUEST, partialStore, plainParts } from "../../support/export-service-parts.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

let root: string;
let file: string;
let printed: string[];

beforeEach(async () => {
  root = temporaryDirectory();
  printed = [];
  const reader = new PacketReader();
  const { fileName } = await runExport({ ...plainParts(root), reader, lookup: () => ({ absent: "file-unknown", path: null }), store: partialStore({}) }, {
    request: EVERYTHING_REQUEST, context: { scope: { ...SERVICE_SCOPE, user: "ann" }, signal: new AbortController().signal, timeoutMs: 1000 },
    directory: root, name: "e", requestedMs: 0, asOfMs: 0, completeUntilMs: null,
  }, noProgress());
  await reader.close();
  file = path.join(root, fileName);
});

const run = (options: Readonly<Record<string, unknown>> = {}, data = root): Promise<number> => verify(file, {
  options, print: (line) => { printed.push(line); },
  config: () => Promise.resolve(loadConfig({ file: null, node: "n", environment: {}, workingDirectory: data, overrides: { dataDir: data } })),
});

describe("export --verify", () => {
  it("ends with 0 for the file that was exported, with the key of the data directory", async () => {
    expect(await run()).toBe(0);
    expect(printed.map((line) => line.split(" ")[0])).toEqual(["ok", "ok", "ok", file]);
    expect(printed.at(-1)).toContain("ann");
  });

  it("ends with 1 for any other, and says what is wrong", async () => {
    appendFileSync(file, "x");
    expect(await run()).toBe(1);
    expect(printed.join("\n")).toMatch(/ok {5}signature[^]*FAILED size[^]*FAILED sha256[^]*is NOT the file/);
  });

  it("needs no data directory when a key is given, as PEM or as the service answers it", async () => {
    const elsewhere = temporaryDirectory();
    const { publicPem, keyId } = openSigningKey(root);
    writeFileSync(path.join(elsewhere, "key.pem"), publicPem);
    writeFileSync(path.join(elsewhere, "key.json"), JSON.stringify({ algorithm: "Ed25519", keyId, publicKey: publicPem }));
    for (const name of ["key.pem", "key.json"]) expect(await run({ key: path.join(elsewhere, name), json: true }, elsewhere)).toBe(0);
    expect(JSON.parse(printed[0] ?? "")).toMatchObject({ ok: true, keyId });
    await expect(run({}, elsewhere)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(run({ key: path.join(elsewhere, "none") })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});
