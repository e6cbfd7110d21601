import { afterAll, beforeAll, expect, test } from "vitest";
import { LookbackError } from "../../src/base/errors.js";
import { silentLogger } from "../../src/base/logger.js";
import { openCatalogue, type Catalogue } from "../../src/catalogue/catalogue.js";
import { Scheduler } from "../../src/scheduler/scheduler.js";
import { PartlyDone } from "../../src/scheduler/task.js";
import { startApi, TEST_NOW_MS, type ApiServer } from "../support/api-server.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

let api: ApiServer;
let catalogue: Catalogue;
let scheduler: Scheduler;
let operator: string;
let release = (): void => {};

beforeAll(async () => {
  const clock = { nowMs: () => TEST_NOW_MS };
  catalogue = openCatalogue(temporaryDirectory(), clock);
  scheduler = new Scheduler({ runs: catalogue.taskRuns, clock, logger: silentLogger });
  const task = { cron: "1 4 * * *", timeZone: "Europe/Berlin" };
  scheduler.register({ ...task, name: "good", description: "Does it.", run: () => Promise.resolve({ done: 3 }), dryRun: () => Promise.resolve({ would: ["do it"] }) });
  scheduler.register({ ...task, name: "bad", description: "Fails.", run: () => Promise.reject(new LookbackError("DISK_FULL", "no room")) });
  scheduler.register({ ...task, name: "half", description: "Does half of it.", run: () => Promise.reject(new PartlyDone("CLUSTER_BUSY", "one stays", { went: ["a"], stays: ["b"] })) });
  scheduler.register({ ...task, name: "slow", description: "Waits.", run: async () => { await new Promise<void>((resolve) => { release = resolve; }); return {}; } });
  api = await startApi(undefined, { tasks: scheduler, statisticsHistory: catalogue.hourlyStatistics });
  operator = await api.token({ name: "oscar", role: "operator" });
});
afterAll(async () => {
  await api.server.stop();
  await scheduler.stop();
  catalogue.close();
});

test("tasks are run, paused, resumed and looked at by an operator, and it is audited", async () => {
  const { data } = await api.ask(operator, `mutation { runTask(name: "good", wait: true) { run { outcome cause requestedBy seconds error { code } details } } }`);
  expect(data["runTask"].run).toEqual({ outcome: "OK", cause: "MANUAL", requestedBy: "oscar", seconds: 0, error: null, details: { done: 3 } });
  const failed = await api.ask(operator, `mutation { runTask(name: "bad", wait: true) { run { outcome error { code message } details } } }`);
  expect(failed.data["runTask"].run).toEqual({ outcome: "FAILED", error: { code: "DISK_FULL", message: "no room" }, details: {} });
  const half = await api.ask(operator, `mutation { runTask(name: "half", wait: true) { run { outcome error { code message } details } } }`);
  expect(half.data["runTask"].run).toEqual({ outcome: "FAILED", error: { code: "CLUSTER_BUSY", message: "one stays" }, details: { went: ["a"], stays: ["b"] } });
  await api.ask(operator, `mutation { pauseTask(name: "good") { paused } }`);
  const listed = await api.ask(operator, "{ tasks { asOf tasks { name schedule timeZone running paused pausedBy nextRun nextIsRetry failures canDryRun lastRun { outcome } lastSuccess { outcome } } } }");
  expect(listed.data["tasks"].tasks).toEqual([
    { name: "good", schedule: "1 4 * * *", timeZone: "Europe/Berlin", running: false, paused: true, pausedBy: "oscar", nextRun: null, nextIsRetry: false, failures: 0, canDryRun: true, lastRun: { outcome: "OK" }, lastSuccess: { outcome: "OK" } },
    { name: "bad", schedule: "1 4 * * *", timeZone: "Europe/Berlin", running: false, paused: false, pausedBy: null, nextRun: "2026-11-24T12:01:00.000Z", nextIsRetry: true, failures: 1, canDryRun: false, lastRun: { outcome: "FAILED" }, lastSuccess: null },
    { name: "half", schedule: "1 4 * * *", timeZone: "Europe/Berlin", running: false, paused: false, pausedBy: null, nextRun: "2026-11-24T12:01:00.000Z", nextIsRetry: true, failures: 1, canDryRun: false, lastRun: { outcome: "FAILED" }, lastSuccess: null },
    { name: "slow", schedule: "1 4 * * *", timeZone: "Europe/Berlin", running: false, paused: false, pausedBy: null, nextRun: "2026-11-25T03:01:00.000Z", nextIsRetry: false, failures: 0, canDryRun: false, lastRun: null, lastSuccess: null },
  ]);
  const resumed = await api.ask(operator, `mutation { resumeTask(name: "good") { paused nextRun } }`);
  expect(resumed.data["resumeTask"]).toEqual({ paused: false, nextRun: "2026-11-25T03:01:00.000Z" });
  expect(api.records.listAudit(100).map((line) => line.action)).toEqual(expect.arrayContaining(["task.run", "task.pause", "task.resume"]));
});

test("a dry run says what would happen, and nothing does", async () => {
  const before = catalogue.taskRuns.list("good").length;
  const { data } = await api.ask(operator, `{ taskDryRun(name: "good") { name details } }`);
  expect(data["taskDryRun"]).toEqual({ name: "good", details: { would: ["do it"] } });
  expect(catalogue.taskRuns.list("good")).toHaveLength(before);
  expect((await api.ask(operator, `{ taskDryRun(name: "bad") { name } }`)).errors).toMatchObject([{ extensions: { code: "UNAVAILABLE" } }]);
});

test("the history goes back in pages", async () => {
  await api.ask(operator, `mutation { runTask(name: "good", wait: true) { run { id } } }`);
  const newest = await api.ask(operator, `{ taskRuns(name: "good", first: 1) { runs { id } } }`);
  const [{ id }] = newest.data["taskRuns"].runs;
  const older = await api.ask(operator, `query ($before: ID) { taskRuns(name: "good", before: $before) { runs { id outcome } } }`, { before: id });
  expect(older.data["taskRuns"].runs.map((run: { id: string }) => Number(run.id) < Number(id))).toContain(true);
  expect((await api.ask(operator, `{ taskRuns(name: "good", before: "x") { runs { id } } }`)).errors).toMatchObject([{ extensions: { code: "BAD_INPUT" } }]);
});

test("a task never runs beside itself", async () => {
  const begun = await api.ask(operator, `mutation { runTask(name: "slow") { run { outcome finished } } }`);
  expect(begun.data["runTask"].run).toEqual({ outcome: "RUNNING", finished: null });
  expect((await api.ask(operator, `mutation { runTask(name: "slow") { run { id } } }`)).errors).toMatchObject([{ extensions: { code: "LIMIT_EXCEEDED" } }]);
  release();
  await scheduler.idle();
});

test("others may not, and an unknown task is said to be one", async () => {
  const analyst = await api.token({ name: "ana", role: "analyst" });
  for (const query of ["{ tasks { asOf } }", `mutation { runTask(name: "good") { run { id } } }`, `mutation { pauseTask(name: "good") { name } }`, `{ taskDryRun(name: "good") { name } }`]) {
    expect((await api.ask(analyst, query)).errors).toMatchObject([{ extensions: { code: "FORBIDDEN" } }]);
  }
  expect((await api.ask(operator, `mutation { runTask(name: "god") { run { id } } }`)).errors).toMatchObject([{ message: expect.stringContaining("did you mean good?"), extensions: { code: "NOT_FOUND" } }]);
  expect((await api.ask(operator, `{ task(name: "god") { name } }`)).data).toEqual({ task: null });
});

test("statistics of hours come as series; a range with too many is refused", async () => {
  const hour = Date.UTC(2026, 10, 24, 10);
  for (const [at, value] of [5, 7].entries()) catalogue.hourlyStatistics.put({ hourMs: hour + at * 3_600_000, subject: "index", measure: "rows", value }, "replace");
  catalogue.hourlyStatistics.put({ hourMs: hour, subject: "task:t", measure: "runs", value: 1 }, "add");
  const query = `query ($start: DateTime!, $end: DateTime, $subjects: [String!]) { statisticsHistory(start: $start, end: $end, subjects: $subjects) { series { subject measure starts values } } }`;
  const index = { subject: "index", measure: "rows", starts: ["2026-11-24T10:00:00.000Z", "2026-11-24T11:00:00.000Z"], values: [5, 7] };
  expect((await api.ask(operator, query, { start: hour })).data["statisticsHistory"].series).toEqual([index, { subject: "task:t", measure: "runs", starts: ["2026-11-24T10:00:00.000Z"], values: [1] }]);
  expect((await api.ask(operator, query, { start: hour, subjects: ["index"] })).data["statisticsHistory"].series).toEqual([index]);
  expect((await api.ask(operator, query, { start: hour, end: hour })).data["statisticsHistory"].series).toEqual([]);
  expect((await api.ask(operator, query, { start: hour, end: hour - 1 })).errors).toMatchObject([{ extensions: { code: "TIME_RANGE_INVALID" } }]);
  const narrowed = await api.token({ name: "nia", role: "operator", forcedExpression: "protocols == dns" });
  expect((await api.ask(narrowed, query, { start: hour })).errors).toMatchObject([{ extensions: { code: "FORBIDDEN" } }]);
});
