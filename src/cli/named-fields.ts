import { LookbackError } from "../base/errors.js";
import { UsageError } from "./usage-error.js";

/** Runs what asks for fields that options name. One that the service refuses is a fault of the command line, as one of the options is. */
export async function withNamedFields<T>(names: readonly string[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof LookbackError) || error.code !== "BAD_INPUT") throw error;
    const { field } = error.details;
    if (typeof field !== "string" || !names.includes(field)) throw error;
    throw new UsageError(error.message, "BAD_INPUT", error.details);
  }
}
