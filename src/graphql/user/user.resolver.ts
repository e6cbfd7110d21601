import { Ctx, Query, Resolver } from "type-graphql";
import { PERMISSIONS, roleAllows, type Role } from "../../access/user.js";
import { answered } from "../answer.js";
import { RequestContext } from "../context.js";
import { Me, RoleName } from "./user.type.js";

const ROLE_NAMES: Readonly<Record<Role, RoleName>> = {
  viewer: RoleName.VIEWER, analyst: RoleName.ANALYST, operator: RoleName.OPERATOR, administrator: RoleName.ADMINISTRATOR,
};

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
}
