import { Arg, Ctx, ID, Int, Query, Resolver, Root, Subscription } from "type-graphql";
import { LookbackError } from "../../base/errors.js";
import { shownUrl } from "../../watching/webhooks.js";
import type { WatchedEvent } from "../../watching/watched-event.js";
import { answered } from "../answer.js";
import { bounded } from "../bounded.js";
import { RequestContext } from "../context.js";
import { LIMITS } from "../limits.js";
import type { RetentionEventSource } from "../services.js";
import { RetentionEventKind, RetentionEventList, RetentionEventPhase, RetentionEventView, WebhookDeliveryList, WebhookDeliveryState } from "./retention-event.type.js";

const KINDS: Readonly<Record<WatchedEvent["kind"], RetentionEventKind>> = {
  "target-unreachable": RetentionEventKind.TARGET_UNREACHABLE, "forecast-low": RetentionEventKind.FORECAST_LOW, "hold-blocks": RetentionEventKind.HOLD_BLOCKS,
  "capture-loss": RetentionEventKind.CAPTURE_LOSS, "capture-down": RetentionEventKind.CAPTURE_DOWN, "packet-directory-failed": RetentionEventKind.PACKET_DIRECTORY_FAILED,
  "export-ready": RetentionEventKind.EXPORT_READY,
};
const PHASES: Readonly<Record<WatchedEvent["phase"], RetentionEventPhase>> = {
  occurred: RetentionEventPhase.OCCURRED, began: RetentionEventPhase.BEGAN, lasts: RetentionEventPhase.LASTS, ended: RetentionEventPhase.ENDED,
};
const STATES = { waiting: WebhookDeliveryState.WAITING, delivered: WebhookDeliveryState.DELIVERED, "given-up": WebhookDeliveryState.GIVEN_UP } as const;

function sourceOf(context: RequestContext, permission: "export" | "operate"): RetentionEventSource {
  context.require(permission);
  const { retentionEvents } = context.services;
  if (retentionEvents === null) throw new LookbackError("UNAVAILABLE", "nothing watches retention here; ask the process that serves");
  return retentionEvents;
}

function may(context: RequestContext, permission: "operate"): boolean {
  try {
    context.require(permission);
    return true;
  } catch (error) {
    if (error instanceof LookbackError && error.code === "FORBIDDEN") return false;
    throw error;
  }
}

/** Which events the user is told: of the service with the right to operate it, of exports their own. */
function visible(context: RequestContext): (event: WatchedEvent) => boolean {
  // They tell of the whole store: not to a reader who sees a part of it.
  const operates = may(context, "operate") && !context.isNarrowed;
  return ({ kind, user }) => (kind === "export-ready" ? user === context.user.name : operates);
}

function viewOf(event: WatchedEvent, context: RequestContext): RetentionEventView {
  const fact = (name: string): number | null => event.facts[name] ?? null;
  return {
    ...answered(context),
    id: event.id === null ? null : String(event.id), at: event.atMs, kind: KINDS[event.kind], phase: PHASES[event.phase], subject: event.subject, message: event.message, user: event.user, reason: event.reason,
    targetBytes: fact("targetBytes"), freeBytes: fact("freeBytes"), shortfallBytes: fact("shortfallBytes"), days: fact("days"), thresholdDays: fact("thresholdDays"),
    items: fact("items"), bytes: fact("bytes"), sessions: fact("sessions"), packets: fact("packets"),
    lostPackets: fact("lostPackets"), lostToKernel: fact("lostToKernel"), lostToInterface: fact("lostToInterface"), lostToQueue: fact("lostToQueue"), lostToDisk: fact("lostToDisk"),
    silentSeconds: fact("silentSeconds"),
  };
}

function idOf(argument: string, text: string): number {
  const id = Number(text);
  if (!Number.isSafeInteger(id) || id < 0) throw new LookbackError("BAD_INPUT", `${argument}: ${JSON.stringify(text.slice(0, 40))} is no id of an event`);
  return id;
}

/** What was found out about capture, retention and exports. */
@Resolver()
export class RetentionEventResolver {
  @Query(() => RetentionEventList, { complexity: ({ args, childComplexity }) => 10 + (typeof args["first"] === "number" ? (Math.max(0, args["first"]) * childComplexity) / 20 : 0), description: "What the subscription `retention` told you or would have told you, newest first." })
  retentionEvents(
    @Arg("first", () => Int, { defaultValue: 50, description: "Events in the list, 1 to 1000." }) first: number,
    @Arg("before", () => ID, { nullable: true, description: "Only events older than this one." }) before: string | null | undefined,
    @Ctx() context: RequestContext,
  ): RetentionEventList {
    const events = sourceOf(context, "export").list(bounded("first", first, 1, LIMITS.pageSize), before === null || before === undefined ? null : idOf("before", before), visible(context));
    return { ...answered(context), events: events.map((event) => viewOf(event, context)) };
  }

  @Query(() => WebhookDeliveryList, { complexity: 20, description: "Whether the webhooks of the configuration were told an event." })
  webhookDeliveries(@Arg("event", () => ID, { description: "Identity of the event." }) event: string, @Ctx() context: RequestContext): WebhookDeliveryList {
    const deliveries = sourceOf(context, "operate").deliveries(idOf("event", event));
    return {
      ...answered(context),
      deliveries: deliveries.map(({ url, state, attempts, nextAttemptMs, lastAttemptMs, status, error }) => ({
        url: shownUrl(url), state: STATES[state], attempts, nextAttempt: nextAttemptMs, lastAttempt: lastAttemptMs, status, error,
      })),
    };
  }

  @Subscription(() => RetentionEventView, {
    subscribe: ({ context }: { readonly context: RequestContext }) => sourceOf(context, "export").events(context.signal, visible(context)),
    description: "What is found out about capture, retention and exports from now on: a target that cannot be reached, a forecast below its threshold, a hold that keeps what would be deleted, a capture that loses packets or is down, a packet directory that takes nothing (these for operators), an export of yours that is ready.",
  })
  retention(@Root() event: WatchedEvent, @Ctx() context: RequestContext): RetentionEventView {
    return viewOf(event, context);
  }
}
