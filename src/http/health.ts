import { systemClock, systemTimer, type Clock, type Timer } from "../base/clock.js";
import { LookbackError } from "../base/errors.js";
import type { IncomingMessage } from "node:http";
import type { Route } from "./routes.js";

/** What a check found. */
export interface CheckResult {
  readonly ok: boolean;
  /** For people who may see statistics of the whole store; may name paths and times. */
  readonly detail: string;
}

/** A check and what it found. */
export interface CheckOutcome extends CheckResult {
  readonly name: string;
  /** Whether the service can answer questions while the check fails. */
  readonly needed: boolean;
}

/** How long an answer is given again, in milliseconds: the routes are open to everybody. */
const KEPT_MS = 2_000;
/** Longest wait for a check, in milliseconds. */
const PATIENCE_MS = 5_000;

/** A check, what it waits for, and its run that goes on. */
interface Check {
  readonly needed: boolean;
  readonly waitsFor: string;
  readonly check: () => Promise<CheckResult>;
  running: { readonly sinceMs: number; readonly answer: Promise<CheckResult>; isLate: boolean } | null;
}

/**
 * The list of checks; each part adds its own. One that does not answer, since a disk, a mount or a search cluster hangs, has failed until it does and is not
 * begun again meanwhile: each run of it would keep one of the few threads that all files are read with.
 */
export class HealthChecks {
  readonly #checks = new Map<string, Check>();
  readonly #clock: Clock;
  readonly #timer: Timer;
  #newest: { readonly atMs: number; readonly found: Promise<readonly CheckOutcome[]>; isSettled: boolean } | null = null;

  constructor(clock: Clock = systemClock, timer: Timer = systemTimer) {
    this.#clock = clock;
    this.#timer = timer;
  }

  /** Adds a check of something without which no question can be answered. `waitsFor` is told as what does not answer while it is late. */
  add(name: string, waitsFor: string, check: () => Promise<CheckResult>): void {
    this.#checks.set(name, { needed: true, waitsFor, check, running: null });
  }

  /** Adds a check of something that somebody should look after, while the service goes on answering; else as `add`. */
  watch(name: string, waitsFor: string, check: () => Promise<CheckResult>): void {
    this.#checks.set(name, { needed: false, waitsFor, check, running: null });
  }

  /** Runs every check, at most once in two seconds; one that throws, or does not answer in five seconds, has failed. */
  run(): Promise<readonly CheckOutcome[]> {
    const now = this.#clock.nowMs();
    if (this.#newest === null || (this.#newest.isSettled && Math.abs(now - this.#newest.atMs) >= KEPT_MS)) {
      const newest = { atMs: now, found: this.#runAll(), isSettled: false };
      void newest.found.finally(() => { newest.isSettled = true; });
      this.#newest = newest;
    }
    return this.#newest.found;
  }

  async #runAll(): Promise<readonly CheckOutcome[]> {
    return Promise.all([...this.#checks].map(async ([name, check]) => ({ name, needed: check.needed, ...(await this.#answerOf(check)) })));
  }

  /** What a check finds, or that it is late. Never rejects. */
  #answerOf(check: Check): Promise<CheckResult> {
    const running = check.running ??= { sinceMs: this.#clock.nowMs(), answer: resultOf(check.check).finally(() => { check.running = null; }), isLate: false };
    const late = (): CheckResult => {
      const seconds = Math.max(PATIENCE_MS, this.#clock.nowMs() - running.sinceMs) / 1000;
      return { ok: false, detail: `no answer for ${Math.round(seconds)} s: ${check.waitsFor} does not answer` };
    };
    if (running.isLate) return Promise.resolve(late());
    return new Promise((resolve) => {
      const callOff = this.#timer(() => {
        running.isLate = true;
        resolve(late());
      }, PATIENCE_MS);
      void running.answer.then((result) => {
        callOff();
        resolve(result);
      });
    });
  }
}

async function resultOf(check: () => Promise<CheckResult>): Promise<CheckResult> {
  try {
    return await check();
  } catch (error) {
    const code = error instanceof LookbackError ? `${error.code}: ` : "";
    return { ok: false, detail: `${code}${error instanceof Error ? error.message : String(error)}` };
  }
}

/**
 * Routes of health: the process lives (`/livez`), it can answer (`/readyz`), and nothing needs looking after
 * (`/healthz`). The last two say why not: names of checks to everybody, details to those who may know them.
 */
export function healthRoutes(checks: HealthChecks, isStopping: () => boolean, mayKnow: (request: IncomingMessage) => boolean): readonly Route[] {
  const route = (path: string, words: { readonly good: string; readonly bad: string }, counts: (check: CheckOutcome) => boolean): Route => ({
    method: "get", path, access: "public",
    handlers: [async (request, response) => {
      const found = (await checks.run()).filter(counts);
      const good = !isStopping() && found.every((check) => check.ok);
      const detailed = mayKnow(request);
      response.status(good ? 200 : 503).json({
        status: isStopping() ? "stopping" : good ? words.good : words.bad,
        checks: found.map(({ name, ok, detail }) => (detailed ? { name, ok, detail } : { name, ok })),
      });
    }],
  });
  return [
    {
      method: "get", path: "/livez", access: "public",
      handlers: [(_request, response) => {
        response.json({ status: "alive" });
      }],
    },
    route("/readyz", { good: "ready", bad: "not ready" }, (check) => check.needed),
    route("/healthz", { good: "healthy", bad: "unhealthy" }, () => true),
  ];
}
