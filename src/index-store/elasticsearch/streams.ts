import { LookbackError } from "../../base/errors.js";
import type { Field } from "../../model/field.js";
import { ALL_TIME } from "../../model/time-range.js";
import type { CheckedExpression } from "../../model/checked-expression.js";
import type { SessionRow } from "../../model/session.js";
import type { RowsRequest, SessionPackets, StreamRequest } from "../index-store.js";
import { everyCombination } from "./combinations.js";
import { at, listOf, numberOf, objectOf, textOf, type Json, type JsonObject } from "./json.js";
import { checkCancelled, hitsOf, type PointInTime, type Read } from "./reads.js";
import { rowOf, sortBody, sourceBody } from "./search.js";
import { PLACES_SOURCE, placesOf } from "./packet-positions.js";

/** Rows of one request. */
const PAGE = 1_000;
/** Connections whose sessions are asked for at once. */
const ROOTS = 10_000;
/** Connections of one ordered stream: of each ROOTS of them a page is held. */
const MAX_ROOTS = 1_000_000;

/** Matching documents in pages over a point in time of their own, those after the sort values `from`. */
export async function* pages(read: Read, order: readonly JsonObject[], source: readonly string[] | boolean, from: readonly Json[] | null = null, size = PAGE): AsyncGenerator<readonly Json[]> {
  if (read.query.indices === null) return;
  const point = await read.point();
  if (point === null) return;
  try {
    yield* pagesAt(point, read, order, source, from, size);
  } finally {
    await point.close();
  }
}

async function* pagesAt(
  point: PointInTime, read: Read, order: readonly JsonObject[], source: readonly string[] | boolean, from: readonly Json[] | null = null, size = PAGE,
): AsyncGenerator<readonly Json[]> {
  for (let after: readonly Json[] | null = from; ;) {
    const answer: Json = await read.searchAt(point, { size, query: read.query.body, sort: order, track_total_hits: false, _source: source, ...(after === null ? {} : { search_after: after }) });
    const hits = hitsOf(answer);
    if (hits.length > 0) yield hits;
    checkCancelled(read.context.signal);
    if (hits.length < size) return;
    after = listOf(at(hits.at(-1), "sort"));
  }
}

/** Reads of everything of the connections that matching sessions are parts of, so many of them each. */
async function* wholeConnections(read: Read, rootId: Field, point: PointInTime, connections: number): AsyncGenerator<Read> {
  let roots: string[] = [];
  const over = (values: readonly string[]): Promise<Read> => {
    const expression: CheckedExpression = { node: "field", field: rootId, test: { test: "text", mode: "any", matches: values.map((value) => ({ kind: "exact", value })) } };
    return read.over({ expression, range: ALL_TIME });
  };
  for await (const { keys: [root] } of everyCombination(read, [rootId], [], point)) {
    roots.push(String(root));
    if (roots.length < connections) continue;
    yield await over(roots);
    roots = [];
  }
  if (roots.length > 0) yield await over(roots);
}

function rootField(read: Read): Field {
  const field = read.parts.fields.byPath("rootId");
  if (field === null) throw new LookbackError("INTERNAL", "the field rootId is not declared");
  return field;
}

/**
 * The point in time of a stream of whole connections, over all that the reader may see; null where only what matches is streamed. All of
 * them and the look for which they are share it. So every search keeps it open for those whose turn is not yet, however long that takes, the
 * answer is of one moment, and the cluster, which has few points to give, holds one and not one for each part.
 */
async function wholePoint(read: Read, request: StreamRequest): Promise<PointInTime | null> {
  if (request.wholeConnections !== true || read.query.indices === null) return null;
  return (await read.over(read.query.scopeOnly)).point();
}

async function* readsOf(read: Read, point: PointInTime | null, connections: number): AsyncGenerator<Read> {
  if (point === null) yield read;
  else yield* wholeConnections(read, rootField(read), point, connections);
}

/** Matching documents in pages over the point in time of the stream, or one of their own. */
function pagesOf(read: Read, point: PointInTime | null, order: readonly JsonObject[], source: readonly string[] | false): AsyncGenerator<readonly Json[]> {
  return point === null ? pages(read, order, source) : pagesAt(point, read, order, source);
}

/** Packet positions of sessions, in no order. `connections`: so many are asked for at once where they are meant whole. */
export async function* streamPackets(read: Read, request: StreamRequest, connections = ROOTS): AsyncGenerator<readonly SessionPackets[]> {
  const point = await wholePoint(read, request);
  try {
    for await (const one of readsOf(read, point, connections)) {
      for await (const hits of pagesOf(one, point, sortBody([]), ["firstPacket", "lastPacket", ...PLACES_SOURCE])) yield hits.map((hit) => packetsOf(one, hit));
    }
  } finally {
    await point?.close();
  }
}

function packetsOf(read: Read, hit: Json): SessionPackets {
  const id = textOf(at(hit, "_id"));
  const source = objectOf(at(hit, "_source"));
  return {
    id, firstPacketMs: numberOf(source["firstPacket"]), lastPacketMs: numberOf(source["lastPacket"]), final: at(source, "lookback", "final") === true,
    packets: placesOf(read, id, source),
  };
}

interface Ordered {
  readonly firstMs: number;
  readonly id: string;
  readonly hit: Json;
  readonly read: Read;
}

async function* ordered(read: Read, point: PointInTime | null, order: readonly JsonObject[], source: readonly string[] | false): AsyncGenerator<Ordered> {
  for await (const hits of pagesOf(read, point, order, source)) for (const hit of hits) yield { firstMs: numberOf(listOf(at(hit, "sort"))[0]), id: textOf(at(hit, "_id")), hit, read };
}

/** Several ordered streams as one: the least of their heads each time. */
async function* merged(streams: readonly AsyncGenerator<Ordered>[]): AsyncGenerator<Ordered> {
  const heads: { stream: AsyncGenerator<Ordered>; head: Ordered }[] = [];
  try {
    for (const stream of streams) {
      const { value, done } = await stream.next();
      if (done !== true) heads.push({ stream, head: value });
    }
    while (heads.length > 0) {
      let least = 0;
      heads.forEach(({ head }, position) => {
        const best = heads[least]?.head;
        if (best !== undefined && (head.firstMs < best.firstMs || (head.firstMs === best.firstMs && head.id < best.id))) least = position;
      });
      const entry = heads[least];
      if (entry === undefined) return;
      yield entry.head;
      const { value, done } = await entry.stream.next();
      if (done === true) heads.splice(least, 1);
      else entry.head = value;
    }
  } finally {
    for (const { stream } of heads) await stream.return(undefined);
  }
}

/** Sessions in order of first packet, ties by id. `connections`: so many are asked for at once where they are meant whole. */
export async function* streamRows(read: Read, request: RowsRequest, connections = ROOTS): AsyncGenerator<readonly SessionRow[]> {
  const first = read.parts.fields.byPath("firstPacket");
  if (first === null) throw new LookbackError("INTERNAL", "the field firstPacket is not declared");
  const order = sortBody([{ field: first, direction: "asc" }]);
  const source = sourceBody(read, request.fields);
  const point = await wholePoint(read, request);
  try {
    const streams: AsyncGenerator<Ordered>[] = [];
    for await (const one of readsOf(read, point, connections)) {
      if (streams.length * connections >= MAX_ROOTS) {
        throw new LookbackError("LIMIT_EXCEEDED", `more than ${MAX_ROOTS} connections match; narrow the filter`, { limit: MAX_ROOTS });
      }
      streams.push(ordered(one, point, order, source));
    }
    let batch: SessionRow[] = [];
    for await (const { hit, read: from } of merged(streams)) {
      batch.push(rowOf(from, hit, request.fields));
      if (batch.length < PAGE) continue;
      yield batch;
      batch = [];
      checkCancelled(read.context.signal);
    }
    if (batch.length > 0) yield batch;
    checkCancelled(read.context.signal);
  } finally {
    await point?.close();
  }
}

/** Ids of matching sessions, in no order. */
export async function* streamIds(read: Read): AsyncGenerator<readonly string[]> {
  for await (const hits of pages(read, sortBody([]), false)) yield hits.map((hit) => textOf(at(hit, "_id")));
}
