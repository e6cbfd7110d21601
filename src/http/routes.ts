import type { RequestHandler } from "express";
import type { Permission } from "../access/rights.js";

/**
 * Who may use a route. `public` is for health, login and the public key of manifests; `login` for what tells nothing of sessions, or where what
 * is asked decides (GraphQL); else the permission that the user's role, rights and token must allow.
 */
export type RouteAccess = "public" | "login" | Permission;

/** One route of the server. A path that is in no route needs a login too, before it is said not to exist. */
export interface Route {
  readonly method: "get" | "post";
  readonly path: string;
  /** Checked before the handlers run. `test/integration/access-decisions.test.ts` lists the decision for every route. */
  readonly access: RouteAccess;
  /** True where the answer tells of the store as a whole: users with a forced expression or a time limit are refused. */
  readonly wholeStore?: true;
  readonly handlers: readonly RequestHandler[];
}
