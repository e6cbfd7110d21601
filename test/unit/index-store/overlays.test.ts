import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LookbackError } from "../../../src/base/errors.js";
import { silentLogger } from "../../../src/base/logger.js";
import { openCatalogue, type Catalogue } from "../../../src/catalogue/catalogue.js";
import type { ClusterRequest } from "../../../src/index-store/elasticsearch/cluster.js";
import { at, listOf, numberOf, objectOf, textOf, type Json } from "../../../src/index-store/elasticsearch/json.js";
import { Overlays } from "../../../src/index-store/elasticsearch/overlay.js";
import { rowIdBytes } from "../../../src/index-store/row-id.js";
import { printMove } from "../../../src/index-store/elasticsearch/packet-positions.js";
import { rowId } from "../../support/segment-rows.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const id = (number: number): string => rowId(1_000 + number, number);
const MEBIBYTE = 1 << 20;

/** Documents as a cluster keeps them, and what it does with a bulk request of them. */
class FakeCluster {
  readonly documents = new Map<string, { version: number; source: Record<string, Json> }>();
  readonly bulks: { readonly rows: number; readonly bytes: number }[] = [];
  /** Bytes of the largest request that is taken. */
  mostBytes = Infinity;
  /** Rows that are refused for good. */
  readonly refused = new Set<string>();
  /** Called when a bulk request was taken, before it is answered. */
  onBulk: () => void = () => {};
  fault: Error | null = null;

  add(...numbers: readonly number[]): void {
    for (const number of numbers) this.documents.set(id(number), { version: 1, source: { node: "test", tags: [], lookback: { final: true } } });
  }

  request({ path, body, lines }: ClusterRequest): Promise<Json> {
    if (path.endsWith("/_search")) {
      const ids = listOf(at(body, "query", "ids", "values")).map(textOf);
      const hits = ids.flatMap((one) => {
        const found = this.documents.get(one);
        return found === undefined ? [] : [{ _id: one, _index: "sessions3-700101", _seq_no: found.version, _primary_term: 1, _source: found.source }];
      });
      return Promise.resolve({ hits: { hits } });
    }
    if (path !== "/_bulk" || lines === undefined) return Promise.resolve({});
    if (this.fault !== null) return Promise.reject(this.fault);
    const rows: Json[] = lines.toString().trimEnd().split("\n").map((line) => JSON.parse(line));
    this.bulks.push({ rows: rows.length / 2, bytes: lines.length });
    if (lines.length > this.mostBytes) return Promise.reject(new LookbackError("LIMIT_EXCEEDED", "the request is larger than the cluster takes", { status: 413 }));
    const items = rows.flatMap((action, position) => (position % 2 === 1 ? [] : [{ update: this.#update(at(action, "update"), objectOf(at(rows[position + 1], "doc"))) }]));
    this.onBulk();
    return Promise.resolve({ items });
  }

  #update(action: Json, doc: Readonly<Record<string, Json>>): Json {
    const one = textOf(at(action, "_id"));
    const document = this.documents.get(one);
    if (this.refused.has(one)) return { status: 400, error: { type: "document_parsing_exception", reason: "no" } };
    if (document === undefined) return { status: 404, error: { type: "document_missing_exception", reason: "gone" } };
    if (document.version !== numberOf(at(action, "if_seq_no"))) return { status: 409, error: { type: "version_conflict_engine_exception", reason: "late" } };
    document.version += 1;
    Object.assign(document.source, doc);
    return { status: 200 };
  }

  tagsOf(number: number): Json {
    return this.documents.get(id(number))?.source["tags"];
  }
}

describe("edited tags and moved packets on their way to a cluster", () => {
  let catalogue: Catalogue;
  let cluster: FakeCluster;
  let overlays: Overlays;
  let nowMs: number;
  let errors: string[];

  beforeEach(() => {
    nowMs = 5_000;
    errors = [];
    const clock = { nowMs: () => nowMs };
    catalogue = openCatalogue(temporaryDirectory(), clock);
    cluster = new FakeCluster();
    overlays = new Overlays({
      cluster, nodes: { own: () => Promise.resolve(new Set(["test"])) }, shipments: catalogue.shipments, clock, logger: { ...silentLogger, error: (_fields, message) => { errors.push(message); } },
      indices: { pattern: "sessions3-*", list: () => Promise.resolve([{ index: "sessions3-700101", startMs: 0, endMs: 86_400_000 }]) },
    });
  });
  afterEach(() => catalogue.close());

  const queued = (): number[] => catalogue.shipments.overlays(Buffer.alloc(16), 10_000).map((row) => Buffer.from(row).readUIntBE(10, 6));
  const tag = (number: number, ...tags: readonly string[]): void => {
    catalogue.transaction(() => {
      catalogue.tags.edit([rowIdBytes(id(number))], tags, []);
      catalogue.shipments.queueOverlays([rowIdBytes(id(number))]);
    });
  };
  /** Moves packets whose places take about so many bytes of JSON. */
  const move = (number: number, bytes: number): void => {
    const packets = Array.from({ length: Math.ceil(bytes / 16) }, (_, packet) => ({ fileId: 9, offset: 1_000_000_000 + packet, length: 1_500 }));
    catalogue.shipments.queueMoves([{ rowId: rowIdBytes(id(number)), packets: printMove(packets) }]);
  };

  it("do not fail who committed them, whatever the cluster says", async () => {
    cluster.add(1);
    for (const fault of [new LookbackError("INTERNAL", "the cluster answered 500: oops", { status: 500 }), new LookbackError("INDEX_MAPPING", "no", { status: 400 }), new TypeError("a defect")]) {
      tag(1, fault.message);
      cluster.fault = fault;
      await overlays.applySoon();
      expect(queued()).toEqual([1]);
      nowMs += 60_000;
    }
    expect(errors).toHaveLength(3);
    cluster.fault = null;
    await overlays.applySoon();
    expect(queued()).toEqual([]);
  });

  it("go in requests of a few megabytes, a larger row alone", async () => {
    cluster.add(1, 2, 3, 4, 5);
    for (const number of [1, 2, 4, 5]) move(number, 1.8 * MEBIBYTE);
    move(3, 6 * MEBIBYTE);
    expect(await overlays.apply()).toBe(5);
    expect(cluster.bulks.map(({ rows }) => rows)).toEqual([2, 1, 2]);
    for (const { rows, bytes } of cluster.bulks) expect(rows === 1 || bytes <= 4 * MEBIBYTE).toBe(true);
    expect(catalogue.shipments.hasMoves()).toBe(false);
  });

  it("are not held up by one that is too large for the cluster: its packets stay where the catalogue says", async () => {
    cluster.mostBytes = MEBIBYTE;
    cluster.add(1, 2, 3, 4, 5);
    for (const number of [1, 2, 4, 5]) move(number, 1_000);
    move(3, 1.5 * MEBIBYTE);
    expect(await overlays.apply()).toBe(4);
    expect(queued()).toEqual([3]);
    expect(catalogue.shipments.moveOf(rowIdBytes(id(3)))).not.toBeNull();
    expect(errors).toEqual([expect.stringMatching(`1 sessions, first of ${id(3)}.*larger`)]);
  });

  it("are not held up by a row that is refused for good, which is not tried again at once", async () => {
    cluster.add(1, 2, 3);
    cluster.refused.add(id(2));
    for (const number of [1, 2, 3]) tag(number, "case-7");
    expect(await overlays.apply()).toBe(2);
    expect([cluster.tagsOf(1), cluster.tagsOf(2), cluster.tagsOf(3)]).toEqual([["case-7"], [], ["case-7"]]);
    expect(queued()).toEqual([2]);
    const asked = cluster.bulks.length;
    nowMs += 59_999;
    expect(await overlays.apply()).toBe(0);
    expect(cluster.bulks).toHaveLength(asked);
    cluster.refused.clear();
    nowMs += 1;
    expect(await overlays.apply()).toBe(1);
    expect(queued()).toEqual([]);
  });

  it("stay queued when they were edited again before the cluster answered", async () => {
    cluster.add(1, 2);
    tag(1, "first");
    move(2, 100);
    cluster.onBulk = () => {
      tag(1, "second");
      move(2, 200);
      cluster.onBulk = () => {};
    };
    expect(await overlays.apply()).toBe(2);
    expect(cluster.tagsOf(1)).toEqual(["first"]);
    expect(queued()).toEqual([1, 2]);
    expect(await overlays.apply()).toBe(2);
    expect(cluster.tagsOf(1)).toEqual(["first", "second"]);
    expect(listOf(cluster.documents.get(id(2))?.source["packetLen"])).toHaveLength(13);
    expect(queued()).toEqual([]);
    expect(catalogue.shipments.hasMoves()).toBe(false);
  });

  it("stay queued when what was applied was taken back and made again meanwhile", async () => {
    cluster.add(1);
    tag(1, "case-7");
    cluster.onBulk = () => {
      nowMs += 1;
      catalogue.tags.edit([rowIdBytes(id(1))], [], ["case-7"]);
      tag(1, "case-7");
    };
    await overlays.apply();
    expect(queued()).toEqual([1]);
  });
});
