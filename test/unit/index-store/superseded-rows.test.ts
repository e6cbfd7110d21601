import { afterEach, describe, expect, it } from "vitest";
import { LookbackError } from "../../../src/base/errors.js";
import { IndexList } from "../../../src/index-store/elasticsearch/index-list.js";
import { IndexNames } from "../../../src/index-store/elasticsearch/index-names.js";
import { dropSuperseded } from "../../../src/index-store/elasticsearch/versions.js";
import { answeringCluster } from "../../support/answering-cluster.js";
import { rowId } from "../../support/segment-rows.js";

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
});
