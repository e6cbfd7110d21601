import type { ReadContext, SessionPackets } from "../index-store.js";
import { packetsOf } from "./documents.js";
import type { Engine } from "./engine.js";
import type { QueryPlan } from "./query-plan.js";
import { Parameters } from "./statement.js";
import { countOf, textOf } from "./values.js";

/**
 * Packet positions of matching sessions in order of first packet, ties by id. The sort happens in the engine, which
 * spills beyond its memory; here there is one batch at a time.
 */
export async function* streamPackets(engine: Engine, plan: QueryPlan, context: ReadContext): AsyncGenerator<readonly SessionPackets[]> {
  if (plan.isEmpty) return;
  const parameters = new Parameters();
  const sql = `SELECT id, "firstPacket", "lastPacket", "packetPos" FROM ${plan.from([])} WHERE ${plan.where(parameters)} ORDER BY "firstPacket", id`;
  for await (const rows of engine.stream(parameters.statement(sql), context)) {
    yield rows.map(([id, first, last, packed]) => {
      const text = textOf(id);
      return { id: text, firstPacketMs: countOf(first), lastPacketMs: countOf(last), packets: packetsOf(text, packed) };
    });
  }
}

/** Ids of matching sessions, in no order. */
export async function* streamIds(engine: Engine, plan: QueryPlan, context: ReadContext): AsyncGenerator<readonly string[]> {
  if (plan.isEmpty) return;
  const parameters = new Parameters();
  const sql = `SELECT id FROM ${plan.from([])} WHERE ${plan.where(parameters)}`;
  for await (const rows of engine.stream(parameters.statement(sql), context)) yield rows.map(([id]) => textOf(id));
}
