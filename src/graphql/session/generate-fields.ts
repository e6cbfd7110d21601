import type { Field } from "../../model/field.js";
import type { FieldCatalogue } from "../../model/field-catalogue.js";
import { sessionShape, type Shape, type ShapeNode } from "./field-names.js";

/** GraphQL scalar and TypeScript type of a field's values. */
function valueTypes(field: Field): { readonly graphql: string; readonly typescript: string } {
  switch (field.kind) {
    case "integer":
      return { graphql: "LongScalar", typescript: "number" };
    case "float":
      return { graphql: "Float", typescript: "number" };
    case "seconds":
      return { graphql: "DateTimeScalar", typescript: "number" };
    case "ip":
      return { graphql: "AddressScalar", typescript: "string" };
    case "boolean":
      return { graphql: "Boolean", typescript: "boolean" };
    case "termfield":
    case "lotermfield":
    case "uptermfield":
    case "lotextfield":
      return { graphql: "String", typescript: "string" };
  }
}

function description(field: Field): string {
  const help = field.help === "" ? field.name : field.help;
  const searched = field.expression === "" ? "" : ` Searched as \`${field.expression}\`.`;
  return `${/[.!?]$/.test(help) ? help : `${help}.`}${searched}`;
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

const SIMPLE_NAME = /^[A-Za-z_$][A-Za-z0-9_$]*$/;

function member(node: ShapeNode, owner: string): string {
  const property = SIMPLE_NAME.test(node.name) ? node.name : JSON.stringify(node.name);
  if (node.kind === "value") {
    const types = valueTypes(node.field);
    const list = node.field.shape !== "one";
    const graphql = list ? `[${types.graphql}]` : types.graphql;
    const typescript = list ? `readonly ${types.typescript}[]` : types.typescript;
    return `  @Field(() => ${graphql}, { nullable: true, description: ${JSON.stringify(description(node.field))} })\n  ${property}!: ${typescript} | null;\n`;
  }
  const type = owner + capital(node.name);
  const list = node.kind === "objects";
  const text = node.kind === "objects" ? description(node.field) : `Fields under \`${node.part}\`; null when the session has none of those asked for.`;
  return `  @Field(() => ${list ? `[${type}]` : type}, { nullable: true, description: ${JSON.stringify(text)} })\n  ${property}!: ${list ? `readonly ${type}[]` : type} | null;\n`;
}

function classes(shape: Shape, name: string, head: string, out: string[]): void {
  for (const node of shape.values()) {
    if (node.kind === "value") continue;
    const inner = name === "SessionFields" ? `Session${capital(node.name)}` : name + capital(node.name);
    const text = node.kind === "objects" ? `One of the objects of \`${node.field.path}\`.` : `Fields of a session under \`${node.part}\`.`;
    classes(node.members, inner, `@ObjectType(${JSON.stringify(inner)}, { simpleResolvers: true, description: ${JSON.stringify(text)} })\nexport class ${inner} {`, out);
  }
  const owner = name === "SessionFields" ? "Session" : name;
  out.push(`${head}\n${[...shape.values()].map((node) => member(node, owner)).join("\n")}}\n`);
}

/**
 * The text of `session-fields.generated.ts`: the session type's members as classes, from the field catalogue, by the
 * naming rule of `field-names.ts`.
 */
export function generateSessionFields(catalogue: FieldCatalogue): string {
  const out: string[] = [];
  classes(sessionShape(catalogue), "SessionFields", `/** Members of a session that come from the field catalogue. */\n@ObjectType("SessionFields", { simpleResolvers: true })\nexport abstract class SessionFields {`, out);
  const body = out.join("\n");
  const scalars = ["AddressScalar", "DateTimeScalar", "LongScalar"].filter((name) => body.includes(name));
  return [
    "// Made by `npm run generate` from schema/fields.json; do not edit.",
    `import { Field, ${/\bFloat\b/.test(body) ? "Float, " : ""}ObjectType } from "type-graphql";`,
    `import { ${scalars.join(", ")} } from "../scalar/scalars.js";`,
    "",
    body,
  ].join("\n");
}
