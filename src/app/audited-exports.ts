import type { AccessService } from "../access/access-service.js";
import type { Clock } from "../base/clock.js";
import type { Exports } from "../catalogue/exports.js";
import type { RetentionEvents } from "../model/retention-event.js";

/**
 * Notes every export that is made in the audit log of whom it belongs to, with what it holds and how long it took; the entry of its
 * beginning says who asked for what, and from where. Events go on as they are.
 */
export function auditedExports(events: RetentionEvents, jobs: Pick<Exports, "get">, access: Pick<AccessService, "audit">, clock: Clock): RetentionEvents {
  return {
    raise: (event) => {
      if (event.kind === "export-ready") {
        const job = jobs.get(event.subject);
        const query = job?.request.query;
        access.audit(event.user, "export.finish", {
          export: event.subject, query: typeof query === "string" ? query : "", sessions: event.sessions, packets: event.packets, bytes: event.bytes, missingPackets: job?.missingPackets ?? 0,
        }, { durationMs: job?.startedAtMs === null || job === null ? null : clock.nowMs() - job.startedAtMs });
      }
      events.raise(event);
    },
    clear: (kind, subject) => { events.clear(kind, subject); },
    lasting: (kind) => events.lasting(kind),
  };
}
