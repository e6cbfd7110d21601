import { afterEach, describe, expect, it } from "vitest";
import { sendBulk } from "../../../src/index-store/elasticsearch/bulk.js";
import { answeringCluster } from "../../support/answering-cluster.js";

const INDEX = "sessions3-260115";
const LINES = Buffer.from(`{"create":{"_index":"${INDEX}","_id":"1"}}\n{"a":1}\n{"create":{"_index":"${INDEX}","_id":"2"}}\n{"a":2}\n`);

describe("rows of a bulk request", () => {
  let end: () => Promise<void>;
  afterEach(() => end());

  const outcomeOf = async (status: number, type: string) => {
    const { cluster, close } = await answeringCluster(() => ({
      errors: true, items: [{ create: { status: 201 } }, { create: { status, error: { type, reason: `said of [${INDEX}]` } } }],
    }));
    end = close;
    return sendBulk(cluster, LINES, null);
  };

  it.each([
    [400, "index_closed_exception", "CLUSTER_BUSY", `POST /${INDEX}/_open`],
    [404, "index_not_found_exception", "CLUSTER_BUSY", "action.auto_create_index"],
    [400, "validation_exception", "CLUSTER_BUSY", "cluster.max_shards_per_node"],
    [403, "security_exception", "CLUSTER_REFUSED", "docs/elasticsearch.md"],
    [403, "cluster_block_exception", "CLUSTER_READ_ONLY", "read_only_allow_delete"],
    [503, "unavailable_shards_exception", "CLUSTER_BUSY", "cannot be written"],
  ])("wait for their index where it is the index that takes none: %s %s", async (status, type, code, wayOut) => {
    const { written, dead, again, cause } = await outcomeOf(status, type);
    expect({ written, dead }).toEqual({ written: 1, dead: [] });
    expect(again?.toString()).toBe(`{"create":{"_index":"${INDEX}","_id":"2"}}\n{"a":2}\n`);
    expect(cause).toMatchObject({ code, message: expect.stringContaining(wayOut), details: { index: INDEX, status } });
  });

  it("wait for the whole cluster where that has too much to do", async () => {
    const { again, cause } = await outcomeOf(429, "es_rejected_execution_exception");
    expect(again).not.toBeNull();
    expect(cause).toMatchObject({ code: "CLUSTER_BUSY" });
    expect(cause?.details["index"]).toBeUndefined();
  });

  it("are refused for good where it is the row that is not taken", async () => {
    const { dead, again } = await outcomeOf(400, "mapper_parsing_exception");
    expect(again).toBeNull();
    expect(dead).toMatchObject([{ status: 400, type: "mapper_parsing_exception", action: `{"create":{"_index":"${INDEX}","_id":"2"}}`, document: `{"a":2}` }]);
  });
});
