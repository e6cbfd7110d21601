import { Arrivals } from "../../src/index-store/arrivals.js";
import { AccessService } from "../../src/access/access-service.js";
import { MemoryAccessRecords } from "../../src/access/memory-records.js";
import { limitChecks } from "../../src/access/limit-checks.js";
import { UserAdministration } from "../../src/access/user-administration.js";
import { ScopeOfUser } from "../../src/access/scope.js";
import type { NewUser } from "../../src/access/access-service.js";
import { silentLogger } from "../../src/base/logger.js";
import { Idempotency } from "../../src/graphql/idempotency.js";
import { CostBudgets } from "../../src/graphql/cost-budget.js";
import type { Services } from "../../src/graphql/services.js";
import type { Downloads } from "../../src/http/downloads.js";
import { HealthChecks } from "../../src/http/health.js";
import { Metrics } from "../../src/http/metrics.js";
import { startHttpServer, type HttpServer, type HttpServerParts } from "../../src/http/server.js";
import type { IndexStore } from "../../src/index-store/index-store.js";
import { packagedCatalogue } from "../../src/model/field-catalogue.js";
import { compileExpression } from "../../src/query/check.js";
import { MemoryIdempotencyRecords } from "./memory-idempotency.js";
import { MemoryStore, type MemoryRow } from "./memory-store.js";

/** 2026-11-24T12:00:00Z. */
export const TEST_NOW_MS = Date.UTC(2026, 10, 24, 12);

/** An answer of the API. */
export interface ApiAnswer {
  readonly status: number;
  readonly data: Record<string, any>; // oxlint-disable-line no-explicit-any -- a test reads what it asked for
  readonly errors: readonly { readonly message: string; readonly extensions: Readonly<Record<string, unknown>> }[];
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** A server on a free loopback port, over a store of a few rows. */
export interface ApiServer {
  readonly server: HttpServer;
  readonly access: AccessService;
  readonly users: UserAdministration;
  readonly records: MemoryAccessRecords;
  readonly health: HealthChecks;
  readonly metrics: Metrics;
  readonly clock: { now: number };
  /** A token of a new user of that role. */
  token(user: Omit<NewUser, "password">): Promise<string>;
  /** Asks with a token. */
  ask(token: string, query: string, variables?: Record<string, unknown>): Promise<ApiAnswer>;
}

/** `count` sessions, one a minute, the newest at TEST_NOW_MS. */
export function someRows(count: number): MemoryRow[] {
  return Array.from({ length: count }, (_, at) => {
    const time = TEST_NOW_MS - (count - 1 - at) * 60_000;
    const http = at % 2 === 0;
    return {
      id: `00000000-0000-4000-8000-${String(at).padStart(12, "0")}`,
      columns: {
        node: "test", firstPacket: time - 500, lastPacket: time, length: 500, ipProtocol: http ? 6 : 17,
        "source.ip": `10.0.0.${at % 5}`, "source.port": 40_000 + at, "destination.ip": "192.0.2.1", "destination.port": http ? 80 : 53,
        "network.packets": 2, "network.bytes": 100 + at, totDataBytes: 10, protocol: http ? ["tcp", "http"] : ["udp", "dns"],
        "http.host": http ? [`host${at}.example`, "shared.example"] : null, "http.method-GET": http ? 1 : null, "tcpflags.syn-ack": http ? 1 : null,
        dns: http ? null : [{ host: [`name${at}.example`, "b.example"], opcode: "QUERY", answers: [{ ip: "192.0.2.7", ttl: 60, type: "A" }] }],
        tags: null, fileId: [[1], [1], [1, 2], [2]][at % 4] ?? [],
      },
      packets: [{ fileId: 1, offset: 24 + at * 200, length: 100 }, { fileId: 1, offset: 124 + at * 200, length: 100 }],
    };
  });
}

/** Starts a server; the caller stops it. */
export async function startApi(
  store: IndexStore = new MemoryStore(someRows(25)),
  more: Partial<Services> & { readonly downloads?: Downloads; readonly drainMs?: number; readonly logins?: HttpServerParts["logins"]; readonly trusted?: HttpServerParts["trusted"]; readonly http?: Pick<HttpServerParts, "certificate" | "strictTransport"> } = {},
): Promise<ApiServer> {
  const clock = { now: TEST_NOW_MS };
  const time = { nowMs: () => clock.now };
  const records = new MemoryAccessRecords();
  const access = new AccessService(records, time);
  const fields = packagedCatalogue();
  const compile = (text: string): ReturnType<typeof compileExpression> => compileExpression(text, fields, { nowMs: clock.now, timeZone: "UTC" });
  const users = new UserAdministration(records, access, limitChecks(fields, compile));
  const health = new HealthChecks();
  const metrics = new Metrics();
  const { downloads, drainMs, logins, trusted, http = {}, ...services } = more;
  const server = await startHttpServer({
    services: {
      clock: time, logger: silentLogger, fields, store, access,
      scopes: new ScopeOfUser(compile, time), users,
      fileLookup: () => () => [], completeness: { of: (asOfMs) => ({ completeUntilMs: asOfMs, capturing: false, sensors: [] }), lossIn: () => ({ packets: 0, uncounted: false, unknownDrops: false }) }, idempotency: new Idempotency(new MemoryIdempotencyRecords(time), time), imports: null, exports: null,
      budgets: new CostBudgets(time, () => 0),
      tasks: null,
      retention: null, holds: null, retentionClasses: null, forecasts: null,
      retentionEvents: null, arrivals: new Arrivals(store, silentLogger),
      statisticsHistory: { list: () => [] },
      captureFiles: { list: () => [], find: () => null }, captureStatistics: { sources: () => [], sessions: () => null, counters: () => ({}) }, shipping: null, packetHeads: null, hasPackets: () => true,
      signingKey: Buffer.alloc(32, 7), timeZone: "UTC", queryTimeoutMs: 10_000, workingDirectory: "/", ...services,
    },
    downloads: downloads ?? null, health, metrics, host: "127.0.0.1", port: 0, ...(logins === undefined ? {} : { logins }), ...(trusted === undefined ? {} : { trusted }), ...http, drainMs: drainMs ?? 1_000,
  });
  return {
    server, access, users, records, health, metrics, clock,
    async token(user) {
      await access.putUser({ ...user, password: "a long password" });
      return access.createToken(user.name, "test", 86_400_000);
    },
    async ask(token, query, variables = {}) {
      const response = await fetch(`${server.url}/graphql`, {
        method: "POST", headers: { "content-type": "application/json", authorization: `Bearer ${token}` }, body: JSON.stringify({ query, variables }),
      });
      const body = (await response.json()) as { data?: ApiAnswer["data"] | null; errors?: ApiAnswer["errors"]; extensions?: ApiAnswer["extensions"] };
      return { status: response.status, data: body.data ?? {}, errors: body.errors ?? [], extensions: body.extensions ?? {} };
    },
  };
}
