// Looks at how far a capture that runs is behind now with what it has indexed. From SIGTERM on, which says that no more is sent,
// it waits until all up to that moment is indexed, or gives up; then it prints the longest time behind that it saw: `lag SECONDS`.
// Arguments: data directory.
import { join } from "node:path";
import Database from "better-sqlite3";

const LOOK_MS = 250;
/** Longest wait for the end; a capture so late is later than any test allows. */
const PATIENCE_MS = 30_000;

const [data] = process.argv.slice(2);
const marks = new Database(join(data, "catalogue.sqlite"), { readonly: true }).prepare("SELECT min(complete_until_ms) AS untilMs FROM marks WHERE complete_until_ms IS NOT NULL");
// What was before the first look is not its matter.
const begunMs = Date.now();
let [lagMs, endMs] = [0, Number.POSITIVE_INFINITY];
process.once("SIGTERM", () => { endMs = Date.now(); });
const timer = setInterval(() => {
  const nowMs = Date.now();
  const untilMs = Math.max(marks.get().untilMs ?? 0, begunMs);
  lagMs = Math.max(lagMs, nowMs - untilMs);
  if (untilMs < endMs && nowMs < endMs + PATIENCE_MS) return;
  clearInterval(timer);
  process.stdout.write(`lag ${lagMs / 1000}\n`);
}, LOOK_MS);
