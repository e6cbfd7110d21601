import { Field, Float, ID, Int, ObjectType, registerEnumType } from "type-graphql";
import { Answer } from "../answer.js";
import { DateTimeScalar, LongScalar } from "../scalar/scalars.js";

/** What an event is about. */
export enum RetentionEventKind {
  TARGET_UNREACHABLE = "target-unreachable",
  FORECAST_LOW = "forecast-low",
  HOLD_BLOCKS = "hold-blocks",
  CAPTURE_LOSS = "capture-loss",
  CAPTURE_DOWN = "capture-down",
  PACKET_DIRECTORY_FAILED = "packet-directory-failed",
  EXPORT_READY = "export-ready",
}

registerEnumType(RetentionEventKind, {
  name: "RetentionEventKind",
  description: "What an event is about.",
  valuesConfig: {
    TARGET_UNREACHABLE: { description: "A device has too little free space, and nothing more may be deleted there. `subject` is a directory on it; see `targetBytes`, `freeBytes`, `shortfallBytes`." },
    FORECAST_LOW: { description: "Packets or sessions will be kept for fewer days than wanted. See `days`, `thresholdDays`." },
    HOLD_BLOCKS: { description: "A hold keeps what would be deleted now. `subject` is the hold; see `items`, `bytes`." },
    CAPTURE_LOSS: { description: "A capture lost packets in the last minute. `subject` is node and interface (`node/eth0`); see `lostPackets`, `lostToKernel`, `lostToInterface`, `lostToQueue`, `lostToDisk`." },
    CAPTURE_DOWN: { description: "A capture that nobody stopped does not run. `subject` is node and interfaces (`node/eth0,eth1`); see `reason`, `silentSeconds`." },
    PACKET_DIRECTORY_FAILED: { description: "A packet directory takes nothing; packets go to another one, or are lost where there is none. `subject` is the directory; see `reason`." },
    EXPORT_READY: { description: "An export can be downloaded. `subject` is its id; see `user`, `sessions`, `packets`, `bytes`." },
  },
});

/** Where in its life what an event is about is. */
export enum RetentionEventPhase {
  OCCURRED = "occurred",
  BEGAN = "began",
  LASTS = "lasts",
  ENDED = "ended",
}

registerEnumType(RetentionEventPhase, {
  name: "RetentionEventPhase",
  description: "Whether a condition begins, lasts or ends, or something just happened.",
  valuesConfig: {
    OCCURRED: { description: "It happened; there is nothing to end." },
    BEGAN: { description: "The condition holds from now on." },
    LASTS: { description: "The condition still holds; told once a day." },
    ENDED: { description: "The condition is over." },
  },
});

/** One event. */
@ObjectType("RetentionEvent", { simpleResolvers: true, implements: Answer, description: "Something that was found out about capture, retention or exports." })
export class RetentionEventView extends Answer {
  @Field(() => ID, { nullable: true, description: "Identity; ascends with time. Null for an event that could not be kept, because the device of the catalogue is full." })
  id!: string | null;

  @Field(() => DateTimeScalar, { description: "When it was found out." })
  at!: number;

  @Field(() => RetentionEventKind, { description: "What it is about." })
  kind!: RetentionEventKind;

  @Field(() => RetentionEventPhase, { description: "Whether it begins, lasts or ends." })
  phase!: RetentionEventPhase;

  @Field(() => String, { description: "Which one it is about; what names it depends on the kind." })
  subject!: string;

  @Field(() => String, { description: "The event in words." })
  message!: string;

  @Field(() => String, { nullable: true, description: "Whose export it is; null for other kinds." })
  user!: string | null;

  @Field(() => String, { nullable: true, description: "Why a capture is down or a directory takes nothing; null for other kinds." })
  reason!: string | null;

  @Field(() => LongScalar, { nullable: true, description: "Free bytes that the device should have." })
  targetBytes!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Free bytes that the device has." })
  freeBytes!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Bytes that are missing." })
  shortfallBytes!: number | null;

  @Field(() => Float, { nullable: true, description: "Days that are forecast." })
  days!: number | null;

  @Field(() => Float, { nullable: true, description: "Days that are wanted." })
  thresholdDays!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Files or days that are kept." })
  items!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Size of what is kept, or of the export." })
  bytes!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Sessions in the export." })
  sessions!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Packets in the export." })
  packets!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Packets lost in the last minute." })
  lostPackets!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Of those, dropped by the kernel." })
  lostToKernel!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Of those, lost before the kernel saw them." })
  lostToInterface!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Of those, lost because our queue was full." })
  lostToQueue!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Of those, lost because they could not be written." })
  lostToDisk!: number | null;

  @Field(() => LongScalar, { nullable: true, description: "Seconds since the capture was last heard of." })
  silentSeconds!: number | null;
}

/** Events. */
@ObjectType("RetentionEventList", { simpleResolvers: true, implements: Answer, description: "Events, newest first. The newest 10,000 are kept." })
export class RetentionEventList extends Answer {
  @Field(() => [RetentionEventView], { description: "The events." })
  events!: readonly RetentionEventView[];
}

/** Where a delivery is. */
export enum WebhookDeliveryState {
  WAITING = "waiting",
  DELIVERED = "delivered",
  GIVEN_UP = "given-up",
}

registerEnumType(WebhookDeliveryState, {
  name: "WebhookDeliveryState",
  description: "Where the delivery of an event to a webhook is.",
  valuesConfig: {
    WAITING: { description: "It is to be tried, or tried again." },
    DELIVERED: { description: "The webhook answered with 2xx." },
    GIVEN_UP: { description: "It was tried nine times without success, or the URL is not configured any more." },
  },
});

/** One delivery. */
@ObjectType("WebhookDelivery", { simpleResolvers: true, description: "Whether a webhook was told an event." })
export class WebhookDeliveryView {
  @Field(() => String, { description: "Where it goes: host and start of the path; the rest is not shown, for it often is a secret." })
  url!: string;

  @Field(() => WebhookDeliveryState, { description: "Where it is." })
  state!: WebhookDeliveryState;

  @Field(() => Int, { description: "Attempts made." })
  attempts!: number;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it is tried next; null when it is not." })
  nextAttempt!: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it was tried last; null when it was not." })
  lastAttempt!: number | null;

  @Field(() => Int, { nullable: true, description: "HTTP status of the last answer; null when there was none." })
  status!: number | null;

  @Field(() => String, { nullable: true, description: "Why the last attempt failed; null when it did not." })
  error!: string | null;
}

/** Deliveries of an event. */
@ObjectType("WebhookDeliveryList", { simpleResolvers: true, implements: Answer, description: "Deliveries of an event to the webhooks." })
export class WebhookDeliveryList extends Answer {
  @Field(() => [WebhookDeliveryView], { description: "The deliveries." })
  deliveries!: readonly WebhookDeliveryView[];
}
