import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { openCatalogue, type Catalogue } from "../../src/catalogue/catalogue.js";
import { encodeRequest } from "../../src/export/stored-request.js";
import { EmbeddedStore } from "../../src/index-store/embedded/store.js";
import { silentLogger } from "../../src/base/logger.js";
import { packagedCatalogue } from "../../src/model/field-catalogue.js";
import { loadConfig } from "../../src/config/config.js";
import { engineSettings } from "../../src/config/engine-settings.js";
import { ImportService } from "../../src/capture/import-service.js";
import { loadNativeCore } from "../../src/native/native.js";
import { classicCapture } from "./capture-bytes.js";
import { EVERYTHING_REQUEST } from "./export-service-parts.js";
import { udpFrame } from "./frames.js";

const CHILD = fileURLToPath(new URL("export-and-delete.mjs", import.meta.url));
const clock = { nowMs: () => Date.now() };

/** Runs the child; kills it as its `killAt`-th step is told (null: lets it end). Returns the steps that were told. */
export function runChild(mode: "export" | "retention", data: string, packets: string, keepFree: number, killAt: number | null): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CHILD, mode, data, packets, String(keepFree)], { stdio: ["ignore", "pipe", "inherit"] });
    let steps = 0;
    createInterface({ input: child.stdout }).on("line", () => {
      steps += 1;
      if (killAt !== null && steps >= killAt) child.kill("SIGKILL");
    });
    child.on("error", reject);
    child.on("close", (code, signal) => (code === 0 || signal === "SIGKILL" ? resolve(steps) : reject(new Error(`the child ended with ${code ?? signal}`))));
  });
}

/** A data directory with `files` copied captures of 40 sessions each, times interleaved. */
export async function importedDirectory(root: string, files: number): Promise<{ data: string; packets: string }> {
  const [data, packets, segmentDirectory] = [path.join(root, "data"), path.join(root, "data", "packets"), path.join(root, "data", "sessions")];
  for (const directory of [packets, segmentDirectory]) mkdirSync(directory, { recursive: true });
  const catalogue = openCatalogue(data, clock);
  const store = await EmbeddedStore.open({ catalogue, fields: packagedCatalogue(), clock, logger: silentLogger, threads: 1 });
  const config = loadConfig({ file: null, node: "n1", environment: {}, workingDirectory: root });
  const imports = new ImportService({
    native: loadNativeCore(), catalogue, store, clock, logger: silentLogger, settings: engineSettings(config), segmentDirectory, packetDirectory: packets, fileNames: config.values.offlineFilenameRegex,
  });
  await imports.start();
  for (let file = 0; file < files; file += 1) {
    const source = path.join(root, `${file}.pcap`);
    const flow = (at: number) => ({ source: `10.${file}.0.${at % 40}`, destination: "192.0.2.1", sourcePort: 1000 + file, destinationPort: 9999 });
    writeFileSync(source, classicCapture(Array.from({ length: 400 }, (_, at) => ({ seconds: 1_767_000_000 + at, nanoseconds: file * 1000, data: udpFrame(flow(at), Buffer.from(`file ${file} packet ${at}`)) }))).bytes);
    const { jobs } = await imports.submit([source], { copy: true, workingDirectory: root, requestedBy: "ann" });
    await imports.finished(jobs.map((job) => job.id));
  }
  await imports.stop();
  await store.close();
  catalogue.close();
  return { data, packets };
}

/** Lets `look` see the catalogue of a directory that no process has open. */
export function withCatalogue<T>(data: string, look: (catalogue: Catalogue) => T): T {
  const catalogue = openCatalogue(data, clock);
  try {
    return look(catalogue);
  } finally {
    catalogue.close();
  }
}

/** Queues an export of everything. */
export function queueExport(data: string, id: string): void {
  withCatalogue(data, (catalogue) => catalogue.exports.add({ id, owner: "ann", expiresAtMs: null, request: encodeRequest(EVERYTHING_REQUEST) }));
}

/** The finished file of an export, with everything else that is in exports/. */
export function exported(data: string, id: string): { readonly state: string | undefined; readonly bytes: Buffer | null; readonly names: readonly string[] } {
  const job = withCatalogue(data, (catalogue) => catalogue.exports.get(id));
  const directory = path.join(data, "exports");
  const file = job?.fileName ? path.join(directory, job.fileName) : null;
  return { state: job?.state, bytes: file !== null && existsSync(file) ? readFileSync(file) : null, names: readdirSync(directory).sort() };
}

/** Numbers in [0, below), the same for the same seed: a series that fails can be run again. */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
