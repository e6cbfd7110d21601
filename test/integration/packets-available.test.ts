import { copyFileSync, renameSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { at, runServer } from "../support/running-server.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

test("packets of a capture that its user moved are not available, and are again once it is back", async () => {
  const captures = temporaryDirectory();
  const [capture, elsewhere] = [join(captures, "mine.pcap"), join(captures, "moved.pcap")];
  copyFileSync(resolve("examples/first-look.pcap"), capture);
  const running = await runServer(temporaryDirectory(), [capture]);
  try {
    const seen = async (): Promise<readonly unknown[]> => {
      const { data, errors } = await running.graphql(`{
        there: aggregate(expression: "packetsAvailable == true") { count }
        gone: aggregate(filter: { packetsAvailable: false }) { count }
        sessions(first: 1) { nodes { packetsAvailable packetAvailability packets(first: 1) { packets { missing direction } } } } }`);
      expect(errors).toEqual([]);
      const node = at(data, "sessions", "nodes", 0);
      return [Number(at(data, "there", "count")) > 0, Number(at(data, "gone", "count")) > 0, at(node, "packetsAvailable"), at(node, "packetAvailability"), at(node, "packets", "packets", 0, "missing")];
    };
    expect(await seen()).toEqual([true, false, true, "ALL", null]);
    renameSync(capture, elsewhere);
    // The reader may still hold the file that it had open; what is asked is whether the file is where it should be.
    expect((await seen()).slice(0, 4)).toEqual([false, true, false, "NONE"]);
    renameSync(elsewhere, capture);
    expect(await seen()).toEqual([true, false, true, "ALL", null]);
  } finally {
    await running.stop();
  }
});
