import type { SegmentInfo } from "../../model/segment.js";
import type { SearchRequest } from "../index-store.js";
import type { Parameters } from "./statement.js";

/** Below this many rows a walk costs more than it saves. */
const WORTH_WALKING = 20_000;
/** Rows that the first window should hold, as a multiple of those wanted, and at least. */
const FIRST_FACTOR = 8;
const FIRST_LEAST = 2_000;
/** How much more a further window holds than all before it: at least, and at most or while nothing was found. */
const LEAST_GROWTH = 2;
const MOST_GROWTH = 24;
/** Testing so many rows costs about what a statement costs anyway, so a window that must hold many holds at least these. */
const MANY = 500_000;
const FEW = 100_000;
/** Room for matches that lie less densely further on. */
const MARGIN = 1.5;

/** A stretch of time, ends included, and the segments that can have rows there. */
export interface Window {
  readonly segments: readonly SegmentInfo[];
  tests(parameters: Parameters): readonly string[];
}

type TimeColumn = "firstPacket" | "lastPacket";

function timeColumn(path: string | undefined): TimeColumn | null {
  return path === "firstPacket" || path === "lastPacket" ? path : null;
}

/** Rows expected in a stretch, as if each segment's rows were evenly spread over its time. */
function expectedRows(segments: readonly SegmentInfo[], fromMs: number, toMs: number): number {
  let rows = 0;
  for (const { minLastMs, lastMs, rows: all } of segments) {
    const overlap = Math.min(lastMs, toMs) - Math.max(minLastMs, fromMs);
    if (overlap >= 0) rows += lastMs === minLastMs ? all : all * (overlap / (lastMs - minLastMs));
  }
  return rows;
}

/** A stretch of the order's time, ends included. */
interface Stretch {
  readonly low: number;
  readonly high: number;
}

/**
 * The stretch of the order's time in which the page's rows lie, and the one in which most of them do: a session's last packet is
 * stamped before its first where a clock was set back while it was open, so a bound of one of the two times is none of the other.
 */
function bounds(segments: readonly SegmentInfo[], { range, after, order }: SearchRequest, column: TimeColumn): { readonly all: Stretch; readonly most: Stretch } {
  let low = Math.min(...segments.map((segment) => (column === "firstPacket" ? segment.firstMs : segment.minLastMs)));
  let high = Math.max(...segments.map(({ lastMs }) => lastMs));
  const { bounding } = range;
  const [startMs, endMs] = [range.startMs === null ? -Infinity : Math.ceil(range.startMs), range.endMs === null ? Infinity : Math.floor(range.endMs)];
  const [startIsOf, endIsOf]: readonly [TimeColumn, TimeColumn] = [
    bounding === "first" || bounding === "both" ? "firstPacket" : "lastPacket", bounding === "first" || bounding === "either" ? "firstPacket" : "lastPacket",
  ];
  if (startIsOf === column) low = Math.max(low, startMs);
  if (endIsOf === column) high = Math.min(high, endMs);
  const edge = after?.values[0];
  if (typeof edge === "number") {
    if (order[0]?.direction === "desc") high = Math.min(high, edge);
    else low = Math.max(low, edge);
  }
  const within = (ms: number): number => Math.min(high, Math.max(low, ms));
  return { all: { low, high }, most: { low: column === "lastPacket" ? within(startMs) : low, high: column === "firstPacket" ? within(endMs) : high } };
}

/**
 * Windows of the order's time from the page's end on, each with more rows than the one before, together all there is.
 * `found` tells how many of the wanted rows there are by now; how dense they lie decides how wide the next window is.
 * Null when the order does not start with a time or there is too little to walk.
 */
export function timeWindows(segments: readonly SegmentInfo[], request: SearchRequest, wanted: number, found: () => number): Iterable<Window> | null {
  const [key] = request.order;
  const column = timeColumn(key?.field.path);
  if (key === undefined || column === null || request.after?.values[0] === null) return null;
  if (segments.reduce((rows, segment) => rows + segment.rows, 0) < WORTH_WALKING) return null;
  const grown = (covered: number): number => {
    const hits = found();
    const needed = hits === 0 ? Infinity : ((wanted - hits) * covered * MARGIN) / hits;
    const next = Math.min(MOST_GROWTH * covered, Math.max(LEAST_GROWTH * covered, needed));
    return needed > FEW ? Math.max(next, MANY) : next;
  };
  const down = key.direction === "desc";
  // The engine leaves out what cannot come before the rows found so far: the nearer ones are read first, the more that is.
  const nearestFirst = [...segments].sort((a, b) => (down ? b.lastMs - a.lastMs : a.minLastMs - b.minLastMs));
  return walk(nearestFirst, column, bounds(segments, request, column), down, Math.max(FIRST_LEAST, wanted * FIRST_FACTOR), grown);
}

function* walk(
  segments: readonly SegmentInfo[], column: TimeColumn, { all, most }: { readonly all: Stretch; readonly most: Stretch }, down: boolean, first: number,
  grown: (covered: number) => number,
): Generator<Window> {
  if (all.low > all.high) return;
  let from = most.low;
  let to = most.high;
  let target = first;
  let covered = 0;
  while (from <= to) {
    const edge = down ? edgeBelow(segments, from, to, target) : edgeAbove(segments, from, to, target);
    const [start, end] = down ? [edge, to] : [from, edge];
    // The windows at the ends have the few rows beyond.
    yield windowOf(segments, column, start === most.low ? all.low : start, end === most.high ? all.high : end);
    if (down) to = edge - 1;
    else from = edge + 1;
    covered += target;
    target = grown(covered);
  }
}

/** The latest time in [from, to] from which on to `to` the expected rows reach `target`; `from` when they do not. */
function edgeBelow(segments: readonly SegmentInfo[], from: number, to: number, target: number): number {
  let [few, enough] = [to, from];
  while (few - enough > 1) {
    const middle = Math.floor((few + enough) / 2);
    if (expectedRows(segments, middle, to) >= target) enough = middle;
    else few = middle;
  }
  return enough;
}

/** The mirror of `edgeBelow`. */
function edgeAbove(segments: readonly SegmentInfo[], from: number, to: number, target: number): number {
  let [few, enough] = [from, to];
  while (enough - few > 1) {
    const middle = Math.floor((few + enough) / 2);
    if (expectedRows(segments, from, middle) >= target) enough = middle;
    else few = middle;
  }
  return enough;
}

function windowOf(segments: readonly SegmentInfo[], column: TimeColumn, from: number, to: number): Window {
  return {
    segments: segments.filter((segment) => (column === "firstPacket" ? segment.firstMs : segment.minLastMs) <= to && segment.lastMs >= from),
    tests(parameters) {
      const [start, end] = [parameters.integer(from), parameters.integer(to)];
      return [`"${column}" >= ${start}`, `"${column}" <= ${end}`];
    },
  };
}
