import type { DuckDBValue } from "@duckdb/node-api";
import { LookbackError } from "../../base/errors.js";
import type { Field } from "../../model/field.js";
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

/** Where a row lies, its place in the order, and the columns asked for where they were read at once. */
interface Hit {
  readonly file: string;
  readonly row: number;
  readonly id: string;
  readonly sortValues: readonly (number | string | null)[];
  readonly values: readonly FieldValue[] | null;
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
 * In order of time a page is found by walking from one end in windows that grow, so that it does not read everything. A
 * window is as wide as it takes to hold few more rows than are wanted, so the columns asked for are read along with them:
 * the engine reads those near matches only. In other orders every match competes, so a page takes two steps: first where
 * its rows lie, reading the filter's and the order's columns only, then the columns asked for, of those rows only.
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
  if (windows === null) return hitsOf(engine, plan, request, context, { segments: plan.segments, window: null, limit: wanted, columns: [] });
  // Where every row matches, the first window has many more than are wanted.
  const columns = request.expression.node === "everything" ? [] : visibleColumns(plan, request);
  for (const window of windows) {
    if (window.segments.length > 0) hits.push(...await hitsOf(engine, plan, request, context, { segments: window.segments, window, limit: wanted - hits.length, columns }));
    if (hits.length >= wanted) break;
  }
  return hits;
}

/** The columns asked for that this reader may see; the id is at hand without being read. */
function visibleColumns(plan: QueryPlan, request: SearchRequest): readonly Field[] {
  return request.fields.filter((field) => plan.maySee(field) && field.path !== ID_PATH);
}

/** Where to look for hits, how many, and which columns to read along with them. */
interface Stretch {
  readonly segments: readonly SegmentInfo[];
  readonly window: Window | null;
  readonly limit: number;
  readonly columns: readonly Field[];
}

async function hitsOf(
  engine: Engine, whole: QueryPlan, request: SearchRequest, context: ReadContext, { segments, window, limit, columns }: Stretch,
): Promise<readonly Hit[]> {
  const plan = whole.over(segments);
  const parameters = new Parameters();
  const keys = request.order.map((key) => ({ operand: sortOperand(plan, key), direction: key.direction }));
  const tests = [plan.where(parameters)];
  if (window !== null) tests.push(...window.tests(parameters));
  if (request.after !== null) tests.push(afterTest(keys, request.after, parameters));
  const order = [...keys.map(({ operand, direction }) => `${operand.sql} ${direction} NULLS LAST`), "id"];
  const selected = ["filename", "file_row_number", "id", ...keys.map(({ operand }) => operand.sql), ...columns.map((field) => plan.operand(field).sql)];
  const from = plan.from([...request.order.map(({ field }) => field), ...columns]);
  const rows = await engine.rows(
    parameters.statement(`SELECT ${selected.join(", ")} FROM ${from} WHERE ${tests.join(" AND ")} ORDER BY ${order.join(", ")} LIMIT ${limit}`), context,
  );
  return rows.map(([file, row, id, ...values]) => ({
    file: textOf(file), row: numberOrNull(row) ?? 0, id: textOf(id), sortValues: values.slice(0, keys.length).map(sortValue),
    values: columns.length === 0 ? null : plainRow(columns, values.slice(keys.length)),
  }));
}

function plainRow(columns: readonly Field[], values: readonly DuckDBValue[]): readonly FieldValue[] {
  return columns.map((field, at) => plainValue(values[at] ?? null, isIdField(field) ? "id" : "address"));
}

/** The asked-for columns of the hits, in their order. Fields that the reader may not see are null. */
async function fetchRows(
  engine: Engine, whole: QueryPlan, request: SearchRequest, hits: readonly Hit[], context: ReadContext, fileOf: (path: string) => string,
): Promise<readonly SessionRow[]> {
  if (hits.length === 0) return [];
  const visible = visibleColumns(whole, request);
  const idIsVisible = request.fields.some((field) => field.path === ID_PATH && whole.maySee(field));
  const found = new Map<string, readonly FieldValue[]>();
  const unread = hits.filter(({ values }) => values === null);
  if (visible.length > 0 && unread.length > 0) {
    const files = new Set(unread.map(({ file }) => file));
    const plan = whole.over(whole.segments.filter(({ path }) => files.has(fileOf(path))));
    const selected = visible.map((field) => plan.operand(field).sql);
    // What needs more than the files themselves: edited tags, and flat columns that a segment may lack.
    const from = visible.some(({ overlay, object }) => overlay || object !== "") ? plan.from(visible) : parquet(plan.segments.map(({ path }) => fileOf(path)));
    // Row numbers are the engine's own; as literals they let it skip what lies between.
    const places = [...new Set(unread.map(({ row }) => row))].join(", ");
    const rows = await engine.rows(
      new Parameters().statement(`SELECT filename, file_row_number, ${selected.join(", ")} FROM ${from} WHERE file_row_number IN (${places})`), context,
    );
    for (const [file, row, ...values] of rows) found.set(place(textOf(file), numberOrNull(row)), plainRow(visible, values));
  }
  return hits.map(({ file, row, id, values: read }) => {
    const values = read ?? found.get(place(file, row));
    const byPath = new Map<string, FieldValue>(request.fields.map(({ path }) => [path, null]));
    visible.forEach(({ path }, at) => byPath.set(path, values?.[at] ?? null));
    if (idIsVisible) byPath.set(ID_PATH, id);
    return { id, values: byPath };
  });
}

const place = (file: string, row: number | null): string => `${row ?? -1} ${file}`;
