import { Field, ID, Int, InputType, ObjectType, registerEnumType } from "type-graphql";
import type { FieldValue, SessionDocument } from "../../model/session.js";
import { Answer } from "../answer.js";
import { DateTimeScalar, JsonScalar, LongScalar } from "../scalar/scalars.js";
import { SessionFields } from "./session-fields.generated.js";

/** Where `field` and `fields` look: the row's columns, or the whole document. */
export type SessionSource =
  | { readonly kind: "row"; readonly values: ReadonlyMap<string, FieldValue> }
  | { readonly kind: "document"; readonly document: SessionDocument };

/** One session, or one segment of a long one. */
@ObjectType("Session", { simpleResolvers: true, description: "One session (a segment of it when it was long), with the fields that dissectors found." })
export class Session extends SessionFields {
  @Field(() => ID, { description: "Identity of the session: the same whenever and wherever the same packets are imported." })
  id!: string;

  /** Not in the schema: what the accessors by name read. */
  source_!: SessionSource;
}

/** A value by field name. */
@ObjectType("NamedValue", { simpleResolvers: true, description: "The value of a field that was asked for by name." })
export class NamedValue {
  @Field(() => String, { description: "The name as asked for." })
  name!: string;

  @Field(() => String, { description: "Document path of the field." })
  path!: string;

  @Field(() => JsonScalar, { nullable: true, description: "Its value; null when the session has none, or you may not see it." })
  value!: unknown;
}

/** A session and its cursor. */
@ObjectType("SessionEdge", { simpleResolvers: true, description: "A session in a list." })
export class SessionEdge {
  readonly #cursor: () => string;

  constructor(node: Session, cursor: () => string) {
    this.node = node;
    this.#cursor = cursor;
  }

  @Field(() => Session, { description: "The session." })
  readonly node: Session;

  /** Sealed when it is asked for. */
  @Field(() => String, { description: "Opaque position for `after`; valid for the same expression, filter, time range and order." })
  get cursor(): string {
    return this.#cursor();
  }
}

/** Where a page is in its list. */
@ObjectType("PageInfo", { simpleResolvers: true, description: "Where a page is in its list (Relay)." })
export class PageInfo {
  @Field(() => Boolean, { description: "Whether there are items after this page." })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: "Whether this page began after a cursor." })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: "Cursor of the first item; null on an empty page." })
  startCursor!: string | null;

  @Field(() => String, { nullable: true, description: "Cursor of the last item; null on an empty page." })
  endCursor!: string | null;
}

/** Whether a count is exact. */
export enum CountRelation {
  EQ = "EQ",
  GTE = "GTE",
}

registerEnumType(CountRelation, {
  name: "CountRelation",
  description: "Whether a count is exact.",
  valuesConfig: { EQ: { description: "Exactly this many." }, GTE: { description: "At least this many." } },
});

/** How many sessions match. */
@ObjectType("TotalCount", { simpleResolvers: true, description: "How many sessions match." })
export class TotalCount {
  @Field(() => LongScalar, { description: "The count." })
  value!: number;

  @Field(() => CountRelation, { description: "Whether it is exact." })
  relation!: CountRelation;
}

/** A page of sessions. */
@ObjectType("SessionConnection", { simpleResolvers: true, implements: Answer, description: "A page of sessions (Relay)." })
export class SessionConnection extends Answer {
  @Field(() => [SessionEdge], { description: "The sessions with their cursors, in order." })
  edges!: readonly SessionEdge[];

  @Field(() => [Session], { description: "The sessions without cursors, in order." })
  nodes!: readonly Session[];

  @Field(() => PageInfo, { description: "Where the page is in the list." })
  pageInfo!: PageInfo;

  @Field(() => TotalCount, { nullable: true, description: "How many sessions match in all; counting them costs a scan, so ask for it only on the first page." })
  totalCount!: TotalCount | null;
}

/** One session as an answer. */
@ObjectType("SessionAnswer", { simpleResolvers: true, implements: Answer, description: "One session." })
export class SessionAnswer extends Answer {
  @Field(() => Session, { nullable: true, description: "The session; null when there is none of this id that you may see." })
  session!: Session | null;
}

/** How much of a session's packets is still stored. */
export enum PacketAvailability {
  ALL = "ALL",
  SOME = "SOME",
  NONE = "NONE",
  ELSEWHERE = "ELSEWHERE",
}

registerEnumType(PacketAvailability, {
  name: "PacketAvailability",
  description: "How much of a session's packets is still stored.",
  valuesConfig: {
    ALL: { description: "Every packet file that holds packets of it is there." },
    SOME: { description: "Some of its packet files are gone: deleted by retention, or not on the disk." },
    NONE: { description: "No packet of it is left, or none was ever kept." },
    ELSEWHERE: { description: "They are not here but with the session's `node`, whose server shares the search cluster and alone can say more." },
  },
});

/** Which side sent a packet. */
export enum PacketDirection {
  SOURCE = "SOURCE",
  DESTINATION = "DESTINATION",
}

registerEnumType(PacketDirection, {
  name: "PacketDirection",
  description: "Which side of the session sent a packet.",
  valuesConfig: { SOURCE: { description: "The side that the session counts as source." }, DESTINATION: { description: "The other side." } },
});

/** Where a packet is stored. */
@ObjectType("Packet", { simpleResolvers: true, description: "One packet of a session and where it is stored." })
export class Packet {
  @Field(() => Int, { description: "Position in the session, from 0." })
  index!: number;

  @Field(() => DateTimeScalar, { nullable: true, description: "Time of the packet, to the millisecond; null when its record cannot be read any more." })
  time!: number | null;

  @Field(() => Int, { nullable: true, description: "Nanoseconds to add to `time`." })
  nanoseconds!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Length on the wire in bytes; null when the record cannot be read." })
  length!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Bytes stored; less than `length` when the capture was cut." })
  capturedLength!: number | null;

  @Field(() => PacketDirection, { nullable: true, description: "Which side sent it, as the packet itself says (tunnels are looked into, fragments joined); null when the packet cannot be read any more, when it is of neither side, and in sessions without addresses. Finding it reads the packets whole." })
  direction!: PacketDirection | null;

  @Field(() => LongScalar, { description: "Number of the packet file in `captureFiles`; below 0 it stands for the files of another node." })
  fileId!: number;

  @Field(() => String, { nullable: true, description: "Name of the packet file, as `file ==` matches it; null when the catalogue has no such file." })
  file!: string | null;

  @Field(() => LongScalar, { description: "Offset in the file of the packet's record (pcap) or block (pcapng), in bytes." })
  offset!: number;

  @Field(() => String, { nullable: true, description: "Why the record cannot be read; null when it can. `other-node`: the packets are with the session's `node`; ask the server there." })
  missing!: string | null;
}

/** The packets of a session. */
@ObjectType("PacketList", { simpleResolvers: true, implements: Answer, description: "Packets of a session in order of capture." })
export class PacketList extends Answer {
  @Field(() => [Packet], { description: "The packets." })
  packets!: readonly Packet[];

  @Field(() => LongScalar, { description: "How many packets of the session are stored in all." })
  total!: number;
}

/** Direction of an order. */
export enum SortDirection {
  ASC = "asc",
  DESC = "desc",
}

registerEnumType(SortDirection, {
  name: "SortDirection",
  description: "Direction of an order. Sessions without a value come last either way.",
  valuesConfig: { ASC: { description: "Smallest first." }, DESC: { description: "Largest first." } },
});

/** One sort key. */
@InputType("SessionOrder", { description: "One key of an order." })
export class SessionOrderInput {
  @Field(() => String, { description: "Search name of a field with one value per session, `starttime`, `bytes`." })
  field!: string;

  @Field(() => SortDirection, { defaultValue: SortDirection.DESC, description: "Direction." })
  direction!: SortDirection;
}

