/** Resolves at SIGINT or SIGTERM; a second one ends the process at once. */
export function untilSignalled(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const once = (signal: NodeJS.Signals): void => {
      for (const name of ["SIGINT", "SIGTERM"] as const) {
        process.off(name, once);
        process.once(name, () => { process.exit(130); });
      }
      resolve(signal);
    };
    process.on("SIGINT", once).on("SIGTERM", once);
  });
}
