import { Field, ObjectType, registerEnumType } from "type-graphql";
import { Answer } from "../answer.js";
import { DateTimeScalar, LongScalar } from "../scalar/scalars.js";

/** Role of a user. */
export enum RoleName {
  VIEWER = "viewer",
  ANALYST = "analyst",
  OPERATOR = "operator",
  ADMINISTRATOR = "administrator",
}

registerEnumType(RoleName, {
  name: "Role",
  description: "Role of a user; each includes those before it.",
  valuesConfig: {
    VIEWER: { description: "Searches." },
    ANALYST: { description: "Tags and exports packets." },
    OPERATOR: { description: "Imports, and looks after capture and retention." },
    ADMINISTRATOR: { description: "Looks after users." },
  },
});

/** Who is asking. */
@ObjectType("Me", { simpleResolvers: true, implements: Answer, description: "Who is asking, and what they may do." })
export class Me extends Answer {
  @Field(() => String, { description: "User name." })
  name!: string;

  @Field(() => RoleName, { description: "Role." })
  role!: RoleName;

  @Field(() => [String], { description: "What the role allows: search, tag, export, import, operate, administer." })
  permissions!: readonly string[];

  @Field(() => Boolean, { description: "Whether a forced expression narrows everything this user reads." })
  narrowed!: boolean;

  @Field(() => LongScalar, { nullable: true, description: "How many hours back this user may look; null: without bound." })
  maxAgeHours!: number | null;
}

/** A bearer token without its secret. */
@ObjectType("Token", { simpleResolvers: true, description: "A bearer token, without its secret." })
export class Token {
  @Field(() => String, { description: "Its name." })
  name!: string;

  @Field(() => DateTimeScalar, { description: "When it was made." })
  created!: number;

  @Field(() => DateTimeScalar, { description: "When it ends." })
  expires!: number;
}

/** Tokens of the user. */
@ObjectType("TokenList", { simpleResolvers: true, implements: Answer, description: "Your bearer tokens." })
export class TokenList extends Answer {
  @Field(() => [Token], { description: "The tokens." })
  tokens!: readonly Token[];
}

/** A token that was just made. */
@ObjectType("NewToken", { simpleResolvers: true, implements: Answer, description: "A bearer token that was just made." })
export class NewToken extends Answer {
  @Field(() => String, { description: "The secret, for `Authorization: Bearer …`. It is shown this once and not kept." })
  secret!: string;

  @Field(() => Token, { description: "The token." })
  token!: Token;
}
