import { LookbackError } from "../../base/errors.js";
import type { Shipments } from "../../catalogue/shipments.js";
import type { FieldCatalogue } from "../../model/field-catalogue.js";
import type { ReadContext, SessionFilter } from "../index-store.js";
import { WHOLE, type Cluster } from "./cluster.js";
import { pointBody, type Dialect } from "./dialect.js";
import type { NodeOwners } from "./node-owners.js";
import { at, listOf, textOf, type Json, type JsonObject } from "./json.js";
import { SessionQuery } from "./query.js";
import type { IndexList } from "./index-list.js";
import type { Translation } from "./translate.js";

/** Milliseconds that a cluster gets to end a query beside the time the query may run. */
const GRACE_MS = 2_000;
/** Longest run of one request, for readers without a limit. */
const LONGEST_MS = 600_000;

/** Looks for indices of one request, when some expire while it is made. */
const TRIES = 3;

/** What every read of the store is made with. */
export interface ReadParts {
  readonly cluster: Cluster;
  readonly fields: FieldCatalogue;
  readonly indices: IndexList;
  readonly dialect: () => Promise<Dialect>;
  readonly goneFiles: () => readonly number[];
  readonly nodes: Pick<NodeOwners, "own" | "numberOf">;
  readonly shipments: Pick<Shipments, "hasMoves" | "moveOf">;
}

/** What the translation of a filter asks the store for. */
function ofTheStore({ goneFiles, fields }: ReadParts, ownNodes: ReadonlySet<string>): Pick<Translation, "goneFiles" | "ownNodes" | "portOf"> {
  return { goneFiles, ownNodes, portOf: (path) => fields.byPath(path) };
}

/** One read: its query, and what is left of its time. */
export class Read {
  readonly query: SessionQuery;
  readonly parts: ReadParts;
  readonly context: ReadContext;
  /** Nodes whose packet files are those of this data directory. */
  readonly ownNodes: ReadonlySet<string>;
  readonly #filter: SessionFilter;
  readonly #endsAt: number;

  private constructor(parts: ReadParts, filter: SessionFilter, query: SessionQuery, context: ReadContext, ownNodes: ReadonlySet<string>, endsAt: number) {
    this.parts = parts;
    this.#filter = filter;
    this.query = query;
    this.context = context;
    this.ownNodes = ownNodes;
    this.#endsAt = endsAt;
  }

  static async of(parts: ReadParts, filter: SessionFilter, context: ReadContext): Promise<Read> {
    checkCancelled(context.signal);
    const endsAt = performance.now() + context.timeoutMs;
    const existing = await parts.indices.list();
    const ownNodes = await parts.nodes.own({ signal: context.signal, timeoutMs: Math.min(LONGEST_MS, Math.max(1, Math.floor(context.timeoutMs))) });
    return new Read(parts, filter, new SessionQuery(filter, context, existing, ofTheStore(parts, ownNodes)), context, ownNodes, endsAt);
  }

  /** The same reader and time over other sessions. */
  async over(filter: SessionFilter): Promise<Read> {
    const { parts, context, ownNodes } = this;
    const existing = await parts.indices.list();
    return new Read(parts, filter, new SessionQuery(filter, context, existing, ofTheStore(parts, ownNodes)), context, ownNodes, this.#endsAt);
  }

  /** Milliseconds left for the next request. Throws QUERY_CANCELLED or QUERY_TIMEOUT when there are none. */
  #leftMs(): number {
    checkCancelled(this.context.signal);
    const left = Math.min(LONGEST_MS, Math.floor(this.#endsAt - performance.now()));
    if (left <= 0) throw timedOut(this.context.timeoutMs);
    return left;
  }

  /** Searches the indices of the query, or a point in time when `body` has one. An index that went meanwhile is as empty. */
  async search(body: JsonObject): Promise<Json> {
    const send = (path: string, query: typeof WHOLE): Promise<Json> => {
      const left = this.#leftMs();
      return this.parts.cluster.request({ method: "POST", path, query, body: { ...body, timeout: `${left}ms` } }, { signal: this.context.signal, timeoutMs: left + GRACE_MS });
    };
    const answer = "pit" in body ? await send("/_search", { allow_partial_search_results: false }) : await this.#named((indices) => send(`/${indices ?? this.parts.indices.pattern}/_search`, WHOLE));
    if (at(answer, "timed_out") === true) throw timedOut(this.context.timeoutMs);
    return answer;
  }

  /** Sends what names the indices of the query. One that expired since they were listed is left out the next time. */
  async #named(send: (indices: string | null) => Promise<Json>): Promise<Json> {
    const { indices } = this.parts;
    let named = this.query.indices;
    for (let tries = 1; ; tries++) {
      try {
        return await send(named);
      } catch (error) {
        if (!(error instanceof LookbackError) || error.code !== "NOT_FOUND" || tries >= TRIES) throw error;
        indices.forget();
        named = new SessionQuery(this.#filter, this.context, await indices.list(), ofTheStore(this.parts, this.ownNodes)).indices;
      }
    }
  }

  /** Searches a point in time, and keeps it open for longer. */
  async searchAt(point: PointInTime, body: JsonObject): Promise<Json> {
    const answer = await this.search({ ...body, pit: pointBody(point.id) });
    // The cluster may name it anew; what it was named before is not sure to be known.
    point.id = textOf(at(answer, "pit_id")) || point.id;
    return answer;
  }

  /** Opens a point in time over the indices of the query, null when there are none. Whoever opens it closes it. */
  async point(): Promise<PointInTime | null> {
    const dialect = await this.parts.dialect();
    const answer = await this.#named((indices) => (indices === null ? Promise.resolve(null) : this.parts.cluster.request(dialect.openPoint(indices), { signal: this.context.signal, timeoutMs: this.#leftMs() + GRACE_MS })));
    return answer === null ? null : new PointInTime(this.parts.cluster, dialect, dialect.pointOf(answer));
  }
}

/** The rows of some indices as they were at one moment. The cluster forgets it some time after the last search. */
export class PointInTime {
  /** How the cluster named it last. */
  id: string;
  readonly #cluster: Cluster;
  readonly #dialect: Dialect;

  constructor(cluster: Cluster, dialect: Dialect, id: string) {
    this.#cluster = cluster;
    this.#dialect = dialect;
    this.id = id;
  }

  /** Gives it back. Never throws: it ends by itself soon, and a failure here must not hide what the read found. */
  async close(): Promise<void> {
    await this.#cluster.request(this.#dialect.closePoint(this.id), { signal: null, timeoutMs: GRACE_MS }).catch(() => null);
  }
}

export function checkCancelled(signal: AbortSignal | null): void {
  if (signal?.aborted === true) throw new LookbackError("QUERY_CANCELLED", "the query was cancelled");
}

function timedOut(timeoutMs: number): LookbackError {
  return new LookbackError("QUERY_TIMEOUT", `the query ran longer than ${timeoutMs} ms; narrow the time range`, { limit: timeoutMs });
}

export function hitsOf(answer: Json): readonly Json[] {
  return listOf(at(answer, "hits", "hits"));
}
