import type { Shipments } from "../../catalogue/shipments.js";
import type { TagEdit } from "../../catalogue/tags.js";
import { idTimeMs, rowIdText } from "../row-id.js";
import { packetsBody, readMove } from "./packet-positions.js";
import { WHOLE, type Cluster, type RequestLimits } from "./cluster.js";
import { mayPass } from "./cluster-errors.js";
import type { IndexList } from "./index-list.js";
import { at, isObject, listOf, numberOf, objectOf, textOf, type Json, type JsonObject } from "./json.js";

/** Rows whose tags are written at once. */
const BATCH = 1_000;
/** Tries of an update that another one overtakes. */
const TRIES = 5;
const LIMITS: RequestLimits = { signal: null, timeoutMs: 60_000 };
const LOWEST = Buffer.alloc(16);

/** The id of 16 bytes as text. */
export function idOf(bytes: Uint8Array): string {
  return rowIdText(Buffer.from(bytes).toString("hex"));
}

/** 16 bytes of an id. */
export function idBytes(id: string): Buffer {
  return Buffer.from(id.replaceAll("-", ""), "hex");
}

/** The tags of a row after its edits; null when it has none. */
function edited(tags: readonly Json[], edits: readonly TagEdit[]): readonly string[] | null {
  const found = new Set(tags.filter((tag): tag is string => typeof tag === "string"));
  for (const { tag, removed } of edits) {
    if (removed) found.delete(tag);
    else found.add(tag);
  }
  return found.size === 0 ? null : [...found];
}

/** Edits by id. */
export function byRow(edits: readonly TagEdit[]): ReadonlyMap<string, readonly TagEdit[]> {
  const rows = new Map<string, TagEdit[]>();
  for (const edit of edits) {
    const id = idOf(edit.rowId);
    rows.set(id, [...(rows.get(id) ?? []), edit]);
  }
  return rows;
}

/** Puts the edited tags into the lines of a bulk request, so that a row that is written again keeps them. */
export function withEditedTags(lines: Buffer, edits: ReadonlyMap<string, readonly TagEdit[]>): Buffer {
  if (edits.size === 0) return lines;
  const parts: Buffer[] = [];
  let copied = 0;
  for (let start = 0; start < lines.length;) {
    const actionEnd = lines.indexOf(10, start);
    const end = lines.indexOf(10, actionEnd + 1);
    if (actionEnd < 0 || end < 0) break;
    const id = /"_id":"([0-9a-f-]{36})"/.exec(lines.toString("latin1", start, actionEnd))?.[1] ?? "";
    const own = edits.get(id);
    if (own !== undefined) {
      const document: unknown = JSON.parse(lines.toString("utf8", actionEnd + 1, end));
      const { tags: before, tagsCnt: _count, ...rest } = objectOf(document);
      const tags = edited(listOf(before), own);
      parts.push(lines.subarray(copied, actionEnd + 1), Buffer.from(JSON.stringify(tags === null ? rest : { ...rest, tags, tagsCnt: tags.length })));
      copied = end;
    }
    start = end + 1;
  }
  parts.push(lines.subarray(copied));
  return Buffer.concat(parts);
}

/** What changing tags in the cluster needs. */
export interface OverlayParts {
  readonly cluster: Cluster;
  readonly indices: IndexList;
  readonly shipments: Shipments;
}

/**
 * Writes the queued edits of tags to the rows that the cluster has. A row that it has not yet stays queued while a segment
 * that may hold it waits; whoever ships that segment puts the tags in. Returns how many rows changed.
 */
export async function applyOverlays(parts: OverlayParts): Promise<number> {
  let changed = 0;
  let after: Uint8Array = LOWEST;
  let ids = parts.shipments.overlays(after, BATCH);
  if (ids.length === 0) return 0;
  if ((await parts.indices.list()).length > 0) await refresh(parts, parts.indices.pattern);
  for (; ids.length > 0; ids = parts.shipments.overlays(after, BATCH)) {
    changed += await applyTo(parts, ids);
    after = ids.at(-1) ?? after;
  }
  if (changed > 0) await refresh(parts, parts.indices.pattern);
  return changed;
}

async function refresh({ cluster }: OverlayParts, indices: string): Promise<void> {
  await cluster.request({ method: "POST", path: `/${indices}/_refresh`, query: { ignore_unavailable: true, allow_no_indices: true } }, LIMITS);
}

async function applyTo(parts: OverlayParts, rows: readonly Uint8Array[]): Promise<number> {
  const { shipments, cluster } = parts;
  // What waits is looked at before the cluster is asked: a row that is shipped in between is found by the next call.
  const waiting = shipments.queued(Number.MAX_SAFE_INTEGER);
  let open = rows.map(idOf);
  const done: string[] = [];
  let changed = 0;
  for (let tries = 0; tries < TRIES && open.length > 0; tries++) {
    if (tries > 0) await refresh(parts, parts.indices.pattern);
    const hits = (await parts.indices.list()).length === 0 ? [] : await find(parts, open);
    const found = new Set(hits.map((hit) => textOf(at(hit, "_id"))));
    for (const id of open) {
      if (found.has(id)) continue;
      const time = idTimeMs(id);
      if (!waiting.some((shipment) => shipment.firstMs <= time && time <= shipment.lastMs)) done.push(id);
    }
    const lines: string[] = [];
    const written: string[] = [];
    for (const hit of hits) {
      const id = textOf(at(hit, "_id"));
      const doc = changeOf(hit, shipments);
      if (Object.keys(doc).length === 0) {
        done.push(id);
        continue;
      }
      const action = { _index: textOf(at(hit, "_index")), _id: id, if_seq_no: numberOf(at(hit, "_seq_no")), if_primary_term: numberOf(at(hit, "_primary_term")) };
      lines.push(JSON.stringify({ update: action }), JSON.stringify({ doc }));
      written.push(id);
    }
    const answer = lines.length === 0 ? null : await cluster.request({ method: "POST", path: "/_bulk", lines: Buffer.from(`${lines.join("\n")}\n`) }, LIMITS);
    const again: string[] = [];
    listOf(at(answer, "items")).forEach((item, position) => {
      const id = written[position] ?? "";
      const status = numberOf(at(item, "update", "status"));
      if (status >= 200 && status < 300) {
        done.push(id);
        changed += 1;
      } else again.push(id);
    });
    open = again;
  }
  shipments.overlaysDone(done.map(idBytes));
  return changed;
}

/** What of a row is not as the catalogue wants it: its tags, and where its packets are once it is final. */
function changeOf(hit: Json, shipments: Shipments): JsonObject {
  const row = idBytes(textOf(at(hit, "_id")));
  const before = listOf(at(hit, "_source", "tags"));
  const tags = edited(before, shipments.tagEdits(row, row));
  const moved = at(hit, "_source", "lookback", "final") === true ? shipments.moveOf(row) : null;
  return {
    ...(JSON.stringify(tags ?? []) === JSON.stringify(before) ? {} : { tags, tagsCnt: tags === null ? null : tags.length }),
    ...(moved === null ? {} : packetsBody(readMove(moved))),
  };
}

async function find({ cluster, indices }: OverlayParts, ids: readonly string[]): Promise<readonly Json[]> {
  const body: JsonObject = { size: BATCH, query: { ids: { values: ids } }, _source: ["tags", "lookback.final"], seq_no_primary_term: true, track_total_hits: false };
  const answer = await cluster.request({ method: "POST", path: `/${indices.pattern}/_search`, query: WHOLE, body }, LIMITS);
  return listOf(at(answer, "hits", "hits")).filter(isObject);
}

/** Tries to write queued edits at once; what the cluster does not take now, the shipper writes later. */
export async function applyOverlaysSoon(parts: OverlayParts): Promise<void> {
  try {
    await applyOverlays(parts);
  } catch (error) {
    if (!mayPass(error)) throw error;
  }
}
