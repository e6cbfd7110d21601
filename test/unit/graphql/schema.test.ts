import { isEnumType, isInputObjectType, isInterfaceType, isIntrospectionType, isObjectType, isSpecifiedScalarType } from "graphql";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { LookbackError } from "../../../src/base/errors.js";
import { graphqlSchema, schemaText } from "../../../src/graphql/schema.js";
import { graphqlName, graphqlPath, sessionShape } from "../../../src/graphql/session/field-names.js";
import { generateSessionFields } from "../../../src/graphql/session/generate-fields.js";
import { readDeclaredFields } from "../../../src/model/declared-fields.js";
import { FieldCatalogue, packagedCatalogue } from "../../../src/model/field-catalogue.js";

const text = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");

describe("the schema", () => {
  test("has words for every type, field, argument and value", () => {
    const bare: string[] = [];
    const need = (name: string, description: string | null | undefined): void => {
      if (description === null || description === undefined || description.trim().length < 5) bare.push(name);
    };
    for (const type of Object.values(graphqlSchema().getTypeMap())) {
      if (isIntrospectionType(type) || isSpecifiedScalarType(type)) continue;
      if (!["Query", "Mutation", "Subscription"].includes(type.name)) need(type.name, type.description);
      if (isObjectType(type) || isInterfaceType(type)) {
        for (const field of Object.values(type.getFields())) {
          need(`${type.name}.${field.name}`, field.description);
          for (const argument of field.args) need(`${type.name}.${field.name}(${argument.name})`, argument.description);
        }
      } else if (isInputObjectType(type)) {
        for (const field of Object.values(type.getFields())) need(`${type.name}.${field.name}`, field.description);
      } else if (isEnumType(type)) {
        for (const value of type.getValues()) need(`${type.name}.${value.name}`, value.description);
      }
    }
    expect(bare).toEqual([]);
  });

  test("carries asOf and completeUntil on every answer", () => {
    const { Query, Mutation, Subscription } = graphqlSchema().getTypeMap();
    const answers = [Query, Mutation, Subscription].flatMap((type) => (isObjectType(type) ? Object.values(type.getFields()) : []));
    expect(answers.length).toBeGreaterThan(15);
    for (const field of answers) {
      const named = graphqlSchema().getType(String(field.type).replace(/[![\]]/g, ""));
      expect(isObjectType(named) ? named.getInterfaces().map(String) : [], field.name).toContain("Answer");
    }
  });

  test("is the one in schema/schema.graphql (`npm run generate`)", () => {
    expect(schemaText()).toBe(text("schema/schema.graphql"));
  });

  test("has the session fields of schema/fields.json (`npm run generate`)", () => {
    expect(generateSessionFields(packagedCatalogue())).toBe(text("src/graphql/session/session-fields.generated.ts"));
  });
});

describe("names", () => {
  test("follow one rule", () => {
    expect(["syn-ack", "method-GET", "802.1q", "__type", "a b", "ja4_r"].map(graphqlName)).toEqual(["syn_ack", "method_GET", "_802_1q", "_type", "a_b", "ja4_r"]);
    expect(graphqlPath("network.vlan.id-cnt")).toBe("network.vlan.id_cnt");
  });

  test("that collide are refused when the type is made", () => {
    const field = (path: string) => ({
      expression: path, aliases: [], path, object: "", kind: "integer", shape: "one", count: "none", group: "x", name: path, help: "", linked: false, since: "0.1.0",
    });
    const catalogue = (...paths: string[]) => new FieldCatalogue(readDeclaredFields({ version: 1, fields: paths.map(field) }));
    expect(() => sessionShape(catalogue("a.b-c", "a.b_c"))).toThrow(LookbackError);
    expect(() => sessionShape(catalogue("a", "a.b"))).toThrow(/is a value and has members/);
    expect([...sessionShape(catalogue("a.b-c", "a.d")).keys()]).toEqual(["a"]);
  });
});
