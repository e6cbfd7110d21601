import { Field, ObjectType, registerEnumType } from "type-graphql";
import { Answer } from "../answer.js";

/** Meaning of a field's values. */
export enum FieldKindName {
  INTEGER = "integer",
  FLOAT = "float",
  IP = "ip",
  TIME = "seconds",
  TERM = "termfield",
  LOWER_TERM = "lotermfield",
  UPPER_TERM = "uptermfield",
  TEXT = "lotextfield",
  BOOLEAN = "boolean",
}

registerEnumType(FieldKindName, {
  name: "FieldKind",
  description: "Meaning of a field's values.",
  valuesConfig: {
    INTEGER: { description: "Whole numbers." },
    FLOAT: { description: "Numbers." },
    IP: { description: "IPv4 and IPv6 addresses." },
    TIME: { description: "Points in time." },
    TERM: { description: "Text, letter case kept and compared." },
    LOWER_TERM: { description: "Text, lower case." },
    UPPER_TERM: { description: "Text, upper case." },
    TEXT: { description: "Text searched by words." },
    BOOLEAN: { description: "True or false." },
  },
});

/** A field as a search can name it. */
@ObjectType("FieldInfo", { simpleResolvers: true, description: "A field as a search can name it." })
export class FieldInfo {
  @Field(() => String, { description: "Name in search expressions; empty when the field is only in documents." })
  expression!: string;

  @Field(() => [String], { description: "Other names that mean the same." })
  aliases!: readonly string[];

  @Field(() => String, { nullable: true, description: "Document path; null of a virtual field." })
  path!: string | null;

  @Field(() => String, { nullable: true, description: "Path of names in `Session`, where the field is a member of it." })
  graphqlPath!: string | null;

  @Field(() => FieldKindName, { description: "Meaning of its values." })
  kind!: FieldKindName;

  @Field(() => Boolean, { description: "Whether a session may have several values." })
  list!: boolean;

  @Field(() => String, { description: "Protocol or theme it belongs to." })
  group!: string;

  @Field(() => String, { description: "Name for people." })
  name!: string;

  @Field(() => String, { description: "What it is." })
  help!: string;

  @Field(() => [String], { description: "Of a virtual field: the fields that it stands for." })
  members!: readonly string[];

  @Field(() => String, { nullable: true, description: "Version of Lookback that has it first; null of a virtual field." })
  since!: string | null;
}

/** The fields. */
@ObjectType("FieldList", { simpleResolvers: true, implements: Answer, description: "Fields that a search can name." })
export class FieldList extends Answer {
  @Field(() => [FieldInfo], { description: "The fields, in order of group and name." })
  fields!: readonly FieldInfo[];
}
