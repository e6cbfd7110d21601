import { getOperationAST, GraphQLError, parse, specifiedRules, validate, type DocumentNode, type ExecutionArgs, type ExecutionResult } from "graphql";
import { LookbackError } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import type { RequestContext } from "./context.js";
import { formatError, outcomesOf, toGraphQLError } from "./errors.js";
import { LIMITS } from "./limits.js";
import { checkShape, costOf } from "./operation-check.js";
import { graphqlSchema } from "./schema.js";

/** An operation as SSE and WebSocket clients send it. */
export interface OperationRequest {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>> | null;
  readonly operationName?: string | null;
}

/** The execution of an operation that passed every check, or the errors to send. */
export type Prepared = { readonly args: ExecutionArgs } | { readonly errors: readonly GraphQLError[] };

function document(query: string): DocumentNode | GraphQLError {
  try {
    return parse(query, { maxTokens: LIMITS.tokens });
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
}

/** Parses, bounds, validates and prices an operation of a streaming transport, as the HTTP endpoint does its own. */
export function prepareOperation({ query, variables, operationName }: OperationRequest, context: RequestContext): Prepared {
  const schema = graphqlSchema();
  const parsed = document(query);
  if (parsed instanceof GraphQLError) return { errors: [parsed] };
  try {
    checkShape(parsed);
    const invalid = validate(schema, parsed, specifiedRules);
    if (invalid.length > 0) return { errors: invalid };
    const operation = getOperationAST(parsed, operationName) ?? null;
    if (operation === null) throw new LookbackError("BAD_INPUT", "the document has no such operation, or several: name one with operationName");
    context.spend(costOf(schema, parsed, { ...variables }, operationName ?? null));
  } catch (error) {
    if (error instanceof LookbackError) return { errors: [toGraphQLError(error)] };
    if (error instanceof GraphQLError) return { errors: [error] };
    throw error;
  }
  return { args: { schema, document: parsed, contextValue: context, variableValues: variables ?? null, operationName: operationName ?? null } };
}

/** Errors of a streaming transport as clients see them. */
export function shownErrors(errors: readonly GraphQLError[], logger: Logger): readonly GraphQLError[] {
  return errors.map((error) => {
    const shown = formatError(error.toJSON(), error, logger);
    return new GraphQLError(shown.message, { ...(error.path === undefined ? {} : { path: error.path }), extensions: { ...shown.extensions } });
  });
}

/** A result with its errors as clients see them and the cost beside it; what was read goes into the audit log. */
export function shownResult<R extends ExecutionResult>(result: R, context: RequestContext, logger: Logger): R {
  const extensions = { ...result.extensions, ...context.spent };
  const errors = result.errors === undefined ? undefined : shownErrors(result.errors, logger);
  context.finishReads(outcomesOf(errors));
  return errors === undefined ? { ...result, extensions } : { ...result, errors, extensions };
}
