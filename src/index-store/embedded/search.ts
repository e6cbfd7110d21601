import type { DuckDBValue } from "@duckdb/node-api";
import { LookbackError } from "../../base/errors.js";
import type { SegmentInfo } from "../../model/segment.js";
import type { FieldValue, SessionRow } from "../../model/session.js";
import type { ReadContext, SearchAfter, SearchRequest, SearchResult, SortKey } from "../index-store.js";
import { requirePage } from "../request-checks.js";
import { isIdField, type Operand } from "./columns.js";
import type { Engine } from "./engine.js";
import type { QueryPlan } from "./query-plan.js";
import { parquet } from "./source.js";
import { isRowId, Parameters } from "./statement.js";
import { countOf, numberOrNull, plainValue, textOf } from "./values.js";
import { timeWindows, type Window } from "./windows.js";

/** The row's id as a field: the first step has it already. */
const ID_PATH = "_id";

/** Where a row lies, and its place in the order. */
interface Hit {
  readonly file: string;
  readonly row: number;
  readonly id: string;
  readonly sortValues: readonly (number | string | null)[];
}

/** The order's SQL for one key: a list sorts by its least value upwards and by its greatest downwards. */
function sortOperand(plan: QueryPlan, key: SortKey): Operand {
  const operand = plan.operand(key.field);
  if (!operand.many) return operand;
  return { ...operand, many: false, sql: `${key.direction === "asc" ? "list_min" : "list_max"}(${operand.sql})` };
}

function bound(operand: Operand, value: number | string, parameters: Parameters): string {
  const wrong = (): LookbackError => new LookbackError("CURSOR_INVALID", "the cursor does not fit the order of this query");
  switch (operand.type) {
    case "BIGINT":
    case "DOUBLE":
      if (typeof value !== "number" || !Number.isFinite(value)) throw wrong();
      return operand.type === "BIGINT" ? parameters.integer(value) : parameters.float(value);
    case "BOOLEAN":
      if (typeof value !== "number") throw wrong();
      return parameters.boolean(value !== 0);
    case "UUID":
      if (typeof value !== "string" || !isRowId(value)) throw wrong();
      return parameters.uuid(value);
    default:
      if (typeof value !== "string") throw wrong();
      return parameters.text(value);
  }
}

/** Rows after a position: later in the first key, or equal there and later in the next, and at last by id. Nulls are last. */
function afterTest(keys: readonly { readonly operand: Operand; readonly direction: "asc" | "desc" }[], after: SearchAfter, parameters: Parameters): string {
  if (after.values.length !== keys.length || !isRowId(after.id)) throw new LookbackError("CURSOR_INVALID", "the cursor does not fit the order of this query");
  let test = `id > ${parameters.uuid(after.id)}`;
  for (let at = keys.length - 1; at >= 0; at--) {
    const key = keys[at];
    const value = after.values[at];
    if (key === undefined || value === undefined) continue;
    const { sql } = key.operand;
    if (value === null) {
      test = `(${sql} IS NULL AND ${test})`;
      continue;
    }
    const edge = bound(key.operand, value, parameters);
    test = `(${sql} ${key.direction === "asc" ? ">" : "<"} ${edge} OR ${sql} IS NULL OR (${sql} = ${edge} AND ${test}))`;
  }
  return test;
}

function sortValue(value: DuckDBValue): number | string | null {
  if (value === null || typeof value === "string" || typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "boolean") return value ? 1 : 0;
  return textOf(value);
}

/**
 * A page in two steps: first where its rows lie, reading the filter's and the order's columns only, then the columns
 * asked for, of those rows only. In order of time the first step walks from one end in windows that grow, so that a
 * page does not read everything.
 */
export async function search(engine: Engine, plan: QueryPlan, request: SearchRequest, context: ReadContext, fileOf: (path: string) => string): Promise<SearchResult> {
  requirePage(request);
  for (const { field } of request.order) plan.requireVisible(field);
  if (plan.isEmpty) return { rows: [], sortValues: [], hasMore: false, total: request.countTotal ? { value: 0, relation: "EQ" } : null };
  const total = request.countTotal ? await count(engine, plan, context) : null;
  const hits = total === 0 ? [] : await findHits(engine, plan, request, context);
  const page = hits.slice(0, request.limit);
  return {
    rows: await fetchRows(engine, plan, request, page, context, fileOf),
    sortValues: page.map(({ sortValues }) => sortValues),
    hasMore: hits.length > page.length,
    total: total === null ? null : { value: total, relation: "EQ" },
  };
}

/** Number of matching rows. */
export async function count(engine: Engine, plan: QueryPlan, context: ReadContext): Promise<number> {
  if (plan.isEmpty) return 0;
  const parameters = new Parameters();
  const [row] = await engine.rows(parameters.statement(`SELECT count(*) FROM ${plan.from([])} WHERE ${plan.where(parameters)}`), context);
  return countOf(row?.[0]);
}

async function findHits(engine: Engine, plan: QueryPlan, request: SearchRequest, context: ReadContext): Promise<readonly Hit[]> {
  const wanted = request.limit + 1;
  const hits: Hit[] = [];
  const windows = timeWindows(plan.segments, request, wanted, () => hits.length);
  if (windows === null) return hitsOf(engine, plan, request, context, plan.segments, null, wanted);
  for (const window of windows) {
    if (window.segments.length > 0) hits.push(...await hitsOf(engine, plan, request, context, window.segments, window, wanted - hits.length));
    if (hits.length >= wanted) break;
  }
  return hits;
}

async function hitsOf(
  engine: Engine, whole: QueryPlan, request: SearchRequest, context: ReadContext, segments: readonly SegmentInfo[], window: Window | null, limit: number,
): Promise<readonly Hit[]> {
  const plan = whole.over(segments);
  const parameters = new Parameters();
  const keys = request.order.map((key) => ({ operand: sortOperand(plan, key), direction: key.direction }));
  const tests = [plan.where(parameters)];
  if (window !== null) tests.push(...window.tests(parameters));
  if (request.after !== null) tests.push(afterTest(keys, request.after, parameters));
  const order = [...keys.map(({ operand, direction }) => `${operand.sql} ${direction} NULLS LAST`), "id"];
  const selected = ["filename", "file_row_number", "id", ...keys.map(({ operand }) => operand.sql)];
  const from = plan.from(request.order.map(({ field }) => field));
  const rows = await engine.rows(
    parameters.statement(`SELECT ${selected.join(", ")} FROM ${from} WHERE ${tests.join(" AND ")} ORDER BY ${order.join(", ")} LIMIT ${limit}`), context,
  );
  return rows.map(([file, row, id, ...values]) => ({ file: textOf(file), row: numberOrNull(row) ?? 0, id: textOf(id), sortValues: values.map(sortValue) }));
}

/** The asked-for columns of the hits, in their order. Fields that the reader may not see are null. */
async function fetchRows(
  engine: Engine, whole: QueryPlan, request: SearchRequest, hits: readonly Hit[], context: ReadContext, fileOf: (path: string) => string,
): Promise<readonly SessionRow[]> {
  if (hits.length === 0) return [];
  const visible = request.fields.filter((field) => whole.maySee(field) && field.path !== ID_PATH);
  const idIsVisible = request.fields.some((field) => field.path === ID_PATH && whole.maySee(field));
  const found = new Map<string, readonly FieldValue[]>();
  if (visible.length > 0) {
    const files = new Set(hits.map(({ file }) => file));
    const plan = whole.over(whole.segments.filter(({ path }) => files.has(fileOf(path))));
    const selected = visible.map((field) => plan.operand(field).sql);
    const from = visible.some(({ overlay }) => overlay) ? plan.from(visible) : parquet(plan.segments.map(({ path }) => fileOf(path)));
    // Row numbers are the engine's own; as literals they let it skip what lies between.
    const places = [...new Set(hits.map(({ row }) => row))].join(", ");
    const rows = await engine.rows(
      new Parameters().statement(`SELECT filename, file_row_number, ${selected.join(", ")} FROM ${from} WHERE file_row_number IN (${places})`), context,
    );
    const meanings = visible.map((field) => (isIdField(field) ? "id" : "address"));
    for (const [file, row, ...values] of rows) {
      found.set(place(textOf(file), numberOrNull(row)), values.map((value, at) => plainValue(value, meanings[at] ?? "address")));
    }
  }
  return hits.map(({ file, row, id }) => {
    const values = found.get(place(file, row));
    const byPath = new Map<string, FieldValue>(request.fields.map(({ path }) => [path, null]));
    visible.forEach(({ path }, at) => byPath.set(path, values?.[at] ?? null));
    if (idIsVisible) byPath.set(ID_PATH, id);
    return { id, values: byPath };
  });
}

const place = (file: string, row: number | null): string => `${row ?? -1} ${file}`;
