import { GraphQLObjectType, GraphQLSchema, GraphQLString, type GraphQLFieldConfig, type GraphQLFieldResolver } from "graphql";
import { LookbackError } from "../base/errors.js";
import { RequestContext } from "./context.js";
import { MAX_KEY, type IdempotencyRules } from "./idempotency.js";

/** Name of the argument that every mutation has. */
export const KEY_ARGUMENT = "idempotencyKey";

const DESCRIPTION =
  `Your own name of this request, 1 to ${MAX_KEY} printable characters. Within 24 hours the same request under it is not done again but gets the same answer; another request is refused.`;

type Field = GraphQLFieldConfig<unknown, RequestContext, Record<string, unknown>>;

/** What `@Extensions` of a mutation say of it. */
export function rulesOf(extensions: Readonly<Record<string, unknown>> | null | undefined): IdempotencyRules {
  const rules = extensions?.["idempotency"];
  return typeof rules === "object" && rules !== null ? rules : {};
}

/** The schema in which every mutation takes an idempotency key. A mutation needs to do nothing for it. */
export function withIdempotencyKeys(schema: GraphQLSchema): GraphQLSchema {
  const mutation = schema.getMutationType();
  if (mutation === null || mutation === undefined) return schema;
  const config = mutation.toConfig();
  const fields = Object.fromEntries(Object.entries(config.fields).map(([name, field]) => [name, keyed(name, field)]));
  const whole = schema.toConfig();
  return new GraphQLSchema({ ...whole, types: whole.types.filter((type) => type !== mutation), mutation: new GraphQLObjectType({ ...config, fields }) });
}

function keyed(name: string, field: Field): Field {
  const { resolve } = field;
  if (resolve === undefined || resolve === null) throw new LookbackError("INTERNAL", `the mutation ${name} does nothing`);
  const rules = rulesOf(field.extensions);
  const once: GraphQLFieldResolver<unknown, RequestContext, Record<string, unknown>> = async (source, args, context, info) => {
    const { [KEY_ARGUMENT]: key, ...own } = args;
    // An argument that the mutation declares itself is for it to see as well.
    const change = async (): Promise<unknown> => resolve(source, args, context, info);
    if (typeof key !== "string") return change();
    return context.services.idempotency.run({ user: context.user.name, key, name, args: own, rules }, change);
  };
  return { ...field, args: { ...field.args, [KEY_ARGUMENT]: { type: GraphQLString, description: DESCRIPTION } }, resolve: once };
}
