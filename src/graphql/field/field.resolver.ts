import { Arg, Ctx, Query, Resolver } from "type-graphql";
import type { Field } from "../../model/field.js";
import type { VirtualField } from "../../model/virtual-fields.js";
import { answered } from "../answer.js";
import { RequestContext } from "../context.js";
import { graphqlPath } from "../session/field-names.js";
import { FieldInfo, FieldKindName, FieldList } from "./field.type.js";

const KINDS: ReadonlyMap<string, FieldKindName> = new Map(Object.values(FieldKindName).map((kind) => [kind, kind]));

function kindOf(kind: string): FieldKindName {
  return KINDS.get(kind) ?? FieldKindName.TERM;
}

function infoOf(field: Field): FieldInfo {
  const { expression, aliases, path, group, name, help, since } = field;
  return {
    expression, aliases, path, group, name, help, since, kind: kindOf(field.kind), list: field.shape !== "one", members: [],
    graphqlPath: field.view === null && path !== "_id" ? graphqlPath(path) : null,
  };
}

function virtualInfo({ expression, aliases, kind, group, name, help, members }: VirtualField): FieldInfo {
  return {
    expression, aliases, group, name, help, kind: kindOf(kind), list: true, path: null, graphqlPath: null, since: null,
    members: members.map((member) => member.expression),
  };
}

function order(a: FieldInfo, b: FieldInfo): number {
  const [left, right] = [`${a.group}\0${a.expression}\0${a.path ?? ""}`, `${b.group}\0${b.expression}\0${b.path ?? ""}`];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The field catalogue. */
@Resolver()
export class FieldResolver {
  @Query(() => FieldList, { description: "Fields that searches, orders and aggregations can name." })
  fields(
    @Arg("group", () => String, { nullable: true, description: "Only fields of this group." }) group: string | null | undefined,
    @Arg("contains", () => String, { nullable: true, description: "Only fields whose name, path or description contains this text, in any letter case." }) contains: string | null | undefined,
    @Ctx() context: RequestContext,
  ): FieldList {
    context.require("search");
    const { declared, derived, virtuals } = context.services.fields;
    const infos = [...[...declared, ...derived].filter((field) => !context.isHidden(field)).map(infoOf), ...virtuals.map(virtualInfo)];
    const text = (contains ?? "").toLowerCase();
    const fields = infos.filter((info) => {
      if (typeof group === "string" && info.group !== group) return false;
      return text === "" || [info.expression, info.path ?? "", info.name, info.help, ...info.aliases].some((part) => part.toLowerCase().includes(text));
    });
    return { ...answered(context), fields: fields.sort(order) };
  }
}
