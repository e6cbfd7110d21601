import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { openCatalogue } from "../../src/catalogue/catalogue.js";
import { classicCapture } from "./capture-bytes.js";
import { httpExchange, udpFrame } from "./frames.js";
import { LookbackProcess, lookback } from "./lookback-process.js";

/** Captures large enough that a kill hits every step of an import: reading, writing segments, committing. */
export function writeCaptures(directory: string, files: number, flows: number): void {
  mkdirSync(directory, { recursive: true });
  for (let file = 0; file < files; file++) {
    const packets = [];
    for (let flow = 0; flow < flows; flow++) {
      const ends = { source: `10.${file}.${flow >> 8}.${flow & 255}`, destination: "192.0.2.7", sourcePort: 10_000 + (flow % 50_000), destinationPort: 80 };
      const seconds = 1_767_225_600 + file * 90_000 + Math.floor(flow / 20);
      for (const data of httpExchange(ends, `h${flow % 97}.example.net`, `/${file}/${flow}`)) packets.push({ seconds, nanoseconds: packets.length % 1000 * 1_000_000, data });
      packets.push({ seconds, nanoseconds: 0, data: udpFrame({ ...ends, destinationPort: 53 }, Buffer.from(`${flow}`)) });
    }
    writeFileSync(path.join(directory, `${file}.pcap`), classicCapture(packets).bytes);
  }
}

/** What a data directory holds, independent of how rows are spread over segments. */
export interface StoreFacts {
  readonly rows: number;
  /** SHA-256 over every row with all its columns, in order of id. */
  readonly hash: string;
  readonly files: readonly string[];
  /** Segment files on disk that the catalogue does not list. */
  readonly orphans: number;
}

export async function storeFacts(data: string): Promise<StoreFacts> {
  const catalogue = openCatalogue(data, { nowMs: () => 0 });
  const live = catalogue.segments.live().map((segment) => segment.path);
  const files = catalogue.files.list().map((file) => `${file.id} ${path.basename(file.displayName)} ${file.state} ${file.storage} ${file.stream} ${file.packets} ${file.bytes}`);
  catalogue.close();
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const list = live.map((file) => `'${path.join(data, "sessions", file)}'`).join(", ");
  const hash = createHash("sha256");
  let rows = 0;
  if (live.length > 0) {
    const from = `read_parquet([${list}], union_by_name = true)`;
    // Which segment comes first decides the order of columns; sorted, it does not matter.
    const columns = (await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${from}`)).getRowsJson().map(([name]) => `"${String(name)}"`).sort();
    const result = await connection.stream(`SELECT ${columns.join(", ")} FROM ${from} ORDER BY id`);
    for await (const chunk of result.yieldRowsJson()) {
      for (const row of chunk) {
        hash.update(JSON.stringify(row));
        rows++;
      }
    }
  }
  connection.closeSync();
  const sessions = path.join(data, "sessions");
  const onDisk = existsSync(sessions) ? readdirSync(sessions, { recursive: true }).map(String).filter((name) => /\.parquet/.test(name)) : [];
  return { rows, hash: hash.digest("hex"), files, orphans: onDisk.filter((name) => !live.includes(name)).length };
}

/**
 * An import that is killed `kills` times, then runs to its end. `moment` says when: 0 to 1 of `timing.wholeMs`, the time a
 * whole one takes. One that ends before it is killed proves nothing: it begins anew, and the time is taken for shorter.
 */
export async function importWithKills(directory: string, data: string, kills: number, timing: { wholeMs: number }, moment: () => number, extra: readonly string[] = []): Promise<StoreFacts> {
  for (let killed = 0; killed < kills; ) {
    const process = new LookbackProcess(["import", "captures", "--data", data, ...extra], directory);
    const timer = setTimeout(() => { process.child.kill("SIGKILL"); }, moment() * timing.wholeMs);
    const { signal } = await process.exited;
    clearTimeout(timer);
    if (signal === "SIGKILL") {
      killed++;
      continue;
    }
    timing.wholeMs *= 0.8;
    killed = 0;
    rmSync(path.resolve(directory, data), { recursive: true, force: true });
  }
  const last = await lookback(["import", "captures", "--data", data, ...extra], directory);
  if (last.code !== 0) throw new Error(`the last import failed:\n${last.error}`);
  const facts = await storeFacts(path.resolve(directory, data));
  rmSync(path.resolve(directory, data), { recursive: true, force: true });
  return facts;
}

/** Numbers from 0 to 1 that a seed decides (mulberry32), so that a failure can be repeated. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
