import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { openCatalogue } from "../../../src/catalogue/catalogue.js";
import type { SessionPackets } from "../../../src/index-store/index-store.js";
import { PacketReader } from "../../../src/packet-store/packet-store.js";
import { copyHeldOut, heldSession, type KeepParts } from "../../../src/retention/keep-packets.js";
import { classicCapture } from "../../support/capture-bytes.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const ID = "01010101-0101-8101-8101-010101010101";

/** A capture with one held session, and a store whose moves go as `movePackets` says. */
function world(movePackets: KeepParts["store"]["movePackets"]) {
  const root = temporaryDirectory();
  const packets = path.join(root, "packets");
  mkdirSync(packets);
  const catalogue = openCatalogue(root, { nowMs: () => 0 });
  const capture = classicCapture([{ seconds: 10, nanoseconds: 0, data: Buffer.from("held") }]);
  const file = path.join(packets, "n-260101-00000001.pcap");
  writeFileSync(file, capture.bytes);
  const fileId = catalogue.files.add({ node: "n", path: file, displayName: file, stream: "1".padStart(32, "0"), storage: "own", state: "complete", format: "pcap" });
  const session: SessionPackets = { id: ID, firstPacketMs: 10_000, lastPacketMs: 10_000, final: true, packets: capture.positions.map((position) => ({ fileId, ...position })) };
  const hold = catalogue.holds.add({ subject: "session", subjectId: ID, reason: "case 7", createdBy: "ann" });
  catalogue.holds.addSessions(hold, [heldSession(session)]);
  const reader = new PacketReader();
  const copy = () => copyHeldOut({ catalogue, reader, store: { movePackets, async *streamPackets() { yield [session]; } } }, { fileId, path: file, own: true, node: "n" }, null)
    .finally(() => reader.close());
  return { catalogue, copy, kept: () => readdirSync(packets).filter((name) => name.includes(".kept.")) };
}

it("an error after the rows point to the copy does not take the copy away", async () => {
  const { catalogue, copy, kept } = world((_moves, alongside) => {
    catalogue.transaction(() => alongside?.());
    return Promise.reject(new Error("the request is larger than the cluster takes"));
  });
  await expect(copy()).rejects.toThrow("larger");
  const [listed] = catalogue.files.list({ after: 1 });
  expect(existsSync(listed?.path ?? "")).toBe(true);
  expect(kept()).toHaveLength(1);
  catalogue.close();
});

it("an error before that leaves no copy behind", async () => {
  const { catalogue, copy, kept } = world(() => Promise.reject(new Error("no")));
  await expect(copy()).rejects.toThrow("no");
  expect(kept()).toEqual([]);
  catalogue.close();
});
