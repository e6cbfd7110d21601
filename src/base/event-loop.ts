/** Resolves after whatever waits in the event loop had its turn: for work that is done in parts, so that others are served in between. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
