import type { FieldKind } from "../model/field.js";
import { packagedCatalogue } from "../model/field-catalogue.js";
import { printCount, printSpan, type TimePrinter } from "./print-time.js";
import { printBytes } from "./progress.js";
import type { Column } from "./table.js";

/** Values of one session by the names that were asked for. */
export type NamedValues = ReadonlyMap<string, unknown>;

/** How sessions are shown: which fields are read, and what becomes of them. */
export interface SessionView {
  readonly names: readonly string[];
  readonly columns: readonly Column[];
  row(values: NamedValues): readonly string[];
}

/** What is read for the view that nobody chose fields of. */
const OVERVIEW = [
  "starttime", "stoptime", "protocols", "ip.src", "port.src", "ip.dst", "port.dst", "packets", "bytes", "http.method", "http.uri", "http.statuscode", "host.http", "host.dns", "user",
];

/** What people look for first: when, how long, what, who with whom, how much, and the name or request that tells it apart. */
export function overview(times: TimePrinter): SessionView {
  return {
    names: OVERVIEW,
    columns: [
      { title: "Start" }, { title: "Duration", align: "right" }, { title: "Protocol", least: 8 }, { title: "Source" }, { title: "Destination" },
      { title: "Packets", align: "right" }, { title: "Bytes", align: "right" }, { title: "Information", least: 16 },
    ],
    row(values) {
      const [start, stop] = [numberOf(values, "starttime"), numberOf(values, "stoptime")];
      return [
        start === null ? "" : times.print(start), start === null || stop === null ? "" : printSpan(stop - start), textsOf(values, "protocols").join(","),
        endpoint(values, "src"), endpoint(values, "dst"), printCount(numberOf(values, "packets") ?? 0), printBytes(numberOf(values, "bytes") ?? 0), information(values),
      ];
    },
  };
}

/** Fields that somebody chose, a column each. `times` prints points in time; null leaves them as ISO 8601 in UTC. */
export function chosenFields(names: readonly string[], times: TimePrinter | null): SessionView {
  const kinds = names.map(kindOf);
  return {
    names,
    columns: names.map((name, at) => ({ title: name, ...(kinds[at] === "integer" || kinds[at] === "float" ? { align: "right" as const } : { least: 10 }) })),
    row: (values) => names.map((name, at) => print(values.get(name) ?? null, kinds[at] ?? null, times)),
  };
}

/** The kind of a field of this build, or null: a service may have fields that this build does not know. */
export function kindOf(name: string): FieldKind | null {
  const entry = packagedCatalogue().find(name);
  return entry?.entry === "field" ? entry.field.kind : null;
}

function print(value: unknown, kind: FieldKind | null, times: TimePrinter | null): string {
  if (value === null || value === undefined) return "-";
  if (Array.isArray(value)) return value.map((item) => print(item, kind, times)).join(",");
  if (kind === "seconds" && typeof value === "number") return times === null ? isoTime(value) : times.print(value);
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** ISO 8601 in UTC; a time that it cannot print stays milliseconds. */
export function isoTime(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms);
}

function endpoint(values: NamedValues, side: "src" | "dst"): string {
  const [ip = ""] = textsOf(values, `ip.${side}`);
  const port = numberOf(values, `port.${side}`);
  if (port === null || port === 0) return ip;
  return ip.includes(":") ? `[${ip}]:${port}` : `${ip}:${port}`;
}

/** The request, name or user of a session: what its line is remembered by. */
function information(values: NamedValues): string {
  const [uris, hosts, names, users] = [textsOf(values, "http.uri"), textsOf(values, "host.http"), textsOf(values, "host.dns"), textsOf(values, "user")];
  if (uris[0] !== undefined) return [textsOf(values, "http.method")[0], textsOf(values, "http.statuscode")[0], andMore(uris)].filter((part) => part !== undefined).join(" ");
  if (hosts.length > 0) return andMore(hosts);
  if (names.length > 0) return andMore(names);
  return users.length > 0 ? `user ${andMore(users)}` : "";
}

function andMore(texts: readonly string[]): string {
  return texts.length > 1 ? `${texts[0] ?? ""} (+${texts.length - 1})` : (texts[0] ?? "");
}

function numberOf(values: NamedValues, name: string): number | null {
  const value = values.get(name);
  return typeof value === "number" ? value : null;
}

function textsOf(values: NamedValues, name: string): string[] {
  const value = values.get(name) ?? null;
  const list: readonly unknown[] = Array.isArray(value) ? value : value === null ? [] : [value];
  return list.map(String);
}
