import type { IncomingMessage } from "node:http";
import type { RequestHandler } from "express";
import { LookbackError } from "../base/errors.js";
import { knownPrincipal } from "./principal.js";

/** Header that only our own pages and programs can set: a browser asks first before it sends it to another origin. */
export const CSRF_HEADER = "x-lookback-csrf";

/** What a request says of its origin: `same`, `other`, or `unsaid` (not a browser, or an old one). */
export function originOf(request: IncomingMessage): "same" | "other" | "unsaid" {
  const { origin, host } = request.headers;
  const site = request.headers["sec-fetch-site"];
  // The browser's own word, which no page can set; it comes over HTTPS and from this host only.
  if (site === "same-origin") return "same";
  if (site !== undefined && site !== "none") return "other";
  if (origin === undefined) return site === undefined ? "unsaid" : "same";
  try {
    return host !== undefined && new URL(origin).host === new URL(`http://${host}`).host ? "same" : "other";
  } catch {
    // `Origin: null` and what does not parse.
    return "other";
  }
}

/**
 * Refuses requests that change something and may come from another site's page: all from another origin; and those
 * with a cookie that do not prove theirs, by its name, by a JSON body, or by `x-lookback-csrf`. FORBIDDEN.
 */
export const refuseForeign: RequestHandler = (request, _response, next) => {
  if (request.method === "GET" || request.method === "HEAD" || request.method === "OPTIONS") {
    next();
    return;
  }
  const origin = originOf(request);
  if (origin === "other") throw new LookbackError("FORBIDDEN", "this request comes from another site's page");
  // What a browser, or a proxy on its way, adds by itself proves nothing of the page.
  const method = knownPrincipal(request)?.method;
  const byCookie = method === "cookie" || method === "header";
  const asked = request.headers[CSRF_HEADER] !== undefined || request.is("application/json") === "application/json";
  if (byCookie && origin === "unsaid" && !asked) {
    throw new LookbackError("FORBIDDEN", `a change under a login cookie needs a JSON body or the header ${CSRF_HEADER}`);
  }
  next();
};
