import type { SourceLedger } from "../native/types.js";

/** What became of the packets of one interface since the capture began. Null: the source cannot know. */
export interface InterfaceAccount {
  readonly name: string;
  readonly received: number;
  readonly stored: number;
  readonly byRule: number;
  readonly duplicate: number;
  readonly droppedByKernel: number | null;
  readonly droppedByInterface: number | null;
  readonly lostToQueue: number;
  readonly lostToDisk: number;
  readonly cut: number;
  readonly malformed: number;
}

/** What a capture did since it began. */
export interface LiveAccount {
  readonly startedMs: number;
  readonly atMs: number;
  readonly interfaces: readonly InterfaceAccount[];
  /** Over all interfaces; bytes are captured ones. received = stored + byRule + duplicate + lost. */
  readonly total: { readonly received: number; readonly stored: number; readonly byRule: number; readonly lost: number; readonly bytes: number };
  /** Times a source waited for room in our queue. */
  readonly waits: number;
  /** As of the last flush; closed = indexed + byRule + lost. */
  readonly sessions: { readonly open: number; readonly closed: number; readonly indexed: number; readonly byRule: number; readonly lost: number };
  /** Why nothing can be stored at present, or null. */
  readonly failure: string | null;
}

/** The accounts of interfaces, whatever the number of their sources. */
export function interfaceAccounts(ledgers: readonly SourceLedger[], pushedFrom: string): readonly InterfaceAccount[] {
  const names = [...new Set(ledgers.map((ledger) => ledger.interface))];
  return names.map((name): InterfaceAccount => {
    const sources = ledgers.filter((ledger) => ledger.interface === name);
    const sum = (count: (source: SourceLedger) => number): number => sources.reduce((total, source) => total + count(source), 0);
    const known = (count: (source: SourceLedger) => number | null): number | null => (sources.every((source) => count(source) === null) ? null : sum((source) => count(source) ?? 0));
    const [stored, byRule, duplicate] = [sum((source) => source.stored), sum((source) => source.byRule), sum((source) => source.duplicate)];
    const [lostToQueue, lostToDisk] = [sum((source) => source.lostToQueue), sum((source) => source.lostToDisk)];
    const droppedByKernel = known((source) => source.droppedByKernel);
    // Sockets of one interface see the same counter of the interface.
    const droppedByInterface = known((source) => (source === sources[0] ? source.droppedByInterface : null));
    return {
      name: name === "" ? pushedFrom : name, stored, byRule, duplicate, droppedByKernel, droppedByInterface, lostToQueue, lostToDisk,
      received: stored + byRule + duplicate + lostToQueue + lostToDisk + (droppedByKernel ?? 0) + (droppedByInterface ?? 0),
      cut: sum((source) => source.cut), malformed: sum((source) => source.malformed),
    };
  });
}

/** What became of closed sessions, by the core's counters. */
export function sessionAccount(counters: Readonly<Record<string, number>>, open: number): LiveAccount["sessions"] {
  const count = (name: string): number => counters[`sessions.${name}`] ?? 0;
  return { open, closed: count("saved"), indexed: count("indexed"), byRule: count("byRule"), lost: count("indexLost") };
}

/** The whole account. */
export function liveAccount(
  ledgers: readonly SourceLedger[], pushedFrom: string, sessions: LiveAccount["sessions"], times: { readonly startedMs: number; readonly atMs: number }, failure: string | null,
): LiveAccount {
  const interfaces = interfaceAccounts(ledgers, pushedFrom);
  const sum = (count: (account: InterfaceAccount) => number): number => interfaces.reduce((total, account) => total + count(account), 0);
  return {
    ...times, interfaces, sessions, failure, waits: ledgers.reduce((total, { waits }) => total + waits, 0),
    total: {
      received: sum(({ received }) => received), stored: sum(({ stored }) => stored), byRule: sum(({ byRule }) => byRule), bytes: ledgers.reduce((total, { bytes }) => total + bytes, 0),
      lost: sum(({ droppedByKernel, droppedByInterface, lostToQueue, lostToDisk }) => (droppedByKernel ?? 0) + (droppedByInterface ?? 0) + lostToQueue + lostToDisk),
    },
  };
}
