import { hostname } from "node:os";
import type { Clock } from "../../base/clock.js";
import { LookbackError } from "../../base/errors.js";
import type { ClusterState } from "./cluster-state.js";
import type { RequestLimits } from "./cluster.js";
import { removeAnswer } from "./held-answers.js";
import { at, listOf, numberOf, textOf, type JsonObject } from "./json.js";

/** The document that lists the installations that serve. */
const SERVERS = "servers";
/** Servers of one cluster and prefix at most. */
const MOST_SERVERS = 1_000;
/** Milliseconds after its last word before a server may be forgotten. */
export const FRESH_MS = 300_000;

/** A data directory that is served on a cluster. */
export interface Server {
  readonly installation: string;
  readonly node: string;
  readonly host: string;
  /** When it gave its last word, milliseconds since 1970; 0 when it never did. */
  readonly wordMs: number;
}

const wordOf = (installation: string): string => `server-${installation}`;

/** The data directories that are served on a cluster: those that may hold sessions, and have to be asked before any expire. */
export class Servers {
  readonly #state: ClusterState;
  readonly #clock: Clock;

  constructor(state: ClusterState, clock: Clock) {
    this.#state = state;
    this.#clock = clock;
  }

  async #installations(limits: RequestLimits): Promise<readonly string[]> {
    return listOf((await this.#state.get(SERVERS, limits))?.body["installations"]).map(textOf);
  }

  /** Lists a server, if it is not. Throws CLUSTER_BUSY, LIMIT_EXCEEDED. */
  async register({ installation, node }: Pick<Server, "installation" | "node">, limits: RequestLimits): Promise<void> {
    if ((await this.#installations(limits)).includes(installation)) return;
    // Whoever reads the list finds out who it is.
    await this.word({ installation, node }, limits);
    await this.#change((listed) => {
      if (listed.length >= MOST_SERVERS) throw new LookbackError("LIMIT_EXCEEDED", `the cluster has ${MOST_SERVERS} servers already; forget those that are gone (lookback cluster forget)`, { limit: MOST_SERVERS });
      return [...new Set([...listed, installation])];
    }, limits);
  }

  /** Notes that a server is there. */
  async word({ installation, node }: Pick<Server, "installation" | "node">, limits: RequestLimits): Promise<void> {
    await this.#state.write(wordOf(installation), { node, host: hostname(), wordMs: this.#clock.nowMs() }, limits);
  }

  /** Every server, in order of node. */
  async list(limits: RequestLimits): Promise<readonly Server[]> {
    const servers: Server[] = [];
    for (const installation of await this.#installations(limits)) {
      const body: JsonObject | undefined = (await this.#state.get(wordOf(installation), limits))?.body;
      servers.push({ installation, node: textOf(at(body, "node")) || installation, host: textOf(at(body, "host")), wordMs: numberOf(at(body, "wordMs")) });
    }
    return servers.sort((one, other) => (one.node === other.node ? (one.installation < other.installation ? -1 : 1) : one.node < other.node ? -1 : 1));
  }

  /**
   * Forgets a server that is gone for good, by its node or its installation: nobody asks it any more, and what it alone held expires.
   *
   * @throws LookbackError NOT_FOUND; BAD_INPUT when several have the name, or when it gave a word within the last five minutes.
   */
  async forget(name: string, limits: RequestLimits): Promise<Server> {
    const servers = await this.list(limits);
    const [found, ...others] = servers.filter(({ node, installation }) => node === name || installation === name);
    if (found === undefined) throw new LookbackError("NOT_FOUND", `no server ${JSON.stringify(name.slice(0, 64))} is known on this cluster; lookback cluster list prints those that are`, { known: servers.map(({ node }) => node) });
    if (others.length > 0) {
      const installations = [found, ...others].map(({ installation }) => installation);
      throw new LookbackError("BAD_INPUT", `several servers have the node ${found.node}; name one by its installation: ${installations.join(", ")}`, { installations });
    }
    const ageMs = this.#clock.nowMs() - found.wordMs;
    if (ageMs < FRESH_MS) {
      throw new LookbackError("BAD_INPUT", `the server of node ${found.node} gave a word ${Math.max(0, Math.round(ageMs / 1_000))} s ago, so it is there; one that is stopped for good can be forgotten after ${FRESH_MS / 60_000} minutes`, {
        node: found.node, lastWord: new Date(found.wordMs).toISOString(),
      });
    }
    await removeAnswer(this.#state, found.installation, limits);
    await this.#change((listed) => listed.filter((one) => one !== found.installation), limits);
    await this.#state.remove(wordOf(found.installation), limits);
    return found;
  }

  async #change(change: (listed: readonly string[]) => readonly string[], limits: RequestLimits): Promise<void> {
    const isChanged = await this.#state.change(SERVERS, (body) => ({ installations: change(listOf(body?.["installations"]).map(textOf)) }), limits);
    if (!isChanged) throw new LookbackError("CLUSTER_BUSY", "other servers change the list of servers at this moment; try again");
  }
}
