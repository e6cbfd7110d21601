// Imports captures into a data directory whose packet files are on a small device, with a run of retention after every few
// files. Each line on standard output is a step; after a line that ends in "?" it waits for a line on standard input.
// Arguments: data directory, directory of packet files, directory of sources, number of files, files between two ticks, free space in percent.
import { mkdirSync, statfsSync, writeFileSync, writeSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { silentLogger } from "../../dist/base/logger.js";
import { ImportService } from "../../dist/capture/import-service.js";
import { openCatalogue } from "../../dist/catalogue/catalogue.js";
import { loadConfig } from "../../dist/config/config.js";
import { engineSettings } from "../../dist/config/engine-settings.js";
import { EmbeddedStore } from "../../dist/index-store/embedded/store.js";
import { packagedCatalogue } from "../../dist/model/field-catalogue.js";
import { loadNativeCore } from "../../dist/native/native.js";
import { diskSpaceProbe, PacketReader, REAL_FILES, Tombstones } from "../../dist/packet-store/packet-store.js";
import { RetentionService } from "../../dist/retention/retention-service.js";

const [data, packets, sources, count, every, percent] = process.argv.slice(2);
const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const tell = (line) => writeSync(1, `${line}\n`);
const ask = async (line) => {
  tell(`${line} ?`);
  await answers.next();
};

/** A capture of its own time and content: 200 packets of 800 bytes between hosts of its own. */
function capture(number) {
  const records = [];
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65_535, 16);
  header.writeUInt32LE(1, 20);
  records.push(header);
  for (let packet = 0; packet < 200; packet += 1) {
    const frame = Buffer.alloc(800, (number + packet) & 0xff);
    frame.set([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0, 0x03, 0x12, 0, 0, 0, 0, 64, 17, 0, 0, 10, number >> 8, number & 0xff, packet % 20, 192, 0, 2, 1, 0x30, 0x39, 0x27, 0x0f, 0x02, 0xfe, 0, 0]);
    const record = Buffer.alloc(16);
    record.writeUInt32LE(1_767_000_000 + number * 300 + packet, 0);
    record.writeUInt32LE(800, 8);
    record.writeUInt32LE(800, 12);
    records.push(record, frame);
  }
  return Buffer.concat(records);
}

const clock = { nowMs: () => Date.now() };
const catalogue = openCatalogue(data, clock);
const store = await EmbeddedStore.open({ catalogue, fields: packagedCatalogue(), clock, logger: silentLogger, threads: 1, removeOrphans: "all" });
const config = loadConfig({ file: null, node: "n1", environment: {}, workingDirectory: data });
const told = (name) => async (...given) => {
  tell(`${name} begins`);
  await REAL_FILES[name](...given);
  tell(`${name} done`);
};
const retention = new RetentionService({
  catalogue, store, reader: new PacketReader(), clock, logger: silentLogger, packetDirectories: [packets], events: { raise() {}, clear() {}, lasting: () => [] }, probe: diskSpaceProbe,
  tombstones: new Tombstones(path.join(data, "tombstones"), [packets], { rename: told("rename"), unlink: told("unlink"), truncate: told("truncate"), sync: told("sync") }),
  rules: {
    packets: { storage: [{ directory: packets, freeSpace: { unit: "percent", value: Number(percent) } }], maxAgeMs: null, maxBytes: null },
    sessions: { expireDays: null, maxBytes: null, nodeFreeSpace: null }, auditDays: 36_500,
  },
});
tell("start");
await retention.recover();
const imports = new ImportService({
  native: loadNativeCore(), catalogue, store, clock, logger: silentLogger, settings: engineSettings(config), segmentDirectory: path.join(data, "sessions"), packetDirectory: packets,
  fileNames: config.values.offlineFilenameRegex, makeRoom: async (directory) => (await retention.relieve(directory, null)).deleted > 0,
});
mkdirSync(path.join(data, "sessions"), { recursive: true });
await imports.start();
// What a killed feeder had queued is imported first.
await imports.finished(imports.jobs(1000).filter(({ state }) => state === "queued" || state === "running").map(({ id }) => id));

const free = () => {
  const { bavail, bsize } = statfsSync(packets);
  return bavail * bsize;
};
async function tick() {
  const before = free();
  const { outcomes, shortfallBytes } = await retention.enforcePackets(null);
  const gone = outcomes.filter(({ outcome }) => outcome === "deleted");
  await ask(`tick ${JSON.stringify({ before, after: free(), last: gone.at(-1)?.bytes ?? 0, kept: outcomes.reduce((sum, one) => sum + one.keptBytes, 0), deleted: gone.map(({ fileId }) => fileId), other: outcomes.filter(({ outcome }) => outcome !== "deleted"), shortfallBytes })}`);
}

await tick();
const done = () => imports.jobs(100_000).filter(({ state }) => state === "done").length;
for (let number = done(); number < Number(count); number += 1) {
  const source = path.join(sources, `${String(number).padStart(5, "0")}.pcap`);
  writeFileSync(source, capture(number));
  const { jobs } = await imports.submit([source], { copy: true, workingDirectory: sources, requestedBy: "ann" });
  const [job] = await imports.finished(jobs.map(({ id }) => id));
  if (job.state !== "done" && job.state !== "already") throw new Error(`import ${number}: ${job.state} ${job.errorCode} ${job.errorMessage}`);
  await ask(`imported ${number}`);
  if (number % Number(every) === Number(every) - 1) await tick();
}
await ask("end");
await imports.stop();
await store.close();
catalogue.close();
process.exit(0);
