import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { classicCapture } from "../support/capture-bytes.js";
import { udpFrame } from "../support/frames.js";
import { at, runServer, type RunningServer } from "../support/running-server.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

let running: (RunningServer & { readonly password: string }) | null = null;
afterEach(() => running?.stop());

/** A capture of `packets` packets of one KiB of 20 hosts 10.`file`.0.x. */
function capture(directory: string, file: number, packets: number): string {
  const name = path.join(directory, `${file}.pcap`);
  const flow = (one: number) => ({ source: `10.${file}.0.${one % 20}`, destination: "192.0.2.1", sourcePort: 1000 + file, destinationPort: 9999 });
  writeFileSync(name, classicCapture(Array.from({ length: packets }, (_, one) => ({ seconds: 1_767_000_000 + file * 1000 + one, nanoseconds: 0, data: udpFrame(flow(one), Buffer.alloc(1000, file)) }))).bytes);
  return name;
}

describe("retention in the API", () => {
  it("plans, holds, forecasts, keeps classes, and does what it planned", async () => {
    const data = temporaryDirectory();
    // Four files of 10.6 MB; 36.5 MB are allowed.
    running = await runServer(data, [], { set: { pcapMaxSizeG: "0.034" } });
    const { server, graphql } = running;
    // A run by the clock at the turn of a minute would do what this test plans and runs itself.
    for (const name of ["packet-retention", "compaction", "daily-compaction"]) {
      expect(await graphql(`mutation { pauseTask(name: "${name}") { paused } }`)).toMatchObject({ errors: [], data: { pauseTask: { paused: true } } });
    }
    const sources = temporaryDirectory();
    for (let file = 1; file <= 4; file += 1) {
      const { jobs } = await server.imports.submit([capture(sources, file, 10_000)], { copy: true, workingDirectory: sources, requestedBy: "test" });
      expect(await server.imports.finished(jobs.map(({ id }) => id))).toMatchObject([{ state: "done" }]);
    }

    const held = await graphql('mutation { holdSessions(expression: "ip.src == 10.1.0.7", reason: "case 7") { id sessions packets bytes until createdBy description } }');
    expect(held).toMatchObject({ errors: [], data: { holdSessions: { sessions: 1, packets: 500, until: null, createdBy: "admin", description: "ip.src == 10.1.0.7" } } });
    const classed = await graphql('mutation { setRetentionClass(name: "lab", expression: "ip.src == 10.1.0.8", days: 30000, maxBytes: 100000000) { name days maxBytes sessions } }');
    expect(classed).toMatchObject({ errors: [], data: { setRetentionClass: { name: "lab", days: 30_000, sessions: 0 } } });

    const plan = await graphql("{ retentionPlan { devices { deletionCount deleteBytes shortfallBytes deletions { fileId reason heldBytes note path } kept { reason files } blocked { hold } } excessBytes warnings days { day reason expires } auditEntries } }");
    expect(plan).toMatchObject({ errors: [], data: { retentionPlan: { excessBytes: 0, warnings: [], devices: [{ deletionCount: 1, shortfallBytes: 0, deletions: [{ fileId: 1, reason: "over-total-size", note: "case 7" }], blocked: [] }] } } });
    expect(Number(at(plan.data, "retentionPlan", "devices", 0, "deletions", 0, "heldBytes"))).toBeGreaterThan(2 * 500 * 1000);

    // The merges that are planned are those that are made.
    const merges = await graphql('{ retentionPlan { mergeCount compaction { day segments sessions bytes reason } } taskDryRun(name: "compaction") { details } }');
    expect(merges).toMatchObject({ errors: [], data: { retentionPlan: { mergeCount: 1, compaction: [{ day: "2025-12-29", segments: 4, sessions: 80, reason: "small" }] }, taskDryRun: { details: { merges: 1, segments: 4, rows: 80 } } } });
    expect(await graphql('mutation { runTask(name: "compaction", wait: true) { run { outcome details } } }')).toMatchObject({ errors: [], data: { runTask: { run: { outcome: "OK", details: { replaced: 4 } } } } });
    expect(await graphql("{ retentionPlan { mergeCount compaction { day } } }")).toMatchObject({ errors: [], data: { retentionPlan: { mergeCount: 0, compaction: [] } } });

    const forecast = await graphql('{ retentionForecast(whatIf: [{ firstPackets: 1 }, { expression: "ip.src == 10.4.0.0/16", firstPackets: 100 }]) { packets { days daysNow boundBy bytesPerDay capacityBytes error { samples } } sessions { days } whatIf { expression savedPercent days gainedDays } } }');
    expect(forecast).toMatchObject({ errors: [], data: { retentionForecast: { packets: { boundBy: "total-size", error: null }, whatIf: [{ expression: "" }, { expression: "ip.src == 10.4.0.0/16" }] } } });
    const [all, some] = [0, 1].map((one) => Number(at(forecast.data, "retentionForecast", "whatIf", one, "savedPercent")));
    // One of 500 packets of each session is kept; 100 of 500 of a quarter of them.
    expect(all).toBeGreaterThan(99);
    expect(some).toBeGreaterThan(19);
    expect(some).toBeLessThan(21);

    expect((await graphql('mutation { runTask(name: "packet-retention", wait: true) { run { outcome details } } }')).errors).toEqual([]);
    const files = await graphql("{ captureFiles { files { id state packets } } }");
    expect(files).toMatchObject({ data: { captureFiles: { files: [{ id: 5, state: "COMPLETE", packets: 1000 }, { id: 4, state: "COMPLETE" }, { id: 3, state: "COMPLETE" }, { id: 2, state: "COMPLETE" }, { id: 1, state: "GONE" }] } } });
    expect(await graphql('{ aggregate(expression: "ip.src == 10.1.0.0/16 && packetsAvailable == true") { count } }')).toMatchObject({ data: { aggregate: { count: 2 } } });
    expect(await graphql("{ retentionClasses { classes { name sessions bytes } } }")).toMatchObject({ data: { retentionClasses: { classes: [{ name: "lab", sessions: 1 }] } } });

    const id = at(held.data, "holdSessions", "id");
    expect(await graphql("{ holds { holds { id reason sessions released } next } }")).toMatchObject({ data: { holds: { next: null, holds: [{ reason: "class lab" }, { id, reason: "case 7", sessions: 1, released: null }] } } });
    expect((await graphql(`mutation { releaseHold(id: ${String(id)}) { id released } }`)).errors).toEqual([]);
    expect((await graphql(`mutation { releaseHold(id: ${String(id)}) { id } }`)).errors).toMatchObject([{ extensions: { code: "NOT_FOUND" } }]);
    expect((await graphql('mutation { removeRetentionClass(name: "lab") { name } }')).errors).toEqual([]);
  });

  it("says what it cannot take", async () => {
    running = await runServer(temporaryDirectory(), [], { set: { timeZone: "Asia/Tokyo" } });
    const { graphql } = running;
    // 04:01 of the zone that is set is 19:01 UTC.
    const expiry = await graphql('{ task(name: "session-expiry") { timeZone nextRun canDryRun } tasks { tasks { canDryRun } } }');
    expect(expiry).toMatchObject({ errors: [], data: { task: { timeZone: "Asia/Tokyo", nextRun: expect.stringMatching(/T19:01:00/) } } });
    expect(JSON.stringify(at(expiry.data, "tasks", "tasks"))).not.toContain("false");
    const code = async (operation: string): Promise<unknown> => (await graphql(operation)).errors[0]?.extensions["code"];
    expect(await code('mutation { holdSessions(reason: "x") { id } }')).toBe("BAD_INPUT");
    expect(await code('mutation { holdSessions(expression: "ip.src == 10.0.0.1", reason: "") { id } }')).toBe("BAD_INPUT");
    expect(await code('mutation { holdSessions(expression: "ip.src == 10.0.0.1", reason: "x") { id } }')).toBe("NOT_FOUND");
    expect(await code('mutation { holdSessions(expression: "ip.src == 10.0.0.1", reason: "x", until: "2001-01-01T00:00:00Z") { id } }')).toBe("BAD_INPUT");
    expect(await code('mutation { setRetentionClass(name: "a b", expression: "ip == 1.2.3.4", days: 1) { name } }')).toBe("BAD_INPUT");
    expect(await code('mutation { setRetentionClass(name: "a", expression: "ip ==", days: 1) { name } }')).toBe("EXPRESSION_SYNTAX");
    expect(await code("{ retentionForecast(whatIf: [{ firstPackets: 0 }]) { packets { days } } }")).toBe("LIMIT_EXCEEDED");
    expect(await code("{ retentionPlan(first: 0) { made } }")).toBe("LIMIT_EXCEEDED");
  });
});
