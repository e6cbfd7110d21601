import type { FieldValue, SessionRow } from "../../model/session.js";
import type { ReadContext, RowsRequest, SessionPackets, SessionPositions } from "../index-store.js";
import { isIdField } from "./columns.js";
import { packetsOf, visitPackets } from "./documents.js";
import type { Engine } from "./engine.js";
import type { QueryPlan } from "./query-plan.js";
import { Parameters } from "./statement.js";
import { countOf, plainValue, textOf } from "./values.js";

/** What a stream reads: `plan` alone, or of `whole` the rows of the connections that rows of `plan` are parts of. */
export interface StreamPlan {
  readonly plan: QueryPlan;
  readonly whole: QueryPlan | null;
}

/** `FROM … WHERE …` of a stream; columns are those of the plan that is returned beside it. */
function sourceOf({ plan, whole }: StreamPlan, request: Pick<RowsRequest, "fields">, parameters: Parameters): string {
  if (whole === null) return `${plan.from(request.fields)} WHERE ${plan.where(parameters)}`;
  const roots = `SELECT "rootId" FROM ${plan.from([])} WHERE ${plan.where(parameters)}`;
  return `${whole.from(request.fields)} WHERE ${whole.where(parameters)} AND "rootId" IN (${roots})`;
}

/**
 * Packet positions of sessions in no order, as they come: nothing is held but one batch, and of that the positions in
 * their packed form. They are unpacked each time they are asked for.
 */
export async function* streamPackets(engine: Engine, plans: StreamPlan, context: ReadContext): AsyncGenerator<readonly SessionPackets[]> {
  if (plans.plan.isEmpty) return;
  const parameters = new Parameters();
  const sql = `SELECT id, "firstPacket", "lastPacket", final, "packetPos" FROM ${sourceOf(plans, { fields: [] }, parameters)}`;
  for await (const rows of engine.stream(parameters.statement(sql), context)) {
    yield rows.map(([id, first, last, final, packed]) => {
      const text = textOf(id);
      return { id: text, firstPacketMs: countOf(first), lastPacketMs: countOf(last), final: final === true, get packets() { return packetsOf(text, packed); } };
    });
  }
}

/** The same of positions alone. */
export async function* streamPositions(engine: Engine, plans: StreamPlan, context: ReadContext): AsyncGenerator<readonly SessionPositions[]> {
  if (plans.plan.isEmpty) return;
  const parameters = new Parameters();
  const sql = `SELECT "firstPacket", "lastPacket", "packetPos" FROM ${sourceOf(plans, { fields: [] }, parameters)}`;
  for await (const rows of engine.stream(parameters.statement(sql), context)) {
    yield rows.map(([first, last, packed]) => ({ firstPacketMs: countOf(first), lastPacketMs: countOf(last), tell: (visit) => visitPackets(packed, visit) }));
  }
}

/** Columns of sessions in order of first packet, ties by id. The sort happens in the engine, which spills beyond its memory. */
export async function* streamRows(engine: Engine, plans: StreamPlan, request: RowsRequest, context: ReadContext): AsyncGenerator<readonly SessionRow[]> {
  if (plans.plan.isEmpty) return;
  const read = plans.whole ?? plans.plan;
  const visible = request.fields.filter((field) => read.maySee(field));
  const parameters = new Parameters();
  const columns = visible.map((field) => read.operand(field).sql);
  const source = sourceOf(plans, { fields: visible }, parameters);
  const sql = `SELECT ${["id", ...columns].join(", ")} FROM ${source} ORDER BY "firstPacket", id`;
  for await (const rows of engine.stream(parameters.statement(sql), context)) {
    yield rows.map(([id, ...values]) => {
      const byPath = new Map<string, FieldValue>(request.fields.map(({ path }) => [path, null]));
      visible.forEach((field, at) => byPath.set(field.path, plainValue(values[at] ?? null, isIdField(field) ? "id" : "address")));
      return { id: textOf(id), values: byPath };
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
