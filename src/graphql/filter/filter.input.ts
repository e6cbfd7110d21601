import { Field, InputType } from "type-graphql";
import { FilterValueScalar } from "../scalar/scalars.js";

type Value = string | number | boolean;

/** Bounds of an ordered field. */
@InputType("RangeFilter", { description: "Bounds of an ordered field (number, time, address). Those left out do not bound." })
export class RangeFilter {
  @Field(() => FilterValueScalar, { nullable: true, description: "Greater than." })
  gt?: Value | null;

  @Field(() => FilterValueScalar, { nullable: true, description: "Greater than or equal." })
  gte?: Value | null;

  @Field(() => FilterValueScalar, { nullable: true, description: "Less than." })
  lt?: Value | null;

  @Field(() => FilterValueScalar, { nullable: true, description: "Less than or equal." })
  lte?: Value | null;
}

/** Tests of one field. */
@InputType("FieldFilter", { description: "Tests of one field; all that are given must hold. Text is taken literally except in `wildcard` and `regex`." })
export class FieldFilter {
  @Field(() => String, { description: "Search name of the field (`ip.src`, `host.http`), an alias, a virtual field such as `ip` or `host`, or `db:` and a document path." })
  name!: string;

  @Field(() => FilterValueScalar, { nullable: true, description: "One of the field's values equals this. Addresses may be short (`10.1`) or networks, times relative (`-1d`), as in a search expression." })
  eq?: Value | null;

  @Field(() => FilterValueScalar, { nullable: true, description: "None of the field's values equals this; true also of sessions without the field." })
  ne?: Value | null;

  @Field(() => [FilterValueScalar], { nullable: true, description: "One of the field's values is among these." })
  in?: Value[] | null;

  @Field(() => [FilterValueScalar], { nullable: true, description: "None of the field's values is among these." })
  notIn?: Value[] | null;

  @Field(() => [FilterValueScalar], { nullable: true, description: "Each of these is among the field's values." })
  all?: Value[] | null;

  @Field(() => RangeFilter, { nullable: true, description: "Bounds of an ordered field." })
  range?: RangeFilter | null;

  @Field(() => String, { nullable: true, description: "An address of this network: `192.0.2.0/24`, `2001:db8::/32`." })
  cidr?: string | null;

  @Field(() => String, { nullable: true, description: "Text that a value starts with." })
  prefix?: string | null;

  @Field(() => String, { nullable: true, description: "Text that a value ends with." })
  suffix?: string | null;

  @Field(() => String, { nullable: true, description: "Text that a value contains." })
  contains?: string | null;

  @Field(() => String, { nullable: true, description: "A pattern for the whole value: `*` any characters, `?` one, `\\` before either takes it literally." })
  wildcard?: string | null;

  @Field(() => String, { nullable: true, description: "A regular expression for the whole value." })
  regex?: string | null;

  @Field(() => Boolean, { nullable: true, description: "Whether the field has a value." })
  exists?: boolean | null;
}

/** A filter as an object. */
@InputType("SessionFilter", { description: "A filter as an object; it says what a search expression says. All members that are given must hold; one without members matches everything." })
export class SessionFilterInput {
  @Field(() => [SessionFilterInput], { nullable: true, description: "All of these." })
  and?: SessionFilterInput[] | null;

  @Field(() => [SessionFilterInput], { nullable: true, description: "At least one of these." })
  or?: SessionFilterInput[] | null;

  @Field(() => SessionFilterInput, { nullable: true, description: "Not this." })
  not?: SessionFilterInput | null;

  @Field(() => FieldFilter, { nullable: true, description: "Tests of one field." })
  field?: FieldFilter | null;

  @Field(() => Boolean, { nullable: true, description: "Whether every packet of the session is still stored, now." })
  packetsAvailable?: boolean | null;
}
