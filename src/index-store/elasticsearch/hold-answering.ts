import type { Clock } from "../../base/clock.js";
import type { Logger } from "../../base/logger.js";
import type { ExpirySpan, HeldInSpan } from "../shared-expiry.js";
import { mayPass } from "./cluster-errors.js";
import type { ClusterState } from "./cluster-state.js";
import { readExpiring } from "./expiring-run.js";
import { removeAnswer, writeAnswer } from "./held-answers.js";
import type { NodeOwners } from "./node-owners.js";
import type { Servers } from "./servers.js";

/** Milliseconds between two looks for a question. */
const LOOK_MS = 5_000;
/** Milliseconds between two words that this server is there. */
const WORD_MS = 30_000;
const REQUEST_MS = 30_000;

export interface HoldAnsweringParts {
  readonly state: ClusterState;
  readonly servers: Servers;
  readonly nodes: Pick<NodeOwners, "installation">;
  /** Node of the configuration. */
  readonly node: string;
  /** Everything that is held here in spans, looked up at this moment. */
  readonly held: (spans: readonly ExpirySpan[], signal: AbortSignal) => Promise<readonly HeldInSpan[]>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Answers the server that expires sessions of all: what is held here. Each process that serves on a cluster does so. */
export class HoldAnswering {
  readonly #parts: HoldAnsweringParts;
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | null = null;
  #turn: Promise<void> | null = null;
  /** When this server gave its last word, milliseconds since 1970. */
  #wordMs = -Infinity;
  /** The run that was answered last, and whether the answer is still in the cluster. */
  #answered: { readonly generation: number; isThere: boolean } | null = null;

  constructor(parts: HoldAnsweringParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer ??= setInterval(() => { void this.look(); }, LOOK_MS);
    this.#timer.unref();
    void this.look();
  }

  /** Looks once; a look that is under way is the same. Never throws: what fails is logged, and tried at the next one. */
  look(): Promise<void> {
    this.#turn ??= this.#look()
      .catch((error: unknown) => { if (!mayPass(error) && !this.#stopping.signal.aborted) this.#parts.logger.warn({ error }, "the other servers of the cluster could not be told what is held here; it is tried again"); })
      .finally(() => { this.#turn = null; });
    return this.#turn;
  }

  async #look(): Promise<void> {
    const { state, servers, nodes, node, held, clock } = this.#parts;
    const { signal } = this.#stopping;
    const limits = { signal, timeoutMs: REQUEST_MS };
    const self = { installation: nodes.installation, node };
    if (clock.nowMs() - this.#wordMs >= WORD_MS) {
      // A server that was forgotten and is back is listed again.
      await servers.register(self, limits);
      await servers.word(self, limits);
      this.#wordMs = clock.nowMs();
    }
    const run = await readExpiring(state, limits);
    if (this.#answered?.isThere === true && (run?.phase !== "asking" || run.generation !== this.#answered.generation)) {
      // Whoever asked has read it by now, or given up.
      await removeAnswer(state, self.installation, limits);
      this.#answered.isThere = false;
    }
    // Answered even when it seems to be over: clocks differ.
    if (run === null || run.phase !== "asking" || run.installation === self.installation || run.generation === this.#answered?.generation) return;
    const answer = await held(run.spans, signal);
    await writeAnswer(state, self.installation, run.generation, answer, limits);
    this.#answered = { generation: run.generation, isThere: true };
  }

  /** Ends it, and waits for a look that is under way. */
  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#stopping.abort();
    await this.#turn;
  }
}
