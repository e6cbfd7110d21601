import { SERVICE_SCOPE, type AccessScope } from "../../src/model/access-scope.js";
import type { AddressMatch, CheckedExpression, FieldTest, TextMatch } from "../../src/model/checked-expression.js";
import { packagedCatalogue } from "../../src/model/field-catalogue.js";
import type { Field } from "../../src/model/field.js";
import type { SegmentInfo } from "../../src/model/segment.js";
import { ALL_TIME } from "../../src/model/time-range.js";
import type { IndexStore, ReadContext, SearchRequest, SortKey } from "../../src/index-store/index-store.js";
import { rowId, type RowInput } from "../support/segment-rows.js";

/** A store under test, and how rows get into it. */
export interface StoreUnderTest {
  readonly store: IndexStore;
  /** Writes rows of one day as a segment, not yet committed. */
  write(rows: readonly RowInput[]): Promise<SegmentInfo>;
  /** Marks a packet file's packets as deleted. */
  removeFile(id: number): void;
  close(): Promise<void>;
}

const catalogue = packagedCatalogue();

/** The field of a search name. */
export function field(name: string): Field {
  const entry = catalogue.find(name);
  if (entry === null || entry.entry !== "field") throw new Error(`no field ${name}`);
  return entry.field;
}

export const EVERYTHING: CheckedExpression = { node: "everything" };
export const test = (name: string, fieldTest: FieldTest): CheckedExpression => ({ node: "field", field: field(name), test: fieldTest });
export const text = (name: string, ...matches: readonly TextMatch[]): CheckedExpression => test(name, { test: "text", mode: "any", matches });
export const exact = (name: string, ...values: readonly string[]): CheckedExpression => text(name, ...values.map((value) => ({ kind: "exact" as const, value })));
export const wildcard = (name: string, pattern: string): CheckedExpression => text(name, { kind: "wildcard", pattern });
export const regex = (name: string, pattern: string): CheckedExpression => text(name, { kind: "regex", pattern });
export const phrase = (name: string, ...words: readonly string[]): CheckedExpression => text(name, { kind: "phrase", words });
export const number = (name: string, low: number, high = low): CheckedExpression => test(name, { test: "number", mode: "any", ranges: [{ low, high }] });
export const exists = (name: string): CheckedExpression => test(name, { test: "exists" });
export const not = (item: CheckedExpression): CheckedExpression => ({ node: "not", item });
export const and = (...items: readonly CheckedExpression[]): CheckedExpression => ({ node: "and", items });
export const or = (...items: readonly CheckedExpression[]): CheckedExpression => ({ node: "or", items });
export const v4 = (a: number, b: number, c: number, d: number): string => `00000000000000000000ffff${Buffer.from([a, b, c, d]).toString("hex")}`;
export const address = (name: string, ...matches: readonly AddressMatch[]): CheckedExpression => test(name, { test: "address", mode: "any", matches });

const NO_LIMIT = { signal: null, timeoutMs: 60_000 };
export const service: ReadContext = { scope: SERVICE_SCOPE, ...NO_LIMIT };
export const as = (scope: Partial<AccessScope>): ReadContext => ({ scope: { ...SERVICE_SCOPE, user: "ada", ...scope }, ...NO_LIMIT });

export const DAY = Date.UTC(2026, 0, 15);
export const HOUR = 3_600_000;
export const newest: readonly SortKey[] = [{ field: field("starttime"), direction: "desc" }];

/** Six sessions of one day, an hour apart, each with something of its own. */
export const ROWS: readonly RowInput[] = [
  {
    id: rowId(DAY, 1), firstPacket: DAY, lastPacket: DAY + 1_000, "source.ip": "10.0.0.1", "destination.ip": "192.0.2.80", "source.port": 40_000, "destination.port": 80,
    protocol: ["http", "tcp"], "http.host": ["www.example.com", "cdn.example.net"], "http.uri": ["www.example.com/a_b%c?x=1"], "http.statuscode": [200, 304], tags: ["red"],
    srcPayload8: "474554202f206874", "source.mac": ["00:00:5e:00:53:01", "00:00:5e:00:53:02"], "network.bytes": 1_000, "network.packets": 10, packetPos: "01020830801006",
    "http.useragent": ["Mozilla/5.0 (X11; Linux)"],
  },
  {
    id: rowId(DAY + HOUR, 2), firstPacket: DAY + HOUR, lastPacket: DAY + HOUR + 2_000, "source.ip": "10.0.0.2", "destination.ip": "192.0.2.53", "source.port": 5_353, "destination.port": 53,
    ipProtocol: 17, protocol: ["dns", "udp"], node: "north", "network.bytes": 200, "network.packets": 2,
    dns: [
      { host: ["a.example.org", "b.example.org"], queryHost: "a.example.org", qt: "A", answersCnt: 2, answers: [{ name: "a.example.org", ip: "192.0.2.1", ttl: 60 }, { name: "a.example.org", ip: "2001:db8::7", ttl: 300 }] },
      { host: ["c.example.org"], ip: ["192.0.2.9"] },
    ],
  },
  {
    id: rowId(DAY + 2 * HOUR, 3), firstPacket: DAY + 2 * HOUR, lastPacket: DAY + 2 * HOUR + 3_000, "source.ip": "2001:db8::1", "destination.ip": "2001:db8::2", "source.port": 50_000,
    "destination.port": 443, protocol: ["tcp", "tls"], "network.bytes": 5_000, "network.packets": 20, initRTT: 7, tcpSynValidated: true, "tcpflags.syn": 1,
  },
  { id: rowId(DAY + 3 * HOUR, 4), firstPacket: DAY + 3 * HOUR, lastPacket: DAY + 3 * HOUR + 4_000, ethertype: 2054, ipProtocol: 0, protocol: ["arp"], "network.bytes": 60, "network.packets": 1, fileId: [2] },
  {
    id: rowId(DAY + 4 * HOUR, 5), firstPacket: DAY + 4 * HOUR, lastPacket: DAY + 4 * HOUR + 5_000, "source.ip": "10.0.1.7", "destination.ip": "192.0.2.80", "source.port": 40_001, "destination.port": 80,
    protocol: ["http", "tcp"], "http.host": ["mail.example.com"], "http.statuscode": [404], tags: ["red", "blue"], initRTT: 3, tcpSynValidated: false, "network.bytes": 1_500, "network.packets": 12,
    fileId: [1, 2],
  },
  {
    id: rowId(DAY + 5 * HOUR, 6), firstPacket: DAY + 5 * HOUR, lastPacket: DAY + 8 * HOUR, "source.ip": "10.0.0.1", "destination.ip": "192.0.2.80", "source.port": 40_002, "destination.port": 80,
    protocol: ["http", "tcp"], "http.host": ["WWW.example.com"], "http.statuscode": [200], node: "north", "network.bytes": 90_000, "network.packets": 80, final: false,
  },
];

export const id = (number_: number): string => ROWS[number_ - 1]?.id ?? "";

/** Numbers of the sessions that an expression finds, in order of time. */
export async function found(store: IndexStore, expression: CheckedExpression, context = service, range = ALL_TIME): Promise<readonly number[]> {
  const { rows } = await store.search({ expression, range, fields: [], order: [{ field: field("starttime"), direction: "asc" }], limit: 100, after: null, countTotal: false }, context);
  return rows.map((row) => ROWS.findIndex((known) => known.id === row.id) + 1);
}

export const request = (change: Partial<SearchRequest> = {}): SearchRequest => ({ expression: EVERYTHING, range: ALL_TIME, fields: [], order: newest, limit: 100, after: null, countTotal: false, ...change });

export async function collected<T>(batches: AsyncIterable<readonly T[]>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const batch of batches) all.push(...batch);
  return all;
}

