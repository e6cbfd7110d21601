import { outputUnread } from "./output.js";

/**
 * Signals that come within this time are one wish, in milliseconds: a terminal sends its own to all processes of a job, and
 * whoever supervises one of them passes it on.
 */
const ONE_WISH_MS = 1_000;

/** Where signals come from and what ends the process; a test has its own. */
export interface SignalSource {
  /** Whether SIGHUP ends this process in order. */
  readonly hangUpEnds: boolean;
  /** Aborts when nobody reads what this process prints, and it is to end for that. */
  readonly unread: AbortSignal;
  on(signal: "SIGINT" | "SIGTERM" | "SIGHUP", heard: () => void): unknown;
  /** Milliseconds of a clock that is never set. */
  nowMs(): number;
  /** Ends the process at once. */
  kill(): void;
}

const ofProcess: SignalSource = {
  // Where a person sits at the terminal SIGHUP says that the terminal is gone; elsewhere the configuration is read again (reload.ts).
  get hangUpEnds() { return process.stdin.isTTY; },
  // A child goes on: whoever supervises it says when it ends, and would start it again.
  get unread() { return process.send === undefined ? outputUnread : new AbortController().signal; },
  on: (signal, heard) => process.on(signal, heard),
  nowMs: () => performance.now(),
  kill: () => { process.kill(process.pid, "SIGKILL"); },
};

/**
 * Resolves at SIGINT or SIGTERM, when the terminal goes away, or when nobody reads what is printed any more; another SIGINT
 * or SIGTERM that comes a second after the first, or later, ends the process at once.
 */
export function untilSignalled(source: SignalSource = ofProcess): Promise<void> {
  return new Promise((resolve) => {
    let firstMs: number | null = null;
    const heard = (): void => {
      if (firstMs === null) {
        firstMs = source.nowMs();
        resolve();
      } else if (source.nowMs() - firstMs >= ONE_WISH_MS) source.kill();
    };
    for (const name of ["SIGINT", "SIGTERM"] as const) source.on(name, heard);
    // Nobody is impatient who closes a terminal.
    if (source.hangUpEnds) source.on("SIGHUP", () => { resolve(); });
    if (source.unread.aborted) resolve();
    else source.unread.addEventListener("abort", () => { resolve(); });
  });
}

/** Longest that work which cannot be interrupted keeps a stopped process alive, in milliseconds. */
const LINGER_MS = 2_000;

/**
 * Call when everything was told to stop. A process that has nothing left to do ends by itself; one that native work keeps
 * alive (a sort of the query engine hears no interrupt, and leaving waits for its thread) is ended. That costs nothing:
 * what such work has written no catalogue names, and the next start removes it.
 */
export function endSoon(afterMs: number = LINGER_MS): void {
  setTimeout(() => { process.kill(process.pid, "SIGKILL"); }, afterMs).unref();
}
