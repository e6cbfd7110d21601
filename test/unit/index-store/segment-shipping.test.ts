import { expect, it } from "vitest";
import { openCatalogue } from "../../../src/catalogue/catalogue.js";
import { Cluster } from "../../../src/index-store/elasticsearch/cluster.js";
import { DeadLetters } from "../../../src/index-store/elasticsearch/dead-letters.js";
import { IndexList } from "../../../src/index-store/elasticsearch/index-list.js";
import { IndexNames } from "../../../src/index-store/elasticsearch/index-names.js";
import { Pace } from "../../../src/index-store/elasticsearch/pace.js";
import { SegmentShipping } from "../../../src/index-store/elasticsearch/segment-shipping.js";
import type { NativeCore } from "../../../src/native/types.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const DAY = Date.UTC(2026, 0, 15);
const HOUR = 3_600_000;

it("goes to indices of its day alone, whatever other times its rows have", async () => {
  const directory = temporaryDirectory();
  const clock = { nowMs: () => DAY };
  const catalogue = openCatalogue(directory, clock);
  const cluster = new Cluster({ urls: ["http://127.0.0.1:9"], auth: null, authority: null, clientCertificate: null, compress: false });
  const names = new IndexNames("");
  const asked: string[] = [];
  const readSegment: NativeCore["readSegment"] = (_file, periods) => {
    asked.push(...periods.map(({ index }) => index));
    return { next: () => Promise.resolve(null), close: () => {} };
  };
  const shipping = new SegmentShipping({
    cluster, native: { readSegment }, catalogue, indices: new IndexList(cluster, names, () => 0), names, rotation: "hourly", deadLetters: new DeadLetters(directory), pace: new Pace(1_000), clock,
    wait: () => Promise.resolve(), status: { waiting: () => {} },
  });
  // A first packet that was stamped long after the last one.
  await shipping.ship({ path: "2026-01-15/0.parquet", firstMs: DAY + 20 * HOUR, minLastMs: DAY + 20 * HOUR, lastMs: Date.UTC(2106, 1, 7) }, "0.parquet", null);
  expect(asked).toEqual([20, 21, 22, 23].map((hour) => names.periodAt(DAY + hour * HOUR, "hourly").index));
  catalogue.close();
  await cluster.close();
});
