import { LookbackError } from "../../base/errors.js";
import type { Answer } from "../answer.js";
import type { CommandContext } from "../command.js";
import type { Connection } from "../connection.js";
import { EXIT } from "../exit-code.js";
import { printSpan, TimePrinter } from "../print-time.js";
import { table, tabSeparated, type Column } from "../table.js";
import { cut, printable } from "../terminal.js";
import { UsageError } from "../usage-error.js";

const RUN = "id due started finished seconds outcome cause requestedBy error { code message } details";
const LIST = `{ tasks { tasks { name description schedule timeZone running paused pausedBy nextRun nextIsRetry failures lastRun { ${RUN} } } } }`;
const HISTORY = `query ($name: ID!, $first: Int!) { taskRuns(name: $name, first: $first) { runs { ${RUN} } } }`;
const RUN_NOW = `mutation ($name: ID!) { runTask(name: $name) { run { ${RUN} } } }`;
const LOOK = `query ($name: ID!, $before: ID!) { taskRuns(name: $name, first: 1, before: $before) { runs { ${RUN} } } }`;
const DRY_RUN = "query ($name: ID!) { taskDryRun(name: $name) { name details } }";
const PAUSE = "mutation ($name: ID!) { pauseTask(name: $name) { name paused } }";
const RESUME = "mutation ($name: ID!) { resumeTask(name: $name) { name paused nextRun } }";

/** Most runs that the history is asked for. */
const MOST_RUNS = 1_000;
/** Milliseconds between two looks at a run that goes on. */
const LOOK_MS = 500;

/** Tasks with their newest run and their next. */
export function list(context: CommandContext): Promise<number> {
  const { options, print, note, terminal } = context;
  return connected(context, "read", async (connection) => {
    const tasks = (await connection.ask(LIST)).at("tasks").at("tasks");
    if (options["json"] === true) {
      for (const task of tasks.list()) print(JSON.stringify(task.value));
      return EXIT.ok;
    }
    const times = new TimePrinter(options["utc"] === true || !terminal.forPeople);
    const rows = tasks.list().map((task) => {
      const last = task.at("lastRun").orNull();
      const next = task.at("nextRun").orNull();
      return {
        name: task.at("name").text(), schedule: `${task.at("schedule").text()} ${task.at("timeZone").text()}`, description: task.at("description").text(),
        last: last === null ? "never" : times.print(last.at("started").time()).slice(0, 19), outcome: last === null ? "" : outcomeOf(last, task.at("failures").number()),
        took: last === null ? "" : tookOf(last),
        next: task.at("paused").flag() ? `paused by ${task.at("pausedBy").orNull()?.text() ?? "somebody"}` : next === null ? "never" : `${times.print(next.time()).slice(0, 19)}${task.at("nextIsRetry").flag() ? " (retry)" : ""}`,
      };
    });
    if (terminal.forPeople) {
      const columns: Column[] = [{ title: "task" }, { title: "schedule", least: 9 }, { title: "last run" }, { title: "outcome", least: 8 }, { title: "took", align: "right" }, { title: "next run", least: 10 }];
      for (const line of table(columns, rows.map((row) => [row.name, row.schedule, row.last, row.outcome, row.took, row.next]), terminal)) print(line);
      note(terminal.dim(`times are ${times.zone}${connection.kind === "local" ? "; nothing serves here, so no task runs by the clock" : ""}`));
    } else {
      for (const line of tabSeparated(rows.map((row) => [row.name, row.schedule, row.last, row.outcome, row.took, row.next]))) print(line);
    }
    return EXIT.ok;
  });
}

/** Runs of a task, newest first. */
export function history(context: CommandContext): Promise<number> {
  const { options, print, note, terminal } = context;
  const first = options["limit"] === undefined ? 20 : Number(options["limit"]);
  if (!Number.isInteger(first) || first < 1 || first > MOST_RUNS) {
    throw new UsageError(`--limit ${String(options["limit"]).slice(0, 40)}: allowed: 1 to ${MOST_RUNS}`, "LIMIT_EXCEEDED", { limit: MOST_RUNS });
  }
  return connected(context, "read", async (connection) => {
    const runs = (await connection.ask(HISTORY, { name: nameOf(context), first })).at("taskRuns").at("runs").list();
    if (options["json"] === true) {
      for (const run of runs) print(JSON.stringify(run.value));
      return EXIT.ok;
    }
    const times = new TimePrinter(options["utc"] === true || !terminal.forPeople);
    const rows = runs.map((run) => [times.print(run.at("started").time()).slice(0, 19), tookOf(run), causeOf(run), outcomeOf(run, 1), detailsOf(run.at("details"))]);
    if (terminal.forPeople) {
      const columns: Column[] = [{ title: "began" }, { title: "took", align: "right" }, { title: "because", least: 8 }, { title: "outcome", least: 10 }, { title: "details", least: 12 }];
      for (const line of table(columns, rows, terminal)) print(line);
      note(terminal.dim(runs.length === 0 ? "it never ran" : `times are ${times.zone}`));
    } else {
      for (const line of tabSeparated(rows)) print(line);
    }
    return EXIT.ok;
  });
}

/** Runs a task now, and waits for its end unless told not to. Fails when the run does. */
export function run(context: CommandContext): Promise<number> {
  const { options, print, note, signal } = context;
  return connected(context, "change", async (connection) => {
    const name = nameOf(context);
    let found = (await connection.ask(RUN_NOW, { name })).at("runTask").at("run");
    // Nobody would end a run of the directory itself once this command is gone.
    const wait = options["wait"] !== false || connection.kind === "local";
    if (wait && options["json"] !== true) note(`${name} runs …`);
    const before = String(Number(found.at("id").text()) + 1);
    while (wait && found.at("outcome").text() === "RUNNING") {
      await pause(LOOK_MS, signal);
      const [latest] = (await connection.ask(LOOK, { name, before })).at("taskRuns").at("runs").list();
      if (latest !== undefined) found = latest;
    }
    const outcome = found.at("outcome").text();
    if (options["json"] === true) print(JSON.stringify(found.value));
    else if (outcome === "RUNNING") print(`${name} runs`);
    else {
      print(`${name}: ${outcomeOf(found, 1)} after ${tookOf(found)}`);
      for (const line of detailLines(found.at("details"))) print(line);
    }
    return outcome === "OK" || outcome === "RUNNING" ? EXIT.ok : EXIT.failed;
  });
}

/** Says what a run would do now. */
export function dryRun(context: CommandContext): Promise<number> {
  const { options, print } = context;
  return connected(context, "read", async (connection) => {
    const found = (await connection.ask(DRY_RUN, { name: nameOf(context) })).at("taskDryRun");
    if (options["json"] === true) print(JSON.stringify(found.value));
    else for (const line of detailLines(found.at("details"))) print(line);
    return EXIT.ok;
  });
}

/** Stops a task from running by the clock. */
export function pauseTask(context: CommandContext): Promise<number> {
  return connected(context, "change", async (connection) => {
    const found = (await connection.ask(PAUSE, { name: nameOf(context) })).at("pauseTask");
    if (context.options["json"] === true) context.print(JSON.stringify(found.value));
    else context.print(`${found.at("name").text()} is paused until \`lookback tasks resume ${found.at("name").text()}\``);
    return EXIT.ok;
  });
}

/** Lets a task run by the clock again. */
export function resumeTask(context: CommandContext): Promise<number> {
  return connected(context, "change", async (connection) => {
    const found = (await connection.ask(RESUME, { name: nameOf(context) })).at("resumeTask");
    const next = found.at("nextRun").orNull();
    const times = new TimePrinter(context.options["utc"] === true);
    if (context.options["json"] === true) context.print(JSON.stringify(found.value));
    else context.print(`${found.at("name").text()} runs by the clock again${next === null ? "" : `, next at ${times.print(next.time()).slice(0, 19)} (${times.zone})`}`);
    return EXIT.ok;
  });
}

async function connected(context: CommandContext, access: "read" | "change", body: (connection: Connection) => Promise<number>): Promise<number> {
  const connection = await context.connect(access);
  try {
    return await body(connection);
  } finally {
    await connection.close();
  }
}

function nameOf({ operands: [name] }: CommandContext): string {
  return typeof name === "string" ? name : "";
}

function outcomeOf(run: Answer, failures: number): string {
  const outcome = run.at("outcome").text().toLowerCase();
  const error = run.at("error").orNull();
  const times = failures > 1 ? ` (${failures} times)` : "";
  return error === null ? outcome : `${outcome}${times}: ${error.at("code").text()}: ${error.at("message").text()}`;
}

function tookOf(run: Answer): string {
  const seconds = run.at("seconds").orNull();
  return seconds === null ? "" : printSpan(seconds.number() * 1000);
}

function causeOf(run: Answer): string {
  const by = run.at("requestedBy").orNull();
  return by === null ? run.at("cause").text().toLowerCase() : `asked by ${by.text()}`;
}

/** What a run tells, on one line; what is nothing is left out. */
function detailsOf(details: Answer): string {
  return entriesOf(details).filter(([, value]) => value !== 0 && value !== null && !(Array.isArray(value) && value.length === 0)).map(([name, value]) => `${name} ${shown(value)}`).join(", ");
}

/** What a run tells, a line per fact, and a line per thing of a list. */
function detailLines(details: Answer): string[] {
  return entriesOf(details).flatMap(([name, value]) => (Array.isArray(value) ? value.map((item: unknown) => `  ${printable(shown(item))}`) : [printable(`${name}: ${shown(value)}`)]));
}

function entriesOf(details: Answer): readonly (readonly [string, unknown])[] {
  return typeof details.value === "object" && details.value !== null ? Object.entries(details.value) : [];
}

function shown(value: unknown): string {
  return cut(typeof value === "string" ? value : JSON.stringify(value), 400);
}

/** Waits; an interrupt ends the wait with QUERY_CANCELLED, while the run goes on where it runs. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", interrupted);
      resolve();
    }, ms);
    const interrupted = (): void => {
      clearTimeout(timer);
      reject(new LookbackError("QUERY_CANCELLED", "interrupted; the run goes on in the service, see `lookback tasks history`"));
    };
    signal.addEventListener("abort", interrupted, { once: true });
  });
}
