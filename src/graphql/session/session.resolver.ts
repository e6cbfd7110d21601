import type { GraphQLResolveInfo } from "graphql";
import { Arg, Args, Ctx, FieldResolver, ID, Info, Int, Query, Resolver, Root } from "type-graphql";
import { LookbackError } from "../../base/errors.js";
import type { SortKey } from "../../index-store/index-store.js";
import { PACKET_FILES_FIELD } from "../../model/packet-files-field.js";
import { payloadText } from "../../model/payload-text.js";
import { ALL_TIME } from "../../model/time-range.js";
import { answered } from "../answer.js";
import { bounded, boundedList } from "../bounded.js";
import { RequestContext } from "../context.js";
import { CursorSeal, queryHash } from "../cursor.js";
import { sessionFilterOf, sessionId } from "../filter/session-filter.js";
import { LIMITS } from "../limits.js";
import { JsonScalar } from "../scalar/scalars.js";
import { rootNameOf, selectionAt, selectionOf, selects } from "../selection.js";
import { packetsOf } from "./packet-list.js";
import { Projection, projectDocument, valueInDocument } from "./project.js";
import { fieldsByName, needsPacketFiles, sessionOf, shapeFor } from "./session-rows.js";
import { SessionsArgs } from "./session.args.js";
import { fieldsCost, packetsCost, pageCost, sessionCost } from "./session-cost.js";
import { CountRelation, NamedValue, PacketAvailability, PacketList, Session, SessionAnswer, SessionConnection, SessionEdge, type SessionOrderInput } from "./session.type.js";

/** The keys of an order. BAD_INPUT for a field with several values. */
function sortKeysOf(order: readonly SessionOrderInput[] | null | undefined, context: RequestContext): readonly SortKey[] {
  const keys = order ?? [];
  if (keys.length === 0) return [{ field: context.field("stoptime"), direction: "desc" }];
  return boundedList("order", keys, LIMITS.sortKeys).map(({ field: name, direction }) => {
    const field = context.field(name);
    if (field.shape !== "one" || field.object !== "" || field.view !== null) {
      throw new LookbackError("BAD_INPUT", `${name} has several values per session; an order needs a field with one`, { field: name });
    }
    return { field, direction };
  });
}

/** Packet files already asked for in an operation, or in an event of a subscription: as many as the limits of a page let there be. */
const askedFiles = new WeakMap<RequestContext, { readonly asOfMs: number; readonly files: Map<number, boolean | Promise<boolean>> }>();

function askedIn(context: RequestContext): Map<number, boolean | Promise<boolean>> {
  const { asOfMs } = context;
  let asked = askedFiles.get(context);
  if (asked?.asOfMs !== asOfMs) askedFiles.set(context, (asked = { asOfMs, files: new Map() }));
  return asked.files;
}

async function availabilityOf({ source_: source }: Session, context: RequestContext): Promise<PacketAvailability> {
  const { path } = PACKET_FILES_FIELD;
  const value = source.kind === "row" ? source.values.get(path) : source.document[path];
  const ids = Array.isArray(value) ? value.filter((id) => typeof id === "number") : [];
  if (ids.length > 0 && ids.every((id) => id < 0)) return PacketAvailability.ELSEWHERE;
  const asked = askedIn(context);
  let there = 0;
  for (const id of ids) {
    const known = asked.get(id) ?? context.services.hasPackets(id);
    asked.set(id, known);
    if (await known) there += 1;
  }
  if (there === 0) return PacketAvailability.NONE;
  return there === ids.length ? PacketAvailability.ALL : PacketAvailability.SOME;
}

function namedValue(session: Session, name: string, context: RequestContext): NamedValue {
  const field = context.field(name);
  const { path } = field;
  const { source_: source } = session;
  const value = source.kind === "row" ? (source.values.get(path) ?? null) : valueInDocument(source.document, path);
  return { name, path, value: payloadText(field, value) };
}

/** Sessions: lists and single ones. */
@Resolver(() => Session)
export class SessionResolver {
  @Query(() => SessionConnection, { complexity: pageCost, description: "Sessions that match, a page at a time. Only the fields selected are read." })
  async sessions(@Args(() => SessionsArgs) args: SessionsArgs, @Ctx() context: RequestContext, @Info() info: GraphQLResolveInfo): Promise<SessionConnection> {
    context.require("search");
    const limit = bounded("first", args.first, 1, LIMITS.pageSize);
    const order = sortKeysOf(args.order, context);
    const filter = sessionFilterOf(args, context);
    const seal = new CursorSeal(context.services.signingKey);
    const hash = queryHash(["sessions", args.expression?.trim() ?? "", args.filter ?? null, filter.range, order.map((key) => [key.field.path, key.direction])]);
    const after = typeof args.after === "string" ? seal.open(hash, args.after, order.length) : null;
    const selection = selectionOf(info);
    const selected = [...selectionAt(selection, "edges", "node"), ...selectionAt(selection, "nodes")];
    const projection = new Projection(shapeFor(context), selected, [...fieldsByName(selected, context), ...needsPacketFiles(selected)]);
    const countTotal = selects(selection, "totalCount");
    const found = await context.services.store.search({ ...filter, fields: projection.fields, order, limit, after, countTotal }, context.read);
    const edges = found.rows.map((row, at) => {
      const session = sessionOf(row.id, projection.row(row.values), { kind: "row", values: row.values });
      return new SessionEdge(session, () => seal.seal(hash, { id: row.id, values: found.sortValues[at] ?? [] }));
    });
    const { total } = found;
    return {
      ...answered(context, filter.range),
      edges,
      nodes: edges.map((edge) => edge.node),
      pageInfo: {
        hasNextPage: found.hasMore,
        hasPreviousPage: after !== null,
        startCursor: edges[0]?.cursor ?? null,
        endCursor: edges[edges.length - 1]?.cursor ?? null,
      },
      totalCount: total === null ? null : { value: total.value, relation: total.relation === "EQ" ? CountRelation.EQ : CountRelation.GTE },
    };
  }

  @Query(() => SessionAnswer, { complexity: sessionCost, description: "One session with all its fields." })
  async session(@Arg("id", () => ID, { description: "Identity of the session." }) id: string, @Ctx() context: RequestContext): Promise<SessionAnswer> {
    context.require("search");
    const document = await context.services.store.get(sessionId(id), context.read);
    if (document === null) return { ...answered(context), session: null };
    return { ...answered(context), session: sessionOf(sessionId(id), projectDocument(document, shapeFor(context)), { kind: "document", document }) };
  }

  @FieldResolver(() => JsonScalar, { nullable: true, description: "The value of one field by its search name or `db:` and its path; for fields that configuration defines, and for programs that learn names from `fields`." })
  field(@Root() session: Session, @Arg("name", () => String, { description: "Search name, or `db:` and a document path." }) name: string, @Ctx() context: RequestContext): unknown {
    return namedValue(session, name, context).value;
  }

  @FieldResolver(() => [NamedValue], { complexity: fieldsCost, description: "Values of several fields by name." })
  fields(@Root() session: Session, @Arg("names", () => [String], { description: "Search names, or `db:` and document paths; at most 200." }) names: string[], @Ctx() context: RequestContext): readonly NamedValue[] {
    return boundedList("names", names, LIMITS.fieldNames).map((name) => namedValue(session, name, context));
  }

  @FieldResolver(() => Boolean, { description: "Whether every packet of the session is still stored, now. Searched as `packetsAvailable`." })
  async packetsAvailable(@Root() session: Session, @Ctx() context: RequestContext): Promise<boolean> {
    return (await availabilityOf(session, context)) === PacketAvailability.ALL;
  }

  @FieldResolver(() => PacketAvailability, { description: "How much of the session's packets is still stored, now." })
  packetAvailability(@Root() session: Session, @Ctx() context: RequestContext): Promise<PacketAvailability> {
    return availabilityOf(session, context);
  }

  @FieldResolver(() => PacketList, {
    complexity: packetsCost,
    description: "The session's packets: when, how long, and where they are stored. The bytes are got by `createExport`.",
  })
  async packets(
    @Root() session: Session,
    @Arg("first", () => Int, { defaultValue: 100, description: "Packets in the list, 1 to 10000." }) first: number,
    @Arg("offset", () => Int, { defaultValue: 0, description: "Packets to skip." }) offset: number,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<PacketList> {
    bounded("first", first, 1, LIMITS.packets);
    bounded("offset", offset, 0, Number.MAX_SAFE_INTEGER);
    const count = context.noteRead(rootNameOf(info), "packets.list", { session: session.id }, true);
    const filter = { expression: { node: "ids" as const, ids: [session.id] }, range: ALL_TIME };
    const found = await packetsOf(filter, first, offset, selects(selectionAt(selectionOf(info), "packets"), "direction"), context);
    count({ items: found.packets.length, total: found.total });
    return { ...answered(context), ...found };
  }
}
