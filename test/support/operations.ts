import {
  getNamedType, isEnumType, isInputObjectType, isLeafType, isListType, isNonNullType, isObjectType,
  type GraphQLArgument, type GraphQLField, type GraphQLInputType, type GraphQLObjectType, type GraphQLOutputType, type GraphQLSchema,
} from "graphql";

/** How deep generated selections and inputs go. */
const DEPTH = 3;

const SCALARS: Readonly<Record<string, string>> = {
  String: '"x"', ID: '"00000000-0000-4000-8000-000000000001"', Int: "1", Float: "1", Boolean: "false", Long: "1", DateTime: '"2026-11-24T00:00:00Z"', JSON: '"x"',
};

/** A value that the type takes, as GraphQL text; only what must be given. */
function value(type: GraphQLInputType, depth = 0): string {
  if (isNonNullType(type)) return value(type.ofType, depth);
  if (isListType(type)) return `[${value(type.ofType, depth)}]`;
  if (isEnumType(type)) return type.getValues()[0]?.name ?? "null";
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter((field) => isNonNullType(field.type) && field.defaultValue === undefined && depth < DEPTH);
    return `{ ${fields.map((field) => `${field.name}: ${value(field.type, depth + 1)}`).join(", ")} }`;
  }
  return SCALARS[type.name] ?? '"x"';
}

function args(list: readonly GraphQLArgument[], given: Readonly<Record<string, string>>): string {
  const written = list.flatMap((argument) => {
    const text = given[argument.name] ?? (isNonNullType(argument.type) && argument.defaultValue === undefined ? value(argument.type) : null);
    return text === null ? [] : [`${argument.name}: ${text}`];
  });
  return written.length === 0 ? "" : `(${written.join(", ")})`;
}

/** A selection of one leaf of an output type. */
function selection(type: GraphQLOutputType): string {
  const named = getNamedType(type);
  if (!isObjectType(named)) return isLeafType(named) ? "" : " { __typename }";
  return " { __typename }";
}

function callOf(field: GraphQLField<unknown, unknown>, given: Readonly<Record<string, string>>, inner: string | null): string {
  return `${field.name}${args(field.args, given)}${inner === null ? selection(field.type) : ` { ${inner} }`}`;
}

/** The way from a root field of Query to a type, outermost first; null when no query field leads there. */
function wayTo(schema: GraphQLSchema, target: GraphQLObjectType): readonly GraphQLField<unknown, unknown>[] | null {
  const query = schema.getQueryType();
  if (!query) return null;
  const seen = new Set<string>([query.name]);
  let ways: { readonly type: GraphQLObjectType; readonly fields: readonly GraphQLField<unknown, unknown>[] }[] = [{ type: query, fields: [] }];
  while (ways.length > 0) {
    const next: typeof ways = [];
    for (const { type, fields } of ways) {
      if (type === target) return fields;
      for (const field of Object.values(type.getFields())) {
        const named = getNamedType(field.type);
        if (!isObjectType(named) || seen.has(named.name)) continue;
        seen.add(named.name);
        next.push({ type: named, fields: [...fields, field] });
      }
    }
    ways = next;
  }
  return null;
}

/**
 * An operation that uses the field `Type.field` of a schema, generated: required arguments get some value of their type,
 * `given` ones the text that is given. Null when the field cannot be reached from a query.
 */
export function operationOf(schema: GraphQLSchema, name: string, given: Readonly<Record<string, string>> = {}): string | null {
  const [typeName = "", fieldName = ""] = name.split(".");
  const type = schema.getType(typeName);
  if (!isObjectType(type)) return null;
  const field = type.getFields()[fieldName];
  if (field === undefined) return null;
  const call = callOf(field, given, null);
  if (["Query", "Mutation", "Subscription"].includes(typeName)) return `${typeName.toLowerCase()} { ${call} }`;
  const way = wayTo(schema, type);
  return way === null ? null : `query { ${way.reduceRight((inner, step) => callOf(step, {}, inner), call)} }`;
}
