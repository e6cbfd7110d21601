import type { ByteBudget } from "../index-store.js";
import { at, listOf, numberOf, type JsonObject } from "./json.js";
import { bytesAfterPath } from "./mapping.js";
import type { Read } from "./reads.js";
import { wholeRange } from "./translate.js";

/** Numbers of packets between two powers of two that are told apart; above that many, rows are taken as ending at the next power. */
const MAX_COUNTS = 10_000;

/**
 * What matching sessions have, and what they would have if each kept its first `firstPackets` only. Rows keep the bytes after 1,
 * 2, 4, 8, … packets and at their end; between two of those it is a straight line. So sums of the two neighbours give the
 * estimate: of longer rows all at once, of rows that end before the next power by their number of packets.
 */
export async function byteBudget(read: Read, firstPackets: number): Promise<ByteBudget> {
  if (read.query.indices === null) return { sessions: 0, packets: 0, bytes: 0, keptPackets: 0, keptBytes: 0 };
  const step = Math.floor(Math.log2(firstPackets));
  const [low, high] = [2 ** step, 2 ** (step + 1)];
  const bytes: JsonObject = { sum: { field: "network.bytes" } };
  const ends: JsonObject = { low: { sum: { field: bytesAfterPath(step) } }, next: { sum: { field: bytesAfterPath(step + 1) } } };
  const noted: JsonObject = { exists: { field: bytesAfterPath(step + 1) } };
  const answer = await read.search({
    size: 0, query: read.query.body, track_total_hits: true,
    aggs: {
      packets: { sum: { field: "network.packets" } },
      bytes,
      short: { filter: wholeRange("network.packets", -Infinity, firstPackets), aggs: { packets: { sum: { field: "network.packets" } }, bytes } },
      unnoted: { filter: { bool: { filter: [wholeRange("network.packets", firstPackets + 1, Infinity)], must_not: [noted] } }, aggs: { bytes } },
      long: { filter: { bool: { filter: [wholeRange("network.packets", Math.max(high, firstPackets + 1), Infinity), noted] } }, aggs: ends },
      between: {
        filter: { bool: { filter: [wholeRange("network.packets", firstPackets + 1, high - 1), noted] } },
        aggs: { counts: { terms: { field: "network.packets", size: MAX_COUNTS }, aggs: ends } },
      },
    },
  });
  const sums = at(answer, "aggregations");
  const sum = (...names: readonly string[]): number => numberOf(at(sums, ...names, "value"));
  const sessions = numberOf(at(answer, "hits", "total", "value"));
  const short = numberOf(at(sums, "short", "doc_count"));
  const line = (from: number, to: number, share: number): number => from + (to - from) * share;
  let kept = sum("short", "bytes") + sum("unnoted", "bytes") + line(sum("long", "low"), sum("long", "next"), (firstPackets - low) / (high - low));
  for (const bucket of listOf(at(sums, "between", "counts", "buckets"))) {
    const share = (firstPackets - low) / Math.max(1, numberOf(at(bucket, "key")) - low);
    kept += line(numberOf(at(bucket, "low", "value")), numberOf(at(bucket, "next", "value")), share);
  }
  return {
    sessions, packets: sum("packets"), bytes: sum("bytes"), keptPackets: sum("short", "packets") + (sessions - short) * firstPackets,
    keptBytes: Math.min(sum("bytes"), Math.round(kept)),
  };
}
