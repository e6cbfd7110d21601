import { Field, InputType, ObjectType } from "type-graphql";
import { Answer } from "../answer.js";
import { DateTimeScalar, LongScalar } from "../scalar/scalars.js";
import { LoginWayName, RoleName, Token, UserRights } from "./user.type.js";

/** A user as administrators see it. */
@ObjectType("User", { simpleResolvers: true, description: "A user as administrators see it." })
export class Account {
  @Field(() => String, { description: "User name." })
  name!: string;

  @Field(() => RoleName, { description: "Role." })
  role!: RoleName;

  @Field(() => UserRights, { description: "Rights within the role." })
  rights!: UserRights;

  @Field(() => LoginWayName, { description: "How the user logs in." })
  loginBy!: LoginWayName;

  @Field(() => Boolean, { description: "Whether the user may log in." })
  enabled!: boolean;

  @Field(() => String, { description: "Search expression that everything the user reads must match; empty for none." })
  forcedExpression!: string;

  @Field(() => [String], { description: "Document paths that the user may not see or search, with all below them." })
  hiddenFields!: readonly string[];

  @Field(() => LongScalar, { nullable: true, description: "How many hours back the user may look; null: without bound." })
  maxAgeHours!: number | null;

  @Field(() => DateTimeScalar, { description: "When the user was made." })
  created!: number;

  @Field(() => DateTimeScalar, { nullable: true, description: "When the user last logged in." })
  lastLogin!: number | null;

  @Field(() => [Token], { description: "The user's bearer tokens." })
  tokens!: readonly Token[];
}

/** One user. */
@ObjectType("UserAnswer", { simpleResolvers: true, implements: Answer, description: "One user." })
export class AccountAnswer extends Answer {
  @Field(() => Account, { nullable: true, description: "The user, or null when there is none of that name." })
  user!: Account | null;
}

/** A user who was made or got a password. */
@ObjectType("UserSecret", { simpleResolvers: true, implements: Answer, description: "A user who was made or got a password." })
export class AccountSecret extends Answer {
  @Field(() => Account, { description: "The user." })
  user!: Account;

  @Field(() => String, { nullable: true, description: "The password that was made because none was given. It is shown this once and not kept." })
  madePassword!: string | null;
}

/** All users. */
@ObjectType("UserList", { simpleResolvers: true, implements: Answer, description: "All users." })
export class AccountList extends Answer {
  @Field(() => [Account], { description: "The users, in order of name." })
  users!: readonly Account[];
}

/** Rights to change. */
@InputType("UserRightsInput", { description: "Rights of a user; what is left out stays as it is." })
export class UserRightsInput {
  @Field(() => Boolean, { nullable: true, description: "May look inside packets." })
  packetSearch?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "May see and search the fields of e-mails." })
  emailSearch?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "May make and download no exports, in any format." })
  disablePcapDownload?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "Sees nothing about capture and the index as a whole." })
  hideStats?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "Sees no list of packet files and no file's name." })
  hideFiles?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "Sees no list of a session's packets." })
  hidePcap?: boolean | null;
}

/** Limits of a user. */
@InputType("UserInput", { description: "Role, rights and limits of a user; what is left out stays as it is, or as the role has it." })
export class AccountInput {
  @Field(() => RoleName, { nullable: true, description: "Role; a new user without one is a VIEWER." })
  role?: RoleName | null;

  @Field(() => UserRightsInput, { nullable: true, description: "Rights within the role." })
  rights?: UserRightsInput | null;

  @Field(() => LoginWayName, { nullable: true, description: "How the user logs in; a new user by PASSWORD." })
  loginBy?: LoginWayName | null;

  @Field(() => String, { nullable: true, description: "Search expression that everything the user reads must match; empty for none." })
  forcedExpression?: string | null;

  @Field(() => [String], { nullable: true, description: "Search names or document paths that the user may not see or search." })
  hiddenFields?: readonly string[] | null;

  @Field(() => LongScalar, { nullable: true, description: "How many hours back the user may look; 0: without bound." })
  maxAgeHours?: number | null;
}
