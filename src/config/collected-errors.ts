import { LookbackError } from "../base/errors.js";

/** Errors that one message names. */
const MOST_NAMED = 50;

/** What `work` gives, or null when it throws CONFIG_INVALID, which is added to `errors`. */
export function collected<T>(errors: LookbackError[], work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    errors.push(invalid(error));
    return null;
  }
}

/** The same of what takes time. */
export async function collectedLater<T>(errors: LookbackError[], work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    errors.push(invalid(error));
    return null;
  }
}

/** The error as CONFIG_INVALID; every other one is thrown on. */
function invalid(error: unknown): LookbackError {
  if (!(error instanceof LookbackError) || error.code !== "CONFIG_INVALID") throw error;
  return error;
}

/** Throws what was collected: one error as it is, several as one with a line for each and the details of the first; nothing for none. */
export function throwTogether(errors: readonly LookbackError[]): void {
  const [first] = errors;
  if (first === undefined) return;
  if (errors.length === 1) throw first;
  const lines = errors.slice(0, MOST_NAMED).map(({ message }) => message);
  if (errors.length > MOST_NAMED) lines.push(`and ${errors.length - MOST_NAMED} more`);
  throw new LookbackError("CONFIG_INVALID", lines.join("\n"), first.details, { cause: first });
}
