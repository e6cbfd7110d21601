import { Arg, Ctx, Extensions, Int, Mutation, Query, Resolver } from "type-graphql";
import { PERMISSIONS, roleAllows, type AccessToken, type Role } from "../../access/user.js";
import { LookbackError } from "../../base/errors.js";
import { answered } from "../answer.js";
import { bounded } from "../bounded.js";
import { RequestContext } from "../context.js";
import { Me, NewToken, RoleName, TokenList, type Token } from "./user.type.js";

const ROLE_NAMES: Readonly<Record<Role, RoleName>> = {
  viewer: RoleName.VIEWER, analyst: RoleName.ANALYST, operator: RoleName.OPERATOR, administrator: RoleName.ADMINISTRATOR,
};

const DAY_MS = 86_400_000;
/** What a mutation that hashes a password costs: some 80 ms of a processor. */
const HASH_COST = 200;

function tokenOf({ name, createdMs, expiresMs }: AccessToken): Token {
  return { name, created: createdMs, expires: expiresMs };
}

/** Whoever finds a token must not make it last. FORBIDDEN. */
function requireCookie(context: RequestContext): void {
  if (context.principal.method !== "cookie") throw new LookbackError("FORBIDDEN", "log in with a password to change tokens and passwords; a token may not");
}

/** The user of the request. */
@Resolver()
export class UserResolver {
  @Query(() => Me, { description: "Who is asking, and what they may do." })
  me(@Ctx() context: RequestContext): Me {
    const { name, role, forcedExpression, maxAgeHours } = context.user;
    return {
      ...answered(context),
      name,
      role: ROLE_NAMES[role],
      permissions: PERMISSIONS.filter((permission) => roleAllows(role, permission)),
      narrowed: forcedExpression.trim() !== "",
      maxAgeHours,
    };
  }

  @Query(() => TokenList, { description: "Your bearer tokens." })
  tokens(@Ctx() context: RequestContext): TokenList {
    return { ...answered(context), tokens: context.services.access.tokens(context.user.name).map(tokenOf) };
  }

  @Extensions({ idempotency: { confidential: true } })
  @Mutation(() => NewToken, { description: "Makes a bearer token for programs in your name; needs a login by password. Its secret is shown once." })
  createToken(
    @Arg("name", () => String, { description: "Name, to end it by." }) name: string,
    @Arg("days", () => Int, { defaultValue: 90, description: "Days until it ends, 1 to 366." }) days: number,
    @Ctx() context: RequestContext,
  ): NewToken {
    requireCookie(context);
    const { access } = context.services;
    const secret = access.createToken(context.user.name, name, bounded("days", days, 1, 366) * DAY_MS);
    const made = access.tokens(context.user.name).find((token) => token.name === name);
    if (made === undefined) throw new LookbackError("INTERNAL", "a token that was made is not there");
    return { ...answered(context), secret, token: tokenOf(made) };
  }

  @Mutation(() => TokenList, { description: "Ends a bearer token of yours; needs a login by password." })
  revokeToken(@Arg("name", () => String, { description: "Name of the token." }) name: string, @Ctx() context: RequestContext): TokenList {
    requireCookie(context);
    context.services.access.revokeToken(context.user.name, name);
    return this.tokens(context);
  }

  @Extensions({ idempotency: { confidential: true } })
  @Mutation(() => Me, { complexity: HASH_COST, description: "Changes your password, and ends all your logins and tokens, this one included." })
  async changePassword(
    @Arg("present", () => String, { description: "The present password." }) present: string,
    @Arg("next", () => String, { description: "The new password, 8 to 256 characters." }) next: string,
    @Ctx() context: RequestContext,
  ): Promise<Me> {
    requireCookie(context);
    await context.services.access.changePassword(context.user.name, present, next);
    return this.me(context);
  }
}
