import { ERROR_CODES, LookbackError, type ErrorCode, type ErrorDetails } from "../base/errors.js";

/** An error that a service told of; a code that this version does not know becomes INTERNAL. */
export function errorOf(code: unknown, message: string, details: ErrorDetails = {}): LookbackError {
  return new LookbackError(isCode(code) ? code : "INTERNAL", message, details);
}

function isCode(code: unknown): code is ErrorCode {
  return typeof code === "string" && Object.hasOwn(ERROR_CODES, code);
}
