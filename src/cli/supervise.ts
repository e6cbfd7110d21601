import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

/** First wait before a child is started again, in milliseconds; doubled up to the longest. */
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;

/** A child process that is started again when it ends without being told to. */
export interface Supervised {
  /** Tells the child to read its configuration again, once it runs. */
  hangUp(): void;
  /** Tells the child to end and waits for it. */
  stop(): Promise<void>;
}

/**
 * Runs `lookback` with `words` as a child; messages call it `what`. A child that never said that it runs is not tried again: it has printed why
 * (no interface, no right to capture), and trying would print it for ever.
 */
export function supervise(what: string, words: readonly string[], note: (line: string) => void): Supervised {
  let child: ChildProcess | null = null;
  let stopping = false;
  let waitMs = FIRST_WAIT_MS;
  let timer: NodeJS.Timeout | null = null;
  let listening = false;
  let ended: Promise<void> = Promise.resolve();

  const start = (): void => {
    let running = false;
    const started = fork(fileURLToPath(new URL("./main.js", import.meta.url)), [...words], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    child = started;
    started.on("message", () => {
      running = true;
      listening = true;
      waitMs = FIRST_WAIT_MS;
    });
    ended = new Promise((resolve) => {
      started.on("exit", (code, signal) => {
        child = null;
        listening = false;
        resolve();
        if (stopping || !running) return;
        note(`${what} ended (${signal ?? `exit code ${code ?? "unknown"}`}); starting it again in ${waitMs / 1000} s`);
        timer = setTimeout(start, waitMs);
        waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
      });
    });
  };
  start();
  return {
    hangUp() {
      // Before it says that it runs, a child has no ear for the signal, which would end it.
      if (listening) child?.kill("SIGHUP");
    },
    async stop() {
      stopping = true;
      if (timer !== null) clearTimeout(timer);
      child?.kill("SIGTERM");
      await ended;
    },
  };
}
