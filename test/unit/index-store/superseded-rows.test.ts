import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { LookbackError } from "../../../src/base/errors.js";
import type { DeadLetter } from "../../../src/index-store/elasticsearch/dead-letters.js";
import { IndexList } from "../../../src/index-store/elasticsearch/index-list.js";
import { IndexNames } from "../../../src/index-store/elasticsearch/index-names.js";
import { retryDeadLetters } from "../../../src/index-store/elasticsearch/retry.js";
import { dropSuperseded } from "../../../src/index-store/elasticsearch/versions.js";
import { answeringCluster } from "../../support/answering-cluster.js";
import { rowId } from "../../support/segment-rows.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const DAY = Date.UTC(2026, 0, 15);
const [OLD, NEW] = ["sessions3-260115", "sessions3-260116"];
const ID = rowId(DAY, 1);

describe("a row whose last version is of the next day", () => {
  let end: () => Promise<void>;
  afterEach(() => end());

  /** What is deleted when the cluster answers a deletion so. */
  const drop = async (item: object): Promise<readonly string[]> => {
    const deleted: string[] = [];
    const { cluster, close } = await answeringCluster(({ path, lines }) => {
      if (path.endsWith("/_alias")) return { [OLD]: {}, [NEW]: {} };
      if (path.endsWith("/_search")) {
        return { hits: { hits: [[OLD, 1], [NEW, 2]].map(([index, version]) => ({ _index: index, _id: ID, _source: { lookback: { rowVersion: version } } })) } };
      }
      if (path !== "/_bulk") return {};
      deleted.push(...lines);
      return { errors: "error" in item, items: [{ delete: item }] };
    });
    end = close;
    await dropSuperseded(cluster, new IndexList(cluster, new IndexNames(""), () => 0), [{ id: ID, version: 2, index: NEW }], { signal: null, timeoutMs: 10_000 });
    return deleted;
  };
  const failed = (status: number, type: string) => ({ status, error: { type, reason: "said so" } });

  it.each([
    ["deleted", { status: 200, result: "deleted" }],
    ["gone", { status: 404, result: "not_found" }],
    ["gone with its index", failed(404, "index_not_found_exception")],
  ])("hides the one before, which is %s", async (_, item) => {
    expect(await drop(item)).toEqual([JSON.stringify({ delete: { _index: OLD, _id: ID } })]);
  });

  it.each([
    [403, "cluster_block_exception", "CLUSTER_READ_ONLY", OLD],
    [400, "index_closed_exception", "CLUSTER_BUSY", OLD],
    [503, "unavailable_shards_exception", "CLUSTER_BUSY", OLD],
    [429, "es_rejected_execution_exception", "CLUSTER_BUSY", undefined],
    [409, "version_conflict_engine_exception", "CLUSTER_BUSY", OLD],
  ])("is not done while the one before stays: %s %s", async (status, type, code, index) => {
    const failure: unknown = await drop(failed(status, type)).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code, details: { status, reason: "said so" } });
    expect(failure instanceof LookbackError ? failure.details["index"] : null).toBe(index);
  });

  it("is looked for in its own index, too, where the clock was set back to the day before its first", async () => {
    const searched: string[] = [];
    const { cluster, close } = await answeringCluster(({ path }) => {
      if (path.endsWith("/_alias")) return { [OLD]: {}, [NEW]: {} };
      if (path.endsWith("/_search")) searched.push(path);
      return { hits: { hits: [] } };
    });
    end = close;
    await dropSuperseded(cluster, new IndexList(cluster, new IndexNames(""), () => 0), [{ id: rowId(DAY + 86_400_000, 1), version: 2, index: OLD }], { signal: null, timeoutMs: 10_000 });
    // Whether its shards are there, and then for the row.
    expect(searched).toEqual(Array.from({ length: 2 }, () => `/${OLD}*,${NEW}*/_search`));
  });
});

describe("dead letters that are sent again", () => {
  it("of an index that takes no rows hold up no others", async () => {
    const sent: string[] = [];
    const { cluster, close } = await answeringCluster(({ path, lines }) => {
      if (path !== "/_bulk") return {};
      const closed = lines.some((line) => line.includes(OLD));
      sent.push(closed ? OLD : NEW);
      return { errors: closed, items: [{ create: closed ? { status: 400, _index: OLD, error: { type: "index_closed_exception", reason: "closed" } } : { status: 201, _index: NEW } }] };
    });
    const files = [[OLD, "a"], [NEW, "b"]].map(([index = "", name = ""]) => {
      const file = join(temporaryDirectory(), name);
      writeFileSync(file, index);
      return { segment: name, file };
    });
    const noted: unknown[] = [];
    const read = (file: string): readonly DeadLetter[] => [{ action: JSON.stringify({ create: { _index: readFileSync(file, "utf8"), _id: ID } }), document: "{}", status: 400, type: "x", reason: "y" }];
    const parts = {
      cluster, indices: new IndexList(cluster, new IndexNames(""), () => 0),
      deadLetters: { list: () => files, read, open: () => { throw new Error("nothing is refused for good"); } },
      catalogue: { shipments: { setDeadRows: (segment: string, rows: number) => { noted.push([segment, rows]); } } },
    } as unknown as Parameters<typeof retryDeadLetters>[0];
    try {
      await expect(retryDeadLetters(parts)).rejects.toMatchObject({ code: "CLUSTER_BUSY", details: { index: OLD } });
      expect([sent, noted, files.map(({ file }) => existsSync(file))]).toEqual([[OLD, NEW], [["b", 0]], [true, false]]);
    } finally {
      await close();
    }
  });
});
