// Writes, commits and merges small segments without end, until it is killed. Each commit adds one row and says its number
// on standard output once it is durable. Arguments: the data directory, the first number.
import { DuckDBInstance } from "@duckdb/node-api";
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { silentLogger } from "../../dist/base/logger.js";
import { openCatalogue } from "../../dist/catalogue/catalogue.js";
import { openEmbeddedStore } from "../../dist/index-store/embedded/store.js";
import { packagedCatalogue } from "../../dist/model/field-catalogue.js";

const [, , directory, first] = process.argv;
const DAY = Date.UTC(2026, 0, 15);
const clock = { nowMs: () => DAY + 86_400_000 };
const catalogue = openCatalogue(directory, clock);
const store = await openEmbeddedStore({ catalogue, fields: packagedCatalogue(), clock, logger: silentLogger, threads: 1, memoryBytes: 256 << 20, removeOrphans: "all" });
const writer = await (await DuckDBInstance.create(":memory:", { threads: "1" })).connect();
mkdirSync(join(directory, "sessions", "2026-01-15"), { recursive: true });

async function write(number, version) {
  const path = `2026-01-15/0-${DAY}-${DAY + number}-${process.pid}x${number}v${version}.parquet`;
  const file = join(directory, "sessions", path);
  await writer.run(`COPY (SELECT (format('{:012x}', ${DAY} + ${number}) || '80008000' || format('{:012x}', ${number}))::UUID AS id, ${version}::INTEGER AS "rowVersion", true AS final,
    ${DAY}::BIGINT AS "firstPacket", (${DAY} + ${number})::BIGINT AS "lastPacket", 1::BIGINT AS "network.packets", 1::BIGINT AS "network.bytes", ''::BLOB AS "packetPos") TO '${file}' (FORMAT parquet, COMPRESSION lz4_raw)`);
  return {
    path, day: "2026-01-15", level: 0, rows: 1, bytes: statSync(file).size, firstMs: DAY, minLastMs: DAY + number, lastMs: DAY + number,
    columns: ["id", "rowVersion", "final", "firstPacket", "lastPacket", "network.packets", "network.bytes", "packetPos"], openRows: 0, totalPackets: 1, totalBytes: 1,
  };
}

process.stdout.write("ready\n");
for (let number = Number(first); ; number++) {
  await store.commitSegments({ add: [await write(number, 1)], remove: [] });
  // Every third row is written again, so that merges have hidden rows to drop.
  if (number % 3 === 0) await store.commitSegments({ add: [await write(number, 2)], remove: [] });
  process.stdout.write(`${number}\n`);
  if (number % 4 === 0) await store.optimise("2026-01-15", null);
}
