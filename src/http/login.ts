import express, { type Request, type Response } from "express";
import type { AccessService } from "../access/access-service.js";
import type { Clock } from "../base/clock.js";
import { LookbackError } from "../base/errors.js";
import { httpStatusOf } from "../graphql/errors.js";
import { loginPage, PAGE_CSS } from "./pages.js";
import { addressOf, LOGIN_COOKIE, loginIdOf } from "./principal.js";
import type { Route } from "./routes.js";
import { cacheable } from "./security-headers.js";

/** Largest login body. */
const BODY_BYTES = 16_384;

/** A path of this server to go to; anything else becomes `/`, so that the form leads nowhere foreign. */
function localPath(value: unknown): string {
  return typeof value === "string" && /^\/(?![/\\])[\w\-./?=&%]{0,500}$/.test(value) ? value : "/";
}

function setCookie(response: Response, id: string, maxAgeSeconds: number, secure: boolean): void {
  response.setHeader("Set-Cookie", `${LOGIN_COOKIE}=${id}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeSeconds}${secure ? "; Secure" : ""}`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function fieldOf(body: unknown, name: string): string {
  const value = isObject(body) ? body[name] : undefined;
  if (typeof value === "string") return value;
  throw new LookbackError("BAD_INPUT", `a login has "user" and "password" as text; "${name}" is missing`);
}

/** Routes of login and logout. `secure` adds the cookie attribute for servers behind TLS. */
export function loginRoutes(access: AccessService, clock: Clock, secure: boolean): readonly Route[] {
  const login = async (request: Request, response: Response): Promise<void> => {
    const body: unknown = request.body;
    const byForm = request.is("application/x-www-form-urlencoded") !== false;
    const next = localPath(isObject(body) ? body["next"] : undefined);
    try {
      const started = await access.login(fieldOf(body, "user"), fieldOf(body, "password"), addressOf(request));
      setCookie(response, started.id, Math.floor((started.expiresMs - clock.nowMs()) / 1_000), secure);
      if (byForm) response.redirect(303, next);
      else response.json({ user: started.user.name, role: started.user.role, expires: new Date(started.expiresMs).toISOString() });
    } catch (error) {
      if (!byForm || !(error instanceof LookbackError)) throw error;
      response.status(httpStatusOf(error)).type("text/html").send(loginPage(next, error.message));
    }
  };
  const logout = (request: Request, response: Response): void => {
    const id = loginIdOf(request);
    if (id !== null) access.logout(id, addressOf(request));
    setCookie(response, "", 0, secure);
    if (request.is("application/x-www-form-urlencoded") !== false || request.accepts(["json", "html"]) === "html") response.redirect(303, "/login");
    else response.json({ loggedOut: true });
  };
  return [
    {
      method: "get", path: "/login", access: "public",
      handlers: [(request, response) => {
        response.type("text/html").send(loginPage(localPath(request.query["next"]), null));
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
  ];
}
