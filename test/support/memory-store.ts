import { LookbackError } from "../../src/base/errors.js";
import type {
  ByteBudget, CardinalityResult, ConnectionsRequest, ConnectionsResult, HistogramRequest, HistogramResult, IndexStore, Metric, PacketMove, Partition, PlannedMerge, ReadContext, RowsRequest, SearchRequest,
  SearchResult, SessionFilter, SessionPackets, StatsRequest, StatsResult, StreamRequest, TermsRequest, TermsResult,
} from "../../src/index-store/index-store.js";
import type { CheckedExpression, FieldTest } from "../../src/model/checked-expression.js";
import type { Field } from "../../src/model/field.js";
import type { FieldValue, PacketRef, SessionDocument, SessionRow } from "../../src/model/session.js";
import { ALL_TIME } from "../../src/model/time-range.js";
import { positionsOf } from "./export-service-parts.js";

/** A session of the store: columns by document path, and where its packets are. */
export interface MemoryRow {
  readonly id: string;
  readonly columns: Readonly<Record<string, FieldValue>>;
  readonly packets: readonly PacketRef[];
}

type Sort = number | string | null;

const METRIC_PATH: Readonly<Record<Exclude<Metric, "sessions">, string>> = { packets: "network.packets", bytes: "network.bytes", databytes: "totDataBytes" };

/** A store of a few rows in memory that answers by the port's rules, slowly and plainly: what the API is tested over. */
export class MemoryStore implements IndexStore {
  readonly abilities = { exactPercentiles: true, exactCardinality: true };
  readonly #rows: MemoryRow[];
  /** Contexts of every read, newest last. */
  readonly reads: ReadContext[] = [];
  /** Columns of every search, newest last. */
  readonly asked: (readonly string[])[] = [];
  /** Segments that it says have arrived; their rows are those whose `segment` is among them. */
  arrived: string[] | null = [];
  /** When set, reads wait for it or for their signal. */
  hold: Promise<void> | null = null;

  constructor(rows: readonly MemoryRow[]) {
    this.#rows = [...rows];
  }

  commitSegments(): Promise<void> {
    return Promise.reject(new LookbackError("UNAVAILABLE", "rows are given to the constructor"));
  }

  changeTags(ids: readonly string[], add: readonly string[], remove: readonly string[]): Promise<number> {
    let changed = 0;
    this.#rows.forEach((row, at) => {
      if (!ids.includes(row.id)) return;
      const before = texts(row.columns["tags"]);
      const after = [...new Set([...before, ...add])].filter((tag) => !remove.includes(tag));
      if (after.join() === before.join()) return;
      changed += 1;
      this.#rows[at] = { ...row, columns: { ...row.columns, tags: after.length === 0 ? null : after } };
    });
    return Promise.resolve(changed);
  }

  async #matching({ expression, range }: SessionFilter, context: ReadContext): Promise<MemoryRow[]> {
    this.reads.push(context);
    if (this.hold !== null) {
      await Promise.race([this.hold, new Promise<void>((_resolve, reject) => {
        context.signal?.addEventListener("abort", () => reject(new LookbackError("QUERY_CANCELLED", "cancelled")), { once: true });
      })]);
    }
    if (context.signal?.aborted === true) throw new LookbackError("QUERY_CANCELLED", "cancelled");
    const { forcedExpression, oldestMs } = context.scope;
    return this.#rows.filter((row) => {
      const last = Number(row.columns["lastPacket"]);
      if (oldestMs !== null && last < oldestMs) return false;
      if (range.startMs !== null && last < range.startMs) return false;
      if (range.endMs !== null && last > range.endMs) return false;
      return matches(row, expression) && (forcedExpression === null || matches(row, forcedExpression));
    });
  }

  async search(request: SearchRequest, context: ReadContext): Promise<SearchResult> {
    this.asked.push(request.fields.map((field) => field.path));
    const { segments } = request;
    const found = (await this.#matching(request, context)).filter((row) => segments === undefined || segments.includes(String(row.columns["segment"])));
    const sortValues = (row: MemoryRow): Sort[] => request.order.map((key) => sortValue(row, key.field));
    const compare = (a: readonly Sort[], aId: string, b: readonly Sort[], bId: string): number => {
      for (const [at, key] of request.order.entries()) {
        const order = compareValues(a[at] ?? null, b[at] ?? null, key.direction);
        if (order !== 0) return order;
      }
      return aId < bId ? -1 : aId > bId ? 1 : 0;
    };
    const sorted = found.sort((a, b) => compare(sortValues(a), a.id, sortValues(b), b.id));
    const { after } = request;
    const rest = after === null ? sorted : sorted.filter((row) => compare(sortValues(row), row.id, after.values, after.id) > 0);
    const page = rest.slice(0, request.limit);
    return {
      rows: page.map((row) => ({ id: row.id, values: new Map(request.fields.map((field) => [field.path, valueOf(row, field)])) })),
      sortValues: page.map(sortValues),
      hasMore: rest.length > page.length,
      total: request.countTotal ? { value: sorted.length, relation: "EQ" } : null,
    };
  }

  async count(filter: SessionFilter, context: ReadContext): Promise<number> {
    return (await this.#matching(filter, context)).length;
  }

  async get(id: string, context: ReadContext): Promise<SessionDocument | null> {
    const [row] = await this.#matching({ expression: { node: "ids", ids: [id] }, range: { startMs: null, endMs: null, bounding: "last" } }, context);
    if (row === undefined) return null;
    const document: Record<string, unknown> = {};
    for (const [path, value] of Object.entries(row.columns)) {
      if (context.scope.hiddenFields.has(path)) continue;
      let level = document;
      const parts = path.split(".");
      for (const part of parts.slice(0, -1)) level = (level[part] ??= {}) as Record<string, unknown>;
      level[parts[parts.length - 1] ?? ""] = value;
    }
    return document;
  }

  async terms({ fields, metric, size, ...filter }: TermsRequest, context: ReadContext): Promise<TermsResult> {
    const buckets = new Map<string, { keys: readonly FieldValue[]; sessions: number; value: number }>();
    for (const row of await this.#matching(filter, context)) {
      let combinations: FieldValue[][] = [[]];
      for (const field of fields) combinations = combinations.flatMap((keys) => valuesOf(row, field).map((value) => [...keys, value]));
      for (const keys of combinations) {
        const bucket = buckets.get(JSON.stringify(keys)) ?? { keys, sessions: 0, value: 0 };
        bucket.sessions += 1;
        bucket.value += metricOf(row, metric);
        buckets.set(JSON.stringify(keys), bucket);
      }
    }
    const sorted = [...buckets.values()].sort((a, b) => b.value - a.value || (JSON.stringify(a.keys) < JSON.stringify(b.keys) ? -1 : 1));
    return { buckets: sorted.slice(0, size), otherValue: sorted.slice(size).reduce((sum, bucket) => sum + bucket.value, 0), errorBound: 0 };
  }

  async histogram({ interval, metrics, on, ...filter }: HistogramRequest, context: ReadContext): Promise<HistogramResult> {
    const unit = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000, week: 604_800_000, month: 2_592_000_000 }[interval.unit] * interval.count;
    const rows = await this.#matching(filter, context);
    const startOf = (row: MemoryRow): number => Math.floor(Number(row.columns[on]) / unit) * unit;
    const startsMs = [...new Set(rows.map(startOf))].sort((a, b) => a - b);
    return { startsMs, values: metrics.map((metric) => startsMs.map((start) => rows.filter((row) => startOf(row) === start).reduce((sum, row) => sum + metricOf(row, metric), 0))) };
  }

  async stats({ field, percentiles, ...filter }: StatsRequest, context: ReadContext): Promise<StatsResult> {
    const values = (await this.#matching(filter, context)).flatMap((row) => valuesOf(row, field).map(Number)).sort((a, b) => a - b);
    const sum = values.reduce((total, value) => total + value, 0);
    return {
      count: values.length, min: values[0] ?? null, max: values[values.length - 1] ?? null, sum, average: values.length === 0 ? null : sum / values.length,
      percentiles: percentiles.map((percent) => ({ percent, value: values[Math.min(values.length - 1, Math.floor((percent / 100) * values.length))] ?? null })),
    };
  }

  async cardinality({ field, ...filter }: SessionFilter & { readonly field: Field }, context: ReadContext): Promise<CardinalityResult> {
    return { value: new Set((await this.#matching(filter, context)).flatMap((row) => valuesOf(row, field))).size, relativeError: 0 };
  }

  async connections({ sourceField, destinationField, limit, minimumSessions, ...filter }: ConnectionsRequest, context: ReadContext): Promise<ConnectionsResult> {
    const links = new Map<string, { source: string; destination: string; sessions: number; packets: number; bytes: number; databytes: number }>();
    for (const row of await this.#matching(filter, context)) {
      for (const source of valuesOf(row, sourceField).map(String)) {
        for (const destination of valuesOf(row, destinationField).map(String)) {
          const link = links.get(`${source} ${destination}`) ?? { source, destination, sessions: 0, packets: 0, bytes: 0, databytes: 0 };
          links.set(`${source} ${destination}`, {
            ...link, sessions: link.sessions + 1, packets: link.packets + metricOf(row, "packets"), bytes: link.bytes + metricOf(row, "bytes"), databytes: link.databytes + metricOf(row, "databytes"),
          });
        }
      }
    }
    const kept = [...links.values()].filter((link) => link.sessions >= minimumSessions).sort((a, b) => b.sessions - a.sessions);
    return { links: kept.slice(0, limit), truncated: kept.length > limit };
  }

  /** Matching rows, and those of the same connections when they are asked for. */
  async #streamed(request: StreamRequest, context: ReadContext): Promise<MemoryRow[]> {
    const rows = await this.#matching(request, context);
    if (request.wholeConnections !== true) return rows;
    const root = (row: MemoryRow): FieldValue => row.columns["rootId"] ?? row.id;
    const roots = new Set(rows.map(root));
    return (await this.#matching({ expression: { node: "everything" }, range: ALL_TIME }, context)).filter((row) => roots.has(root(row)));
  }

  async *streamPackets(request: StreamRequest, context: ReadContext): AsyncIterable<readonly SessionPackets[]> {
    const rows = await this.#streamed(request, context);
    yield rows.map((row) => ({ id: row.id, firstPacketMs: Number(row.columns["firstPacket"]), lastPacketMs: Number(row.columns["lastPacket"]), final: true, packets: row.packets }));
  }

  readonly streamPositions = positionsOf(this);

  async *streamRows(request: RowsRequest, context: ReadContext): AsyncIterable<readonly SessionRow[]> {
    const rows = await this.#streamed(request, context);
    const first = (row: MemoryRow): number => Number(row.columns["firstPacket"]);
    const visible = (field: Field): boolean => !context.scope.hiddenFields.has(field.path);
    yield rows.sort((a, b) => first(a) - first(b) || (a.id < b.id ? -1 : 1))
      .map((row) => ({ id: row.id, values: new Map(request.fields.map((field) => [field.path, visible(field) ? valueOf(row, field) : null])) }));
  }

  async *streamIds(filter: SessionFilter, context: ReadContext): AsyncIterable<readonly string[]> {
    yield (await this.#matching(filter, context)).map((row) => row.id);
  }

  movePackets(moves: readonly PacketMove[], alongside?: () => void): Promise<void> {
    this.#rows.forEach((row, at) => {
      const move = moves.find(({ id }) => id === row.id);
      if (move !== undefined) this.#rows[at] = { ...row, packets: move.packets };
    });
    alongside?.();
    return Promise.resolve();
  }

  async byteBudget(request: SessionFilter & { readonly firstPackets: number }, context: ReadContext): Promise<ByteBudget> {
    const rows = await this.#matching(request, context);
    const sum = (metric: Metric): number => rows.reduce((total, row) => total + metricOf(row, metric), 0);
    const keptPackets = rows.reduce((total, row) => total + Math.min(metricOf(row, "packets"), request.firstPackets), 0);
    return { sessions: rows.length, packets: sum("packets"), bytes: sum("bytes"), keptPackets, keptBytes: sum("bytes") };
  }

  partitions(): Promise<readonly Partition[]> {
    return Promise.resolve([]);
  }

  expirePartition(): Promise<void> {
    return Promise.resolve();
  }

  optimise(): Promise<number> {
    return Promise.resolve(0);
  }

  planPlacement(): Promise<readonly []> {
    return Promise.resolve([]);
  }

  place(): Promise<number> {
    return Promise.resolve(0);
  }

  dataNodes(): Promise<readonly []> {
    return Promise.resolve([]);
  }

  planMerges(): Promise<readonly PlannedMerge[]> {
    return Promise.resolve([]);
  }

  arrivedSegments(): readonly string[] | null {
    return this.arrived;
  }

  extent(): Promise<{ readonly firstMs: number; readonly lastMs: number } | null> {
    if (this.#rows.length === 0) return Promise.resolve(null);
    const times = (path: string): number[] => this.#rows.map((row) => Number(row.columns[path]));
    return Promise.resolve({ firstMs: Math.min(...times("firstPacket")), lastMs: Math.max(...times("lastPacket")) });
  }

  health(): Promise<{ readonly ok: boolean; readonly damaged: readonly { readonly path: string; readonly reason: string }[] }> {
    return Promise.resolve({ ok: true, damaged: [] });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function texts(value: FieldValue | undefined): string[] {
  return Array.isArray(value) ? value.map(String) : value === null || value === undefined ? [] : [String(value)];
}

function valueOf(row: MemoryRow, field: Field): FieldValue {
  if (field.countOf === null) return row.columns[field.path] ?? null;
  const counted = row.columns[field.countOf];
  return Array.isArray(counted) ? counted.length : null;
}

function valuesOf(row: MemoryRow, field: Field): readonly FieldValue[] {
  const value = valueOf(row, field);
  return value === null ? [] : Array.isArray(value) ? value : [value];
}

function sortValue(row: MemoryRow, field: Field): Sort {
  const value = valueOf(row, field);
  return typeof value === "number" || typeof value === "string" ? value : null;
}

function compareValues(a: Sort, b: Sort, direction: "asc" | "desc"): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  const order = a < b ? -1 : 1;
  return direction === "asc" ? order : -order;
}

function metricOf(row: MemoryRow, metric: Metric): number {
  return metric === "sessions" ? 1 : Number(row.columns[METRIC_PATH[metric]] ?? 0);
}

function testMatches(values: readonly FieldValue[], test: FieldTest): boolean {
  switch (test.test) {
    case "exists":
      return values.length > 0;
    case "text":
      return test.matches.some((match) => values.some((value) => {
        if (match.kind === "exact") return value === match.value;
        if (match.kind === "wildcard") return new RegExp(`^${match.pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&")).join(".*")}$`).test(String(value));
        throw new LookbackError("UNAVAILABLE", `the store in memory has no ${match.kind}`);
      }));
    case "number":
      return test.ranges.some(({ low, high }) => values.some((value) => Number(value) >= low && Number(value) <= high));
    case "order":
      return values.some((value) => ({ "<": Number(value) < test.value, "<=": Number(value) <= test.value, ">": Number(value) > test.value, ">=": Number(value) >= test.value })[test.op]);
    case "boolean":
      return values.includes(test.value);
    case "address":
      return test.matches.some(({ low, high }) => values.some((value) => {
        const hex = mappedHex(String(value));
        return (low === null || hex >= low) && (high === null || hex <= high);
      }));
    case "addressOrder":
      throw new LookbackError("UNAVAILABLE", "the store in memory does not order addresses");
  }
}

/** An IPv4 address as the 16 mapped bytes in hex. */
function mappedHex(address: string): string {
  return `00000000000000000000ffff${address.split(".").map((part) => Number(part).toString(16).padStart(2, "0")).join("")}`;
}

function matches(row: MemoryRow, expression: CheckedExpression): boolean {
  switch (expression.node) {
    case "everything":
      return true;
    case "and":
      return expression.items.every((item) => matches(row, item));
    case "or":
      return expression.items.some((item) => matches(row, item));
    case "not":
      return !matches(row, expression.item);
    case "ids":
      return expression.ids.includes(row.id);
    case "field":
      return testMatches(valuesOf(row, expression.field), expression.test);
    case "file":
      return row.packets.some((packet) => expression.fileIds?.includes(packet.fileId) === true);
    case "packetsAvailable":
      return expression.value;
  }
}
