import type { AccessService } from "../access/access-service.js";
import type { Clock } from "../base/clock.js";
import type { Logger } from "../base/logger.js";
import type { Exports } from "../catalogue/exports.js";
import type { RetentionEvent, RetentionEvents } from "../model/retention-event.js";

/**
 * Notes every export that is made in the audit log of whom it belongs to, with what it holds and how long it took; the entry of its
 * beginning says who asked for what, and from where. Events go on as they are, also when the entry cannot be written: it waits in the
 * log then.
 */
export function auditedExports(events: RetentionEvents, jobs: Pick<Exports, "get">, access: Pick<AccessService, "audit">, clock: Clock, logger: Logger): RetentionEvents {
  const note = (event: Extract<RetentionEvent, { kind: "export-ready" }>): void => {
    const job = jobs.get(event.subject);
    const query = job?.request.query;
    access.audit(event.user, "export.finish", {
      export: event.subject, query: typeof query === "string" ? query : "", sessions: event.sessions, packets: event.packets, bytes: event.bytes, missingPackets: job?.missingPackets ?? 0,
    }, { durationMs: job?.startedAtMs === null || job === null ? null : clock.nowMs() - job.startedAtMs });
  };
  return {
    raise: (event) => {
      if (event.kind === "export-ready") {
        try {
          note(event);
        } catch (error) {
          logger.error({ export: event.subject, error }, "the end of an export could not be written to the audit log");
        }
      }
      events.raise(event);
    },
    clear: (kind, subject) => { events.clear(kind, subject); },
    lasting: (kind) => events.lasting(kind),
  };
}
