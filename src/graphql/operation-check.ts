import { createRequire } from "node:module";
import { GraphQLError, Kind, getOperationAST, type DocumentNode, type FragmentDefinitionNode, type GraphQLSchema, type SelectionSetNode } from "graphql";
import { LookbackError } from "../base/errors.js";
import { LIMITS } from "./limits.js";

// Its module build names `graphql/index.mjs` and would be a second instance of graphql; its CommonJS build shares ours.
// The cast states what `require` cannot: the package's own declarations.
const { fieldExtensionsEstimator, getComplexity, simpleEstimator } = createRequire(import.meta.url)("graphql-query-complexity") as typeof import("graphql-query-complexity");

/** Size of a selection once its fragments are expanded. */
interface Extent {
  readonly depth: number;
  readonly fields: number;
  readonly aliases: number;
}

const CYCLE: Extent = { depth: Number.POSITIVE_INFINITY, fields: Number.POSITIVE_INFINITY, aliases: 0 };

/** Measures selections; each fragment once, so that fragments which double each other cost nothing to refuse. */
class Measure {
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #known = new Map<string, Extent | null>();

  constructor(document: DocumentNode) {
    this.#fragments = new Map(document.definitions.flatMap((definition) => (definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : [])));
  }

  of(selection: SelectionSetNode): Extent {
    let depth = 0;
    let fields = 0;
    let aliases = 0;
    for (const node of selection.selections) {
      let extent: Extent;
      if (node.kind === Kind.FIELD) {
        const inner = node.selectionSet === undefined ? { depth: 0, fields: 0, aliases: 0 } : this.of(node.selectionSet);
        extent = { depth: inner.depth + 1, fields: inner.fields + 1, aliases: inner.aliases + (node.alias === undefined ? 0 : 1) };
      } else {
        extent = node.kind === Kind.INLINE_FRAGMENT ? this.of(node.selectionSet) : this.#fragment(node.name.value);
      }
      depth = Math.max(depth, extent.depth);
      fields += extent.fields;
      aliases += extent.aliases;
    }
    return { depth, fields, aliases };
  }

  #fragment(name: string): Extent {
    const known = this.#known.get(name);
    // Null marks a fragment being measured: it contains itself.
    if (known !== undefined) return known ?? CYCLE;
    const fragment = this.#fragments.get(name);
    if (fragment === undefined) return { depth: 0, fields: 0, aliases: 0 };
    this.#known.set(name, null);
    const extent = this.of(fragment.selectionSet);
    this.#known.set(name, extent);
    return extent;
  }
}

function refuse(what: string, given: number, limit: number): LookbackError {
  const shown = Number.isFinite(given) ? String(given) : "without end";
  return new LookbackError("LIMIT_EXCEEDED", `${what} of the operation is ${shown}; at most ${limit} is allowed`, { limit, given: shown });
}

/** Checks size before validation, whose rules take time that grows faster than the text. LIMIT_EXCEEDED. */
export function checkShape(document: DocumentNode): void {
  const measure = new Measure(document);
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION && definition.kind !== Kind.FRAGMENT_DEFINITION) continue;
    const extent = measure.of(definition.selectionSet);
    if (extent.depth > LIMITS.depth) throw refuse("the depth", extent.depth, LIMITS.depth);
    if (extent.fields > LIMITS.expandedFields) throw refuse("the number of fields", extent.fields, LIMITS.expandedFields);
    if (extent.aliases > LIMITS.aliases) throw refuse("the number of aliases", extent.aliases, LIMITS.aliases);
  }
}

/** Refuses variables nested deeper than any argument can be: what reads them calls itself once per level. */
function checkVariables(variables: Readonly<Record<string, unknown>>): void {
  let level: unknown[] = [variables];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > LIMITS.variableDepth) throw refuse("the depth of the variables", depth, LIMITS.variableDepth);
    level = level.flatMap((value) => (typeof value === "object" && value !== null ? Object.values(value).filter((inner) => typeof inner === "object" && inner !== null) : []));
  }
}

/**
 * Cost of a valid operation: one unit per field selected, a page's fields times its size over a divisor, and a fixed
 * price per question to the store (see `complexity` in the resolvers). LIMIT_EXCEEDED above the limit; a GraphQLError when
 * the variables do not fit.
 */
export function costOf(schema: GraphQLSchema, document: DocumentNode, variables: Record<string, unknown>, operationName: string | null): number {
  const operation = getOperationAST(document, operationName);
  if (operation === null || operation === undefined) return 0;
  checkVariables(variables);
  let cost: number;
  try {
    cost = getComplexity({
      schema,
      query: document,
      variables,
      ...(operationName === null ? {} : { operationName }),
      estimators: [fieldExtensionsEstimator(), simpleEstimator({ defaultComplexity: 1 })],
      maxQueryNodes: LIMITS.expandedFields * 2,
    });
  } catch (error) {
    // The variables do not fit; the scalar that refused one may have said why with a code of its own.
    if (!(error instanceof GraphQLError)) throw error;
    throw new GraphQLError(error.message, { originalError: error, extensions: { code: "BAD_USER_INPUT", ...error.extensions } });
  }
  const rounded = Math.ceil(cost);
  // Not `>`: a cost that is no number is refused too.
  if (!(rounded <= LIMITS.cost)) throw refuse("the cost", rounded, LIMITS.cost);
  return rounded;
}
