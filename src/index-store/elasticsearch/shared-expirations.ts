import { hostname } from "node:os";
import type { Clock } from "../../base/clock.js";
import { LookbackError } from "../../base/errors.js";
import type { Logger } from "../../base/logger.js";
import type { ExpirySpan, HeldInSpan, SharedExpiry, SharedRuns } from "../shared-expiry.js";
import type { ClusterState } from "./cluster-state.js";
import type { RequestLimits } from "./cluster.js";
import { ExpiringRun, mayGoOn, readExpiring } from "./expiring-run.js";
import { readAnswer } from "./held-answers.js";
import type { NodeOwners } from "./node-owners.js";
import type { Server, Servers } from "./servers.js";

/** Milliseconds that the others have to answer: they look every five seconds, and look their held sessions up first. */
export const ANSWER_MS = 90_000;
/** Milliseconds between two looks for answers. */
const LOOK_MS = 1_000;
/** Milliseconds between two words of a run that goes on. */
const WORD_MS = 30_000;
const REQUEST_MS = 30_000;

export interface SharedExpirationsParts {
  readonly state: ClusterState;
  readonly servers: Servers;
  readonly nodes: Pick<NodeOwners, "installation">;
  /** Node of the configuration. */
  readonly node: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Resolves after so many milliseconds, or when the signal aborts. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

const NEVER = new AbortController().signal;

/**
 * Expiry of rows that several servers hold some of, by documents of the cluster's state that are read by id. Who expires says of which
 * days, then reads who serves, and waits for each to say what it holds. Who holds puts the hold in force, then looks what is being
 * expired. So a hold from before the question is in the answer, and one from after it sees the question.
 */
export class SharedExpirations implements SharedExpiry {
  readonly #parts: SharedExpirationsParts;

  constructor(parts: SharedExpirationsParts) {
    this.#parts = parts;
  }

  async look(signal: AbortSignal | null): Promise<SharedRuns> {
    const { state, servers, nodes, node, clock } = this.#parts;
    const limits = { signal, timeoutMs: REQUEST_MS };
    await servers.register({ installation: nodes.installation, node }, limits);
    const run = await readExpiring(state, limits);
    if (run === null) return { token: "0", spans: [] };
    if (run.phase === "done") return { token: `${run.generation} done`, spans: [] };
    return mayGoOn(run, clock.nowMs()) ? { token: `${run.generation}`, spans: run.spans } : { token: null, spans: [] };
  }

  async during<T>(spans: readonly ExpirySpan[], work: (held: readonly HeldInSpan[], isOurs: () => boolean) => Promise<T>, signal: AbortSignal | null): Promise<T> {
    const { state, servers, nodes, node, clock, logger } = this.#parts;
    const limits = { signal, timeoutMs: REQUEST_MS };
    const { installation } = nodes;
    const run = await ExpiringRun.begin(state, clock, { owner: `${node} on ${hostname()}, process ${process.pid}`, installation }, spans, limits);
    const over = new AbortController();
    const words = this.#words(run, over.signal);
    try {
      // Read after the question stands: whoever serves from now on sees it before it holds anything.
      const others = (await servers.list(limits)).filter((server) => server.installation !== installation);
      const held = await this.#answers(run, others, spans.length, limits);
      await run.word("expiring", limits);
      return await work(held, () => run.isOurs);
    } finally {
      over.abort();
      await words;
      await run.word("done", { signal: null, timeoutMs: REQUEST_MS }).catch((error: unknown) => { logger.warn({ error }, "the end of an expiry could not be told; it is taken as over soon"); });
    }
  }

  /** Says now and then that a run goes on. Never throws: one that is not believed any more expires nothing more. */
  async #words(run: ExpiringRun, over: AbortSignal): Promise<void> {
    for (;;) {
      await this.#parts.wait(WORD_MS, over);
      if (over.aborted) return;
      await run.word(null, { signal: over, timeoutMs: REQUEST_MS }).catch((error: unknown) => { if (!over.aborted) this.#parts.logger.warn({ error }, "it could not be told that an expiry goes on"); });
    }
  }

  /** What the others hold. Throws SERVER_SILENT when one does not say it in time. */
  async #answers(run: ExpiringRun, others: readonly Server[], days: number, limits: RequestLimits): Promise<readonly HeldInSpan[]> {
    const { state, clock, wait } = this.#parts;
    const untilMs = clock.nowMs() + ANSWER_MS;
    const held: HeldInSpan[] = [];
    const open = new Map(others.map((server) => [server.installation, server]));
    for (;;) {
      for (const installation of open.keys()) {
        const answer = await readAnswer(state, installation, run.generation, limits);
        if (answer === null) continue;
        held.push(...answer);
        open.delete(installation);
      }
      const [silent] = open.values();
      if (silent === undefined) return held;
      if (limits.signal?.aborted === true) throw new LookbackError("SHUTTING_DOWN", "the service is stopping; nothing was expired");
      if (clock.nowMs() >= untilMs) throw silentServers([...open.values()], silent, days);
      await wait(LOOK_MS, limits.signal ?? NEVER);
    }
  }
}

function silentServers(servers: readonly Server[], first: Server, days: number): LookbackError {
  const said = servers.map(({ node, host, wordMs }) => `${node} on ${host} (last word ${wordMs === 0 ? "never" : new Date(wordMs).toISOString()})`);
  return new LookbackError(
    "SERVER_SILENT", `the server of node ${said.join(", and that of ")} does not say what it holds, so ${days === 1 ? "the day stays" : `${days} days stay`}; start it, or forget it when it is gone for good (lookback cluster forget ${first.node})`,
    { nodes: servers.map(({ node }) => node), installations: servers.map(({ installation }) => installation) },
  );
}
