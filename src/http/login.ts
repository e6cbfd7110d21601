import express, { type Request, type Response } from "express";
import type { AccessService } from "../access/access-service.js";
import type { Clock } from "../base/clock.js";
import { LookbackError } from "../base/errors.js";
import { httpStatusOf } from "../graphql/errors.js";
import { loginPage, PAGE_CSS } from "./pages.js";
import type { OidcLogin } from "../access/oidc-login.js";
import { addressOf, isSecure } from "./client.js";
import { localPath } from "./local-path.js";
import { oidcRoutes } from "./oidc.js";
import { LOGIN_COOKIE, loginIdOf } from "./principal.js";
import type { Route } from "./routes.js";
import { cacheable } from "./security-headers.js";

/** Largest login body. */
const BODY_BYTES = 16_384;

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function fieldOf(body: unknown, name: string): string {
  const value = isObject(body) ? body[name] : undefined;
  if (typeof value === "string") return value;
  throw new LookbackError("BAD_INPUT", `a login has "user" and "password" as text; "${name}" is missing`);
}

/** How users log in. */
export interface LoginWays {
  /** Whether by a password that is kept here. */
  readonly passwords: boolean;
  /** At an OpenID provider, or null. */
  readonly oidc: OidcLogin | null;
  /** Whether cookies get `Secure`: always, never, or for clients that speak TLS. */
  readonly secureCookies: boolean | "auto";
  /** What the login page says above the form. */
  readonly message: string;
  /** Where a browser goes after it logged out here, to log out elsewhere too, and by which method; left out: to the login page. */
  readonly afterLogout?: { readonly url: URL; readonly method: "GET" | "POST" } | null;
}

/** Routes of login and logout. */
export function loginRoutes(access: AccessService, clock: Clock, { passwords, oidc, secureCookies, message, afterLogout = null }: LoginWays): readonly Route[] {
  const secure = (response: Response): boolean => (secureCookies === "auto" ? isSecure(response.req) : secureCookies);
  const setCookie = (response: Response, id: string, maxAgeSeconds: number): void => {
    response.append("Set-Cookie", `${LOGIN_COOKIE}=${id}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeSeconds}${secure(response) ? "; Secure" : ""}`);
  };
  const setLogin = (response: Response, { id, expiresMs }: { readonly id: string; readonly expiresMs: number }): void => {
    setCookie(response, id, Math.floor((expiresMs - clock.nowMs()) / 1_000));
  };
  const login = async (request: Request, response: Response): Promise<void> => {
    const body: unknown = request.body;
    const byForm = request.is("application/x-www-form-urlencoded") !== false;
    const next = localPath(isObject(body) ? body["next"] : undefined);
    try {
      if (!passwords) throw new LookbackError("FORBIDDEN", `passwords are not taken here; log in at ${oidc === null ? "the proxy in front" : "/auth/login"}, or send a bearer token`);
      const started = await access.login(fieldOf(body, "user"), fieldOf(body, "password"), addressOf(request));
      setLogin(response, started);
      if (byForm) response.redirect(303, next);
      else response.json({ user: started.user.name, role: started.user.role, expires: new Date(started.expiresMs).toISOString() });
    } catch (error) {
      if (!byForm || !(error instanceof LookbackError)) throw error;
      response.status(httpStatusOf(error)).type("text/html").send(loginPage(next, error.message, { message, atProvider: oidc !== null }));
    }
  };
  const logout = (request: Request, response: Response): void => {
    const id = loginIdOf(request);
    if (id !== null) access.logout(id, addressOf(request));
    setCookie(response, "", 0);
    if (request.is("application/x-www-form-urlencoded") !== false || request.accepts(["json", "html"]) === "html") {
      // 307 keeps the method, 303 makes it GET (RFC 9110).
      response.redirect(afterLogout?.method === "POST" ? 307 : 303, afterLogout?.url.href ?? "/login");
    } else {
      response.json({ loggedOut: true, ...(afterLogout === null ? {} : { logoutUrl: afterLogout.url.href }) });
    }
  };
  return [
    {
      method: "get", path: "/login", access: "public",
      handlers: [(request, response) => {
        const next = localPath(request.query["next"]);
        if (passwords) {
          response.type("text/html").send(loginPage(next, null, { message, atProvider: oidc !== null }));
        } else if (oidc !== null) {
          response.redirect(303, `/auth/login?next=${encodeURIComponent(next)}`);
        } else {
          throw new LookbackError("UNAUTHENTICATED", "log in at the proxy in front of this service");
        }
      }],
    },
    {
      method: "get", path: "/login/page.css", access: "public",
      handlers: [(_request, response) => {
        cacheable(response);
        response.type("text/css").send(PAGE_CSS);
      }],
    },
    { method: "post", path: "/login", access: "public", handlers: [express.json({ limit: BODY_BYTES }), express.urlencoded({ extended: false, limit: BODY_BYTES }), login] },
    { method: "post", path: "/logout", access: "login", handlers: [logout] },
    ...(oidc === null ? [] : oidcRoutes(oidc, access, setLogin, secure)),
  ];
}
