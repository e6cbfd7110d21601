import { Arg, Ctx, Extensions, Int, Mutation, Query, Resolver } from "type-graphql";
import { RIGHT_NAMES, type Rights } from "../../access/rights.js";
import type { LoginWay, User } from "../../access/user.js";
import type { UserAdministration, UserChange } from "../../access/user-administration.js";
import { LookbackError } from "../../base/errors.js";
import { answered } from "../answer.js";
import { bounded } from "../bounded.js";
import { RequestContext } from "../context.js";
import { Account, AccountAnswer, AccountInput, AccountList, AccountSecret } from "./account.type.js";
import { DAY_MS, HASH_COST, newToken, ROLE_NAMES, tokenOf } from "./user.resolver.js";
import { LoginWayName, NewToken, TokenList, TokenScopeName } from "./user.type.js";

const LOGIN_WAY_NAMES: Readonly<Record<LoginWay, LoginWayName>> = { password: LoginWayName.PASSWORD, oidc: LoginWayName.OIDC, header: LoginWayName.HEADER };
const NAME = "User name.";

function accountOf(user: User, users: UserAdministration): Account {
  const { name, role, rights, loginBy, enabled, forcedExpression, hiddenFields, maxAgeHours, createdMs, lastLoginMs } = user;
  return {
    name, role: ROLE_NAMES[role], rights, loginBy: LOGIN_WAY_NAMES[loginBy], enabled, forcedExpression, hiddenFields, maxAgeHours,
    created: createdMs, lastLogin: lastLoginMs, tokens: users.tokens(name).map(tokenOf),
  };
}

/** What an input changes; null and left out are the same, and 0 hours mean no time limit. */
function changeOf(input: AccountInput): UserChange {
  const rights: { -readonly [name in keyof Rights]?: boolean } = {};
  for (const name of RIGHT_NAMES) {
    const given = input.rights?.[name] ?? null;
    if (given !== null) rights[name] = given;
  }
  const { role, loginBy, forcedExpression, hiddenFields, maxAgeHours } = input;
  return {
    rights,
    ...(role === null || role === undefined ? {} : { role }),
    ...(loginBy === null || loginBy === undefined ? {} : { loginBy }),
    ...(forcedExpression === null || forcedExpression === undefined ? {} : { forcedExpression }),
    ...(hiddenFields === null || hiddenFields === undefined ? {} : { hiddenFields }),
    ...(maxAgeHours === null || maxAgeHours === undefined ? {} : { maxAgeHours: maxAgeHours === 0 ? null : maxAgeHours }),
  };
}

/** Users, for administrators. */
@Resolver()
export class AccountResolver {
  @Query(() => AccountList, { complexity: 20, description: "All users; for administrators." })
  users(@Ctx() context: RequestContext): AccountList {
    const { users } = context.services;
    return { ...answered(context), users: users.list().map((user) => accountOf(user, users)) };
  }

  @Query(() => AccountAnswer, { description: "One user; for administrators." })
  user(@Arg("name", () => String, { description: NAME }) name: string, @Ctx() context: RequestContext): AccountAnswer {
    const { users } = context.services;
    const found = users.find(name);
    return { ...answered(context), user: found === null ? null : accountOf(found, users) };
  }

  @Extensions({ idempotency: { confidential: true } })
  @Mutation(() => AccountSecret, { complexity: HASH_COST, description: "Adds a user; for administrators." })
  async createUser(
    @Arg("name", () => String, { description: "User name: 1 to 64 letters, digits and . _ @ -, a letter or digit first." }) name: string,
    @Arg("password", () => String, { nullable: true, description: "Password, 8 to 256 characters; one is made when it is left out and the user logs in by password." }) password: string | null | undefined,
    @Arg("user", () => AccountInput, { nullable: true, description: "Role, rights and limits; a viewer without limits when left out." }) input: AccountInput | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<AccountSecret> {
    const { users } = context.services;
    const { maxAgeHours = null, ...change } = changeOf(input ?? {});
    const { user, madePassword } = await users.add({ role: "viewer", ...change, maxAgeHours, name, password: password ?? null }, context.actor);
    return { ...answered(context), user: accountOf(user, users), madePassword };
  }

  @Extensions({ idempotency: { repeatable: true, confidential: true } })
  @Mutation(() => AccountSecret, { description: "Changes role, rights or limits of a user, or whether the user may log in; for administrators. Subscriptions of the user end." })
  updateUser(
    @Arg("name", () => String, { description: NAME }) name: string,
    @Arg("user", () => AccountInput, { nullable: true, description: "What changes." }) input: AccountInput | null | undefined,
    @Arg("enabled", () => Boolean, { nullable: true, description: "Whether the user may log in; false ends all logins and tokens." }) enabled: boolean | null | undefined,
    @Ctx() context: RequestContext,
  ): AccountSecret {
    const { users } = context.services;
    if ((input ?? null) === null && (enabled ?? null) === null) throw new LookbackError("BAD_INPUT", "nothing is given to change");
    if (input !== null && input !== undefined) users.set(name, changeOf(input), context.actor);
    if (enabled !== null && enabled !== undefined) users.setEnabled(name, enabled, context.actor);
    return { ...answered(context), user: accountOf(users.get(name), users), madePassword: null };
  }

  @Extensions({ idempotency: { confidential: true } })
  @Mutation(() => AccountSecret, { complexity: HASH_COST, description: "Gives a user a new password and ends all logins and tokens; for administrators." })
  async setUserPassword(
    @Arg("name", () => String, { description: NAME }) name: string,
    @Arg("password", () => String, { nullable: true, description: "The new password, 8 to 256 characters; one is made when it is left out." }) password: string | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<AccountSecret> {
    const { users } = context.services;
    const { user, madePassword } = await users.setPassword(name, password ?? null, context.actor);
    return { ...answered(context), user: accountOf(user, users), madePassword };
  }

  @Extensions({ idempotency: { confidential: true } })
  @Mutation(() => NewToken, { description: "Makes a bearer token in a user's name; for administrators, by a login. Its secret is shown once." })
  createUserToken(
    @Arg("user", () => String, { description: NAME }) userName: string,
    @Arg("name", () => String, { description: "Name of the token, to end it by." }) name: string,
    @Arg("days", () => Int, { defaultValue: 90, description: "Days until it ends, 1 to 366." }) days: number,
    @Arg("scopes", () => [TokenScopeName], { defaultValue: [TokenScopeName.READ], description: "What it may be used for, within what the user may do." }) scopes: TokenScopeName[],
    @Ctx() context: RequestContext,
  ): NewToken {
    const { users } = context.services;
    const secret = users.createToken(userName, name, bounded("days", days, 1, 366) * DAY_MS, scopes, context.actor);
    return newToken(secret, name, users.tokens(userName), context);
  }

  @Mutation(() => TokenList, { description: "Ends a bearer token of a user; for administrators." })
  revokeUserToken(
    @Arg("user", () => String, { description: NAME }) userName: string,
    @Arg("name", () => String, { description: "Name of the token." }) name: string,
    @Ctx() context: RequestContext,
  ): TokenList {
    const { users } = context.services;
    users.revokeToken(userName, name, context.actor);
    return { ...answered(context), tokens: users.tokens(userName).map(tokenOf) };
  }
}
