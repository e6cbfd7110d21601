import { LookbackError } from "../base/errors.js";
import type { IndexStore, ReadContext, StreamRequest } from "../index-store/index-store.js";
import type { Field } from "../model/field.js";
import type { OutputBuffer } from "./output-buffer.js";
import type { TableFormat } from "./table-columns.js";
import { tableWriter } from "./table-writers.js";

export interface TableTask {
  readonly request: StreamRequest;
  readonly context: ReadContext & { readonly signal: AbortSignal };
  readonly format: TableFormat;
  readonly fields: readonly Field[];
}

/**
 * Writes sessions as a table, in order of first packet. The same sessions give the same bytes. Holds one batch of rows (a
 * row group in Parquet). Returns the number of sessions.
 */
export async function writeTable(store: Pick<IndexStore, "streamRows">, task: TableTask, out: OutputBuffer, progress: { sessions: number; bytes: number }): Promise<number> {
  const writer = tableWriter(task.format, task.fields);
  await out.write(writer.head());
  for await (const rows of store.streamRows({ ...task.request, fields: task.fields }, task.context)) {
    if (task.context.signal.aborted) throw new LookbackError("QUERY_CANCELLED", "the export was cancelled");
    await out.write(writer.rows(rows));
    progress.sessions += rows.length;
    progress.bytes = out.bytes;
  }
  await out.write(writer.end());
  await out.finish();
  progress.bytes = out.bytes;
  return progress.sessions;
}
