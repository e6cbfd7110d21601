import { Arg, Ctx, Float, Mutation, Query, Resolver } from "type-graphql";
import { LookbackError } from "../../base/errors.js";
import { answered } from "../answer.js";
import { RequestContext } from "../context.js";
import { LongScalar } from "../scalar/scalars.js";
import type { RetentionClasses } from "../services.js";
import { RetentionClassList, RetentionClassView } from "./class.type.js";

function classesOf({ services: { retentionClasses } }: RequestContext): RetentionClasses {
  if (retentionClasses === null) throw new LookbackError("UNAVAILABLE", "this process keeps no classes; ask the one that serves");
  return retentionClasses;
}

function viewOf({ createdAtMs, ...one }: ReturnType<RetentionClasses["list"]>[number], context: RequestContext): RetentionClassView {
  return { ...answered(context), ...one, created: createdAtMs };
}

/** Classes of sessions. */
@Resolver()
export class RetentionClassResolver {
  @Query(() => RetentionClassList, { complexity: 200, description: "Sessions that are kept longer than others." })
  retentionClasses(@Ctx() context: RequestContext): RetentionClassList {
    return { ...answered(context), classes: classesOf(context).list().map((one) => viewOf(one, context)) };
  }

  @Mutation(() => RetentionClassView, { complexity: 100, description: "Adds a class, or changes the one of that name: sessions of a search are kept so many days with their packets, which are copied out of files that are deleted; at most so many bytes, the oldest going first." })
  setRetentionClass(
    @Arg("name", () => String, { description: "Name of the class: 1 to 64 letters, digits and _ . -." }) name: string,
    @Arg("expression", () => String, { description: "Search expression of its sessions." }) expression: string,
    @Arg("days", () => Float, { description: "Days that they are kept, up to 36500." }) days: number,
    @Arg("maxBytes", () => LongScalar, { nullable: true, description: "Bytes of packets at most; left out: as many as there are." }) maxBytes: number | null | undefined,
    @Ctx() context: RequestContext,
  ): RetentionClassView {
    const made = classesOf(context).set({ name, expression, days, maxBytes: maxBytes ?? null }, context.user.name);
    context.audit("retention-class.set", { class: name, expression: expression.slice(0, 1_000), days, maxBytes: maxBytes ?? null });
    return viewOf(made, context);
  }

  @Mutation(() => RetentionClassView, { complexity: 100, description: "Removes a class. What it kept goes when its turn comes." })
  removeRetentionClass(@Arg("name", () => String, { description: "Name of the class." }) name: string, @Ctx() context: RequestContext): RetentionClassView {
    const removed = classesOf(context).remove(name);
    context.audit("retention-class.remove", { class: removed.name, expression: removed.expression.slice(0, 1_000) });
    return viewOf(removed, context);
  }
}
