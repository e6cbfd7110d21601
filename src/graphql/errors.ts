import { GraphQLError, type GraphQLFormattedError } from "graphql";
import { ERROR_CODES, LookbackError, type ErrorCode } from "../base/errors.js";
import type { Logger } from "../base/logger.js";

/** HTTP status of each code; those not named are 500 (ours) or 400 (the client's). */
const HTTP_STATUS: Partial<Readonly<Record<ErrorCode, number>>> = {
  UNAUTHENTICATED: 401,
  LOGIN_FAILED: 401,
  FORBIDDEN: 403,
  LINK_INVALID: 403,
  NOT_FOUND: 404,
  IDEMPOTENCY_CONFLICT: 409,
  OUTCOME_UNKNOWN: 409,
  ALREADY_DONE: 409,
  RATE_LIMITED: 429,
  QUERY_CANCELLED: 499,
  INTERNAL: 500,
  STORE_DAMAGED: 500,
  UNAVAILABLE: 501,
  DISK_FULL: 507,
  SHUTTING_DOWN: 503,
  STORE_BUSY: 503,
  QUERY_MEMORY: 503,
  QUERY_TIMEOUT: 504,
};

/** The HTTP status that goes with an error. */
export function httpStatusOf(error: LookbackError): number {
  return HTTP_STATUS[error.code] ?? 400;
}

/** Apollo's and graphql-js's codes in ours. */
const FOREIGN_CODES: Readonly<Record<string, ErrorCode>> = {
  GRAPHQL_PARSE_FAILED: "BAD_INPUT",
  GRAPHQL_VALIDATION_FAILED: "BAD_INPUT",
  BAD_USER_INPUT: "BAD_INPUT",
  BAD_REQUEST: "BAD_INPUT",
  OPERATION_RESOLUTION_FAILURE: "BAD_INPUT",
  PERSISTED_QUERY_NOT_SUPPORTED: "BAD_INPUT",
  PERSISTED_QUERY_NOT_FOUND: "PERSISTED_QUERY_NOT_FOUND",
};

/** What Apollo says of a persisted query whose text has another hash. */
const FORGED_HASH = "provided sha does not match query";

function isCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CODES, code);
}

/** The LookbackError inside an error, whatever wrapped it, or null. */
function ours(error: unknown): LookbackError | null {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 8; depth++) {
    if (at instanceof LookbackError) return at;
    at = at instanceof GraphQLError && at.originalError !== undefined ? at.originalError : at.cause;
  }
  return null;
}

/** A code of ours that a wrapped GraphQL error carries (a scalar's), or null. */
function carriedCode(error: unknown): ErrorCode | null {
  for (let at: unknown = error, depth = 0; at instanceof GraphQLError && depth < 8; depth++) {
    const code = at.extensions["code"];
    if (typeof code === "string" && isCode(code) && code !== "INTERNAL") return code;
    at = at.originalError;
  }
  return null;
}

/** `extensions` of an error: `code`, `retryable`, `limit` where there is one, and the details. */
function extensionsOf(error: LookbackError): Record<string, unknown> {
  const { limit, ...details } = error.details;
  return {
    code: error.code,
    retryable: error.retryable,
    ...(limit === undefined ? {} : { limit }),
    ...(Object.keys(details).length === 0 ? {} : { details }),
  };
}

/** A LookbackError as GraphQL carries it. */
export function toGraphQLError(error: LookbackError): GraphQLError {
  return new GraphQLError(error.message, { originalError: error, extensions: extensionsOf(error) });
}

/**
 * What a client sees of an error: our message and code; for a fault of ours a reference number, while the cause goes to
 * the log. Errors of graphql-js itself (syntax, validation, variables) are BAD_INPUT.
 */
export function formatError(formatted: GraphQLFormattedError, error: unknown, logger: Logger): GraphQLFormattedError {
  const { message, locations, path } = formatted;
  const place = { ...(locations === undefined ? {} : { locations }), ...(path === undefined ? {} : { path }) };
  const known = ours(error);
  if (known !== null) return { message: known.message, ...place, extensions: extensionsOf(known) };
  // Apollo gives this one no code.
  if (message === FORGED_HASH) return { message: "persistedQuery: the hash is not the SHA-256 of the query", ...place, extensions: { code: "BAD_INPUT", retryable: false } };
  const code = formatted.extensions?.["code"];
  const carried = carriedCode(error);
  if (carried !== null || typeof code === "string") {
    const own = carried ?? FOREIGN_CODES[String(code)] ?? null;
    if (own !== null) return { message, ...place, extensions: { code: own, retryable: ERROR_CODES[own].retryable } };
  } else if (error instanceof GraphQLError && error.originalError === undefined) {
    return { message, ...place, extensions: { code: "BAD_INPUT", retryable: false } };
  }
  const reference = Math.random().toString(36).slice(2, 10);
  logger.error({ reference, path, error: error instanceof GraphQLError && error.originalError !== undefined ? error.originalError : error }, "an operation failed");
  return { message: `an internal fault; the log has it under ${reference}`, ...place, extensions: { code: "INTERNAL", retryable: false, details: { reference } } };
}

/** How each root field of an answer went, by its name in the answer: `ok`, or the code of the first error at or below it. */
export function outcomesOf(errors: readonly { readonly path?: readonly (string | number)[] | undefined; readonly extensions?: Readonly<Record<string, unknown>> | undefined }[] | undefined): (answerName: string) => string {
  return (answerName) => {
    const code = errors?.find((error) => error.path?.[0] === answerName)?.extensions?.["code"];
    return typeof code === "string" ? code : "ok";
  };
}
