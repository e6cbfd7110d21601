import type { Response } from "express";
import type { AccessService } from "../access/access-service.js";
import type { OidcLogin } from "../access/oidc-login.js";
import { LookbackError } from "../base/errors.js";
import { httpStatusOf } from "../graphql/errors.js";
import { addressOf } from "./client.js";
import { localPath } from "./local-path.js";
import { continuePage, failedLoginPage } from "./pages.js";
import { cookieOf } from "./principal.js";
import type { Route } from "./routes.js";

/** Cookie of a browser that went to the provider. `Lax`: it must come back with the provider's redirect. */
const BROWSER_COOKIE = "lookback_oidc";
const COOKIE_SECONDS = 600;

/** Routes of the login at an OpenID provider; the paths are Arkime's, so that a provider's registration can stay. */
export function oidcRoutes(oidc: OidcLogin, access: AccessService, setLogin: (response: Response, login: { readonly id: string; readonly expiresMs: number }) => void, isSecureCookie: (response: Response) => boolean): readonly Route[] {
  const setBrowser = (response: Response, value: string, seconds: number): void => {
    response.append("Set-Cookie", `${BROWSER_COOKIE}=${value}; Path=/auth/login; HttpOnly; SameSite=Lax; Max-Age=${seconds}${isSecureCookie(response) ? "; Secure" : ""}`);
  };
  const fail = (response: Response, error: unknown): void => {
    if (!(error instanceof LookbackError)) throw error;
    response.status(httpStatusOf(error)).type("text/html").send(failedLoginPage(error.message));
  };
  return [
    {
      method: "get", path: "/auth/login", access: "public",
      handlers: [async (request, response) => {
        try {
          const { url, browser } = await oidc.begin(request.headers.host ?? "", localPath(request.query["next"]));
          setBrowser(response, browser, COOKIE_SECONDS);
          response.redirect(303, url.href);
        } catch (error) {
          fail(response, error);
        }
      }],
    },
    {
      method: "get", path: "/auth/login/callback", access: "public",
      handlers: [async (request, response) => {
        setBrowser(response, "", 0);
        try {
          const query = new URL(request.originalUrl, "http://localhost").searchParams;
          const { user, next } = await oidc.finish(query, cookieOf(request, BROWSER_COOKIE), addressOf(request));
          setLogin(response, access.startLogin(user, addressOf(request)));
          // A page of ours, not a redirect: the login cookie is not sent along a way that began at another site.
          response.type("text/html").send(continuePage(next));
        } catch (error) {
          fail(response, error);
        }
      }],
    },
  ];
}
