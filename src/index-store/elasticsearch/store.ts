import path from "node:path";
import type { Clock } from "../../base/clock.js";
import { DAY_MS, utcDay } from "../../base/utc-day.js";
import { LookbackError } from "../../base/errors.js";
import type { Catalogue } from "../../catalogue/catalogue.js";
import type { Field } from "../../model/field.js";
import type { FieldCatalogue } from "../../model/field-catalogue.js";
import type { SessionDocument, SessionRow } from "../../model/session.js";
import type {
  ByteBudget, CardinalityResult, ConnectionsRequest, ConnectionsResult, DataNode, HistogramRequest, HistogramResult, IndexStore, PacketMove, Partition, PlannedMerge, PlannedPlacement, ReadContext, RowsRequest, SearchRequest,
  SearchResult, SegmentCommit, SessionFilter, SessionPackets, SessionPositions, StatsRequest, StatsResult, StoreAbilities, StreamRequest, TermsRequest, TermsResult,
} from "../index-store.js";
import { idTimeMs, isRowId, rowIdBytes, rowIdText } from "../row-id.js";
import { requireTags } from "../request-checks.js";
import { faultOf } from "../segment-files.js";
import { cardinality, connections, stats, terms } from "./aggregate.js";
import { SERVICE_SCOPE } from "../../model/access-scope.js";
import { ALL_TIME, type TimeRange } from "../../model/time-range.js";
import type { StoredRow } from "../stored-row.js";
import { storedRows, type RowPosition } from "./stored-rows.js";
import { byteBudget } from "./byte-budget.js";
import { nodeSpace, placedIndices, placeIndex, planPlacements, type PlacementRules } from "./placement.js";
import { SHORT, WHOLE, type Cluster } from "./cluster.js";
import { expireIndex } from "./expiry.js";
import { printMove, sessionPositions } from "./packet-positions.js";
import { mayPass } from "./cluster-errors.js";
import { dialectOf } from "./dialect.js";
import { histogram } from "./histogram.js";
import type { IndexList, IndexSize } from "./index-list.js";
import { daysOf, lastDayOf } from "./index-names.js";
import { at, numberOrNull } from "./json.js";
import type { NodeOwners } from "./node-owners.js";
import { type Overlays } from "./overlay.js";
import { Read, type ReadParts } from "./reads.js";
import { count, get, search } from "./search.js";
import { streamIds, streamPackets, streamRows } from "./streams.js";

/** Milliseconds that taking rows out of an index may take. */
const EXPIRE_MS = 3_600_000;
/** Milliseconds that finding the first and the last session may take. */
const EXTENT_MS = 60_000;
/** Milliseconds that merging an index may take. */
const MERGE_MS = 6 * 3_600_000;

export interface ElasticsearchStoreParts {
  readonly cluster: Cluster;
  readonly catalogue: Catalogue;
  readonly fields: FieldCatalogue;
  readonly indices: IndexList;
  readonly overlays: Overlays;
  readonly nodes: NodeOwners;
  readonly clock: Clock;
  /** Ids of the packet files whose packets are gone; by default those that the catalogue says are deleted. */
  readonly goneFiles?: () => readonly number[];
  readonly placement: PlacementRules;
  /** Where segments wait for the shipper. */
  readonly segmentDirectory: string;
}

/**
 * The index in a cluster of Elasticsearch or OpenSearch. Committed segments wait on disk for the shipper; reads see what
 * it has brought, and `queue` of the catalogue's shipments says what they do not see yet.
 */
export class ElasticsearchStore implements IndexStore {
  readonly abilities: StoreAbilities = { exactPercentiles: false, exactCardinality: false };
  readonly #parts: ElasticsearchStoreParts;
  readonly #reads: ReadParts;

  constructor(parts: ElasticsearchStoreParts) {
    this.#parts = parts;
    const { cluster, catalogue, fields, indices, nodes } = parts;
    this.#reads = {
      cluster, fields, indices, nodes, dialect: async () => dialectOf(await cluster.product()),
      shipments: catalogue.shipments,
      goneFiles: parts.goneFiles ?? (() => catalogue.files.goneIds()),
    };
  }

  async commitSegments(commit: SegmentCommit, alongside?: () => void): Promise<void> {
    const { catalogue } = this.#parts;
    catalogue.transaction(() => {
      const fresh = catalogue.shipments.queue(commit.add);
      catalogue.segments.apply({ add: fresh, remove: commit.remove, superseded: [] });
      for (const path of commit.remove) catalogue.shipments.remove(path);
      alongside?.();
    });
    return Promise.resolve();
  }

  async changeTags(ids: readonly string[], add: readonly string[], remove: readonly string[]): Promise<number> {
    requireTags(ids, add, remove);
    const { catalogue, overlays } = this.#parts;
    const rows = ids.map(rowIdBytes);
    const changed = catalogue.transaction(() => {
      const edited = catalogue.tags.edit(rows, add, remove);
      if (edited > 0) catalogue.shipments.queueOverlays(rows);
      return edited;
    });
    if (changed > 0) await overlays.applySoon();
    return changed;
  }

  async search(request: SearchRequest, context: ReadContext): Promise<SearchResult> {
    return search(await Read.of(this.#reads, request, context), request);
  }

  async count(filter: SessionFilter, context: ReadContext): Promise<number> {
    return count(await Read.of(this.#reads, filter, context));
  }

  async get(id: string, context: ReadContext): Promise<SessionDocument | null> {
    if (!isRowId(id)) return null;
    const found = async (range: TimeRange): Promise<SessionDocument | null> => get(await Read.of(this.#reads, { expression: { node: "ids", ids: [id] }, range }, context));
    // A row's last packet is hardly ever before the time in its id, so earlier indices are asked only when it is not in the others.
    return (await found({ startMs: idTimeMs(id), endMs: null, bounding: "last" })) ?? found(ALL_TIME);
  }

  async terms(request: TermsRequest, context: ReadContext): Promise<TermsResult> {
    return terms(await Read.of(this.#reads, request, context), request);
  }

  async histogram(request: HistogramRequest, context: ReadContext): Promise<HistogramResult> {
    return histogram(await Read.of(this.#reads, request, context), request);
  }

  async stats(request: StatsRequest, context: ReadContext): Promise<StatsResult> {
    return stats(await Read.of(this.#reads, request, context), request);
  }

  async cardinality(request: SessionFilter & { readonly field: Field }, context: ReadContext): Promise<CardinalityResult> {
    return cardinality(await Read.of(this.#reads, request, context), request.field);
  }

  async connections(request: ConnectionsRequest, context: ReadContext): Promise<ConnectionsResult> {
    return connections(await Read.of(this.#reads, request, context), request);
  }

  async *streamPackets(request: StreamRequest, context: ReadContext): AsyncGenerator<readonly SessionPackets[]> {
    yield* streamPackets(await Read.of(this.#reads, request, context), request);
  }

  async *streamPositions(request: StreamRequest, context: ReadContext): AsyncGenerator<readonly SessionPositions[]> {
    for await (const sessions of this.streamPackets(request, context)) yield sessions.map(sessionPositions);
  }

  async *streamRows(request: RowsRequest, context: ReadContext): AsyncGenerator<readonly SessionRow[]> {
    yield* streamRows(await Read.of(this.#reads, request, context), request);
  }

  async *streamIds(filter: SessionFilter, context: ReadContext): AsyncGenerator<readonly string[]> {
    yield* streamIds(await Read.of(this.#reads, filter, context));
  }

  /** Whole rows whose last packet lies in a range, in its order, ties by id, those after a position. For copies; no scope narrows it. */
  async *storedRows(range: TimeRange, after: RowPosition | null, signal: AbortSignal | null): AsyncGenerator<readonly StoredRow[]> {
    const context: ReadContext = { scope: SERVICE_SCOPE, signal, timeoutMs: Infinity };
    yield* storedRows(await Read.of(this.#reads, { expression: { node: "everything" }, range }, context), after);
  }

  /** UTC days on which the indices can have rows, in order, each by its start in milliseconds since 1970. */
  async days(): Promise<readonly number[]> {
    const { indices } = this.#parts;
    indices.forget();
    const days = new Set<number>();
    for (const { startMs, endMs } of await indices.list()) for (let day = startMs - (startMs % DAY_MS); day < endMs; day += DAY_MS) days.add(day);
    return [...days].sort((a, b) => a - b);
  }

  async partitions(): Promise<readonly Partition[]> {
    const days = new Map<string, { day: string; startMs: number; endMs: number; rows: number; bytes: number; segments: number }>();
    for (const index of await this.#parts.indices.sizes()) {
      const day = lastDayOf(index);
      const { startMs, endMs } = daysOf(index);
      const partition = days.get(day) ?? { day, startMs, endMs, rows: 0, bytes: 0, segments: 0 };
      partition.startMs = Math.min(partition.startMs, startMs);
      partition.rows += index.rows;
      partition.bytes += index.bytes;
      partition.segments += index.segments;
      days.set(day, partition);
    }
    return [...days.values()].sort((a, b) => (a.day < b.day ? -1 : 1));
  }

  async movePackets(moves: readonly PacketMove[], alongside?: () => void): Promise<void> {
    const { catalogue, overlays } = this.#parts;
    catalogue.transaction(() => {
      catalogue.shipments.queueMoves(moves.filter(({ id }) => isRowId(id)).map(({ id, packets }) => ({ rowId: rowIdBytes(id), packets: printMove(packets) })));
      alongside?.();
    });
    // Until the cluster has them, reads of packets take the new places from the catalogue.
    await overlays.applySoon();
  }

  async byteBudget(request: SessionFilter & { readonly firstPackets: number }, context: ReadContext): Promise<ByteBudget> {
    return byteBudget(await Read.of(this.#reads, request, context), request.firstPackets);
  }

  async expirePartition(day: string, keep: () => readonly string[] = () => []): Promise<void> {
    const { catalogue, cluster, indices } = this.#parts;
    const kept = (): readonly string[] => keep().filter(isRowId).map(rowIdText);
    indices.forget();
    const periods = (await indices.list()).filter((period) => lastDayOf(period) === day);
    const days = { first: utcDay(Math.min(Date.parse(day), ...periods.map(({ startMs }) => startMs))), last: day };
    // Segments that wait are shipped first when rows are kept: they may hold some of them.
    catalogue.transaction(() => {
      const queued = catalogue.shipments.queuedOf(days);
      if (queued.length === 0) return;
      if (kept().length > 0) throw new LookbackError("CLUSTER_BUSY", `sessions of ${day}, or of the days that share its index, are not in the cluster yet and some are held; it expires when they are`, { day });
      catalogue.segments.apply({ add: [], remove: queued, superseded: [] });
      for (const path of queued) catalogue.shipments.remove(path);
    });
    const limits = { signal: null, timeoutMs: EXPIRE_MS };
    for (const { index } of periods) await expireIndex(cluster, index, kept, limits);
    if (kept().length === 0) catalogue.shipments.forgetDays(days);
    indices.forget();
  }

  async optimise(day: string | null, signal: AbortSignal | null, progressed: () => void = () => {}): Promise<number> {
    const { cluster } = this.#parts;
    let replaced = 0;
    for (const index of await this.#mergeable(day)) {
      if (signal?.aborted === true) break;
      await cluster.request({ method: "POST", path: `/${index.index}/_forcemerge`, query: { max_num_segments: 1 }, ignore: [404] }, { signal, timeoutMs: MERGE_MS });
      // What was merged is let go of, and counted no more, when the index is opened anew.
      await cluster.request({ method: "POST", path: `/${index.index}/_refresh`, ignore: [404] }, { signal, timeoutMs: MERGE_MS });
      replaced += index.segments;
      progressed();
    }
    return replaced;
  }

  /** Indices in parts that are worth merging. Of itself only one that takes no more rows is: each merge writes it whole. */
  async #mergeable(day: string | null): Promise<readonly IndexSize[]> {
    const { indices, clock } = this.#parts;
    const shards = await indices.shards();
    return (await indices.sizes()).filter((index) => (day === null ? index.endMs <= clock.nowMs() : lastDayOf(index) === day) && index.segments > (shards.get(index.index) ?? 1));
  }

  async planPlacement(): Promise<readonly PlannedPlacement[]> {
    const { cluster, indices, clock, placement } = this.#parts;
    return planPlacements(await placedIndices(cluster, indices, SHORT), placement, clock.nowMs());
  }

  async place(signal: AbortSignal | null): Promise<number> {
    let changed = 0;
    for (const item of await this.planPlacement()) {
      if (signal?.aborted === true) break;
      await placeIndex(this.#parts.cluster, item, { ...SHORT, signal });
      changed += 1;
    }
    return changed;
  }

  dataNodes(): Promise<readonly DataNode[]> {
    return nodeSpace(this.#parts.cluster, SHORT);
  }

  async planMerges(day: string | null): Promise<readonly PlannedMerge[]> {
    return (await this.#mergeable(day)).map((index) => ({ day: lastDayOf(index), segments: index.segments, rows: index.rows, bytes: index.bytes, reason: "unmerged" }));
  }

  arrivedSegments(): null {
    return null;
  }

  async extent(timeoutMs?: number): Promise<{ readonly firstMs: number; readonly lastMs: number } | null> {
    const { cluster, indices } = this.#parts;
    const endMs = performance.now() + (timeoutMs ?? EXTENT_MS);
    if ((await indices.list(timeoutMs)).length === 0) return null;
    const answer = await cluster.request({
      method: "POST", path: `/${indices.pattern}/_search`, query: WHOLE,
      body: { size: 0, track_total_hits: false, aggs: { first: { min: { field: "firstPacket" } }, last: { max: { field: "lastPacket" } } } },
    }, { signal: null, timeoutMs: Math.max(1, Math.round(endMs - performance.now())) });
    const firstMs = numberOrNull(at(answer, "aggregations", "first", "value"));
    const lastMs = numberOrNull(at(answer, "aggregations", "last", "value"));
    return firstMs === null || lastMs === null ? null : { firstMs, lastMs };
  }

  async health(): Promise<{ readonly ok: boolean; readonly damaged: readonly { readonly path: string; readonly reason: string }[] }> {
    const { cluster, indices } = this.#parts;
    try {
      await cluster.product();
      const damaged = (await indices.health()).filter(({ index, health, status }) => index !== "" && (health === "red" || status === "close"))
        .map(({ index, health, status }) => ({ path: index, reason: status === "close" ? "the index is closed" : `its health is ${health}: a primary shard is missing` }));
      const all = [...this.#damagedSegments(), ...damaged];
      return { ok: all.length === 0, damaged: all };
    } catch (error) {
      if (!(error instanceof LookbackError) || !mayPass(error)) throw error;
      return { ok: false, damaged: [...this.#damagedSegments(), { path: cluster.shown, reason: `${error.code}: ${error.message}` }] };
    }
  }

  /** Segments that wait and are damaged, those that the shipper gave up as such among them: they stay live. */
  #damagedSegments(): readonly { readonly path: string; readonly reason: string }[] {
    const { catalogue: { segments, shipments }, segmentDirectory } = this.#parts;
    return segments.live().flatMap((segment) => {
      const reason = shipments.get(segment.path)?.state === "shipped" ? "the shipper could not read it" : faultOf(path.join(segmentDirectory, segment.path), segment);
      return reason === null ? [] : [{ path: segment.path, reason }];
    });
  }

  close(): Promise<void> {
    return this.#parts.cluster.close();
  }
}
