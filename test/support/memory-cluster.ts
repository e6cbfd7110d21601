import type { Cluster, ClusterRequest } from "../../src/index-store/elasticsearch/cluster.js";
import { LookbackError } from "../../src/base/errors.js";
import type { Json, JsonObject } from "../../src/index-store/elasticsearch/json.js";

/** Documents of one index, written on conditions as a cluster does. */
export class MemoryCluster implements Pick<Cluster, "request"> {
  readonly documents = new Map<string, { readonly body: JsonObject; readonly sequence: number }>();
  /** Called before each request; may throw what the cluster would. */
  before: (request: ClusterRequest) => void = () => {};
  #sequence = 0;

  async request(request: ClusterRequest): Promise<Json> {
    await Promise.resolve();
    this.before(request);
    const { method, path, query = {}, body } = request;
    const id = path.split("/_doc/")[1];
    if (id === undefined) return {};
    const found = this.documents.get(id);
    switch (method) {
      case "GET":
        return found === undefined ? null : { _source: found.body, _seq_no: found.sequence, _primary_term: 1 };
      case "DELETE":
        this.documents.delete(id);
        return {};
      case "PUT":
        if ((query["op_type"] === "create" && found !== undefined) || (query["if_seq_no"] !== undefined && query["if_seq_no"] !== found?.sequence)) return null;
        this.#sequence += 1;
        // What is written is what was said then, whatever becomes of the object.
        this.documents.set(id, { body: structuredClone(body ?? {}), sequence: this.#sequence });
        return {};
      default:
        throw new LookbackError("INTERNAL", `${method} ${path} is not answered`);
    }
  }

  body(id: string): JsonObject | undefined {
    return this.documents.get(id)?.body;
  }

  idsOf(prefix: string): readonly string[] {
    return [...this.documents.keys()].filter((id) => id.startsWith(prefix)).sort();
  }
}
