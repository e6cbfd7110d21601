import type { SourceLedger } from "../../src/native/types.js";

/** What a source counted: nothing but what is given. */
export function sourceLedger(name: string, counts: Partial<SourceLedger>): SourceLedger {
  return {
    interface: name, delivered: 0, bytes: 0, stored: 0, byRule: 0, malformed: 0, lostToDisk: 0, lostToQueue: 0, cut: 0, duplicate: 0, droppedByKernel: 0, droppedByInterface: null, waits: 0, wentDown: 0, damagedBlocks: 0, ended: false,
    failure: null, ...counts,
  };
}
