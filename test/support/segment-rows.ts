import { DuckDBInstance } from "@duckdb/node-api";
import { mkdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { packagedCatalogue } from "../../src/model/field-catalogue.js";
import { idTimeMs } from "../../src/index-store/row-id.js";
import type { Field, FieldKind } from "../../src/model/field.js";
import type { SegmentInfo } from "../../src/model/segment.js";

/** A value as tests write it: addresses as text, ids as UUID text. */
export type CellValue = null | string | number | boolean | readonly CellValue[] | { readonly [member: string]: CellValue };

/** A row by column; what is left out of the fixed columns has a default. */
export interface RowInput {
  readonly id: string;
  readonly firstPacket: number;
  readonly lastPacket: number;
  readonly [column: string]: CellValue | undefined;
}

const KIND_TYPES: Readonly<Record<FieldKind, string>> = {
  integer: "BIGINT", seconds: "BIGINT", float: "DOUBLE", ip: "UUID", boolean: "BOOLEAN",
  termfield: "VARCHAR", lotermfield: "VARCHAR", uptermfield: "VARCHAR", lotextfield: "VARCHAR",
};

/** Columns that every segment has, in the schema's order. */
const FIXED: readonly (readonly [name: string, type: string])[] = [
  ["id", "UUID"], ["rootId", "UUID"], ["rowVersion", "INTEGER"], ["final", "BOOLEAN"], ["segmentCnt", "INTEGER"], ["stream", "UUID"], ["node", "VARCHAR"],
  ["firstPacket", "BIGINT"], ["lastPacket", "BIGINT"], ["length", "BIGINT"], ["ipProtocol", "BIGINT"], ["ethertype", "BIGINT"],
  ["source.ip", "UUID"], ["destination.ip", "UUID"], ["source.port", "BIGINT"], ["destination.port", "BIGINT"],
  ["network.packets", "BIGINT"], ["source.packets", "BIGINT"], ["destination.packets", "BIGINT"],
  ["network.bytes", "BIGINT"], ["source.bytes", "BIGINT"], ["destination.bytes", "BIGINT"], ["client.bytes", "BIGINT"], ["server.bytes", "BIGINT"],
  ["totDataBytes", "BIGINT"], ["network.community_id", "VARCHAR"], ["protocol", "VARCHAR[]"], ["packetPos", "BLOB"], ["fileId", "BIGINT[]"],
  ["packetRange.gte", "BIGINT"], ["packetRange.lte", "BIGINT"],
];

const fields = packagedCatalogue();

function structType(object: string): string {
  const members = fields.declared.filter((field) => field.object === object);
  return `STRUCT(${members.map((field) => `"${field.path.slice(object.length + 1)}" ${fieldType(field)}`).join(", ")})`;
}

function fieldType(field: Field): string {
  if (field.shape === "objects") return `${structType(field.path)}[]`;
  return field.shape === "one" ? KIND_TYPES[field.kind] : `${KIND_TYPES[field.kind]}[]`;
}

function columnType(column: string): string {
  const fixed = FIXED.find(([name]) => name === column);
  if (fixed !== undefined) return fixed[1];
  if (column === "bytesByPacket") return "BIGINT[]";
  const field = fields.byPath(column);
  if (field === null) throw new Error(`no field ${column}`);
  return fieldType(field);
}

/** An IPv4 or IPv6 address as the UUID text that stores it. */
export function addressUuid(address: string): string {
  const groups: string[] = [];
  if (address.includes(":")) {
    const [head = "", tail] = address.split("::");
    const before = head === "" ? [] : head.split(":");
    const after = tail === undefined || tail === "" ? [] : tail.split(":");
    const middle = tail === undefined ? [] : Array<string>(8 - before.length - after.length).fill("0");
    groups.push(...before, ...middle, ...after);
  } else {
    const [a = 0, b = 0, c = 0, d = 0] = address.split(".").map(Number);
    groups.push("0", "0", "0", "0", "0", "ffff", (a * 256 + b).toString(16), (c * 256 + d).toString(16));
  }
  const hex = groups.map((group) => group.padStart(4, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

function cell(value: CellValue, type: string, path: string): string {
  if (value === null) return `NULL::${type}`;
  if (type.endsWith("[]")) {
    const items = Array.isArray(value) ? value : [value];
    return `[${items.map((item: CellValue) => cell(item, type.slice(0, -2), path)).join(", ")}]::${type}`;
  }
  if (type.startsWith("STRUCT")) {
    if (typeof value !== "object" || Array.isArray(value)) throw new Error(`${path} takes objects`);
    const given = value as { readonly [member: string]: CellValue };
    const members = fields.declared.filter((field) => field.object === path);
    const pairs = members.map((field) => {
      const name = field.path.slice(path.length + 1);
      return `${quote(name)}: ${cell(given[name] ?? null, fieldType(field), field.path)}`;
    });
    return `{${pairs.join(", ")}}::${type}`;
  }
  if (type === "UUID") {
    const text = String(value);
    return `${quote(/^[0-9a-f]{8}-/.test(text) ? text : addressUuid(text))}::UUID`;
  }
  if (type === "BLOB") return `from_hex(${quote(String(value))})`;
  return typeof value === "string" ? `${quote(value)}::${type}` : `${String(value)}::${type}`;
}

/** A row id with a time in its first 48 bits, as the schema wants it. */
export function rowId(ms: number, number: number): string {
  const time = ms.toString(16).padStart(12, "0");
  const tail = number.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-8000-8000-${tail}`;
}

function withDefaults(row: RowInput): RowInput {
  return {
    rootId: row.id, rowVersion: 1, final: true, segmentCnt: 1, stream: "00000000-0000-0000-0000-000000000001", node: "test",
    length: row.lastPacket - row.firstPacket, ipProtocol: 6, ethertype: 2048, "network.packets": 2, "source.packets": 1, "destination.packets": 1,
    "network.bytes": 120, "source.bytes": 60, "destination.bytes": 60, "client.bytes": 10, "server.bytes": 10, totDataBytes: 20,
    protocol: ["tcp"], packetPos: "", fileId: [1], "packetRange.gte": Math.min(row.firstPacket, row.lastPacket), "packetRange.lte": Math.max(row.firstPacket, row.lastPacket), ...row,
  };
}

let instance: Promise<DuckDBInstance> | null = null;
let written = 0;

/** Writes rows of one day as a segment in the schema of segments and describes it. Columns without a value are left out. */
export async function writeSegment(directory: string, input: readonly RowInput[], level = 0): Promise<SegmentInfo> {
  const rows = input.map(withDefaults).sort((a, b) => a.lastPacket - b.lastPacket || (a.id < b.id ? -1 : 1));
  const last = rows.at(-1);
  if (last === undefined) throw new Error("a segment has rows");
  const extra = [...new Set(rows.flatMap((row) => Object.keys(row).filter((name) => row[name] !== undefined && row[name] !== null)))]
    .filter((name) => !FIXED.some(([fixed]) => fixed === name)).sort();
  const columns = [...FIXED.map(([name]) => name), ...extra];
  const day = new Date(last.lastPacket).toISOString().slice(0, 10);
  // As the core says them: of ids too.
  const times = rows.flatMap(({ id, firstPacket, lastPacket }) => [firstPacket, lastPacket, idTimeMs(id)]);
  const [firstMs, lastMs] = [Math.min(...times), Math.max(...times)];
  written += 1;
  const path = `${day}/${level}-${firstMs}-${lastMs}-${process.pid}x${written}.parquet`;
  const file = join(directory, path);
  mkdirSync(dirname(file), { recursive: true });
  const selects = rows.map((row) => `SELECT ${columns.map((name) => `${cell(row[name] ?? null, columnType(name), name)} AS "${name}"`).join(", ")}`);
  instance ??= DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await (await instance).connect();
  await connection.run(`COPY (${selects.join(" UNION ALL ")}) TO ${quote(file)} (FORMAT parquet, COMPRESSION zstd, KV_METADATA {'lookback.schema': '1'})`);
  connection.closeSync();
  const sum = (name: string): number => rows.reduce((total, row) => total + Number(row[name]), 0);
  return {
    path, day, level, rows: rows.length, bytes: statSync(file).size, firstMs, minLastMs: rows[0]?.lastPacket ?? 0, lastMs, columns,
    openRows: rows.filter((row) => row["final"] === false).length, totalPackets: sum("network.packets"), totalBytes: sum("network.bytes"),
  };
}
