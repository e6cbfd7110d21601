/**
 * Signals that come within this time are one wish, in milliseconds: a terminal sends its own to all processes of a job, and
 * whoever supervises one of them passes it on.
 */
const ONE_WISH_MS = 1_000;

/** Where signals come from and what ends the process; a test has its own. */
export interface SignalSource {
  on(signal: "SIGINT" | "SIGTERM", heard: (signal: NodeJS.Signals) => void): unknown;
  /** Milliseconds of a clock that is never set. */
  nowMs(): number;
  /** Ends the process at once. */
  kill(): void;
}

const ofProcess: SignalSource = {
  on: (signal, heard) => process.on(signal, heard),
  nowMs: () => performance.now(),
  kill: () => { process.kill(process.pid, "SIGKILL"); },
};

/** Resolves at SIGINT or SIGTERM; another one that comes a second later, or more, ends the process at once. */
export function untilSignalled(source: SignalSource = ofProcess): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let firstMs: number | null = null;
    const heard = (signal: NodeJS.Signals): void => {
      if (firstMs === null) {
        firstMs = source.nowMs();
        resolve(signal);
      } else if (source.nowMs() - firstMs >= ONE_WISH_MS) source.kill();
    };
    for (const name of ["SIGINT", "SIGTERM"] as const) source.on(name, heard);
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
