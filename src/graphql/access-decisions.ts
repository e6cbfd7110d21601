import type { Permission } from "../access/rights.js";

/**
 * What keeps a field from telling a user with a forced expression, hidden fields or a time limit of what that user may
 * not see:
 *
 * - `scoped`: it reads the store, packets or exports with the user's `AccessScope`, and nothing else that tells of sessions;
 * - `own`: it reads and changes only what belongs to the user who asks;
 * - `refused`: it tells of the store as a whole; users who see a part of it are refused before the resolver runs;
 * - `neutral`: nothing in its answer, its errors or its effect depends on sessions.
 */
export type Narrowing = "scoped" | "own" | "refused" | "neutral";

/** Who may use a field, and what narrows its answer. */
export interface AccessDecision {
  /** What the user's role, rights and token must allow; null: whoever is logged in. */
  readonly needs: Permission | null;
  readonly narrowed: Narrowing;
  /** For what a bearer token may never do, whatever its scopes: true, or the argument that must not name the token's own user. */
  readonly notByToken?: true | { readonly ofOneself: string };
  /** Under what action a read is in the audit log, with arguments, counts, duration and outcome. Changes write their own entries. */
  readonly audit?: string;
  /** True for a part of a read whose arguments belong to what was asked: they are added to the entry of the read. */
  readonly asked?: true;
}

/**
 * The decision for every field of Query, Mutation and Subscription, and for every field below them that takes arguments.
 * The guard checks it before the resolver runs; a field that is not here is refused to all but administrators, and
 * `test/unit/graphql/access-decisions.test.ts` fails until it is.
 *
 * To add a field: say what it needs and why its answer cannot tell a narrowed user too much. Fields below a root field
 * need what the root field needs, and more only when they say so.
 */
export const ACCESS_DECISIONS: Readonly<Record<string, AccessDecision>> = {
  // Sessions.
  "Query.sessions": { needs: "search", narrowed: "scoped", audit: "session.search" },
  "Query.session": { needs: "search", narrowed: "scoped", audit: "session.read" },
  // Each answer is a search of its own, with the scope of the user who watches.
  "Subscription.sessionsArriving": { needs: "search", narrowed: "scoped", audit: "session.watch" },
  "Session.field": { needs: "search", narrowed: "scoped" },
  "Session.fields": { needs: "search", narrowed: "scoped" },
  "Session.packets": { needs: "packets", narrowed: "scoped" },
  "Query.aggregate": { needs: "search", narrowed: "scoped", audit: "session.aggregate" },
  "Aggregation.terms": { needs: "search", narrowed: "scoped", asked: true },
  "Aggregation.crossTab": { needs: "search", narrowed: "scoped", asked: true },
  "Aggregation.histogram": { needs: "search", narrowed: "scoped", asked: true },
  "Aggregation.stats": { needs: "search", narrowed: "scoped", asked: true },
  "Aggregation.percentiles": { needs: "search", narrowed: "scoped", asked: true },
  "Aggregation.cardinality": { needs: "search", narrowed: "scoped", asked: true },
  "Query.connections": { needs: "search", narrowed: "scoped", audit: "session.connections" },
  "Mutation.addTags": { needs: "tag", narrowed: "scoped" },
  "Mutation.removeTags": { needs: "tag", narrowed: "scoped" },

  // Exports: run with the scope that their owner has when they run.
  "Query.exports": { needs: "export", narrowed: "own" },
  "Query.export": { needs: "export", narrowed: "own" },
  "Query.exportEstimate": { needs: "export", narrowed: "scoped", audit: "export.estimate" },
  "Subscription.exportProgress": { needs: "export", narrowed: "own" },
  "Mutation.createExport": { needs: "export", narrowed: "scoped" },
  "Mutation.cancelExport": { needs: "export", narrowed: "own" },
  "Mutation.retryExport": { needs: "export", narrowed: "scoped" },
  "Mutation.deleteExport": { needs: "export", narrowed: "own" },

  // The store as a whole.
  "Query.fields": { needs: "search", narrowed: "neutral" },
  "Query.limits": { needs: null, narrowed: "neutral" },
  // A narrowed user gets the count of the sessions in scope, and nothing of sources, counters or extent.
  "Query.captureStatistics": { needs: "statistics", narrowed: "scoped" },
  "Query.statisticsHistory": { needs: "statistics", narrowed: "refused" },
  // What waits for the cluster is of the whole store.
  "Query.shipping": { needs: "statistics", narrowed: "refused" },
  "Query.captureFiles": { needs: "files", narrowed: "refused", audit: "file.list" },
  "Query.importJobs": { needs: "import", narrowed: "refused" },
  "Query.importJob": { needs: "import", narrowed: "refused" },
  "Mutation.importCapture": { needs: "import", narrowed: "refused" },
  "Subscription.importProgress": { needs: "import", narrowed: "refused" },

  // What retention did and will do names files and days of the whole store.
  // A hold covers what its maker may see; the list names searches of others.
  "Mutation.holdSessions": { needs: "operate", narrowed: "scoped" },
  "Mutation.releaseHold": { needs: "operate", narrowed: "refused" },
  "Query.holds": { needs: "operate", narrowed: "refused" },
  "Query.retentionForecast": { needs: "operate", narrowed: "refused", audit: "retention.forecast" },
  "Query.retentionClasses": { needs: "operate", narrowed: "refused" },
  "Mutation.setRetentionClass": { needs: "operate", narrowed: "refused" },
  "Mutation.removeRetentionClass": { needs: "operate", narrowed: "refused" },
  "Query.retentionPlan": { needs: "operate", narrowed: "refused" },
  "Query.tasks": { needs: "operate", narrowed: "refused" },
  "Query.task": { needs: "operate", narrowed: "refused" },
  "Query.taskRuns": { needs: "operate", narrowed: "refused" },
  "Query.taskDryRun": { needs: "operate", narrowed: "refused" },
  "Mutation.runTask": { needs: "operate", narrowed: "refused" },
  "Mutation.pauseTask": { needs: "operate", narrowed: "refused" },
  "Mutation.resumeTask": { needs: "operate", narrowed: "refused" },
  // Everybody's own exports; what tells of the whole store goes to operators who may see all of it.
  "Query.retentionEvents": { needs: "export", narrowed: "own" },
  "Subscription.retention": { needs: "export", narrowed: "own" },
  "Query.webhookDeliveries": { needs: "operate", narrowed: "refused" },

  // One's own account. Whoever finds a token must not make it last.
  "Query.me": { needs: null, narrowed: "own" },
  "Query.tokens": { needs: null, narrowed: "own" },
  "Mutation.createToken": { needs: null, narrowed: "own", notByToken: true },
  "Mutation.revokeToken": { needs: null, narrowed: "own", notByToken: true },
  "Mutation.changePassword": { needs: null, narrowed: "own", notByToken: true },

  // Users. An administrator may always lift his own limits, so a narrowed one is not refused here.
  "Query.users": { needs: "administer", narrowed: "neutral", audit: "user.list" },
  "Query.user": { needs: "administer", narrowed: "neutral", audit: "user.read" },
  "Query.auditLog": { needs: "administer", narrowed: "neutral", audit: "audit.read" },
  "Mutation.createUser": { needs: "administer", narrowed: "neutral" },
  "Mutation.updateUser": { needs: "administer", narrowed: "neutral" },
  // A token would outlive its end by a token, or a login, of its own user.
  "Mutation.setUserPassword": { needs: "administer", narrowed: "neutral", notByToken: { ofOneself: "name" } },
  "Mutation.createUserToken": { needs: "administer", narrowed: "neutral", notByToken: true },
  "Mutation.revokeUserToken": { needs: "administer", narrowed: "neutral" },
};
