// Runs the exports of a data directory, or its retention, to the end, and tells each step on standard output, so that a
// test can kill it at any of them. Arguments: export | retention, data directory, directory of packet files, bytes to keep free.
import { readdirSync, statSync, writeSync } from "node:fs";
import path from "node:path";
import { silentLogger } from "../../dist/base/logger.js";
import { openCatalogue } from "../../dist/catalogue/catalogue.js";
import { ExportService } from "../../dist/export/export-service.js";
import { catalogueLookup } from "../../dist/export/packet-files.js";
import { openSigningKey } from "../../dist/export/signing-key.js";
import { EmbeddedStore } from "../../dist/index-store/embedded/store.js";
import { SERVICE_SCOPE } from "../../dist/model/access-scope.js";
import { noRetentionEvents } from "../../dist/model/retention-event.js";
import { packagedCatalogue } from "../../dist/model/field-catalogue.js";
import { PacketReader, REAL_FILES, Tombstones } from "../../dist/packet-store/packet-store.js";
import { RetentionService } from "../../dist/retention/retention-service.js";

const [mode, data, packets, keepFree] = process.argv.slice(2);
const TOTAL = 1_000_000;
const step = (name) => writeSync(1, `${name}\n`);
const clock = { nowMs: () => Date.now() };
const tombstones = path.join(data, "tombstones");

/** The pretended device holds packet files and tombstones and nothing else. */
function used(folder) {
  try {
    return readdirSync(folder).reduce((sum, name) => sum + statSync(path.join(folder, name)).size, 0);
  } catch {
    return 0;
  }
}

const catalogue = openCatalogue(data, clock);
const store = await EmbeddedStore.open({ catalogue, fields: packagedCatalogue(), clock, logger: silentLogger, threads: 1 });
const reader = new PacketReader();
if (mode === "export") {
  const told = {
    layout: (...given) => reader.layout(...given),
    heads: (...given) => (step("heads"), reader.heads(...given)),
    stream: (...given) => (step("stream"), reader.stream(...given)),
    packets: (...given) => (step("packets"), reader.packets(...given)),
  };
  const jobs = catalogue.exports;
  const exports = new ExportService({
    store, reader: told, lookup: catalogueLookup(catalogue.files), goneFiles: () => catalogue.files.goneIds(), jobs, fields: packagedCatalogue(), key: Buffer.alloc(32), clock, logger: silentLogger,
    directory: path.join(data, "exports"), signingKey: openSigningKey(data), describeFile: () => null, lossIn: () => ({ packets: 0, uncounted: false, unknownDrops: false }), maxBytes: Infinity, version: "0",
    completeUntilMs: () => null, awaitLatestRows: async () => {}, events: noRetentionEvents, scopeOf: (user) => ({ ...SERVICE_SCOPE, user }), sorter: { runRecords: 64, mergeRuns: 3, runPositions: 64 },
    probe: () => (step("probe"), Promise.resolve({ freeBytes: 1e12, totalBytes: 1e12 })),
  });
  step("start");
  await exports.start();
  await exports.idle();
} else {
  const told = (name) => async (...given) => {
    step(`${name} begins`);
    await REAL_FILES[name](...given);
    step(`${name} done`);
  };
  const telling = (name, run) => async (...given) => {
    step(`${name} begins`);
    const answer = await run(...given);
    step(`${name} done`);
    return answer;
  };
  const retention = new RetentionService({
    catalogue, clock,
    store: {
      partitions: () => store.partitions(), expirePartition: (...given) => store.expirePartition(...given), streamPackets: (...given) => store.streamPackets(...given),
      movePackets: telling("move", (...given) => store.movePackets(...given)),
    },
    reader: {
      forget: (fileId) => reader.forget(fileId), heads: telling("heads", (...given) => reader.heads(...given)), packets: telling("packets", (...given) => reader.packets(...given)),
    },
    logger: silentLogger, packetDirectories: [packets],
    tombstones: new Tombstones(tombstones, [packets], { rename: told("rename"), unlink: told("unlink"), truncate: told("truncate"), sync: told("sync") }),
    probe: () => (step("probe"), Promise.resolve({ freeBytes: TOTAL - used(packets) - used(tombstones), totalBytes: TOTAL })),
    events: { raise() {}, clear() {}, lasting: () => [] },
    rules: {
      packets: { storage: [{ directory: packets, freeSpace: { unit: "gib", value: Number(keepFree) / 2 ** 30 } }], maxAgeMs: null, maxBytes: null },
      sessions: { expireDays: null, maxBytes: null, nodeFreeSpace: null }, auditDays: 36_500,
    },
  });
  step("start");
  await retention.recover();
  await retention.enforcePackets(null);
}
step("end");
await store.close();
catalogue.close();
