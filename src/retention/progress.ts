/** Told of each step that was done. */
export type Progressed = () => void;

/** Steps of runs that wait for each other: whoever waits gets on while the run before does. */
export class Progress {
  readonly #watchers = new Set<Progressed>();

  /** Notes a step: a file or a day that was seen to, a batch of packets or sessions. */
  readonly made: Progressed = () => {
    for (const watcher of this.#watchers) watcher();
  };

  /** Tells `watcher` of all steps until `work` ends. */
  async during<Done>(watcher: Progressed, work: () => Promise<Done>): Promise<Done> {
    // Two may be told in the same way.
    const own: Progressed = () => { watcher(); };
    this.#watchers.add(own);
    try {
      return await work();
    } finally {
      this.#watchers.delete(own);
    }
  }
}
