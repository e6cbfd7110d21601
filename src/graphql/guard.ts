import { isObjectType, type GraphQLField, type GraphQLResolveInfo, type GraphQLSchema } from "graphql";
import type { AuditEntry } from "../access/user.js";
import { LookbackError } from "../base/errors.js";
import { ACCESS_DECISIONS, type AccessDecision } from "./access-decisions.js";
import { RequestContext } from "./context.js";
import { rootNameOf } from "./selection.js";

const ROOTS: ReadonlySet<string> = new Set(["Query", "Mutation", "Subscription"]);

/** What nobody decided about is for administrators, so that forgetting a decision opens nothing. */
const UNDECIDED: AccessDecision = { needs: "administer", narrowed: "refused" };

/** Longest JSON of an argument that goes into the audit log. */
const MAX_ARGUMENT = 1_000;

/** Names of the fields that need a decision: those of the root types, and those below that take arguments. */
export function fieldsToDecide(schema: GraphQLSchema): readonly string[] {
  return decidable(schema).map(({ name }) => name);
}

function decidable(schema: GraphQLSchema): readonly { readonly name: string; readonly field: GraphQLField<unknown, unknown> }[] {
  return Object.values(schema.getTypeMap()).flatMap((type) => {
    if (!isObjectType(type) || type.name.startsWith("__")) return [];
    return Object.values(type.getFields()).flatMap((field) => (ROOTS.has(type.name) || field.args.length > 0 ? [{ name: `${type.name}.${field.name}`, field }] : []));
  });
}

/** Whether an argument names a user, under any spelling. */
function namesUser(argument: unknown, name: string): boolean {
  return typeof argument === "string" && argument.toLowerCase() === name.toLowerCase();
}

/** Throws FORBIDDEN unless the decision lets the request through. */
function enforce(name: string, { needs, narrowed, notByToken }: AccessDecision, args: Readonly<Record<string, unknown>>, context: RequestContext): void {
  try {
    if (needs !== null) context.require(needs);
    if (notByToken !== undefined && context.principal.method === "token") {
      if (notByToken === true) throw new LookbackError("FORBIDDEN", "a token may not do this; log in yourself");
      if (namesUser(args[notByToken.ofOneself], context.user.name)) throw new LookbackError("FORBIDDEN", "a token may not do this to its own user; log in yourself");
    }
    if (narrowed === "refused") context.requireWholeStore(`"${name.slice(name.indexOf(".") + 1)}"`);
  } catch (error) {
    if (error instanceof LookbackError) context.noteRefusal(name, error.code);
    throw error;
  }
}

/** Arguments as the audit log has them: texts and numbers as they are, the rest as JSON. */
function written(args: Readonly<Record<string, unknown>>): AuditEntry["details"] {
  return Object.fromEntries(Object.entries(args).flatMap(([name, value]) => {
    if (value === null || value === undefined) return [];
    return [[name, typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : JSON.stringify(value).slice(0, MAX_ARGUMENT)]];
  }));
}

/** How much an answer holds: items of its list, and the total where it says one. */
function countsOf(answer: unknown): AuditEntry["details"] {
  if (typeof answer !== "object" || answer === null) return {};
  const counts: Record<string, number> = {};
  // Every answer has a list of sensors beside its own.
  const [, list] = Object.entries(answer).find(([name, value]) => name !== "sensors" && Array.isArray(value)) ?? [];
  if (Array.isArray(list)) counts["items"] = list.length;
  if ("totalCount" in answer && typeof answer.totalCount === "object" && answer.totalCount !== null && "value" in answer.totalCount && typeof answer.totalCount.value === "number") {
    counts["total"] = answer.totalCount.value;
  }
  return counts;
}

/** Runs a read and notes it with its arguments, and its counts once it is answered. */
function audited(action: string, args: Readonly<Record<string, unknown>>, context: RequestContext, info: GraphQLResolveInfo, run: () => unknown): unknown {
  const count = context.noteRead(String(info.path.key), action, written(args));
  const answer = run();
  if (!(answer instanceof Promise)) {
    count(countsOf(answer));
    return answer;
  }
  return answer.then((given: unknown) => {
    count(countsOf(given));
    return given;
  });
}

/** Puts the decision of every field that needs one before its resolver, in place, and its reads into the audit log. */
export function guardSchema(schema: GraphQLSchema): GraphQLSchema {
  for (const { name, field } of decidable(schema)) {
    const decision = ACCESS_DECISIONS[name] ?? UNDECIDED;
    const { resolve, subscribe } = field;
    const tellsEvents = name.startsWith("Subscription.");
    const guard = (args: Readonly<Record<string, unknown>>, context: unknown): RequestContext => {
      if (!(context instanceof RequestContext)) throw new LookbackError("INTERNAL", `${name} without a request context`);
      enforce(name, decision, args, context);
      return context;
    };
    if (resolve !== undefined) {
      const { audit, asked } = decision;
      field.resolve = (source, args, context, info) => {
        const known = guard(args, context);
        if (tellsEvents) known.renew();
        const run = (): unknown => resolve(source, args, context, info);
        if (asked === true) known.noteAsked(rootNameOf(info), `${field.name}(${Object.entries(written(args)).map(([argument, value]) => `${argument}=${String(value)}`).join(", ")})`);
        return audit === undefined ? run() : audited(audit, args, known, info, run);
      };
    }
    if (subscribe !== undefined) {
      field.subscribe = (source, args, context, info) => {
        guard(args, context);
        return subscribe(source, args, context, info);
      };
    }
  }
  return schema;
}
