import type { StoredRow } from "../stored-row.js";
import { at, isObject, numberOf, objectOf, textOf, type Json } from "./json.js";
import { elsewhereOf, placesOf } from "./packet-positions.js";
import type { Read } from "./reads.js";
import { OURS, valueOf } from "./source-values.js";
import { sortBody } from "./search.js";
import { pages } from "./streams.js";
import { LookbackError } from "../../base/errors.js";

/** Whole documents of one request: they have every packet's place. */
const PAGE = 500;

/** The last of some rows in order of last packet, ties by id. */
export interface RowPosition {
  readonly lastMs: number;
  readonly id: string;
}

/** Whole rows of a read in order of last packet, ties by id, those after a position. Rows of other installations' nodes have no packets. */
export async function* storedRows(read: Read, after: RowPosition | null): AsyncGenerator<readonly StoredRow[]> {
  const { fields } = read.parts;
  const last = fields.byPath("lastPacket");
  if (last === null) throw new LookbackError("INTERNAL", "the field lastPacket is not declared");
  const order = sortBody([{ field: last, direction: "asc" }]);
  for await (const hits of pages(read, order, true, after === null ? null : [after.lastMs, after.id], PAGE)) yield hits.map((hit) => storedRow(read, hit));
}

function storedRow(read: Read, hit: Json): StoredRow {
  const id = textOf(at(hit, "_id"));
  const source = objectOf(at(hit, "_source"));
  const { [OURS]: ours, ...rest } = source;
  const after = at(ours, "bytesAfter");
  return {
    id, rowVersion: numberOf(at(ours, "rowVersion")), final: at(ours, "final") === true, stream: textOf(at(ours, "stream")),
    firstMs: numberOf(source["firstPacket"]), lastMs: numberOf(source["lastPacket"]), packets: elsewhereOf(read, source) === null ? placesOf(read, id, source) : [],
    bytesByPacket: isObject(after) ? stepsOf(after) : null,
    document: Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, valueOf(value)])),
  };
}

/** `p0`, `p1`, … as a list. */
function stepsOf(after: Readonly<Record<string, Json>>): readonly number[] {
  const steps = Object.keys(after).map((name) => Number(name.slice(1))).sort((a, b) => a - b);
  return steps.map((step) => numberOf(after[`p${step}`]));
}
