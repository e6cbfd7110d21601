import type { Route } from "./routes.js";
import { knownPrincipal } from "./principal.js";

/** What a check found. */
export interface CheckResult {
  readonly ok: boolean;
  /** For people who are logged in; may name paths. */
  readonly detail: string;
}

/** The list of readiness checks; each part adds its own. */
export class HealthChecks {
  readonly #checks = new Map<string, () => Promise<CheckResult>>();

  /** Adds a check under a name. */
  add(name: string, check: () => Promise<CheckResult>): void {
    this.#checks.set(name, check);
  }

  /** Runs every check; one that throws has failed. */
  async run(): Promise<readonly ({ readonly name: string } & CheckResult)[]> {
    return Promise.all([...this.#checks].map(async ([name, check]) => {
      try {
        return { name, ...(await check()) };
      } catch (error) {
        return { name, ok: false, detail: error instanceof Error ? error.message : String(error) };
      }
    }));
  }
}

/** Routes of health: alive (`/healthz`), and ready to answer (`/readyz`). */
export function healthRoutes(checks: HealthChecks, isStopping: () => boolean): readonly Route[] {
  return [
    {
      method: "get", path: "/healthz", access: "public",
      handlers: [(_request, response) => {
        response.json({ status: "ok" });
      }],
    },
    {
      method: "get", path: "/readyz", access: "public",
      handlers: [async (request, response) => {
        const found = await checks.run();
        const ready = !isStopping() && found.every((check) => check.ok);
        const mayKnow = knownPrincipal(request) !== null;
        response.status(ready ? 200 : 503).json({
          status: isStopping() ? "stopping" : ready ? "ready" : "not ready",
          checks: found.map(({ name, ok, detail }) => (mayKnow ? { name, ok, detail } : { name, ok })),
        });
      }],
    },
  ];
}
