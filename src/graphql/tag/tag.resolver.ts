import { Arg, Args, Ctx, Extensions, ID, Mutation, Resolver } from "type-graphql";
import { LookbackError } from "../../base/errors.js";
import { nextTurn } from "../../base/event-loop.js";
import { answered } from "../answer.js";
import { boundedList } from "../bounded.js";
import { RequestContext } from "../context.js";
import { askedSessions } from "../filter/asked-sessions.js";
import { SearchArgs } from "../filter/search.args.js";
import { chosenSessions } from "../filter/session-filter.js";
import { LIMITS } from "../limits.js";
import { TagChange } from "./tag.type.js";

/** A tag: no spaces, commas or quotes, so that it can be written in an expression as it is. */
const TAG = /^[\p{L}\p{N}_][\p{L}\p{N}_.:/@-]{0,127}$/u;

const IDS = "Identities of the sessions, at most 10000; instead of a search.";
const COST = 200;
/** Sessions × tags that are changed at once: some 15 ms, in which nobody else is served. */
const CHANGES_AT_ONCE = 5_000;

async function changeTags(action: "add" | "remove", tags: readonly string[], ids: readonly string[] | null | undefined, search: SearchArgs, context: RequestContext): Promise<TagChange> {
  context.require("tag");
  const distinct = [...new Set(boundedList("tags", tags, LIMITS.tagsPerRequest))];
  if (distinct.length === 0) throw new LookbackError("BAD_INPUT", "no tag is given");
  for (const tag of distinct) {
    if (!TAG.test(tag)) throw new LookbackError("BAD_INPUT", `${JSON.stringify(tag.slice(0, 60))} is no tag: 1 to 128 letters, digits and _ . : / @ -, a letter, digit or _ first`);
  }
  const filter = chosenSessions(ids, search, context);
  const { store } = context.services;
  // All ids are known before the first change: a search for sessions without the tag must not move under itself.
  const matched: string[] = [];
  const most = Math.min(LIMITS.taggedSessions, Math.floor(LIMITS.tagChanges / distinct.length));
  for await (const batch of store.streamIds(filter, context.read)) {
    for (const id of batch) matched.push(id);
    if (matched.length > most) {
      const fewer = most < LIMITS.taggedSessions ? `, and with ${distinct.length} tags at most ${most} may; narrow the search, or give fewer tags at once` : "; narrow the search";
      throw new LookbackError("LIMIT_EXCEEDED", `more than ${most} sessions match${fewer}`, { limit: most });
    }
  }
  let changed = 0;
  const sessionsAtOnce = Math.max(1, Math.floor(CHANGES_AT_ONCE / distinct.length));
  for (let at = 0; at < matched.length; at += sessionsAtOnce) {
    // The catalogue is written at once; others are served in between.
    if (at > 0) await nextTurn();
    const part = matched.slice(at, at + sessionsAtOnce);
    changed += await store.changeTags(part, action === "add" ? distinct : [], action === "add" ? [] : distinct);
  }
  context.audit(`tags.${action}`, { tags: distinct.join(","), matched: matched.length, changed, ...askedSessions(ids, search) });
  return { ...answered(context), matched: matched.length, changed };
}

/** Tags of sessions. */
@Resolver()
export class TagResolver {
  @Extensions({ idempotency: { repeatable: true } })
  @Mutation(() => TagChange, { complexity: COST, description: "Adds tags to sessions, named by ids or by a search. Tags outlive re-indexing. Adding one that is there changes nothing." })
  addTags(
    @Arg("tags", () => [String], { description: "Tags, at most 100." }) tags: string[],
    @Arg("ids", () => [ID], { nullable: true, description: IDS }) ids: string[] | null | undefined,
    @Args(() => SearchArgs) search: SearchArgs,
    @Ctx() context: RequestContext,
  ): Promise<TagChange> {
    return changeTags("add", tags, ids, search, context);
  }

  @Extensions({ idempotency: { repeatable: true } })
  @Mutation(() => TagChange, { complexity: COST, description: "Removes tags from sessions, named by ids or by a search; those that dissectors set too." })
  removeTags(
    @Arg("tags", () => [String], { description: "Tags, at most 100." }) tags: string[],
    @Arg("ids", () => [ID], { nullable: true, description: IDS }) ids: string[] | null | undefined,
    @Args(() => SearchArgs) search: SearchArgs,
    @Ctx() context: RequestContext,
  ): Promise<TagChange> {
    return changeTags("remove", tags, ids, search, context);
  }
}
