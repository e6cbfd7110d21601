import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { Clock } from "../../base/clock.js";
import { LookbackError } from "../../base/errors.js";
import type { Cluster, RequestLimits } from "./cluster.js";
import { at, isObject, listOf, numberOf, textOf, type JsonObject } from "./json.js";

/** Tries of a change that another installation overtakes. */
const TRIES = 10;

/** A document of the state and its place in the order of writes. */
interface StateDocument {
  readonly body: JsonObject;
  readonly sequence: number;
  readonly term: number;
}

/** Documents of the state at most: what servers answer about held sessions is some of them. */
const MOST_DOCUMENTS = 10_000;

const SETTINGS: JsonObject = {
  settings: { index: { number_of_shards: "1", auto_expand_replicas: "0-1", hidden: true } },
  mappings: { dynamic: false },
};

/** What installations on one cluster tell each other: a small index of documents, each changed only when nobody else did meanwhile. */
export class ClusterState {
  readonly index: string;
  readonly #cluster: Pick<Cluster, "request">;

  constructor(cluster: Pick<Cluster, "request">, prefix: string) {
    this.#cluster = cluster;
    this.index = `${prefix}lookback-state`;
  }

  async get(id: string, limits: RequestLimits): Promise<StateDocument | null> {
    const answer = await this.#cluster.request({ method: "GET", path: `/${this.index}/_doc/${id}`, ignore: [404] }, limits);
    const body = at(answer, "_source");
    return isObject(body) ? { body, sequence: numberOf(at(answer, "_seq_no")), term: numberOf(at(answer, "_primary_term")) } : null;
  }

  /** Writes a document: where none was (`before` null), or over the one that was read. Returns whether nobody was faster. */
  async put(id: string, body: JsonObject, before: StateDocument | null, limits: RequestLimits): Promise<boolean> {
    if (before === null) await this.#make(limits);
    const condition: Readonly<Record<string, string | number>> = before === null ? { op_type: "create" } : { if_seq_no: before.sequence, if_primary_term: before.term };
    const answer = await this.#cluster.request({ method: "PUT", path: `/${this.index}/_doc/${id}`, query: condition, body, ignore: [409] }, limits);
    return answer !== null;
  }

  /**
   * Changes a document that others may change, too: `change` gets what is there, undefined where there is none, and gives what is to be
   * there, or null to leave it. Returns false when others were faster each of `TRIES` times. Throws what `change` throws.
   */
  async change(id: string, change: (body: JsonObject | undefined) => JsonObject | null, limits: RequestLimits): Promise<boolean> {
    for (let tries = 0; tries < TRIES; tries++) {
      const found = await this.get(id, limits);
      const body = change(found?.body);
      if (body === null || (await this.put(id, body, found, limits))) return true;
    }
    return false;
  }

  /** Writes a document that nobody else writes, whatever was there. */
  async write(id: string, body: JsonObject, limits: RequestLimits): Promise<void> {
    await this.#make(limits);
    await this.#cluster.request({ method: "PUT", path: `/${this.index}/_doc/${id}`, body }, limits);
  }

  async remove(id: string, limits: RequestLimits): Promise<void> {
    await this.#cluster.request({ method: "DELETE", path: `/${this.index}/_doc/${id}`, ignore: [404] }, limits);
  }

  /** Every document whose id begins so, in order of id; others are not read, for some are large. Throws LIMIT_EXCEEDED. */
  async all(prefix: string, limits: RequestLimits): Promise<readonly { readonly id: string; readonly body: JsonObject }[]> {
    await this.#cluster.request({ method: "POST", path: `/${this.index}/_refresh`, ignore: [404] }, limits);
    const answer = await this.#cluster.request({ method: "POST", path: `/${this.index}/_search`, query: { allow_partial_search_results: false }, body: { size: MOST_DOCUMENTS, query: { match_all: {} }, _source: false }, ignore: [404] }, limits);
    const hits = listOf(at(answer, "hits", "hits"));
    if (hits.length >= MOST_DOCUMENTS) throw new LookbackError("LIMIT_EXCEEDED", `${this.index} holds ${MOST_DOCUMENTS} documents or more`, { limit: MOST_DOCUMENTS });
    const found: { readonly id: string; readonly body: JsonObject }[] = [];
    for (const id of hits.map((hit) => textOf(at(hit, "_id"))).filter((one) => one.startsWith(prefix)).sort()) {
      const document = await this.get(id, limits);
      if (document !== null) found.push({ id, body: document.body });
    }
    return found;
  }

  async #make(limits: RequestLimits): Promise<void> {
    const there = await this.#cluster.request({ method: "GET", path: `/${this.index}`, ignore: [404] }, limits);
    if (there !== null) return;
    try {
      await this.#cluster.request({ method: "PUT", path: `/${this.index}`, body: SETTINGS }, limits);
    } catch (error) {
      // Another one made it first.
      if (!(error instanceof LookbackError) || !String(error.details["type"]).includes("resource_already_exists")) throw error;
    }
  }
}

/**
 * A lock that one of several processes on a cluster holds. It is held for a time and must be taken again before that is
 * over; a holder that dies loses it by doing nothing.
 */
export class ClusterLock {
  /** How others see the holder. */
  readonly owner = `${hostname()} ${process.pid} ${randomUUID().slice(0, 8)}`;
  readonly #state: ClusterState;
  readonly #id: string;
  readonly #clock: Clock;
  readonly #holdMs: number;

  constructor(state: ClusterState, name: string, clock: Clock, holdMs: number) {
    this.#state = state;
    this.#id = `lock-${name}`;
    this.#clock = clock;
    this.#holdMs = holdMs;
  }

  /** Takes the lock, or takes it again. Returns null when it is ours now, else who has it. */
  async take(limits: RequestLimits): Promise<string | null> {
    const nowMs = this.#clock.nowMs();
    const found = await this.#state.get(this.#id, limits);
    const holder = textOf(found?.body["owner"]);
    if (found !== null && holder !== this.owner && numberOf(found.body["untilMs"]) > nowMs) return holder;
    const taken = await this.#state.put(this.#id, { owner: this.owner, untilMs: nowMs + this.#holdMs }, found, limits);
    return taken ? null : "another process";
  }

  /** Gives the lock up if it is ours. */
  async release(limits: RequestLimits): Promise<void> {
    const found = await this.#state.get(this.#id, limits);
    if (found !== null && found.body["owner"] === this.owner) await this.#state.remove(this.#id, limits);
  }
}
