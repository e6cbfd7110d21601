import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Catalogue } from "../../catalogue/catalogue.js";
import { SERVICE_SCOPE } from "../../model/access-scope.js";
import { ALL_TIME } from "../../model/time-range.js";
import type { Field } from "../../model/field.js";
import type { FieldCatalogue } from "../../model/field-catalogue.js";
import type { IndexStore, ReadContext } from "../index-store.js";
import { SHORT } from "./cluster.js";
import type { ElasticsearchEngine } from "./open.js";
import { IndexHeldUp, type SegmentShipping } from "./segment-shipping.js";
import { LookbackError } from "../../base/errors.js";
import { rowIdOf } from "../row-id.js";

/** How far a copy is. */
export interface ReindexProgress {
  readonly segments: number;
  readonly ofSegments: number;
  readonly rows: number;
}

/** What one side holds; equal sides hold the same rows. */
export interface StoreSummary {
  readonly sessions: number;
  readonly packets: number;
  readonly bytes: number;
  /** Over all ids, whatever their order. */
  readonly checksum: string;
}

export interface ReindexParts {
  readonly source: IndexStore;
  readonly engine: ElasticsearchEngine;
  readonly shipping: SegmentShipping;
  readonly catalogue: Catalogue;
  readonly fields: FieldCatalogue;
  readonly segmentDirectory: string;
}

/** Milliseconds that the comparison may take. */
const COMPARE_MS = 6 * 3_600_000;

/**
 * Copies every segment of the embedded index to the cluster. A segment that was copied is noted, so that a copy that was
 * ended goes on where it was; rows that are there already stay. The source stays as it is. Throws CLUSTER_BUSY, CLUSTER_READ_ONLY or
 * CLUSTER_REFUSED when an index takes no rows: once it does, the copy is started again.
 */
export async function copyToCluster(parts: ReindexParts, onProgress: (progress: ReindexProgress) => void, signal: AbortSignal | null): Promise<void> {
  const { catalogue, engine, shipping, segmentDirectory } = parts;
  const { shipments } = catalogue;
  await engine.cluster.product();
  await engine.migrations.prepare({ ...SHORT, signal });
  await engine.nodes.claim({ ...SHORT, signal });
  const live = catalogue.segments.live();
  let rows = 0;
  for (const [position, segment] of live.entries()) {
    if (signal?.aborted === true) throw new LookbackError("SHUTTING_DOWN", `the copy was ended after ${position} of ${live.length} segments; start it again to go on`);
    if (shipments.get(segment.path)?.state !== "shipped") {
      const shipped = await shipping.ship(segment, join(segmentDirectory, segment.path), signal).catch((error: unknown) => {
        // There are no others to go on with: every segment is to be copied.
        throw error instanceof IndexHeldUp ? error.cause : error;
      });
      catalogue.transaction(() => {
        shipments.queue([segment]);
        shipments.shipped(segment.path, shipped.dead);
      });
    }
    rows += segment.rows;
    onProgress({ segments: position + 1, ofSegments: live.length, rows });
  }
  await engine.cluster.request({ method: "POST", path: `/${engine.indices.pattern}/_refresh`, query: { ignore_unavailable: true, allow_no_indices: true } }, { signal, timeoutMs: COMPARE_MS });
  shipments.queueOverlays([...catalogue.tags.all()].map(({ rowId }) => rowId));
  await engine.overlays.apply();
  const [left] = shipments.overlays(Buffer.alloc(16), 1);
  if (left !== undefined) throw new LookbackError("CLUSTER_BUSY", `edited tags of session ${rowIdOf(left)}, or of more, are not in the cluster: it refuses them, as the log says, or they are edited at this moment; start it again to go on`);
}

function fieldAt(fields: FieldCatalogue, path: string): Field {
  const field = fields.byPath(path);
  if (field === null) throw new LookbackError("INTERNAL", `the field ${path} is not declared`);
  return field;
}

/** Counts a store and adds up its ids, packets and bytes. */
export async function summarise(store: IndexStore, fields: FieldCatalogue, signal: AbortSignal | null): Promise<StoreSummary> {
  const context: ReadContext = { scope: SERVICE_SCOPE, signal, timeoutMs: COMPARE_MS };
  const all = { expression: { node: "everything" }, range: ALL_TIME } as const;
  let sum = 0n;
  let sessions = 0;
  for await (const ids of store.streamIds(all, context)) {
    for (const id of ids) sum += createHash("sha256").update(id).digest().readBigUInt64BE(0);
    sessions += ids.length;
  }
  const total = async (path: string): Promise<number> => (await store.stats({ ...all, field: fieldAt(fields, path), percentiles: [] }, context)).sum;
  return { sessions, packets: await total("network.packets"), bytes: await total("network.bytes"), checksum: BigInt.asUintN(64, sum).toString(16).padStart(16, "0") };
}
