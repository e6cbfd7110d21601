import path from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { openCatalogue } from "../../../src/catalogue/catalogue.js";
import { Tombstones } from "../../../src/packet-store/packet-store.js";
import { gatherPacketFacts, type FactSources } from "../../../src/retention/facts.js";
import type { DeviceFact } from "../../../src/retention/plan.js";
import { isSettled, planPackets } from "../../../src/retention/policy.js";
import { MemoryStore } from "../../support/memory-store.js";
import { retentionRules } from "../../support/retention-rules.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

it("a plan of the oldest files deletes what the plan of all of them does, with files in directories that nobody names", () => {
  const place = fc.constantFrom("packets", "packets/below", "packets-old", "elsewhere");
  fc.assert(fc.property(fc.array(fc.record({ place, bytes: fc.nat(100) }), { minLength: 2, maxLength: 20 }), fc.integer({ min: 1, max: 10 }), fc.nat(1000), fc.nat(1000), (given, limit, maxBytes, freeBytes) => {
    const root = temporaryDirectory();
    const packets = path.join(root, "packets");
    const clock = { nowMs: () => 0 };
    const catalogue = openCatalogue(root, clock);
    given.forEach(({ place: where, bytes }, index) => {
      const file = path.join(root, where, `n-260101-${index}.pcap`);
      catalogue.files.add({ node: "n", path: file, displayName: file, stream: String(index).padStart(32, "0"), storage: "own", state: "complete", format: "pcap", bytes, packets: 1, firstMs: index, lastMs: index });
    });
    const sources: FactSources = {
      catalogue, store: new MemoryStore([]), tombstones: new Tombstones(path.join(root, "tombstones"), [packets]), packetDirectories: [packets], clock,
      probe: () => Promise.resolve({ freeBytes, totalBytes: 2000 }),
    };
    const devices: readonly DeviceFact[] = [{ device: 1, directories: [packets], freeBytes, totalBytes: 2000, pendingFiles: 0, pendingBytes: 0, writesFail: false }];
    const rules = retentionRules([packets], { maxBytes, freeSpace: { unit: "percent", value: 10 } }).packets;
    const goingOf = (facts: ReturnType<typeof gatherPacketFacts>) => planPackets(facts, rules).devices.flatMap(({ items }) => items.filter(({ action }) => action === "delete").map(({ fileId }) => fileId));
    const [some, all] = [gatherPacketFacts(sources, devices, new Set(), limit), gatherPacketFacts(sources, devices, new Set())];
    catalogue.close();
    if (isSettled(some, rules, planPackets(some, rules))) expect(goingOf(some)).toEqual(goingOf(all));
  }), { numRuns: 60 });
});
