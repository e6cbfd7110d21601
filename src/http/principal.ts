import type { IncomingMessage } from "node:http";
import type { AccessService } from "../access/access-service.js";
import type { Principal } from "../access/user.js";
import { LookbackError } from "../base/errors.js";

/** Name of the login cookie. */
export const LOGIN_COOKIE = "lookback_login";

/** Longest cookie header that is searched. */
const MAX_COOKIE_HEADER = 8_192;
const SECRET = /^[A-Za-z0-9_-]{20,100}$/;

/** The login id in a request's cookies, or null. */
export function loginIdOf(request: IncomingMessage): string | null {
  const header = request.headers.cookie;
  if (header === undefined || header.length > MAX_COOKIE_HEADER) return null;
  for (const part of header.split(";")) {
    const equals = part.indexOf("=");
    if (equals < 0 || part.slice(0, equals).trim() !== LOGIN_COOKIE) continue;
    const value = part.slice(equals + 1).trim();
    if (SECRET.test(value)) return value;
  }
  return null;
}

/**
 * Who a request is from: a bearer token when it carries one, else the login cookie; null when neither holds. A wrong
 * token does not fall back to the cookie.
 */
export function principalOf(request: IncomingMessage, access: AccessService): Principal | null {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const token = /^Bearer +([A-Za-z0-9_-]{20,100})$/i.exec(authorization)?.[1];
    return token === undefined ? null : access.principalOfToken(token);
  }
  const id = loginIdOf(request);
  return id === null ? null : access.principalOfCookie(id);
}

const principals = new WeakMap<IncomingMessage, Principal>();

/** Remembers who a request is from. */
export function setPrincipal(request: IncomingMessage, principal: Principal): void {
  principals.set(request, principal);
}

/** Who a request is from. UNAUTHENTICATED when nobody is logged in. */
export function requirePrincipal(request: IncomingMessage): Principal {
  const principal = principals.get(request);
  if (principal === undefined) throw new LookbackError("UNAUTHENTICATED", "log in first: POST /login, or send a bearer token");
  return principal;
}

/** Who a request is from, or null. */
export function knownPrincipal(request: IncomingMessage): Principal | null {
  return principals.get(request) ?? null;
}

/** Where a request comes from. */
export function addressOf(request: IncomingMessage): string {
  return request.socket.remoteAddress ?? "unknown";
}
