/** Resolves at SIGINT or SIGTERM; a second one ends the process at once. */
export function untilSignalled(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const once = (signal: NodeJS.Signals): void => {
      for (const name of ["SIGINT", "SIGTERM"] as const) {
        process.off(name, once);
        process.once(name, () => { process.kill(process.pid, "SIGKILL"); });
      }
      resolve(signal);
    };
    process.on("SIGINT", once).on("SIGTERM", once);
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
