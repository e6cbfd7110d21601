import type { Clock } from "../../base/clock.js";
import { LookbackError } from "../../base/errors.js";
import type { Logger } from "../../base/logger.js";
import type { Overlay, Shipments } from "../../catalogue/shipments.js";
import type { TagEdit } from "../../catalogue/tags.js";
import { idTimeMs, rowIdBytes, rowIdOf } from "../row-id.js";
import { packetsBody, readMove } from "./packet-positions.js";
import { mayPassLater } from "./bulk.js";
import { WHOLE, type Cluster, type RequestLimits } from "./cluster.js";
import { itemFailure, mayPass } from "./cluster-errors.js";
import type { IndexList } from "./index-list.js";
import type { NodeOwners } from "./node-owners.js";
import { at, isObject, listOf, numberOf, objectOf, textOf, type Json, type JsonObject } from "./json.js";

/** Rows that are looked up together. */
const BATCH = 1_000;
/** Bytes of one request of changed rows, a larger row alone: where a session's packets are can be megabytes, and a cluster takes 100 MB at most. */
const REQUEST_BYTES = 4 << 20;
/** Milliseconds for which a row that the cluster refused is passed over: what it refused is read no better a second later. */
const REFUSED_PAUSE_MS = 60_000;
/** Refused rows that are remembered; of more, the oldest are tried again at once. */
const MAX_REFUSED = 10_000;
/** Tries of an update that another one overtakes. */
const TRIES = 5;
const LIMITS: RequestLimits = { signal: null, timeoutMs: 60_000 };
const LOWEST = Buffer.alloc(16);

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
    const id = rowIdOf(edit.rowId);
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

/** What writing queued changes to the cluster needs. */
export interface OverlayParts {
  readonly cluster: Pick<Cluster, "request">;
  readonly indices: Pick<IndexList, "list" | "pattern">;
  readonly nodes: Pick<NodeOwners, "own">;
  readonly shipments: Shipments;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A row to be written: its two lines, and what of the catalogue they say. */
interface Change {
  readonly id: string;
  readonly overlay: Overlay;
  readonly lines: Buffer;
}

/** What became of the rows of some requests. */
interface Sent {
  readonly written: Overlay[];
  /** Ids of rows that others changed meanwhile, or that cannot be written now. */
  readonly again: string[];
  readonly refused: { readonly id: string; readonly reason: string }[];
}

/** Writes what the catalogue knows better of a row, edited tags and where its packets moved, to the rows that the cluster has. */
export class Overlays {
  readonly #parts: OverlayParts;
  /** Rows that the cluster refused, and until when they are passed over; they stay queued, and reads take their packets' places from the catalogue. */
  readonly #refusedUntilMs = new Map<string, number>();

  constructor(parts: OverlayParts) {
    this.#parts = parts;
  }

  /**
   * Writes what is queued. A row that the cluster does not have yet stays queued while a segment that may hold it waits; whoever
   * ships that segment puts the tags in. Returns how many rows changed.
   */
  async apply(): Promise<number> {
    const { shipments, indices } = this.#parts;
    let changed = 0;
    let after: Uint8Array = LOWEST;
    let ids = shipments.overlays(after, BATCH);
    if (ids.length === 0) return 0;
    if ((await indices.list()).length > 0) await this.#refresh();
    for (; ids.length > 0; ids = shipments.overlays(after, BATCH)) {
      changed += await this.#applyTo(ids.filter((id) => !this.#isPassedOver(rowIdOf(id))));
      after = ids.at(-1) ?? after;
    }
    return changed;
  }

  /** Tries to write at once. Never throws: what is queued is committed, and what the cluster does not take now, the shipper writes later. */
  async applySoon(): Promise<void> {
    try {
      await this.apply();
    } catch (error) {
      if (!mayPass(error)) this.#parts.logger.error({ error }, "edited tags and moved packets are not in the cluster yet; it is tried again");
    }
  }

  async #refresh(): Promise<void> {
    const { cluster, indices } = this.#parts;
    await cluster.request({ method: "POST", path: `/${indices.pattern}/_refresh`, query: { ignore_unavailable: true, allow_no_indices: true } }, LIMITS);
  }

  async #applyTo(rows: readonly Uint8Array[]): Promise<number> {
    const { shipments, indices } = this.#parts;
    if (rows.length === 0) return 0;
    // What waits is looked at before the cluster is asked: a row that is shipped in between is found by the next call.
    const before = new Map(rows.map((row) => [rowIdOf(row), shipments.overlay(row)]));
    const waiting = shipments.queued(Number.MAX_SAFE_INTEGER);
    let open: readonly string[] = [...before.keys()];
    const done: Overlay[] = [];
    const refused: Sent["refused"] = [];
    let changed = 0;
    for (let tries = 0; tries < TRIES && open.length > 0; tries++) {
      if (tries > 0) await this.#refresh();
      const hits = (await indices.list()).length === 0 ? [] : await this.#find(open);
      const found = new Set(hits.map((hit) => textOf(at(hit, "_id"))));
      for (const id of open) {
        const overlay = before.get(id);
        if (found.has(id) || overlay === undefined) continue;
        const time = idTimeMs(id);
        if (!waiting.some((shipment) => shipment.firstMs <= time && time <= shipment.lastMs)) done.push(overlay);
      }
      const sent: Sent = { written: [], again: [], refused };
      await this.#write(hits, done, sent);
      done.push(...sent.written);
      changed += sent.written.length;
      open = sent.again;
    }
    this.#passOver(refused);
    // First the rows can be seen, then the catalogue forgets: until then reads take packets' places from there.
    if (changed > 0) await this.#refresh();
    if (done.length > 0) shipments.overlaysDone(done);
    return changed;
  }

  /** Writes the rows that are not as they should be, in requests of bounded size; the others are done. */
  async #write(hits: readonly Json[], done: Overlay[], sent: Sent): Promise<void> {
    if (hits.length === 0) return;
    const ownNodes = await this.#parts.nodes.own(LIMITS);
    let batch: Change[] = [];
    let bytes = 0;
    for (const hit of hits) {
      const id = textOf(at(hit, "_id"));
      // Read after the row was: an edit that was applied before is in the row, a later one is found when this is settled.
      const overlay = this.#parts.shipments.overlay(rowIdBytes(id));
      const doc = changeOf(hit, overlay, ownNodes);
      if (Object.keys(doc).length === 0) {
        done.push(overlay);
        continue;
      }
      const action = { _index: textOf(at(hit, "_index")), _id: id, if_seq_no: numberOf(at(hit, "_seq_no")), if_primary_term: numberOf(at(hit, "_primary_term")) };
      const lines = Buffer.from(`${JSON.stringify({ update: action })}\n${JSON.stringify({ doc })}\n`);
      if (batch.length > 0 && bytes + lines.length > REQUEST_BYTES) {
        await this.#send(batch, sent);
        batch = [];
        bytes = 0;
      }
      batch.push({ id, overlay, lines });
      bytes += lines.length;
    }
    if (batch.length > 0) await this.#send(batch, sent);
  }

  /** Sends one request. One that is refused as a whole is halved, until the row that is the cause stands alone. */
  async #send(batch: readonly Change[], sent: Sent): Promise<void> {
    let answer: Json;
    try {
      answer = await this.#parts.cluster.request({ method: "POST", path: "/_bulk", lines: Buffer.concat(batch.map(({ lines }) => lines)) }, LIMITS);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const [first] = batch;
      if (batch.length === 1 && first !== undefined) {
        sent.refused.push({ id: first.id, reason: error.message });
        return;
      }
      const middle = batch.length >> 1;
      await this.#send(batch.slice(0, middle), sent);
      await this.#send(batch.slice(middle), sent);
      return;
    }
    const items = listOf(at(answer, "items"));
    for (const [position, { id, overlay }] of batch.entries()) {
      const item = at(items[position], "update");
      const status = numberOf(at(item, "status"));
      const failure = itemFailure(item);
      if (status >= 200 && status < 300) sent.written.push(overlay);
      // Another write came between, or the row is gone: the next look tells.
      else if (failure === null || status === 409 || status === 404 || mayPassLater(status, failure.type)) sent.again.push(id);
      else sent.refused.push({ id, reason: failure.reason });
    }
  }

  async #find(ids: readonly string[]): Promise<readonly Json[]> {
    const { cluster, indices } = this.#parts;
    const body: JsonObject = { size: BATCH, query: { ids: { values: ids } }, _source: ["node", "tags", "lookback.final"], seq_no_primary_term: true, track_total_hits: false };
    const answer = await cluster.request({ method: "POST", path: `/${indices.pattern}/_search`, query: WHOLE, body }, LIMITS);
    return listOf(at(answer, "hits", "hits")).filter(isObject);
  }

  #isPassedOver(id: string): boolean {
    const untilMs = this.#refusedUntilMs.get(id);
    if (untilMs === undefined) return false;
    if (untilMs > this.#parts.clock.nowMs()) return true;
    this.#refusedUntilMs.delete(id);
    return false;
  }

  #passOver(refused: Sent["refused"]): void {
    const [first] = refused;
    if (first === undefined) return;
    for (const { id } of refused) this.#refusedUntilMs.set(id, this.#parts.clock.nowMs() + REFUSED_PAUSE_MS);
    for (const id of this.#refusedUntilMs.keys()) {
      if (this.#refusedUntilMs.size <= MAX_REFUSED) break;
      this.#refusedUntilMs.delete(id);
    }
    const rows = refused.length;
    this.#parts.logger.error({ ...first, rows }, `the cluster refuses the edited tags or moved packets of ${rows} sessions, first of ${first.id}: ${first.reason}; they stay queued and are tried again in ${REFUSED_PAUSE_MS / 1000} s`);
  }
}

/** Whether the cluster refused what was sent to it, which it would do again. */
function isRefusal(error: unknown): error is LookbackError {
  if (!(error instanceof LookbackError) || mayPass(error)) return false;
  const status = numberOf(error.details["status"]);
  return status >= 400 && status < 500;
}

/** What of a row is not as the catalogue wants it: its tags, and where its packets are once it is final and when they are here. */
function changeOf(hit: Json, overlay: Overlay, ownNodes: ReadonlySet<string>): JsonObject {
  const before = listOf(at(hit, "_source", "tags"));
  const tags = edited(before, overlay.edits);
  const isOwn = ownNodes.has(textOf(at(hit, "_source", "node")));
  const moved = isOwn && at(hit, "_source", "lookback", "final") === true ? overlay.move : null;
  return {
    ...(JSON.stringify(tags ?? []) === JSON.stringify(before) ? {} : { tags, tagsCnt: tags === null ? null : tags.length }),
    ...(moved === null ? {} : packetsBody(readMove(moved))),
  };
}
