import { describe, expect, it } from "vitest";
import type { ImportJob } from "../../../src/capture/import-job.js";
import { importExitCode, runImports } from "../../../src/cli/import-run.js";
import { printBytes, printDuration, progressLine, ProgressPrinter, resultLine } from "../../../src/cli/progress.js";
import { LookbackError } from "../../../src/base/errors.js";

const job = (more: Partial<ImportJob> = {}): ImportJob => ({
  id: "1", path: "/x/a.pcap", mode: "in-place", node: null, onlyNew: false, state: "running", requestedBy: "t", packets: 1000, bytes: 50 * 2 ** 20, totalBytes: 200 * 2 ** 20, sessions: 3,
  fileId: 1, errorCode: null, errorMessage: null, warnings: [], createdAtMs: 0, startedAtMs: 1000, finishedAtMs: null, ...more,
});
class Screen {
  text = "";
  constructor(readonly isTTY: boolean, readonly columns = 200) {}
  write(text: string): void { this.text += text; }
}

describe("numbers", () => {
  it.each([[0, "0 B"], [440.4, "440 B"], [1023, "1023 B"], [1536, "1.5 KiB"], [5 * 2 ** 30, "5.0 GiB"], [2 ** 51, "2048.0 TiB"]])("%d bytes are %s", (bytes, text) => { expect(printBytes(bytes)).toBe(text); });
  it.each([[0, "0:00"], [59.6, "1:00"], [3723, "1:02:03"], [-1, "0:00"]])("%f seconds are %s", (seconds, text) => { expect(printDuration(seconds)).toBe(text); });
});

describe("a line of progress", () => {
  it("has bar, packets, bytes, rate and remaining time", () => {
    expect(progressLine(job(), 11_000, "a.pcap")).toBe("[#####...............]  25 %  a.pcap  1000 packets  50.0 MiB  5.0 MiB/s  0:30 left");
  });
  it("has no bar where the size is not known, and survives a job that has just begun", () => {
    expect(progressLine(job({ totalBytes: 0 }), 11_000, "-")).toBe("-  1000 packets  50.0 MiB  5.0 MiB/s");
    expect(progressLine(job({ bytes: 0, startedAtMs: null }), 5, "a")).toContain("0 B/s");
  });
});

describe("ProgressPrinter", () => {
  it("rewrites one line on a terminal, no longer than it is wide", () => {
    const screen = new Screen(true, 40);
    const printer = new ProgressPrinter(screen, () => 11_000);
    printer.running(job(), "a.pcap");
    printer.running(job(), "a.pcap");
    printer.line("done");
    expect(screen.text.split("\r\u001b[K").map((part) => part.length)).toEqual([0, 39, 39, "done\n".length]);
  });
  it("prints a plain line every five seconds elsewhere", () => {
    let now = 0;
    const screen = new Screen(false);
    const printer = new ProgressPrinter(screen, () => now);
    for (now = 0; now <= 12_000; now += 1000) printer.running(job(), "a.pcap");
    expect(screen.text.trim().split("\n")).toHaveLength(2);
    expect(screen.text).not.toContain("\u001b");
  });
  it("shows one of several that go on side by side, until it is over", () => {
    const screen = new Screen(true, 40);
    const printer = new ProgressPrinter(screen, () => 11_000);
    printer.running(job(), "a.pcap");
    printer.running(job({ id: "2" }), "b.pcap");
    printer.over(job({ id: "2" }), "done: b.pcap");
    printer.running(job({ id: "3" }), "c.pcap");
    printer.over(job(), null);
    printer.running(job({ id: "3" }), "c.pcap");
    expect([...screen.text.matchAll(/[abc]\.pcap/g)].map(([name]) => name)).toEqual(["a.pcap", "b.pcap", "c.pcap"]);
  });
});

describe("what became of it", () => {
  it("names warnings and errors", () => {
    expect(resultLine(job({ state: "done", finishedAtMs: 3000, warnings: [{ name: "truncated", count: 2, firstOffset: 99 }] }), "a.pcap"))
      .toBe("imported a.pcap: 1000 packets, 3 sessions, 50.0 MiB in 2.0 s  warning: truncated (2, first at offset 99)");
    expect(resultLine(job({ state: "done", packets: 1, sessions: 1, finishedAtMs: 3000, warnings: [{ name: "packets-in-no-session", count: 240, firstOffset: null }] }), "a.pcap"))
      .toBe("imported a.pcap: 1 packet, 1 session, 50.0 MiB in 2.0 s  warning: packets-in-no-session (240, of kinds that saveUnknownPackets and trackESP leave out)");
    expect(resultLine(job({ state: "already" }), "a.pcap")).toBe("already imported a.pcap: nothing changed");
    expect(resultLine(job({ state: "failed", errorCode: "DISK_FULL", errorMessage: "full" }), "a.pcap")).toBe("failed a.pcap: DISK_FULL: full");
  });

  it("the last line and the exit code say that some failed", async () => {
    const finished = [job({ state: "done", finishedAtMs: 2000 }), job({ id: "2", path: "/x/b.pcap", state: "failed", errorCode: "CAPTURE_UNREADABLE", errorMessage: "no" }), job({ id: "3", state: "already" })];
    const screen = new Screen(false);
    const outcome = await runImports({
      submit: () => Promise.resolve({ jobs: finished, failed: [{ path: "gone", error: new LookbackError("CAPTURE_UNREADABLE", "gone: no such file") }] }),
      finished: (_ids, onChange) => { for (const one of finished) onChange?.(one); return Promise.resolve(finished); },
    }, ["x"], false, { json: false, print: () => {}, progress: screen, nowMs: () => 5000 });
    expect(outcome).toEqual({ done: 1, already: 1, failed: 2, again: [], later: ["/x/b.pcap", "gone"], cancelled: [] });
    expect(screen.text.trim().split("\n").at(-1)).toBe("1 imported, 1 already imported, 2 failed (/x/b.pcap, gone)");
    expect([importExitCode(outcome), importExitCode({ ...outcome, failed: 0 }), importExitCode({ ...outcome, done: 0 }), importExitCode({ ...outcome, done: 0, already: 0 })]).toEqual([3, 0, 3, 1]);
  });
  it("those are told apart that may be taken once there is room, or later, and that a user ended: each failure is one of them", async () => {
    const finished = ["DISK_FULL", "INTERNAL", "UNAVAILABLE", "QUERY_CANCELLED"].map((errorCode) => job({ id: errorCode, path: errorCode, state: "failed", errorCode }));
    const imports = { submit: () => Promise.resolve({ jobs: finished, failed: [] }), finished: () => Promise.resolve(finished) };
    expect(await runImports(imports, ["x"], false, { json: true, print: () => {}, progress: new Screen(false), nowMs: () => 0 })).toMatchObject({ failed: 4, again: ["DISK_FULL"], later: ["INTERNAL", "UNAVAILABLE"], cancelled: ["QUERY_CANCELLED"] });
  });
});
