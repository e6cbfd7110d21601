import { LookbackError } from "../../../src/base/errors.js";

/** The coded error that `work` throws; any other outcome fails the test. */
export function errorOf(work: () => unknown): LookbackError {
  try {
    work();
  } catch (error) {
    if (error instanceof LookbackError) return error;
    throw error;
  }
  throw new Error("no error was thrown");
}
