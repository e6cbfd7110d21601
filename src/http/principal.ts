import type { IncomingMessage } from "node:http";
import type { AccessService } from "../access/access-service.js";
import type { UserAdmission } from "../access/admission.js";
import type { Principal } from "../access/user.js";
import { LookbackError } from "../base/errors.js";
import type { AddressList } from "./address-list.js";
import { clientOf, setClient } from "./client.js";
import { headerOf, headerUser, type TrustedHeaderSettings } from "./trusted-header.js";

/** Name of the login cookie. */
export const LOGIN_COOKIE = "lookback_login";

/** Longest cookie header that is searched. */
const MAX_COOKIE_HEADER = 8_192;
const SECRET = /^[A-Za-z0-9_-]{20,100}$/;

/** The login id in a request's cookies, or null. */
export function loginIdOf(request: IncomingMessage): string | null {
  return cookieOf(request, LOGIN_COOKIE);
}

/** The secret in a cookie of a request, or null. */
export function cookieOf(request: IncomingMessage, name: string): string | null {
  const header = request.headers.cookie;
  if (header === undefined || header.length > MAX_COOKIE_HEADER) return null;
  for (const part of header.split(";")) {
    const equals = part.indexOf("=");
    if (equals < 0 || part.slice(0, equals).trim() !== name) continue;
    const value = part.slice(equals + 1).trim();
    if (SECRET.test(value)) return value;
  }
  return null;
}

/** How requests come in: by what proves who they are from. */
export interface Doors {
  readonly access: AccessService;
  /** Proxies that say where a request comes from. */
  readonly proxies: AddressList;
  /** How a proxy says who a user is, or null: it may not. */
  readonly header: TrustedHeaderSettings | null;
  /** Adds users whom such a proxy names and who are not known; left out: they stay unknown. */
  readonly admission?: Pick<UserAdmission, "admit"> | null;
}

/**
 * Who a request is from: a bearer token when it carries one, else what a trusted proxy says, else the login cookie; null
 * when none holds. A wrong token falls back to nothing. Notes where the request comes from (`addressOf`) as well.
 */
export function principalOf(request: IncomingMessage, { access, proxies, header, admission }: Doors): Principal | null {
  const client = clientOf(request, proxies);
  setClient(request, client);
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const token = /^Bearer +([A-Za-z0-9_-]{20,100})$/i.exec(authorization)?.[1];
    return token === undefined ? null : access.principalOfToken(token);
  }
  if (header !== null) {
    const name = headerUser(request, client.peer, header);
    if (name !== null) {
      const known = access.principalOfHeader(name, client.address);
      if (known !== null || admission === undefined || admission === null) return known;
      const admitted = admission.admit(name, "header", (fact) => headerOf(request, fact), client.address);
      return admitted === null ? null : access.principalOfHeader(admitted.name, client.address);
    }
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
