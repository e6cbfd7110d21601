import "reflect-metadata";
import { printSchema, type GraphQLSchema } from "graphql";
import { buildSchemaSync } from "type-graphql";
import { LookbackError } from "../base/errors.js";
import { AggregateResolver } from "./aggregate/aggregate.resolver.js";
import { AuditResolver } from "./audit/audit.resolver.js";
import { CaptureFileResolver } from "./capture-file/capture-file.resolver.js";
import { CaptureStatisticsResolver } from "./capture-statistics/capture-statistics.resolver.js";
import { ConnectionsResolver } from "./connections/connections.resolver.js";
import { ExportResolver } from "./export/export.resolver.js";
import { FieldResolver } from "./field/field.resolver.js";
import { withIdempotencyKeys } from "./idempotent-mutations.js";
import { HoldResolver } from "./hold/hold.resolver.js";
import { ImportJobResolver } from "./import-job/import-job.resolver.js";
import { LimitResolver } from "./limit/limit.resolver.js";
import { RetentionEventResolver } from "./retention-event/retention-event.resolver.js";
import { RetentionClassResolver } from "./retention/class.resolver.js";
import { ForecastResolver } from "./retention/forecast.resolver.js";
import { RetentionResolver } from "./retention/retention.resolver.js";
import { SessionsArrivingResolver } from "./session/arriving.resolver.js";
import { SessionResolver } from "./session/session.resolver.js";
import { ShippingResolver } from "./shipping/shipping.resolver.js";
import { StatisticsResolver } from "./statistics/statistics.resolver.js";
import { TagResolver } from "./tag/tag.resolver.js";
import { TaskResolver } from "./task/task.resolver.js";
import { AccountResolver } from "./user/account.resolver.js";
import { UserResolver } from "./user/user.resolver.js";
import { guardSchema } from "./guard.js";

let built: GraphQLSchema | null = null;

/** The schema; made on first use, the same one ever after. */
export function graphqlSchema(): GraphQLSchema {
  built ??= guardSchema(withIdempotencyKeys(buildSchemaSync({
    resolvers: [
      SessionResolver, SessionsArrivingResolver, AggregateResolver, ConnectionsResolver, FieldResolver, CaptureFileResolver, CaptureStatisticsResolver,
      LimitResolver, ImportJobResolver, ExportResolver, TagResolver, UserResolver, AccountResolver, AuditResolver, TaskResolver, RetentionResolver, ForecastResolver, RetentionClassResolver, HoldResolver, RetentionEventResolver,
      StatisticsResolver, ShippingResolver,
    ],
    orphanedTypes: [],
    // Arguments are checked by the resolvers, which know the limits.
    validate: false,
    // Subscriptions bring their own iterators; the builder still asks for a publisher.
    pubSub: {
      publish() {},
      subscribe() {
        throw new LookbackError("INTERNAL", "a subscription without an iterator of its own");
      },
    },
  })));
  return built;
}

/** The text of `schema/schema.graphql`. */
export function schemaText(): string {
  return `# Made by \`npm run generate\`; do not edit.\n\n${printSchema(graphqlSchema())}\n`;
}
