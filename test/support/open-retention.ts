import path from "node:path";
import { silentLogger } from "../../src/base/logger.js";
import { openCatalogue } from "../../src/catalogue/catalogue.js";
import { catalogueLookup } from "../../src/export/packet-files.js";
import { PacketHeads } from "../../src/export/packet-heads.js";
import { EmbeddedStore } from "../../src/index-store/embedded/store.js";
import { SERVICE_SCOPE } from "../../src/model/access-scope.js";
import type { CheckedExpression } from "../../src/model/checked-expression.js";
import { packagedCatalogue } from "../../src/model/field-catalogue.js";
import { noRetentionEvents } from "../../src/model/retention-event.js";
import { ALL_TIME } from "../../src/model/time-range.js";
import { loadNativeCore } from "../../src/native/native.js";
import { PacketReader, Tombstones } from "../../src/packet-store/packet-store.js";
import { compileExpression } from "../../src/query/check.js";
import { ClassService } from "../../src/retention/class-service.js";
import { HoldService } from "../../src/retention/hold-service.js";
import { RetentionService } from "../../src/retention/retention-service.js";
import { retentionRules, type RulesInput } from "./retention-rules.js";

/** Reads of the service itself. */
export const context = { scope: SERVICE_SCOPE, signal: null, timeoutMs: 60_000 };
const fields = packagedCatalogue();

/** A data directory with copied captures of 40 sessions of 10 packets each, file `n` from hosts 10.n.0.x, open for holds and retention. */
export async function opened(data: string, packets: string) {
  let now = Date.now();
  const clock = { nowMs: () => now };
  const catalogue = openCatalogue(data, clock);
  const store = await EmbeddedStore.open({ catalogue, fields, clock, logger: silentLogger, threads: 1 });
  const reader = new PacketReader();
  const heads = new PacketHeads(reader, catalogueLookup(catalogue.files), loadNativeCore());
  const holds = new HoldService({ catalogue, store, clock });
  const classes = new ClassService({ catalogue, store, clock, compile: (text) => compileExpression(text, fields, { nowMs: now, timeZone: "UTC" }) });
  const filter = (text: string) => ({ expression: compileExpression(text, fields, { nowMs: now, timeZone: "UTC" }), range: ALL_TIME });
  const retention = (rules: RulesInput, free = 0) => new RetentionService({
    catalogue, store, reader, clock, logger: silentLogger, packetDirectories: [packets], classes, events: noRetentionEvents, rules: retentionRules([packets], rules),
    tombstones: new Tombstones(path.join(data, "tombstones"), [packets]), probe: () => Promise.resolve({ freeBytes: free, totalBytes: 1_000_000 }),
  });
  const hold = (text: string, untilMs: number | null = null) => holds.create({ filter: filter(text), description: text, reason: "case 7", untilMs, user: "ann" }, context);
  /** Where each packet of matching sessions is, and whether it reads. */
  const packetsOf = async (text: string) => {
    const found = [];
    for await (const batch of store.streamPackets(filter(text), context)) for (const session of batch) found.push({ id: session.id, packets: await heads.describe(session.packets, null, null) });
    return found.sort((left, right) => (left.id < right.id ? -1 : 1));
  };
  const times = (found: Awaited<ReturnType<typeof packetsOf>>) => found.map(({ id, packets: some }) => ({ id, times: some.map(({ timeMs, nanos, capturedLength, missing }) => [timeMs, nanos, capturedLength, missing]) }));
  const count = (expression: CheckedExpression) => store.count({ expression, range: ALL_TIME }, context);
  return {
    catalogue, store, holds, classes, retention, hold, packetsOf, times, count, filter, elapse: (ms: number) => { now += ms; },
    files: () => catalogue.files.list().map(({ id, state }) => `${id} ${state}`), close: async () => { await store.close(); await reader.close(); catalogue.close(); },
  };
}
