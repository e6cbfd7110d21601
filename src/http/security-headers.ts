import type { RequestHandler, Response } from "express";
import { isSecure } from "./client.js";

/** Pages may load nothing but our own style sheet, and their forms lead to us. */
const STRICT = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

/** The explorer: our scripts, and styles that its editor writes as it goes. */
export const EXPLORER_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Headers of every answer. `afterLogout` is where a logout leads to, or null: browsers hold forms to their policy on every redirect. */
export function securityHeaders(afterLogout: URL | null): RequestHandler {
  const policy = afterLogout === null ? STRICT : `${STRICT} ${afterLogout.origin}`;
  return (_request, response, next) => {
    setHeaders(response, policy);
    next();
  };
}

function setHeaders(response: Response, policy: string): void {
  response.setHeader("Content-Security-Policy", policy);
  response.setHeader("X-Content-Type-Options", "nosniff");
  response.setHeader("X-Frame-Options", "DENY");
  // Not "no-referrer": under it browsers send our own forms with `Origin: null`.
  response.setHeader("Referrer-Policy", "same-origin");
  response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
  response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
  response.setHeader("Permissions-Policy", "camera=(), geolocation=(), microphone=()");
  // Answers are about sessions that others may not see: no cache keeps them.
  response.setHeader("Cache-Control", "no-store");
}

/** Tells browsers that came by TLS to come by TLS only (RFC 6797), for a year. */
export const strictTransport: RequestHandler = (request, response, next) => {
  if (isSecure(request)) response.setHeader("Strict-Transport-Security", "max-age=31536000");
  next();
};

/** Lets a file of ours be cached; it changes with the version only. */
export function cacheable(response: Response): void {
  response.setHeader("Cache-Control", "private, max-age=3600");
}
