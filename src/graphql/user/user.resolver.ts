import { Arg, Ctx, Extensions, Int, Mutation, Query, Resolver } from "type-graphql";
import { PERMISSIONS, refusal, type Role, type TokenScope } from "../../access/rights.js";
import type { AccessToken } from "../../access/user.js";
import { LookbackError } from "../../base/errors.js";
import { answered } from "../answer.js";
import { bounded } from "../bounded.js";
import { RequestContext } from "../context.js";
import { Me, NewToken, RoleName, TokenList, TokenScopeName, type Token } from "./user.type.js";

/** Roles under their names in the API. */
export const ROLE_NAMES: Readonly<Record<Role, RoleName>> = {
  viewer: RoleName.VIEWER, analyst: RoleName.ANALYST, operator: RoleName.OPERATOR, administrator: RoleName.ADMINISTRATOR,
};

const SCOPE_NAMES: Readonly<Record<TokenScope, TokenScopeName>> = {
  read: TokenScopeName.READ, tag: TokenScopeName.TAG, export: TokenScopeName.EXPORT, operate: TokenScopeName.OPERATE, admin: TokenScopeName.ADMIN,
};

/** Milliseconds of a day of a token's life. */
export const DAY_MS = 86_400_000;
/** What a mutation that hashes a password costs: some 80 ms of a processor. */
export const HASH_COST = 200;

/** A token as the API shows it. */
export function tokenOf({ name, scopes, createdMs, expiresMs }: AccessToken): Token {
  return { name, scopes: scopes.map((scope) => SCOPE_NAMES[scope]), created: createdMs, expires: expiresMs };
}

/** The answer to a token that was just made. */
export function newToken(secret: string, name: string, tokens: readonly AccessToken[], context: RequestContext): NewToken {
  const made = tokens.find((token) => token.name === name);
  if (made === undefined) throw new LookbackError("INTERNAL", "a token that was made is not there");
  return { ...answered(context), secret, token: tokenOf(made) };
}

/** The user of the request. */
@Resolver()
export class UserResolver {
  @Query(() => Me, { description: "Who is asking, and what they may do." })
  me(@Ctx() context: RequestContext): Me {
    const { name, role, rights, forcedExpression, maxAgeHours } = context.user;
    const { scopes } = context.principal;
    return {
      ...answered(context),
      name,
      role: ROLE_NAMES[role],
      rights,
      permissions: PERMISSIONS.filter((permission) => refusal({ role, rights, scopes }, permission) === null),
      narrowed: forcedExpression.trim() !== "",
      maxAgeHours,
    };
  }

  @Query(() => TokenList, { description: "Your bearer tokens." })
  tokens(@Ctx() context: RequestContext): TokenList {
    return { ...answered(context), tokens: context.services.access.tokens(context.user.name).map(tokenOf) };
  }

  @Extensions({ idempotency: { confidential: true } })
  @Mutation(() => NewToken, { description: "Makes a bearer token for programs in your name; needs a login, a token may not. Its secret is shown once." })
  createToken(
    @Arg("name", () => String, { description: "Name, to end it by." }) name: string,
    @Arg("days", () => Int, { defaultValue: 90, description: "Days until it ends, 1 to 366." }) days: number,
    @Arg("scopes", () => [TokenScopeName], { defaultValue: [TokenScopeName.READ], description: "What it may be used for, within what you may do." }) scopes: TokenScopeName[],
    @Ctx() context: RequestContext,
  ): NewToken {
    const { access } = context.services;
    const secret = access.createToken(context.user.name, name, bounded("days", days, 1, 366) * DAY_MS, scopes, context.actor);
    return newToken(secret, name, access.tokens(context.user.name), context);
  }

  @Mutation(() => TokenList, { description: "Ends a bearer token of yours; needs a login, a token may not." })
  revokeToken(@Arg("name", () => String, { description: "Name of the token." }) name: string, @Ctx() context: RequestContext): TokenList {
    context.services.access.revokeToken(context.user.name, name, context.actor);
    return this.tokens(context);
  }

  @Extensions({ idempotency: { confidential: true } })
  @Mutation(() => Me, { complexity: HASH_COST, description: "Changes your password, and ends all your logins and tokens, this one included." })
  async changePassword(
    @Arg("present", () => String, { description: "The present password." }) present: string,
    @Arg("next", () => String, { description: "The new password, 8 to 256 characters." }) next: string,
    @Ctx() context: RequestContext,
  ): Promise<Me> {
    await context.services.access.changePassword(context.user.name, present, next, context.actor);
    return this.me(context);
  }
}
