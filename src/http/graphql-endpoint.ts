import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import type { ApolloServer } from "@apollo/server";
import { expressMiddleware } from "@as-integrations/express5";
import express, { type RequestHandler, type Response } from "express";
import { createHandler } from "graphql-sse/lib/use/express";
import { getOperationAST, GraphQLError, type ExecutionResult } from "graphql";
import { useServer } from "graphql-ws/use/ws";
import { WebSocketServer, type WebSocket } from "ws";
import { LookbackError } from "../base/errors.js";
import { RequestContext } from "../graphql/context.js";
import { toGraphQLError } from "../graphql/errors.js";
import { LIMITS } from "../graphql/limits.js";
import { graphqlSchema } from "../graphql/schema.js";
import type { Services } from "../graphql/services.js";
import { prepareOperation, shownErrors, shownResult } from "../graphql/streamed-operation.js";
import type { Principal } from "../access/user.js";
import type { LiveOperation, LiveOperations } from "./live-operations.js";
import { addressOf } from "./client.js";
import { principalOf, requirePrincipal, type Doors } from "./principal.js";
import type { Route } from "./routes.js";
import { originOf } from "./same-origin.js";
import { SocketPlaces } from "./socket-places.js";
import { checkStreamRequest } from "./stream-request.js";

/** Most operations that run on one WebSocket connection. */
const MAX_SOCKET_OPERATIONS = 50;
/** Milliseconds between pings that keep a connection through proxies. */
const KEEP_ALIVE_MS = 12_000;
/** Longest wait for clients to end their side of a connection that ends here, in milliseconds. */
const FAREWELL_MS = 1_000;
/** Time that operations of such a connection have to tell why they end, in milliseconds. */
const TOLD_MS = 250;
/** Closes a connection whose login or token has ended (graphql-transport-ws). */
const UNAUTHORIZED = 4401;

function gone(): LookbackError {
  return new LookbackError("QUERY_CANCELLED", "the client left");
}

/** An operation that runs on a WebSocket connection. */
interface SocketOperation {
  readonly context: RequestContext;
  readonly abort: AbortController;
  readonly live: LiveOperation;
}

function isStream(result: unknown): result is AsyncIterable<ExecutionResult> {
  return typeof result === "object" && result !== null && Symbol.asyncIterator in result;
}

/** Everything under `/graphql`: queries and mutations by POST or GET, subscriptions by SSE and WebSocket. */
export class GraphqlEndpoint {
  readonly #services: Services;
  readonly #apollo: ApolloServer<RequestContext>;
  readonly #stopping = new AbortController();
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: LIMITS.bodyBytes });
  readonly #doors: Doors;
  readonly #live: LiveOperations;
  readonly #places: SocketPlaces;
  readonly #disposeSockets: () => Promise<void>;

  constructor(services: Services, apollo: ApolloServer<RequestContext>, doors: Doors, live: LiveOperations) {
    this.#services = services;
    this.#doors = doors;
    this.#apollo = apollo;
    this.#live = live;
    this.#places = new SocketPlaces(doors.access, (error) => { services.logger.error({ error }, "who holds a WebSocket could not be looked up"); });
    live.onLook(() => { this.#places.endStale(); });
    this.#disposeSockets = this.#serveSockets();
  }

  /** The routes; the Apollo server must have started. */
  routes(): readonly Route[] {
    const json = express.json({ limit: LIMITS.bodyBytes });
    const apollo = expressMiddleware(this.#apollo, { context: ({ req, res }) => Promise.resolve(this.#contextOf(req, res, [])) });
    // Apollo's adapter takes a request without body for a missing parser.
    const withBody: RequestHandler = (request, _response, next) => {
      request.body ??= {};
      next();
    };
    const stream = this.#streamHandler();
    return [
      { method: "get", path: "/graphql", access: "login", handlers: [withBody, apollo] },
      { method: "post", path: "/graphql", access: "login", handlers: [json, withBody, apollo] },
      { method: "get", path: "/graphql/stream", access: "login", handlers: [stream] },
      { method: "post", path: "/graphql/stream", access: "login", handlers: [json, stream] },
    ];
  }

  /** Ends streams and connections within two seconds; their clients are told SHUTTING_DOWN. */
  async stop(): Promise<void> {
    await this.#live.endAll();
    this.#stopping.abort(new LookbackError("SHUTTING_DOWN", "the service is stopping"));
    await this.#disposeSockets();
  }

  /** The context of a request; `ends` ends it too. Queries go on while the server drains, streams do not. */
  #contextOf(request: IncomingMessage, response: Response, ends: readonly AbortSignal[]): RequestContext {
    const abort = new AbortController();
    response.once("close", () => {
      if (!response.writableFinished) abort.abort(gone());
    });
    return new RequestContext(this.#services, requirePrincipal(request), AbortSignal.any([abort.signal, ...ends]), addressOf(request));
  }

  #begin(principal: Principal): LiveOperation | GraphQLError {
    try {
      return this.#live.begin(principal);
    } catch (error) {
      if (error instanceof LookbackError) return toGraphQLError(error);
      throw error;
    }
  }

  /** Begins an operation of a WebSocket connection; its request is looked up anew: a login that ended since then ends here too. */
  #beginOf(request: IncomingMessage): LiveOperation | GraphQLError {
    try {
      const principal = principalOf(request, this.#doors);
      return principal === null ? toGraphQLError(new LookbackError("UNAUTHENTICATED", "the login has ended")) : this.#begin(principal);
    } catch (error) {
      return new GraphQLError("who asks could not be looked up", { originalError: error instanceof Error ? error : new Error(String(error)) });
    }
  }

  #streamHandler(): RequestHandler {
    const { logger } = this.#services;
    const running = new WeakMap<object, LiveOperation>();
    // Without `data` the handler does not take it for an answer.
    const refused = (errors: readonly GraphQLError[]) => ({ data: null, errors: shownErrors(errors, logger) });
    const handler = createHandler<RequestContext & Record<PropertyKey, unknown>>({
      schema: graphqlSchema(),
      // No token: every operation has a connection of its own ("distinct connections mode").
      authenticate: () => "",
      onSubscribe: (request, { query, variables, operationName }) => {
        const live = this.#begin(requirePrincipal(request.raw));
        if (live instanceof GraphQLError) return refused([live]);
        request.context.res.once("close", () => live.end());
        const context = this.#contextOf(request.raw, request.context.res, [this.#stopping.signal, live.signal]);
        running.set(context, live);
        const prepared = prepareOperation({ query, variables, operationName }, context);
        if ("errors" in prepared) return refused(prepared.errors);
        if (request.method === "GET" && getOperationAST(prepared.args.document, operationName)?.operation === "mutation") {
          return refused([toGraphQLError(new LookbackError("BAD_INPUT", "a change is sent by POST"))]);
        }
        // The handler's types want an index signature, which a class has none of; the object stays the same.
        return { ...prepared.args, contextValue: Object.assign<RequestContext, Record<PropertyKey, unknown>>(context, {}) };
      },
      onOperation: (context, _request, _args, result) => {
        const live = running.get(context);
        return live === undefined || !isStream(result) ? undefined : this.#live.whileAllowed(result, live);
      },
      // What was refused has no context, and its errors are as they are shown already.
      onNext: (context, _request, result) => ("hasNext" in result || !running.has(context) ? undefined : shownResult(result, context, logger)),
    });
    return async (request, response) => {
      checkStreamRequest(request);
      await handler(request, response);
    };
  }

  #serveSockets(): () => Promise<void> {
    const { logger } = this.#services;
    const running = new WeakMap<object, Map<string, SocketOperation>>();
    const operationsOf = (socket: object): Map<string, SocketOperation> => {
      let operations = running.get(socket);
      if (operations === undefined) running.set(socket, (operations = new Map()));
      return operations;
    };
    const disposable = useServer({
      schema: graphqlSchema(),
      onSubscribe: ({ extra }, id, { query, variables, operationName }) => {
        const operations = operationsOf(extra.socket);
        // Errors are brought into the API's form by onError.
        if (operations.size >= MAX_SOCKET_OPERATIONS) {
          return [toGraphQLError(new LookbackError("LIMIT_EXCEEDED", `a connection runs ${MAX_SOCKET_OPERATIONS} operations at once`, { limit: MAX_SOCKET_OPERATIONS }))];
        }
        const live = this.#beginOf(extra.request);
        if (live instanceof GraphQLError) return [live];
        const abort = new AbortController();
        const context = new RequestContext(this.#services, live.principal, AbortSignal.any([abort.signal, this.#stopping.signal, live.signal]), addressOf(extra.request));
        const prepared = prepareOperation({ query, variables, operationName }, context);
        if ("errors" in prepared) {
          live.end();
          return prepared.errors;
        }
        operations.set(id, { context, abort, live });
        return prepared.args;
      },
      onOperation: ({ extra }, id, _payload, _args, result) => {
        const operation = operationsOf(extra.socket).get(id);
        return operation === undefined || !isStream(result) ? undefined : this.#live.whileAllowed(result, operation.live);
      },
      onNext: ({ extra }, id, _payload, _args, result) => {
        const operation = operationsOf(extra.socket).get(id);
        return operation === undefined ? undefined : shownResult(result, operation.context, logger);
      },
      onError: (_context, _id, _payload, errors) => [...shownErrors(errors.filter((error) => error instanceof GraphQLError), logger)],
      onComplete: ({ extra }, id) => {
        const operation = operationsOf(extra.socket).get(id);
        operation?.abort.abort(gone());
        operation?.live.end();
        operationsOf(extra.socket).delete(id);
      },
      onDisconnect: ({ extra }) => {
        for (const { abort, live } of operationsOf(extra.socket).values()) {
          abort.abort(gone());
          live.end();
        }
        running.delete(extra.socket);
      },
    }, this.#sockets, KEEP_ALIVE_MS);
    return async () => {
      // A client that never answers would be waited for.
      const cut = setTimeout(() => { for (const client of this.#sockets.clients) client.terminate(); }, FAREWELL_MS);
      await disposable.dispose();
      clearTimeout(cut);
    };
  }

  /** Takes WebSocket upgrades of `/graphql` on a server; others, and those of nobody or of another site, are refused. */
  acceptUpgrades(server: Server): void {
    server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on("error", () => socket.destroy());
      let holder: Principal | string;
      try {
        holder = this.#holderOf(request);
      } catch (error) {
        // Nobody catches what a listener throws.
        this.#services.logger.error({ error }, "who asks for a WebSocket could not be looked up");
        holder = "503 Service Unavailable";
      }
      if (typeof holder === "string") {
        // The server has let go of the socket: without an end of its own, that of the client would be waited for.
        socket.once("finish", () => socket.destroy());
        socket.end(`HTTP/1.1 ${holder}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
        return;
      }
      const principal = holder;
      this.#sockets.handleUpgrade(request, socket, head, (client) => {
        client.once("close", this.#places.take(principal, () => principalOf(request, this.#doors), () => { dismiss(client); }));
        this.#sockets.emit("connection", client, request);
      });
    });
  }

  /** Whose connection an upgrade opens, or the status by which it is refused. */
  #holderOf(request: IncomingMessage): Principal | string {
    if (request.url?.split("?")[0] !== "/graphql") return "404 Not Found";
    const principal = principalOf(request, this.#doors);
    if (principal === null) return "401 Unauthorized";
    // A browser sends the cookie with a foreign page's upgrade as well, and no preflight.
    if (originOf(request) === "other") return "403 Forbidden";
    if (this.#stopping.signal.aborted) return "503 Service Unavailable";
    return this.#places.refusalOf(principal.user.name) ?? principal;
  }
}

/** Ends a connection once its operations have told why they end; a client that does not end its side is cut off. */
function dismiss(client: WebSocket): void {
  setTimeout(() => {
    client.close(UNAUTHORIZED, "the login or token has ended");
    setTimeout(() => { client.terminate(); }, FAREWELL_MS).unref();
  }, TOLD_MS).unref();
}
