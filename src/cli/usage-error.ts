import { LookbackError, type ErrorDetails } from "../base/errors.js";

/** Codes of a command line that is wrong. */
export type UsageCode = "BAD_INPUT" | "LIMIT_EXCEEDED" | "TIME_RANGE_INVALID";

/** The command line is wrong, whatever it is run on: an operand is missing, an option has a value it cannot have, or two do not go together. */
export class UsageError extends LookbackError {
  constructor(message: string, code: UsageCode = "BAD_INPUT", details: ErrorDetails = {}) {
    super(code, message, details);
    this.name = "UsageError";
  }
}
