import { createHash } from "node:crypto";
import {
  isEnumType, isInputObjectType, isListType, isNonNullType, isObjectType, Kind, parse, print, typeFromAST, validate,
  type DocumentNode, type FragmentDefinitionNode, type GraphQLNamedType, type GraphQLSchema, type GraphQLType, type OperationDefinitionNode, type SelectionSetNode,
} from "graphql";
import { LookbackError } from "../base/errors.js";

/** What scalars are in JSON; a Long beyond 2^53 comes as text, a time that ISO 8601 does not reach as a number. */
const OUTPUT_SCALARS: Readonly<Record<string, string>> = {
  String: "string", ID: "string", Boolean: "boolean", Int: "number", Float: "number", Long: "number | string", DateTime: "string | number", Address: "string", JSON: "unknown",
};
const INPUT_SCALARS: Readonly<Record<string, string>> = { ...OUTPUT_SCALARS, FilterValue: "string | number | boolean" };

/** TypeScript for the operations of a document: of each the types of its variables and its data, and the operation itself. */
export function clientTypes(schema: GraphQLSchema, text: string): string {
  const document = parse(text);
  const invalid = validate(schema, document);
  if (invalid[0] !== undefined) throw new LookbackError("INTERNAL", `operations.graphql: ${invalid[0].message}`);
  const writer = new TypeWriter(schema, document);
  const operations = document.definitions.flatMap((definition) => (definition.kind === Kind.OPERATION_DEFINITION ? [writer.operation(definition)] : []));
  const head = '// Made by `npm run generate` of operations.graphql; do not edit.\nimport type { TypedOperation } from "./typed-operation.js";\n';
  return [head, ...writer.named(), ...operations].join("\n");
}

class TypeWriter {
  readonly #schema: GraphQLSchema;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Enums and input types that were named, by name. */
  readonly #named = new Map<string, string>();

  constructor(schema: GraphQLSchema, document: DocumentNode) {
    this.#schema = schema;
    this.#fragments = new Map(document.definitions.flatMap((one) => (one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [])));
  }

  named(): readonly string[] {
    return [...this.#named].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
  }

  operation(node: OperationDefinitionNode): string {
    const name = node.name?.value;
    const root = this.#schema.getRootType(node.operation);
    if (name === undefined || root === undefined || root === null) throw new LookbackError("INTERNAL", "operations.graphql: every operation has a name");
    const variables = (node.variableDefinitions ?? []).map(({ variable, type, defaultValue }) => {
      const found = typeFromAST(this.#schema, type);
      if (found === undefined) throw new LookbackError("INTERNAL", `operations.graphql: ${print(type)} is no type`);
      const optional = !isNonNullType(found) || defaultValue !== undefined;
      return `  readonly ${variable.name.value}${optional ? "?" : ""}: ${this.#input(found)};`;
    });
    const text = print({ kind: Kind.DOCUMENT, definitions: [node, ...this.#used(node.selectionSet)] });
    return [
      `/** Variables of ${name}. */`, variables.length === 0 ? `export type ${name}Variables = Readonly<Record<string, never>>;\n` : `export interface ${name}Variables {\n${variables.join("\n")}\n}\n`,
      `/** Data of ${name}. */`, `export interface ${name}Data ${this.#selection(node.selectionSet, root, "")}\n`,
      `export const ${name}: TypedOperation<${name}Data, ${name}Variables> = {`,
      `  name: ${JSON.stringify(name)},`, `  kind: ${JSON.stringify(node.operation)},`, `  text: ${JSON.stringify(text)},`, `  sha256: ${JSON.stringify(createHash("sha256").update(text).digest("hex"))},`, "};\n",
    ].join("\n");
  }

  #used(set: SelectionSetNode, seen = new Set<string>()): FragmentDefinitionNode[] {
    return set.selections.flatMap((node) => {
      if (node.kind === Kind.FRAGMENT_SPREAD) {
        const fragment = this.#fragments.get(node.name.value);
        if (fragment === undefined || seen.has(node.name.value)) return [];
        seen.add(node.name.value);
        return [fragment, ...this.#used(fragment.selectionSet, seen)];
      }
      return node.selectionSet === undefined ? [] : this.#used(node.selectionSet, seen);
    });
  }

  #selection(set: SelectionSetNode, type: GraphQLNamedType, indent: string): string {
    if (!isObjectType(type)) throw new LookbackError("INTERNAL", `operations.graphql: ${type.name} has no fields of one type`);
    const lines = set.selections.flatMap((node): string[] => {
      if (node.kind === Kind.FIELD) {
        const field = type.getFields()[node.name.value];
        if (field === undefined) return [`${indent}  readonly ${node.alias?.value ?? node.name.value}: ${JSON.stringify(type.name)};`];
        return [`${indent}  readonly ${node.alias?.value ?? node.name.value}: ${this.#output(field.type, node.selectionSet, `${indent}  `)};`];
      }
      const inner = node.kind === Kind.INLINE_FRAGMENT ? node.selectionSet : this.#fragments.get(node.name.value)?.selectionSet;
      return inner === undefined ? [] : this.#selection(inner, type, indent).split("\n").slice(1, -1);
    });
    return `{\n${[...new Set(lines)].join("\n")}\n${indent}}`;
  }

  #output(type: GraphQLType, set: SelectionSetNode | undefined, indent: string): string {
    if (!isNonNullType(type)) return `${this.#present(type, set, indent)} | null`;
    return this.#present(type.ofType, set, indent);
  }

  #present(type: GraphQLType, set: SelectionSetNode | undefined, indent: string): string {
    if (isListType(type)) return `readonly (${this.#output(type.ofType, set, indent)})[]`;
    if (isNonNullType(type)) return this.#present(type.ofType, set, indent);
    if (set !== undefined) return this.#selection(set, type, indent);
    return isEnumType(type) ? this.#name(type) : (OUTPUT_SCALARS[type.name] ?? "unknown");
  }

  #input(type: GraphQLType): string {
    return isNonNullType(type) ? this.#given(type.ofType) : `${this.#given(type)} | null`;
  }

  #given(type: GraphQLType): string {
    if (isListType(type)) return `readonly (${this.#input(type.ofType)})[]`;
    if (isNonNullType(type)) return this.#given(type.ofType);
    return isEnumType(type) || isInputObjectType(type) ? this.#name(type) : (INPUT_SCALARS[type.name] ?? "unknown");
  }

  /** The name of an enum or input type, which is written once. */
  #name(type: GraphQLNamedType): string {
    if (this.#named.has(type.name)) return type.name;
    // Set first: input types may contain themselves.
    this.#named.set(type.name, "");
    const words = `/** ${(type.description ?? type.name).replaceAll("*/", "* /")} */\n`;
    if (isEnumType(type)) {
      this.#named.set(type.name, `${words}export type ${type.name} = ${type.getValues().map((value) => JSON.stringify(value.name)).join(" | ")};\n`);
    } else if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).map((field) => `  readonly ${field.name}${isNonNullType(field.type) && field.defaultValue === undefined ? "" : "?"}: ${this.#input(field.type)};`);
      this.#named.set(type.name, `${words}export interface ${type.name} {\n${fields.join("\n")}\n}\n`);
    }
    return type.name;
  }
}
