import type { ByteBudget, ReadContext } from "../index-store.js";
import type { Engine } from "./engine.js";
import type { QueryPlan } from "./query-plan.js";
import { Parameters } from "./statement.js";
import { countOf } from "./values.js";

/**
 * What the matching sessions have in packets and bytes, and what they would have if each kept its first `firstPackets` only. Rows
 * keep the bytes after 1, 2, 4, 8, … packets and at the end (`bytesByPacket`); between two of those it is a straight line. A
 * row without the list counts whole.
 */
export async function byteBudget(engine: Engine, plan: QueryPlan, firstPackets: number, context: ReadContext): Promise<ByteBudget> {
  if (plan.isEmpty) return { sessions: 0, packets: 0, bytes: 0, keptPackets: 0, keptBytes: 0 };
  const parameters = new Parameters();
  const kept = plan.columns.has("bytesByPacket") ? keptBytes(firstPackets, parameters) : `"network.bytes"`;
  const limit = parameters.integer(firstPackets);
  const [row = []] = await engine.rows(parameters.statement(
    `SELECT count(*), coalesce(sum("network.packets"), 0)::BIGINT, coalesce(sum("network.bytes"), 0)::BIGINT,
       coalesce(sum(least("network.packets", ${limit})), 0)::BIGINT, coalesce(sum(${kept}), 0)::BIGINT
     FROM ${plan.from([])} WHERE ${plan.where(parameters)}`,
  ), context);
  const [sessions = 0, packets = 0, bytes = 0, keptPackets = 0, kept2 = 0] = row.map(countOf);
  return { sessions, packets, bytes, keptPackets, keptBytes: kept2 };
}

function keptBytes(firstPackets: number, parameters: Parameters): string {
  const step = Math.floor(Math.log2(firstPackets));
  // Lists count from 1: the bytes after 2^k packets are at k + 1.
  const [at, next] = [parameters.integer(step + 1), parameters.integer(step + 2)];
  const [low, high, wanted] = [parameters.integer(2 ** step), parameters.integer(2 ** (step + 1)), parameters.integer(firstPackets)];
  const list = `"bytesByPacket"`;
  const share = `(${wanted} - ${low})::DOUBLE / greatest(1, least(${high}, "network.packets") - ${low})`;
  return `CASE WHEN "network.packets" <= ${wanted} OR ${list} IS NULL OR len(${list}) <= ${at} THEN "network.bytes"
    ELSE least("network.bytes", round(${list}[${at}] + (${list}[${next}] - ${list}[${at}]) * ${share})) END`;
}
