import { isObjectType, type GraphQLField, type GraphQLSchema } from "graphql";
import { LookbackError } from "../base/errors.js";
import { ACCESS_DECISIONS, type AccessDecision } from "./access-decisions.js";
import { RequestContext } from "./context.js";

const ROOTS: ReadonlySet<string> = new Set(["Query", "Mutation", "Subscription"]);

/** What nobody decided about is for administrators, so that forgetting a decision opens nothing. */
const UNDECIDED: AccessDecision = { needs: "administer", narrowed: "refused" };

/** Names of the fields that need a decision: those of the root types, and those below that take arguments. */
export function fieldsToDecide(schema: GraphQLSchema): readonly string[] {
  return decidable(schema).map(({ name }) => name);
}

function decidable(schema: GraphQLSchema): readonly { readonly name: string; readonly field: GraphQLField<unknown, unknown> }[] {
  return Object.values(schema.getTypeMap()).flatMap((type) => {
    if (!isObjectType(type) || type.name.startsWith("__")) return [];
    return Object.values(type.getFields()).flatMap((field) => (ROOTS.has(type.name) || field.args.length > 0 ? [{ name: `${type.name}.${field.name}`, field }] : []));
  });
}

/** Throws FORBIDDEN unless the decision lets the request through. */
export function enforce(name: string, { needs, narrowed, notByToken }: AccessDecision, context: RequestContext): void {
  if (needs !== null) context.require(needs);
  if (notByToken === true && context.principal.method === "token") throw new LookbackError("FORBIDDEN", "a token may not do this; log in yourself");
  if (narrowed === "refused") context.requireWholeStore(`"${name.slice(name.indexOf(".") + 1)}"`);
}

/** Puts the decision of every field that needs one before its resolver, in place. */
export function guardSchema(schema: GraphQLSchema): GraphQLSchema {
  for (const { name, field } of decidable(schema)) {
    const decision = ACCESS_DECISIONS[name] ?? UNDECIDED;
    const { resolve, subscribe } = field;
    const guard = (context: unknown): void => {
      if (!(context instanceof RequestContext)) throw new LookbackError("INTERNAL", `${name} without a request context`);
      enforce(name, decision, context);
    };
    if (resolve !== undefined) {
      field.resolve = (source, args, context, info) => {
        guard(context);
        return resolve(source, args, context, info);
      };
    }
    if (subscribe !== undefined) {
      field.subscribe = (source, args, context, info) => {
        guard(context);
        return subscribe(source, args, context, info);
      };
    }
  }
  return schema;
}
