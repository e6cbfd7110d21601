import type { CheckedExpression } from "../../model/checked-expression.js";
import type { Field } from "../../model/field.js";
import type { FieldCatalogue } from "../../model/field-catalogue.js";
import { isHiddenField } from "../../model/hidden-fields.js";
import type { SegmentInfo } from "../../model/segment.js";
import type { TimeRange } from "../../model/time-range.js";
import { mergeTests } from "../../query/merge-tests.js";
import type { ReadContext, SessionFilter } from "../index-store.js";
import { idTimeMs } from "../row-id.js";
import { hiddenField } from "../visibility.js";
import { Columns, type Operand } from "./columns.js";
import type { FieldShapes } from "./field-shapes.js";
import type { Snapshot } from "./live-set.js";
import { holdsOnly, mayHold, source } from "./source.js";
import { Parameters } from "./statement.js";
import { translate, type Translation } from "./translate.js";

/** Shared by all plans of a store. */
export interface PlanParts {
  readonly fields: FieldCatalogue;
  readonly shapes: FieldShapes;
  readonly fileOf: (path: string) => string;
  readonly goneFiles: () => readonly number[];
}

interface Read {
  readonly parts: PlanParts;
  readonly snapshot: Snapshot;
  readonly filter: SessionFilter;
  readonly context: ReadContext;
}

/** The fields that an expression tests, some perhaps several times. */
function testedFields(expression: CheckedExpression): readonly Field[] {
  switch (expression.node) {
    case "and":
    case "or":
      return expression.items.flatMap(testedFields);
    case "not":
      return testedFields(expression.item);
    case "field":
      return [expression.field];
    default:
      return [];
  }
}

/** Ids that a row must be among, when the expression says so at its top; null when it does not. */
function requiredIds(expression: CheckedExpression): readonly string[] | null {
  if (expression.node === "ids") return expression.ids;
  if (expression.node !== "and") return null;
  for (const item of expression.items) {
    const ids = requiredIds(item);
    if (ids !== null) return ids;
  }
  return null;
}

/** Thrown by a plan over a snapshot without tags that turns out to read them: the read must be planned anew. */
export class TagsNeeded extends Error {
  override readonly name = "TagsNeeded";
}

/** Whether a filter, or what the scope forces, tests tags. */
export function testsTags(filter: SessionFilter, { scope }: ReadContext): boolean {
  const tested = [...testedFields(filter.expression), ...(scope.forcedExpression === null ? [] : testedFields(scope.forcedExpression))];
  return tested.some(({ overlay }) => overlay);
}

/** The filter and the segments of one read, from which its statements are made. */
export class QueryPlan {
  readonly segments: readonly SegmentInfo[];
  readonly columns: Columns;
  readonly #read: Read;

  private constructor(read: Read, segments: readonly SegmentInfo[]) {
    this.#read = read;
    this.segments = segments;
    const present = new Set(segments.flatMap(({ columns }) => columns));
    // Edited tags make a column even when no segment has one.
    if (read.snapshot.tagTable !== null) present.add("tags");
    this.columns = new Columns(present, read.parts.shapes);
  }

  /** A plan over the segments of the snapshot that can hold matching rows. */
  static of(parts: PlanParts, snapshot: Snapshot, filter: SessionFilter, context: ReadContext): QueryPlan {
    const oldest: TimeRange = { startMs: context.scope.oldestMs, endMs: null, bounding: "last" };
    const times = requiredIds(filter.expression)?.map(idTimeMs) ?? null;
    const segments = snapshot.segments.filter((segment) =>
      mayHold(segment, filter.range) && mayHold(segment, oldest) &&
      (times === null || times.some((time) => segment.firstMs <= time && time <= segment.lastMs)));
    return new QueryPlan({ parts, snapshot, filter, context }, segments);
  }

  /** The same read over fewer segments. Their columns may be fewer, so statements over them come from this plan. */
  over(segments: readonly SegmentInfo[]): QueryPlan {
    return new QueryPlan(this.#read, segments);
  }

  /**
   * The segments of which every row matches and none is hidden, as far as their times tell, and the plan over the others.
   * What is computed of a whole segment stays true, for segments never change.
   */
  wholeSegments(): { readonly whole: readonly SegmentInfo[]; readonly rest: QueryPlan } {
    const { filter, snapshot, context: { scope } } = this.#read;
    if (filter.expression.node !== "everything" || scope.forcedExpression !== null) return { whole: [], rest: this };
    const isWhole = (segment: SegmentInfo): boolean =>
      !snapshot.dirty.has(segment.path) && holdsOnly(segment, filter.range) && segment.minLastMs >= (scope.oldestMs ?? -Infinity);
    return { whole: this.segments.filter(isWhole), rest: this.over(this.segments.filter((segment) => !isWhole(segment))) };
  }

  get isEmpty(): boolean {
    return this.segments.length === 0;
  }

  /** Refuses a field that the reader may not see. Throws FORBIDDEN. */
  requireVisible(field: Field): void {
    if (!this.maySee(field)) throw hiddenField(field);
  }

  maySee(field: Field): boolean {
    return !isHiddenField(field, this.#read.context.scope.hiddenFields);
  }

  /** A field as SQL over the rows of `from`. */
  operand(field: Field): Operand {
    return this.columns.operand(field);
  }

  /** The `FROM` item; `fields` are those the statement touches beside the filter. */
  from(fields: readonly Field[]): string {
    const { snapshot, filter, context, parts } = this.#read;
    const { forcedExpression } = context.scope;
    const touched = [...fields, ...testedFields(filter.expression), ...(forcedExpression === null ? [] : testedFields(forcedExpression))];
    const withTags = touched.some(({ overlay }) => overlay);
    if (withTags && !snapshot.hasTags) throw new TagsNeeded();
    return source({
      snapshot, segments: this.segments, fileOf: parts.fileOf, shapes: parts.shapes, withTags, hasTags: this.segments.some(({ columns }) => columns.includes("tags")),
      flat: touched.filter((field) => field.object !== "" && this.columns.has(field.path)),
    });
  }

  /** The predicate: expression, range, and what the scope forces. */
  where(parameters: Parameters): string {
    const { parts, filter, context: { scope } } = this.#read;
    const translation: Translation = {
      columns: this.columns,
      parameters,
      mayRead: (field) => this.maySee(field),
      goneFiles: parts.goneFiles,
      portOf: (path) => parts.fields.byPath(path),
    };
    const tests = [...rangeTests(filter.range, parameters)];
    if (scope.oldestMs !== null) tests.push(`"lastPacket" >= ${parameters.integer(scope.oldestMs)}`);
    if (filter.expression.node !== "everything") tests.push(translate(mergeTests(filter.expression), translation));
    // What an administrator forces may use any field.
    if (scope.forcedExpression !== null) tests.push(translate(mergeTests(scope.forcedExpression), { ...translation, mayRead: () => true }));
    return tests.length === 0 ? "true" : tests.join(" AND ");
  }
}

function rangeTests({ startMs, endMs, bounding }: TimeRange, parameters: Parameters): readonly string[] {
  const tests: string[] = [];
  const from = (column: string): void => {
    if (startMs !== null) tests.push(`"${column}" >= ${parameters.integer(startMs, Math.ceil)}`);
  };
  const to = (column: string): void => {
    if (endMs !== null) tests.push(`"${column}" <= ${parameters.integer(endMs, Math.floor)}`);
  };
  switch (bounding) {
    case "first":
      from("firstPacket");
      to("firstPacket");
      break;
    case "last":
      from("lastPacket");
      to("lastPacket");
      break;
    case "both":
      from("firstPacket");
      to("lastPacket");
      break;
    case "either":
      to("firstPacket");
      from("lastPacket");
      break;
  }
  return tests;
}
