import { systemErrorCode } from "../base/errors.js";

const left = new AbortController();

/** Aborts when nobody reads standard output any more: its pipe was closed (`| head`), or its terminal is gone. */
export const outputUnread: AbortSignal = left.signal;

/**
 * Watches what this process prints. What nobody reads any more is dropped and is no fault: a command goes on with what it was
 * told to do, and what only prints or runs for ever looks at `outputUnread`. Standard error is for messages: that these are lost
 * ends nothing. `failed` is told when standard output could not be written otherwise, such as to a full disk.
 */
export function watchOutput(failed: (error: Error) => void): void {
  process.stdout.on("error", (error) => {
    if (isUnread(error, process.stdout.isTTY)) left.abort();
    else failed(error);
  });
  process.stderr.on("error", () => {});
}

/** Whether a write failed because its reader left; a terminal that is gone answers EIO. */
function isUnread(error: Error, isTerminal: boolean): boolean {
  const code = systemErrorCode(error);
  return code === "EPIPE" || code === "ECONNRESET" || (code === "EIO" && isTerminal);
}
