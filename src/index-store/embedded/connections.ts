import { LookbackError } from "../../base/errors.js";

/** Who asks for a connection, and may give up. */
export interface Taker {
  /** Why it gave up, or null. */
  readonly reason: LookbackError | null;
  /** Called when it gives up while it waits. */
  onStop: ((reason: LookbackError) => void) | null;
}

interface Waiting<T> {
  readonly take: (connection: T) => void;
  readonly fail: (error: unknown) => void;
}

/** Queries that may wait for a connection, a few for each of some hundred clients; one more is refused, and may be asked again. */
const MAX_WAITING = 1_024;
/** Seconds after which a refused query may find room. */
const RETRY_SECONDS = 1;

/** A bounded number of connections; who finds none waits in turn. */
export class Connections<T extends { closeSync(): void }> {
  readonly #make: () => Promise<T>;
  readonly #limit: number;
  readonly #free: T[] = [];
  readonly #waiting: Waiting<T>[] = [];
  #open = 0;
  #closed = false;

  /** `make` opens a connection; there are at most `limit`. */
  constructor(make: () => Promise<T>, limit: number) {
    this.#make = make;
    this.#limit = limit;
  }

  /** A connection, to be returned by `give` or `discard`. Throws the taker's reason, SHUTTING_DOWN, RATE_LIMITED when too many wait. */
  async take(taker: Taker): Promise<T> {
    if (taker.reason !== null) throw taker.reason;
    if (this.#closed) throw new LookbackError("SHUTTING_DOWN", "the store is closed");
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (this.#open < this.#limit) {
      try {
        return await this.#connect();
      } catch (error) {
        // Somebody may have begun to wait for this one.
        this.#replace();
        throw error;
      }
    }
    if (this.#waiting.length >= MAX_WAITING) {
      throw new LookbackError("RATE_LIMITED", `${MAX_WAITING} queries wait already; try again in ${RETRY_SECONDS} s`, { limit: MAX_WAITING, retryAfterSeconds: RETRY_SECONDS });
    }
    return new Promise((resolve, reject) => {
      const waiting: Waiting<T> = {
        take: (connection) => { taker.onStop = null; resolve(connection); },
        fail: (error) => { taker.onStop = null; reject(error); },
      };
      this.#waiting.push(waiting);
      taker.onStop = (reason) => {
        const at = this.#waiting.indexOf(waiting);
        if (at >= 0) this.#waiting.splice(at, 1);
        reject(reason);
      };
    });
  }

  /** Returns a connection, for whoever waits first. */
  give(connection: T): void {
    if (this.#closed) {
      connection.closeSync();
      return;
    }
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(connection);
    else next.take(connection);
  }

  /** Returns a connection that nobody may use again. */
  discard(connection: T): void {
    connection.closeSync();
    this.#open -= 1;
    this.#replace();
  }

  /** Opens a connection for who waits first once it is open: whoever waited before may have given up by then. */
  #replace(): void {
    if (this.#closed || this.#waiting.length === 0 || this.#open >= this.#limit) return;
    this.#connect().then(
      (connection) => { this.give(connection); },
      (error: unknown) => {
        this.#waiting.shift()?.fail(error);
        this.#replace();
      },
    );
  }

  async #connect(): Promise<T> {
    this.#open += 1;
    try {
      return await this.#make();
    } catch (error) {
      this.#open -= 1;
      throw error;
    }
  }

  /** Closes what is free; what is lent is closed when it comes back. Who waits gets SHUTTING_DOWN. */
  close(): void {
    this.#closed = true;
    for (const connection of this.#free.splice(0)) connection.closeSync();
    for (const waiting of this.#waiting.splice(0)) waiting.fail(new LookbackError("SHUTTING_DOWN", "the store is closed"));
  }
}
