import { afterEach, expect, test } from "vitest";
import { startApi, type ApiServer } from "../support/api-server.js";

let api: ApiServer;
afterEach(() => api.server.stop());

async function logOut(method: "GET" | "POST" | null, headers: Readonly<Record<string, string>>): Promise<Response> {
  const afterLogout = method === null ? null : { url: new URL("https://sso.example/end?client_id=lookback"), method };
  api = await startApi(undefined, { logins: { passwords: true, oidc: null, secureCookies: "auto", message: "", afterLogout } });
  await api.access.putUser({ name: "ana", password: "a long password", role: "viewer" });
  const { id } = await api.access.login("ana", "a long password", "here");
  const response = await fetch(`${api.server.url}/logout`, { method: "POST", redirect: "manual", headers: { cookie: `lookback_login=${id}`, "x-lookback-csrf": "1", ...headers } });
  expect(api.access.principalOfCookie(id)).toBeNull();
  return response;
}

test.each([[null, 303, "/login"], ["GET", 303, "https://sso.example/end?client_id=lookback"], ["POST", 307, "https://sso.example/end?client_id=lookback"]] as const)("a browser goes on by %s", async (method, status, location) => {
  const response = await logOut(method, { accept: "text/html" });
  expect([response.status, response.headers.get("location")]).toEqual([status, location]);
  // Browsers hold a form to this for the redirects after it too.
  const page = await fetch(`${api.server.url}/login`);
  expect(page.headers.get("content-security-policy")).toMatch(method === null ? /form-action 'self'$/ : /form-action 'self' https:\/\/sso\.example$/);
});

test("a program is told where to log out as well", async () => {
  expect(await (await logOut("GET", { accept: "application/json" })).json()).toEqual({ loggedOut: true, logoutUrl: "https://sso.example/end?client_id=lookback" });
  await api.server.stop();
  expect(await (await logOut(null, { accept: "application/json" })).json()).toEqual({ loggedOut: true });
});
