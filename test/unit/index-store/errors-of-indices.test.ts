import { describe, expect, it } from "vitest";
import { LookbackError } from "../../../src/base/errors.js";
import { indexNamed, isOfIndices, itemError } from "../../../src/index-store/elasticsearch/cluster-errors.js";

const INDEX = "sessions3-260115";
const item = (status: number, type: string): LookbackError => itemError({ status, type, reason: "why" }, INDEX, "http://127.0.0.1:9");

describe("an error that holds up the rows of some indices and no others", () => {
  it.each<readonly [string, unknown, string | null]>([
    ["a closed index", item(400, "index_closed_exception"), INDEX],
    ["one that may not be written to", item(403, "security_exception"), INDEX],
    ["a blocked one, whichever it is", new LookbackError("CLUSTER_READ_ONLY", "", { status: 429 }), null],
    ["a missing shard", new LookbackError("CLUSTER_BUSY", "", { status: 503 }), null],
    ["rows that could not all be deleted", new LookbackError("CLUSTER_BUSY", "", { reason: "" }), null],
  ])("%s", (_, error, index) => {
    expect([isOfIndices(error), indexNamed(error)]).toEqual([true, index]);
  });

  it.each<readonly [string, unknown]>([
    ["too much to do", item(429, "es_rejected_execution_exception")],
    ["too much to do for a search", new LookbackError("CLUSTER_BUSY", "", { status: 429 })],
    ["a cluster that is away", new LookbackError("CLUSTER_UNREACHABLE", "")],
    ["a user that the cluster does not know", new LookbackError("CLUSTER_REFUSED", "", { status: 401, index: "" })],
    ["a value that no try makes right", new LookbackError("INDEX_MAPPING", "", { index: INDEX })],
    ["a fault", new Error("fault")],
  ])("and not %s", (_, error) => {
    expect(isOfIndices(error)).toBe(false);
  });
});
