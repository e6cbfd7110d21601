import type { Clock } from "../base/clock.js";
import { systemClock } from "../base/clock.js";
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

/** The list of checks; each part adds its own. */
export class HealthChecks {
  readonly #checks = new Map<string, { readonly needed: boolean; readonly check: () => Promise<CheckResult> }>();
  readonly #clock: Clock;
  #newest: { readonly atMs: number; readonly found: Promise<readonly CheckOutcome[]> } | null = null;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** Adds a check of something without which no question can be answered. */
  add(name: string, check: () => Promise<CheckResult>): void {
    this.#checks.set(name, { needed: true, check });
  }

  /** Adds a check of something that somebody should look after, while the service goes on answering. */
  watch(name: string, check: () => Promise<CheckResult>): void {
    this.#checks.set(name, { needed: false, check });
  }

  /** Runs every check, at most once in two seconds; one that throws has failed. */
  run(): Promise<readonly CheckOutcome[]> {
    const now = this.#clock.nowMs();
    if (this.#newest === null || Math.abs(now - this.#newest.atMs) >= KEPT_MS) this.#newest = { atMs: now, found: this.#runAll() };
    return this.#newest.found;
  }

  async #runAll(): Promise<readonly CheckOutcome[]> {
    return Promise.all([...this.#checks].map(async ([name, { needed, check }]) => {
      try {
        return { name, needed, ...(await check()) };
      } catch (error) {
        return { name, needed, ok: false, detail: error instanceof Error ? error.message : String(error) };
      }
    }));
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
