import { createHash } from "node:crypto";
import { Kind, print, type DocumentNode, type OperationDefinitionNode, type SelectionSetNode } from "graphql";
import type { ApolloServerPlugin } from "@apollo/server";
import type { RequestContext } from "./context.js";
import { schemaText } from "./schema.js";

/** Fields whose answer depends on the version, the field catalogue and the user's hidden fields only. */
const CATALOGUE_FIELDS: ReadonlySet<string> = new Set(["fields", "limits", "__schema", "__type", "__typename"]);

/** Whether an operation asks for nothing but catalogue. */
function asksCatalogue(operation: OperationDefinitionNode, document: DocumentNode): boolean {
  const fragments = new Map(document.definitions.flatMap((one) => (one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one.selectionSet] as const] : [])));
  // Fragments of a valid document contain no circle.
  const only = (set: SelectionSetNode): boolean => set.selections.every((node) => {
    if (node.kind === Kind.FIELD) return CATALOGUE_FIELDS.has(node.name.value);
    const inner = node.kind === Kind.INLINE_FRAGMENT ? node.selectionSet : fragments.get(node.name.value);
    return inner !== undefined && only(inner);
  });
  return operation.operation === "query" && only(operation.selectionSet);
}

let version: string | null = null;

/** What all answers of this version have in common. */
function versionOf(context: RequestContext): string {
  version ??= createHash("sha256").update(schemaText()).update(JSON.stringify(context.services.fields.declared)).digest("hex");
  return version;
}

/** The tag of an answer: the same for as long as the same question has the same answer. `asOf` alone may differ, so it is weak. */
function tagOf(document: DocumentNode, variables: object, operationName: string | null, context: RequestContext): string {
  const { user } = context;
  const question = [versionOf(context), print(document), JSON.stringify(variables), operationName, user.role, [...context.scope.hiddenFields].sort(), context.services.queryTimeoutMs];
  return `W/"${createHash("sha256").update(JSON.stringify(question)).digest("base64url").slice(0, 32)}"`;
}

function matches(header: string | undefined, tag: string): boolean {
  return header !== undefined && header.split(",").some((one) => one.trim() === tag);
}

/**
 * Gives answers that ask for catalogue only an `ETag`, and answers 304 to `If-None-Match` without running the operation
 * (RFC 9110 section 13.1.2). A program that generates types from the catalogue need not read it again each time.
 */
export const catalogueTagPlugin: ApolloServerPlugin<RequestContext> = {
  async requestDidStart() {
    let tag: string | null = null;
    return {
      async responseForOperation({ document, operation, request, operationName, contextValue, response }) {
        // None where no operation has the name that was asked for; Apollo says so.
        if (operation === undefined || !asksCatalogue(operation, document)) return null;
        try {
          contextValue.require("search");
          tag = tagOf(document, request.variables ?? {}, operationName, contextValue);
        } catch {
          // The operation itself says what is refused.
          return null;
        }
        const header = request.http?.headers.get("if-none-match");
        if (request.http?.method !== "GET" && request.http?.method !== "POST") return null;
        if (!matches(header, tag)) return null;
        response.http.status = 304;
        response.http.headers.set("etag", tag);
        response.http.headers.set("cache-control", "private, no-cache");
        return { http: response.http, body: { kind: "single", singleResult: {} } };
      },
      async willSendResponse({ response, errors }) {
        if (tag === null || errors !== undefined || response.body.kind !== "single" || response.body.singleResult.errors !== undefined) return;
        response.http.headers.set("etag", tag);
        // May be kept, and must be asked about before it is used again.
        response.http.headers.set("cache-control", "private, no-cache");
      },
    };
  },
};
