import { rmSync } from "node:fs";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "../../src/base/logger.js";
import { openCatalogue } from "../../src/catalogue/catalogue.js";
import { openEmbeddedStore } from "../../src/index-store/embedded/store.js";
import { packagedCatalogue } from "../../src/model/field-catalogue.js";
import { writeSegment } from "../support/segment-rows.js";
import { indexStoreContract } from "./index-store.contract.js";

indexStoreContract("embedded", async () => {
  const directory = mkdtempSync(join(tmpdir(), "lookback-store-"));
  const clock = { nowMs: () => Date.UTC(2026, 0, 16) };
  const catalogue = openCatalogue(directory, clock);
  const sessions = join(directory, "sessions");
  for (const id of [1, 2]) {
    catalogue.files.add({ id, node: "test", path: `/${id}`, displayName: `/${id}`, stream: `${id}`, storage: "own", state: "complete", format: "pcap" });
  }
  const store = await openEmbeddedStore({ catalogue, fields: packagedCatalogue(), clock, logger: silentLogger, threads: 2, memoryBytes: 512 << 20 });
  return {
    store,
    write: (rows) => writeSegment(sessions, rows),
    removeFile: (id) => { catalogue.files.update(id, { state: "gone" }); },
    async close() {
      await store.close();
      catalogue.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
});
