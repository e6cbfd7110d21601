import { TLSSocket } from "node:tls";
import type { ErrorRequestHandler, Response } from "express";
import { LookbackError } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import { httpStatusOf } from "../graphql/errors.js";

/** Statuses of HTTP itself that say more than the status of the code: too large, wrong type, no such range. */
const OWN_STATUSES: ReadonlySet<number> = new Set([413, 415, 416]);

/** An error as its answer has it: `{"error":{"code","message","retryable"}}`, with `details.retryAfterSeconds` where a time is known. */
export function errorBody({ code, message, retryable, details }: LookbackError): object {
  const wait = details["retryAfterSeconds"];
  return { error: { code, message, retryable, ...(typeof wait === "number" ? { details: { retryAfterSeconds: wait } } : {}) } };
}

/** Sends an error with its HTTP status. */
export function sendError(response: Response, error: LookbackError, status = httpStatusOf(error)): void {
  const wait = error.details["retryAfterSeconds"];
  if (typeof wait === "number") response.setHeader("Retry-After", String(wait));
  if (error.code === "UNAUTHENTICATED") response.setHeader("WWW-Authenticate", "Bearer");
  response.status(status).json(errorBody(error));
}

/** The type that body-parser and send give their errors, or null. */
function httpFault(error: unknown): { readonly status: number; readonly type: string } | null {
  if (!(error instanceof Error) || !("status" in error) || typeof error.status !== "number") return null;
  return { status: error.status, type: "type" in error && typeof error.type === "string" ? error.type : "" };
}

/** What a client sees of an error of a handler. */
export function shownError(error: unknown): LookbackError | null {
  if (error instanceof LookbackError) return error;
  const fault = httpFault(error);
  if (fault === null || fault.status >= 500) return null;
  if (fault.type === "entity.too.large") return new LookbackError("LIMIT_EXCEEDED", "the request's body is too large");
  if (fault.status === 404) return new LookbackError("NOT_FOUND", "there is no such file");
  return new LookbackError("BAD_INPUT", fault.type === "entity.parse.failed" ? "the request's body is not the JSON that it claims to be" : "the request cannot be read");
}

/** Ends an answer that has begun so that no client takes it for whole: to HTTP/1.0 an orderly end of the connection is the end of the body. */
function cutOff(response: Response): void {
  const { socket } = response;
  // Below TLS nothing can be reset; there the missing close_notify tells.
  if (socket === null || socket instanceof TLSSocket) response.destroy();
  else socket.resetAndDestroy();
}

/** The last handler: errors as JSON; faults of ours go to the log under a reference. */
export function errorHandler(logger: Logger): ErrorRequestHandler {
  // Express tells an error handler by its four parameters.
  return (error: unknown, request, response, _next) => {
    const shown = shownError(error);
    if (shown === null) logger.error({ method: request.method, path: request.path, error }, "a request failed");
    if (response.headersSent) {
      cutOff(response);
      return;
    }
    const fault = httpFault(error);
    // The rest of a body that is too large is not read.
    if (fault?.type === "entity.too.large") response.setHeader("Connection", "close");
    const answer = shown ?? new LookbackError("INTERNAL", "an internal fault; the log has it");
    sendError(response, answer, fault !== null && OWN_STATUSES.has(fault.status) ? fault.status : httpStatusOf(answer));
  };
}
