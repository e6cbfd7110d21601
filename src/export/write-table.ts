import { LookbackError } from "../base/errors.js";
import type { IndexStore, ReadContext, StreamRequest } from "../index-store/index-store.js";
import type { Field } from "../model/field.js";
import type { SessionRow } from "../model/session.js";
import type { OutputBuffer } from "./output-buffer.js";
import { SpanFinder, type SessionSpan } from "./session-span.js";
import type { TableFormat } from "./table-columns.js";
import { tableWriter } from "./table-writers.js";

export interface TableTask {
  readonly request: StreamRequest;
  readonly context: ReadContext & { readonly signal: AbortSignal };
  readonly format: TableFormat;
  readonly fields: readonly Field[];
  /** The fields of a session's first and last packet, to learn the time that the sessions span; left out: it is not asked for. */
  readonly times?: { readonly first: Field; readonly last: Field };
}

export interface TableResult {
  readonly sessions: number;
  /** The time of the sessions; null when there are none, or it was not asked for or may not be seen. */
  readonly span: SessionSpan | null;
}

/**
 * Writes sessions as a table, in order of first packet. The same sessions give the same bytes. Holds one batch of rows (a
 * row group in Parquet).
 */
export async function writeTable(store: Pick<IndexStore, "streamRows">, task: TableTask, out: OutputBuffer, progress: { sessions: number; bytes: number }): Promise<TableResult> {
  const writer = tableWriter(task.format, task.fields);
  const found = new SpanFinder();
  const more = Object.values(task.times ?? {}).filter(({ path }) => task.fields.every((field) => field.path !== path));
  await out.write(writer.head());
  for await (const rows of store.streamRows({ ...task.request, fields: [...task.fields, ...more] }, task.context)) {
    if (task.context.signal.aborted) throw new LookbackError("QUERY_CANCELLED", "the export was cancelled");
    await out.write(writer.rows(rows));
    if (task.times !== undefined) seeTimes(found, rows, task.times);
    progress.sessions += rows.length;
    progress.bytes = out.bytes;
  }
  await out.write(writer.end());
  await out.finish();
  progress.bytes = out.bytes;
  return { sessions: progress.sessions, span: found.span };
}

function seeTimes(found: SpanFinder, rows: readonly SessionRow[], { first, last }: NonNullable<TableTask["times"]>): void {
  for (const { values } of rows) {
    const [from, until] = [values.get(first.path), values.get(last.path)];
    if (typeof from === "number" && typeof until === "number") found.see(from, until);
  }
}
