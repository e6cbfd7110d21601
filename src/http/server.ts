import { createServer, type IncomingMessage, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import express, { type RequestHandler } from "express";
import type { AccessService } from "../access/access-service.js";
import { seesPart } from "../access/user.js";
import { LookbackError } from "../base/errors.js";
import { createGraphqlServer } from "../graphql/server.js";
import type { Services } from "../graphql/services.js";
import { AddressList } from "./address-list.js";
import { insteadOf } from "./arkime-paths.js";
import type { CertificateFiles } from "./certificate-files.js";
import { addressOf } from "./client.js";
import { downloadRoutes, type Downloads } from "./downloads.js";
import { errorHandler } from "./error-response.js";
import { explorerRoutes } from "./explorer.js";
import { GraphqlEndpoint } from "./graphql-endpoint.js";
import { HealthChecks, healthRoutes } from "./health.js";
import { LiveOperations } from "./live-operations.js";
import { loginRoutes, type LoginWays } from "./login.js";
import { Metrics, metricsRoute, observeOperations, observeRequests } from "./metrics.js";
import { rootPage } from "./pages.js";
import { knownPrincipal, principalOf, requirePrincipal, setPrincipal, type Doors } from "./principal.js";
import type { Route } from "./routes.js";
import { refuseForeign } from "./same-origin.js";
import { securityHeaders, strictTransport } from "./security-headers.js";
import { sessionStreamRoutes } from "./session-streams.js";
import { answerUnreadable } from "./unreadable-requests.js";

/** What the server is made of. */
export interface HttpServerParts {
  readonly services: Services;
  readonly downloads: Downloads | null;
  readonly health: HealthChecks;
  readonly metrics: Metrics;
  /** Address to listen on; loopback unless configured otherwise. */
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** How users log in; left out: by password. */
  readonly logins?: LoginWays;
  /** Proxies that say where a request comes from, and how one says who a user is; left out: nobody does. */
  readonly trusted?: Omit<Doors, "access">;
  /** Certificate and key, for a server that speaks TLS itself; the caller watches the files. */
  readonly certificate?: CertificateFiles | null;
  /** Tell browsers to come by TLS only. */
  readonly strictTransport?: boolean;
  /** How long requests may go on when the server stops, in milliseconds. */
  readonly drainMs: number;
}

/** Longest time for a request's headers and body, in milliseconds. */
const REQUEST_TIMEOUT_MS = 60_000;
const HEADERS_TIMEOUT_MS = 20_000;

/** A server that runs. */
export interface HttpServer {
  readonly url: string;
  /** Where commands of this machine reach it: the same, or without TLS by loopback. */
  readonly localUrl: string;
  readonly port: number;
  /** Every route, for the test that walks them. */
  readonly routes: readonly Route[];
  /** Refuses new work, lets requests end for the drain time, then cuts them. */
  stop(): Promise<void>;
}

const BY_PASSWORD: LoginWays = { passwords: true, oidc: null, secureCookies: "auto", message: "" };

/** Who is asking; public paths go on without anybody, all others need a login even to learn that they do not exist. */
function gate(doors: Doors, routes: readonly Route[]): RequestHandler {
  const open = new Set(routes.filter((route) => route.access === "public").map((route) => `${route.method} ${route.path}`));
  return (request, response, next) => {
    const principal = principalOf(request, doors);
    if (principal !== null) {
      setPrincipal(request, principal);
      next();
      return;
    }
    const method = request.method === "HEAD" ? "get" : request.method.toLowerCase();
    if (open.has(`${method} ${request.path}`)) {
      next();
      return;
    }
    if (method === "get" && request.accepts(["json", "html"]) === "html" && request.headers.authorization === undefined) {
      response.redirect(303, `/login?next=${encodeURIComponent(request.originalUrl)}`);
      return;
    }
    throw new LookbackError("UNAUTHENTICATED", "log in first: POST /login, or send a bearer token");
  };
}

/** Whether a request is from somebody who may see statistics, and of every session. */
function maySeeWholeStore(request: IncomingMessage, access: AccessService): boolean {
  const principal = knownPrincipal(request);
  if (principal === null) return false;
  const { user, scopes } = principal;
  if (seesPart(user)) return false;
  try {
    access.require(user, "statistics", scopes);
    return true;
  } catch (error) {
    if (error instanceof LookbackError && error.code === "FORBIDDEN") return false;
    throw error;
  }
}

/** Refuses those whom the route's decision does not let in. */
function requireAccess({ access: needed, wholeStore, path }: Route, access: AccessService): readonly RequestHandler[] {
  if (needed === "public" || needed === "login") return [];
  return [(request, _response, next) => {
    const { user, scopes, method } = requirePrincipal(request);
    try {
      access.require(user, needed, scopes);
      if (wholeStore === true) access.requireWholeStore(user, path);
    } catch (error) {
      if (error instanceof LookbackError) access.log.note({ user: user.name, address: addressOf(request), method, action: "access.refused", outcome: error.code, details: { route: path } });
      throw error;
    }
    next();
  }];
}

function rootRoute(): Route {
  return {
    method: "get", path: "/", access: "login",
    handlers: [(request, response) => {
      response.type("text/html").send(rootPage(requirePrincipal(request).user.name));
    }],
  };
}

async function listen(server: Server, host: string, port: number): Promise<AddressInfo> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.removeListener("error", reject);
      resolve();
    });
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new LookbackError("INTERNAL", "the server listens on no port");
  return address;
}

/** Starts the server. UNAVAILABLE when it cannot listen there. */
export async function startHttpServer(parts: HttpServerParts): Promise<HttpServer> {
  const { services, host, port } = parts;
  const { logger, access, clock } = services;
  const apollo = createGraphqlServer(logger, observeOperations(parts.metrics));
  await apollo.start();
  const doors: Doors = { access, ...(parts.trusted ?? { proxies: new AddressList([]), header: null }) };
  const live = new LiveOperations(access, logger);
  const endpoint = new GraphqlEndpoint(services, apollo, doors, live);
  let stopping = false;
  // Streams of packets do not end by themselves in time.
  const ending = new AbortController();
  const routes: readonly Route[] = [
    ...healthRoutes(parts.health, () => stopping, (request) => maySeeWholeStore(request, access)),
    ...loginRoutes(access, clock, parts.logins ?? BY_PASSWORD),
    rootRoute(),
    ...endpoint.routes(),
    ...explorerRoutes(),
    metricsRoute(parts.metrics),
    ...(parts.downloads === null ? [] : downloadRoutes(access, parts.downloads)),
    ...sessionStreamRoutes(services, live, ending.signal),
  ];

  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.enable("case sensitive routing");
  app.enable("strict routing");
  app.use(securityHeaders(parts.logins?.afterLogout?.url ?? null), observeRequests(parts.metrics));
  app.use((_request, response, next) => {
    if (stopping) response.setHeader("Connection", "close");
    // A connection whose last answer began before the stop would idle until its client lets go.
    response.once("finish", () => {
      if (stopping) setImmediate(() => { for (const each of servers) each.closeIdleConnections(); });
    });
    next();
  });
  app.use(gate(doors, routes), ...(parts.strictTransport === true ? [strictTransport] : []), refuseForeign);
  for (const route of routes) app[route.method](route.path, ...requireAccess(route, access), ...route.handlers);
  app.use((request) => {
    const instead = insteadOf(request.path);
    throw new LookbackError("NOT_FOUND", `there is no ${request.method} ${request.path}${instead === null ? "" : `: ${instead}`}`);
  });
  app.use(errorHandler(logger));

  const timeouts = { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: HEADERS_TIMEOUT_MS };
  const certificate = parts.certificate ?? null;
  const secure = certificate === null ? null : createSecureServer({ ...timeouts, ...certificate.read() }, app);
  certificate?.watch((files) => secure?.setSecureContext(files));
  const server = secure ?? createServer(timeouts, app);
  // The owner's commands on this machine come by loopback, without a name that a certificate could be for.
  const local = secure === null ? null : createServer(timeouts, app);
  const servers = local === null ? [server] : [server, local];
  for (const each of servers) {
    endpoint.acceptUpgrades(each);
    answerUnreadable(each);
  }
  let address: AddressInfo;
  let localAddress: AddressInfo | null;
  try {
    address = await listen(server, host, port);
    localAddress = local === null ? null : await listen(local, "127.0.0.1", 0);
  } catch (cause) {
    certificate?.stop();
    live.stop();
    await apollo.stop();
    throw new LookbackError("UNAVAILABLE", `cannot listen on ${host} port ${port}: ${cause instanceof Error ? cause.message : String(cause)}`, { host, port }, { cause });
  }
  const shownHost = host.includes(":") ? `[${host}]` : host;

  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    certificate?.stop();
    live.stop();
    const closed = Promise.all(servers.map((each) => new Promise<void>((resolve) => {
      each.close(() => resolve());
    })));
    for (const each of servers) each.closeIdleConnections();
    ending.abort();
    const cut = setTimeout(() => { for (const each of servers) each.closeAllConnections(); }, parts.drainMs);
    await endpoint.stop();
    await closed;
    clearTimeout(cut);
    await apollo.stop();
  };
  const url = `${secure === null ? "http" : "https"}://${shownHost}:${address.port}`;
  return { url, localUrl: localAddress === null ? url : `http://127.0.0.1:${localAddress.port}`, port: address.port, routes, stop };
}
