import type { DuckDBValue } from "@duckdb/node-api";
import { LookbackError } from "../../base/errors.js";
import type { Field } from "../../model/field.js";
import type { FieldCatalogue } from "../../model/field-catalogue.js";
import type { FieldValue, PacketRef, SessionDocument } from "../../model/session.js";
import type { PacketVisitor } from "../index-store.js";
import { unpackPositions, visitPositions } from "./positions.js";
import { bytesOf, plainValue } from "./values.js";

/** Columns that are ours and no part of a document. */
const INTERNAL: ReadonlySet<string> = new Set(["rowVersion", "final", "stream", "packetPos", "bytesByPacket", "filename", "file_row_number"]);
/** UUID columns that are ids. */
const IDS: ReadonlySet<string> = new Set(["id", "rootId"]);

interface Tree {
  [name: string]: unknown;
}

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Puts a value at a dotted path. Where a part of the path is a value already, the rest keeps its dots. */
function put(tree: Tree, path: string, value: unknown): void {
  const dot = path.indexOf(".");
  if (dot < 0) {
    tree[path] = value;
    return;
  }
  const head = path.slice(0, dot);
  const inner = (tree[head] ??= {});
  if (isTree(inner)) put(inner, path.slice(dot + 1), value);
  else tree[path] = value;
}

/** Positions as Arkime's documents list them: the negative number of a file, then offsets into it. */
function positionList(packets: readonly PacketRef[]): readonly number[] {
  const list: number[] = [];
  let fileId: number | null = null;
  for (const packet of packets) {
    if (packet.fileId !== fileId) list.push(-packet.fileId);
    fileId = packet.fileId;
    list.push(packet.offset);
  }
  return list;
}

/** The packets of a row. Throws STORE_DAMAGED when they do not unpack. */
export function packetsOf(id: string, packed: DuckDBValue | undefined): readonly PacketRef[] {
  const packets = unpackPositions(bytesOf(packed));
  if (packets === null) throw new LookbackError("STORE_DAMAGED", `the packet positions of session ${id} do not read back`, { id });
  return packets;
}

/** Tells the packets of a row of which nothing else was read. Returns how many. Throws STORE_DAMAGED when they do not unpack. */
export function visitPackets(packed: DuckDBValue | undefined, visit: PacketVisitor): number {
  const count = visitPositions(bytesOf(packed), visit);
  if (count === null) throw new LookbackError("STORE_DAMAGED", "the packet positions of a session do not read back; lookback rebuild makes its segment again from the packets");
  return count;
}

/** Makes documents of whole rows. */
export class Documents {
  readonly #fields: FieldCatalogue;

  constructor(fields: FieldCatalogue) {
    this.#fields = fields;
  }

  /**
   * The nested document of a row given as columns by name: dots open objects, counts stand beside their lists, absent
   * values are left out. `maySee` says which fields the reader may have.
   */
  document(row: Readonly<Record<string, DuckDBValue>>, maySee: (field: Field) => boolean): SessionDocument {
    const tree: Tree = {};
    const id = String(plainValue(row["id"] ?? null, "id"));
    for (const [column, value] of Object.entries(row)) {
      if (value === null || INTERNAL.has(column)) continue;
      const field = this.#fields.byPath(column === "id" ? "_id" : column);
      // A flat column repeats what its list of objects has.
      if (field !== null && (field.object !== "" || !maySee(field))) continue;
      const plain = plainValue(value, IDS.has(column) ? "id" : "address");
      this.#put(tree, column, column, plain, maySee);
    }
    const packets = packetsOf(id, row["packetPos"]);
    tree["packetPos"] = positionList(packets);
    tree["packetLen"] = packets.map(({ length }) => length);
    return tree;
  }

  #put(tree: Tree, name: string, path: string, value: FieldValue, maySee: (field: Field) => boolean): void {
    const field = this.#fields.byPath(path);
    if (field !== null && field.shape === "objects" && Array.isArray(value)) {
      put(tree, name, value.map((object: FieldValue) => this.#object(object, path, maySee)));
    } else {
      put(tree, name, value);
    }
    if (field === null || field.count === "none") return;
    put(tree, name + (field.count === "cnt" ? "Cnt" : "-cnt"), Array.isArray(value) ? value.length : 1);
  }

  #object(object: FieldValue, path: string, maySee: (field: Field) => boolean): Tree {
    const tree: Tree = {};
    if (typeof object !== "object" || object === null || Array.isArray(object)) return tree;
    for (const [member, value] of Object.entries(object)) {
      const memberPath = `${path}.${member}`;
      const field = this.#fields.byPath(memberPath);
      if (value === null || (field !== null && !maySee(field))) continue;
      this.#put(tree, member, memberPath, value, maySee);
    }
    return tree;
  }
}
