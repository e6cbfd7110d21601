import { describe, it } from "vitest";
import type { IndexStore } from "../../src/index-store/index-store.js";
import { engineOn, searchNode, type Product } from "../support/search-node.js";
import { writeSegment } from "../support/segment-rows.js";
import { indexStoreContract } from "./index-store.contract.js";
import type { StoreUnderTest } from "./sessions.js";

/** The store as the contract sees it: what is committed is shipped before the commit is over. */
function shippedAtOnce(store: IndexStore, drain: () => Promise<void>): IndexStore {
  let last: Promise<void> = Promise.resolve();
  const drained = (): Promise<void> => {
    last = last.then(drain);
    return last;
  };
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      if (name !== "commitSegments" && name !== "expirePartition") return member.bind(target);
      return async (...given: readonly unknown[]) => {
        await Reflect.apply(member, target, given);
        await drained();
      };
    },
  });
}

/** Runs the contract on a real node of a product; what a version was really run on is in docs/elasticsearch.md. */
export async function clusterContract(product: Product): Promise<void> {
  const url = await searchNode(product);
  if (url === null) {
    describe(`index store: ${product}`, () => { it("has no node to run on", ({ skip }) => { skip(); }); });
    return;
  }
  indexStoreContract(product, async (): Promise<StoreUnderTest> => {
    const { sessions, catalogue, engine, shipper, close } = engineOn(url);
    for (const [id, node] of [[1, "test"], [2, "test"], [3, "north"]] as const) {
      catalogue.files.add({ id, node, path: `/${id}`, displayName: `/${id}`, stream: `${id}`, storage: "own", state: "complete", format: "pcap" });
    }
    return {
      store: shippedAtOnce(engine.store, async () => { await shipper.drain(); }),
      write: (rows) => writeSegment(sessions, rows),
      removeFile: (id) => { catalogue.files.update(id, { state: "gone" }); },
      close,
    };
  });
}
