import { expect, it } from "vitest";
import { Answer } from "../../../src/cli/answer.js";
import { retentionPlanLines } from "../../../src/cli/retention-plan.js";

it("a plan says what goes and why, what stays for each reason, and what cannot be reached", () => {
  const file = { path: "/p/a.pcap", bytes: 2_048, reason: "oldest", heldBytes: 1_024, note: "case 7" };
  const plan = {
    devices: [{
      directories: ["/p", "/q"], freeBytes: 1_024, totalBytes: 10_240, targetBytes: 5_120, pendingBytes: 1, deleteBytes: 2_048, shortfallBytes: 100, deletionCount: 3, deletions: [file],
      kept: [{ reason: "newest", files: 1, bytes: 10 }], blocked: [{ hold: 4, items: 2, bytes: 20 }],
    }],
    missing: [{ ...file, path: "/p/gone.pcap", heldBytes: 0, note: null, reason: "missing" }], elsewhere: [{ reason: "outside", files: 2, bytes: 5 }], excessBytes: 7,
    days: [{ day: "2026-01-01", sessions: 10, bytes: 100, expires: true, reason: "older-than-expire-days", heldSessions: 3, holds: [4], note: null }, { day: "2026-01-02", sessions: 1, bytes: 1, expires: false, reason: "held", heldSessions: 0, holds: [4, 5], note: "case 7" }],
    placement: [], nodesShortBytes: 0, mergeCount: 2, compaction: [{ day: "2026-01-02", segments: 6, sessions: 60, bytes: 2_048, reason: "small" }],
    exports: [{ id: "x1", owner: "ana", bytes: 1_024 }], auditEntries: 5,
  };
  expect(retentionPlanLines(new Answer(plan))).toEqual([
    "/p, /q: 1.0 KiB of 10.0 KiB free, 5.0 KiB wanted: 3 files (2.0 KiB) would be deleted",
    "  1 B of deleted files are not unlinked yet",
    "  hold 4 keeps 2 files (20 B) that would go",
    "  100 B short of what is wanted; nothing more may go",
    "  delete /p/a.pcap (2.0 KiB): oldest, 1.0 KiB of held packets are copied out first, case 7",
    "  … and 2 more",
    "  kept, newest: 1 file (10 B)",
    "files that are not there any more:",
    "  strike off /p/gone.pcap (2.0 KiB): missing",
    "files elsewhere, none is deleted:",
    "  kept, outside: 2 files (5 B)",
    "7 B of packet files beyond pcapMaxSizeG; nothing more may go",
    "7 sessions of 1 day would be removed, 1 day stays",
    "  expire 2026-01-01 (10 sessions, 100 B): older-than-expire-days, 3 held sessions stay",
    "  kept, held: 2026-01-02 (hold 4, 5, case 7)",
    "compaction: 2 merges would be made",
    "  merge 6 segments of 2026-01-02 (60 sessions, 2.0 KiB): small",
    "  … and 1 more",
    "exports whose time is over: 1 (1.0 KiB) would be removed",
    "  remove x1 of ana (1.0 KiB)",
    "audit log: 5 entries would be removed",
  ]);
});
