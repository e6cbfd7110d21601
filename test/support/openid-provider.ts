import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What the tests use of oidc-provider, which brings no types. */
type ProviderClass = new (issuer: string, configuration: object) => { callback(): (request: unknown, response: unknown) => unknown };

/** A real OpenID provider on a free loopback port. It logs in whoever gives a name, with the claims of that name. */
export interface OpenIdProvider {
  readonly issuer: string;
  /** Claims of each name beside `sub`. */
  readonly claims: Map<string, Readonly<Record<string, unknown>>>;
  stop(): Promise<void>;
}

/** The client that the provider knows. */
export const CLIENT = { id: "lookback", secret: "a secret of the client that is long enough" } as const;

/** Starts a provider that sends users back to `redirectUri`. */
export async function startProvider(redirectUri: string): Promise<OpenIdProvider> {
  // The cast states what the package's own documents do.
  const { default: Provider } = (await import(String("oidc-provider"))) as { default: ProviderClass };
  const server = createServer();
  await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const claims = new Map<string, Readonly<Record<string, unknown>>>();
  const provider = new Provider(issuer, {
    clients: [{ client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [redirectUri], token_endpoint_auth_method: "client_secret_post" }],
    claims: { openid: ["sub", "preferred_username", "groups", "team"] },
    conformIdTokenClaims: false,
    cookies: { keys: ["key of the test"] },
    pkce: { required: () => true },
    findAccount: (_context: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id, ...claims.get(id) }) }),
  });
  const handle = provider.callback();
  server.on("request", (request, response) => { void handle(request, response); });
  return { issuer, claims, stop: () => new Promise((resolve) => { server.close(() => resolve()); server.closeAllConnections(); }) };
}

/** A browser with cookies that follows redirects and forms as far as a test tells it. */
export class Browser {
  readonly #cookies = new Map<string, Map<string, string>>();
  /** Where other hosts are really reached. */
  readonly #hosts: ReadonlyMap<string, string>;

  constructor(hosts: ReadonlyMap<string, string>) {
    this.#hosts = hosts;
  }

  /** One request without following. */
  async ask(url: string, form: Readonly<Record<string, string>> | null = null): Promise<{ readonly status: number; readonly location: string | null; readonly text: string; readonly headers: Headers }> {
    const asked = new URL(url);
    const jar = this.jar(asked.host);
    const response = await fetch(new URL(asked.pathname + asked.search, this.#hosts.get(asked.host) ?? asked.origin), {
      method: form === null ? "GET" : "POST", redirect: "manual",
      headers: { accept: "text/html", cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; "), ...(form === null ? {} : { "content-type": "application/x-www-form-urlencoded" }) },
      ...(form === null ? {} : { body: new URLSearchParams(form).toString() }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === "") jar.delete(name);
      else jar.set(name, value);
    }
    const location = response.headers.get("location");
    return { status: response.status, location: location === null ? null : new URL(location, url).href, text: await response.text(), headers: response.headers };
  }

  /** Cookies of a host. */
  jar(host: string): Map<string, string> {
    let jar = this.#cookies.get(host);
    if (jar === undefined) this.#cookies.set(host, (jar = new Map()));
    return jar;
  }

  /** Logs in at a provider as `name` from the address that a service sent it to; returns the address it is sent back to. */
  async logInAt(start: string, name: string, back: string): Promise<string> {
    let url = start;
    for (let step = 0; step < 12; step++) {
      const { location, text } = await this.ask(url);
      if (location !== null) {
        if (location.startsWith(back)) return location;
        url = location;
        continue;
      }
      const [, action = ""] = /<form[^>]* action="([^"]*)"/.exec(text) ?? [];
      const prompt = /name="prompt" value="(\w+)"/.exec(text)?.[1] ?? "";
      if (action === "") throw new Error(`no form at ${url}: ${text.slice(0, 300)}`);
      const sent = await this.ask(new URL(action, url).href, { prompt, login: name, password: "any" });
      if (sent.location === null) throw new Error(`the form led nowhere: ${sent.status}`);
      if (sent.location.startsWith(back)) return sent.location;
      url = sent.location;
    }
    throw new Error("the provider leads in a circle");
  }
}
