import { ApolloServer, HeaderMap, type ApolloServerPlugin } from "@apollo/server";
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginLandingPageDisabled } from "@apollo/server/plugin/disabled";
import { GraphQLError, Kind, type OperationDefinitionNode, type ValidationRule } from "graphql";
import { LookbackError } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import { catalogueTagPlugin } from "./catalogue-tag.js";
import type { RequestContext } from "./context.js";
import { formatError, outcomesOf, toGraphQLError } from "./errors.js";
import { DocumentStore } from "./document-store.js";
import { LIMITS } from "./limits.js";
import { checkShape, costOf } from "./operation-check.js";
import { graphqlSchema } from "./schema.js";

/** A refusal before running, for which the server answers with HTTP status 400, or 429 with the wait; other errors as they are. */
function asBadRequest(error: unknown): unknown {
  const refusal = error instanceof LookbackError ? toGraphQLError(error) : error;
  if (!(refusal instanceof GraphQLError)) return error;
  const wait = error instanceof LookbackError ? error.details["retryAfterSeconds"] : undefined;
  const http = typeof wait === "number" ? { status: 429, headers: new HeaderMap([["retry-after", String(wait)]]) } : { status: 400 };
  return new GraphQLError(refusal.message, { originalError: refusal, extensions: { ...refusal.extensions, http } });
}

/** How long a persisted query that is not used is kept, in seconds. */
const PERSISTED_SECONDS = 24 * 3_600;

/** The size limits as a validation rule. */
export const shapeRule: ValidationRule = (context) => ({
  Document(document) {
    try {
      checkShape(document);
    } catch (error) {
      if (!(error instanceof LookbackError)) throw error;
      context.reportError(toGraphQLError(error));
    }
  },
});

/** Counts the cost before the operation runs, and returns it with the answer. */
const costPlugin: ApolloServerPlugin<RequestContext> = {
  async requestDidStart() {
    return {
      async didResolveOperation({ schema, document, request, operation, operationName, contextValue }) {
        try {
          if (operation?.operation === "subscription") {
            throw new LookbackError("BAD_INPUT", "a subscription is asked for at /graphql/stream (server-sent events) or over a WebSocket at /graphql");
          }
          contextValue.spend(costOf(schema, document, request.variables ?? {}, operationName));
        } catch (error) {
          throw asBadRequest(error);
        }
      },
      async willSendResponse({ response, contextValue }) {
        if (response.body.kind !== "single") return;
        const { singleResult } = response.body;
        contextValue.finishReads(outcomesOf(singleResult.errors));
        singleResult.extensions = { ...singleResult.extensions, ...contextValue.spent };
      },
    };
  },
};

/** Told of every operation that ended: what it asked first, `ok` or the code of its first error, and how long it took. */
export type OperationListener = (field: string, outcome: string, seconds: number) => void;

/** The first field of an operation that the schema has, so that clients cannot make up names; `none` for others. */
function firstField(operation: OperationDefinitionNode | null | undefined): string {
  const first = operation?.selectionSet.selections.find((selection) => selection.kind === Kind.FIELD);
  return first?.name.value ?? "none";
}

function timing(listener: OperationListener): ApolloServerPlugin<RequestContext> {
  return {
    async requestDidStart() {
      const started = process.hrtime.bigint();
      let field = "none";
      return {
        // Only a valid operation gets here, so its fields are the schema's.
        async didResolveOperation({ operation }) {
          field = firstField(operation);
        },
        async willSendResponse({ response, errors }) {
          if (response.body.kind !== "single") return;
          const code = response.body.singleResult.errors?.[0]?.extensions?.["code"] ?? errors?.[0]?.extensions["code"];
          listener(field, typeof code === "string" ? code : "ok", Number(process.hrtime.bigint() - started) / 1e9);
        },
      };
    },
  };
}

/** The server that answers queries and mutations; subscriptions have transports of their own. Start and stop it once. */
export function createGraphqlServer(logger: Logger, listener: OperationListener = () => {}): ApolloServer<RequestContext> {
  return new ApolloServer<RequestContext>({
    schema: graphqlSchema(),
    // Whoever gets here is logged in; the endpoint answers nobody else.
    introspection: true,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    // Automatic persisted queries: the text by its SHA-256, once it was sent. Kept in the bounded cache.
    cache: "bounded",
    persistedQueries: { ttl: PERSISTED_SECONDS },
    documentStore: new DocumentStore(),
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    nodeEnv: "production",
    parseOptions: { maxTokens: LIMITS.tokens },
    validationRules: [shapeRule],
    // No answer may be cached, and the plugin that says so per field wraps every resolver.
    plugins: [ApolloServerPluginLandingPageDisabled(), ApolloServerPluginCacheControlDisabled(), costPlugin, catalogueTagPlugin, timing(listener)],
    formatError: (formatted, error) => formatError(formatted, error, logger),
    logger: {
      debug: (message: unknown) => logger.debug({}, String(message)),
      info: (message: unknown) => logger.info({}, String(message)),
      warn: (message: unknown) => logger.warn({}, String(message)),
      error: (message: unknown) => logger.error({}, String(message)),
    },
  });
}
