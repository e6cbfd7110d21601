import type { RequestHandler } from "express";

/** One route of the server. A path that is in no route needs a login too, before it is said not to exist. */
export interface Route {
  readonly method: "get" | "post";
  readonly path: string;
  /** `public` is for health and login alone. */
  readonly access: "public" | "login";
  readonly handlers: readonly RequestHandler[];
}
