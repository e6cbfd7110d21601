import type { Cluster } from "./cluster.js";
import { SHORT } from "./cluster.js";
import type { IndexNames, IndexPeriod } from "./index-names.js";
import { at, listOf, numberOf, objectOf, textOf } from "./json.js";

/** Milliseconds that a list of indices is believed; other servers make and delete them too. */
const BELIEVED_MS = 1_000;

/** What an index holds, as the cluster counts it. */
export interface IndexSize extends IndexPeriod {
  readonly rows: number;
  readonly bytes: number;
  /** Lucene's segments of the primary shards. */
  readonly segments: number;
}

/** The indices of sessions that there are. */
export class IndexList {
  readonly #cluster: Cluster;
  readonly #names: IndexNames;
  readonly #revision: () => number;
  #known: { readonly periods: Promise<readonly IndexPeriod[]>; readonly revision: number; readonly atMs: number } | null = null;

  /** `revision` changes whenever this installation makes or deletes an index. */
  constructor(cluster: Cluster, names: IndexNames, revision: () => number) {
    this.#cluster = cluster;
    this.#names = names;
    this.#revision = revision;
  }

  get pattern(): string {
    return this.#names.pattern;
  }

  /** Every index, in order of time; at most a second old. Who waits no longer than `timeoutMs` asks for itself: others have more patience. */
  list(timeoutMs?: number): Promise<readonly IndexPeriod[]> {
    if (timeoutMs !== undefined) return this.#ask(timeoutMs);
    const revision = this.#revision();
    const nowMs = performance.now();
    if (this.#known !== null && this.#known.revision === revision && nowMs - this.#known.atMs < BELIEVED_MS) return this.#known.periods;
    const periods = this.#ask();
    this.#known = { periods, revision, atMs: nowMs };
    periods.catch(() => { this.#known = null; });
    return periods;
  }

  async #ask(timeoutMs = SHORT.timeoutMs): Promise<readonly IndexPeriod[]> {
    const answer = await this.#cluster.request({ method: "GET", path: `/${this.pattern}/_alias`, query: { ignore_unavailable: true, allow_no_indices: true }, ignore: [404] }, { ...SHORT, timeoutMs });
    return this.#periods(Object.keys(objectOf(answer)));
  }

  #periods(indices: readonly string[]): readonly IndexPeriod[] {
    return indices.map((index) => this.#names.periodOf(index)).filter((period) => period !== null).sort((a, b) => a.startMs - b.startMs || (a.index < b.index ? -1 : 1));
  }

  /** Forgets the list: the next look asks the cluster. */
  forget(): void {
    this.#known = null;
  }

  /** What each index holds, in order of time. */
  async sizes(): Promise<readonly IndexSize[]> {
    const answer = await this.#cluster.request({
      method: "GET", path: `/${this.pattern}/_stats/docs,store,segments`, query: { ignore_unavailable: true, allow_no_indices: true, level: "indices" }, ignore: [404],
    }, SHORT);
    const found = objectOf(at(answer, "indices"));
    return this.#periods(Object.keys(found)).map((period) => {
      const own = at(found[period.index], "primaries");
      return {
        ...period, rows: numberOf(at(own, "docs", "count")), bytes: numberOf(at(found[period.index], "total", "store", "size_in_bytes")), segments: numberOf(at(own, "segments", "count")),
      };
    });
  }

  /** Primary shards by index: each is merged to one segment of its own. */
  async shards(): Promise<ReadonlyMap<string, number>> {
    const answer = objectOf(await this.#cluster.request({
      method: "GET", path: `/${this.pattern}/_settings/index.number_of_shards`, query: { ignore_unavailable: true, allow_no_indices: true }, ignore: [404],
    }, SHORT));
    return new Map(Object.keys(answer).map((index) => [index, Number(at(answer[index], "settings", "index", "number_of_shards")) || 1]));
  }

  /** Health of every index: `green`, `yellow` or `red`. */
  async health(): Promise<readonly { readonly index: string; readonly health: string; readonly status: string }[]> {
    const answer = await this.#cluster.request({
      method: "GET", path: `/_cat/indices/${this.pattern}`, query: { format: "json", h: "index,health,status", expand_wildcards: "all" }, ignore: [404],
    }, SHORT);
    return listOf(answer).map((row) => ({ index: textOf(at(row, "index")), health: textOf(at(row, "health")), status: textOf(at(row, "status")) }));
  }
}
