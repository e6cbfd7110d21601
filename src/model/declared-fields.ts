import { createRequire } from "node:module";
import { LookbackError } from "../base/errors.js";
import type { Field, FieldKind, FieldShape } from "./field.js";

const KINDS: ReadonlySet<string> = new Set<FieldKind>([
  "integer", "float", "ip", "seconds", "termfield", "lotermfield", "uptermfield", "lotextfield", "boolean",
]);
const SHAPES: ReadonlySet<string> = new Set<FieldShape>(["one", "list", "set", "objects"]);
const COUNTS: ReadonlySet<string> = new Set<Field["count"]>(["none", "cnt", "ecs"]);

/** The version of `schema/fields.json` that this code reads. */
const VERSION = 1;

/** Paths whose values people may add to: they live in the catalogue's overlay beside the rows. */
const OVERLAY_PATHS: ReadonlySet<string> = new Set(["tags"]);

/** What documents, Arkime's sort keys and saved searches call fields, where no dissector declares it, by document path: search names beside the declared ones. */
const OTHER_NAMES: ReadonlyMap<string, readonly string[]> = new Map([
  ["firstPacket", ["firstPacket"]], ["lastPacket", ["lastPacket"]],
  ["destination.ip", ["ip.dst:port"]], ["srcPayload8", ["payload.src"]], ["dstPayload8", ["payload.dst"]],
]);

type Json = { readonly [key: string]: unknown };

function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(where: string, expected: string): LookbackError {
  return new LookbackError("INTERNAL", `schema/fields.json: ${where} must be ${expected}`, { where, expected });
}

function text(record: Json, key: string, where: string): string {
  const value = record[key];
  if (typeof value !== "string") throw invalid(`${where}.${key}`, "a string");
  return value;
}

function word<T extends string>(record: Json, key: string, where: string, allowed: ReadonlySet<string>): T {
  const value = text(record, key, where);
  if (!allowed.has(value)) throw invalid(`${where}.${key}`, `one of ${[...allowed].join(", ")}`);
  // The set holds exactly the members of T; TypeScript cannot see that a look-up proves membership.
  return value as T;
}

function texts(record: Json, key: string, where: string): readonly string[] {
  const value = record[key];
  if (!Array.isArray(value) || !value.every((item): item is string => typeof item === "string")) {
    throw invalid(`${where}.${key}`, "a list of strings");
  }
  return value;
}

function field(value: unknown, where: string): Field {
  if (!isRecord(value)) throw invalid(where, "an object");
  const path = text(value, "path", where);
  if (path === "") throw invalid(`${where}.path`, "a document path");
  const linked = value["linked"];
  if (typeof linked !== "boolean") throw invalid(`${where}.linked`, "true or false");
  return {
    expression: text(value, "expression", where),
    aliases: [...texts(value, "aliases", where), ...(OTHER_NAMES.get(path) ?? [])],
    path,
    object: text(value, "object", where),
    kind: word<FieldKind>(value, "kind", where, KINDS),
    shape: word<FieldShape>(value, "shape", where, SHAPES),
    count: word<Field["count"]>(value, "count", where, COUNTS),
    group: text(value, "group", where),
    name: text(value, "name", where),
    help: text(value, "help", where),
    linked,
    since: text(value, "since", where),
    countOf: null,
    view: null,
    portPath: null,
    overlay: OVERLAY_PATHS.has(path),
  };
}

/**
 * Reads the declared fields out of the parsed content of `schema/fields.json`
 * (`{"version":1,"fields":[…]}`). Throws INTERNAL, naming the entry, when the content is not of that shape.
 */
export function readDeclaredFields(content: unknown): readonly Field[] {
  if (!isRecord(content)) throw invalid("the file", "an object");
  if (content["version"] !== VERSION) throw invalid("version", String(VERSION));
  const list = content["fields"];
  if (!Array.isArray(list)) throw invalid("fields", "a list");
  const seen = new Set<string>();
  return list.map((value: unknown, at) => {
    const declared = field(value, `fields[${at}]`);
    if (seen.has(declared.path)) throw invalid(`fields[${at}].path`, `unique; "${declared.path}" is declared twice`);
    seen.add(declared.path);
    return declared;
  });
}

/** The fields of this build: `schema/fields.json` is a module of the package like any other. */
export function packagedFields(): readonly Field[] {
  const content: unknown = createRequire(import.meta.url)("../../schema/fields.json");
  return readDeclaredFields(content);
}
