import { isHostExpression } from "./derived-fields.js";
import type { Field, FieldKind } from "./field.js";

/** A search name that stands for several fields: a comparison is an `or` over the members, of addresses for each value of `]…[`. */
export interface VirtualField {
  readonly expression: string;
  readonly aliases: readonly string[];
  readonly kind: FieldKind;
  readonly group: string;
  readonly name: string;
  readonly help: string;
  /** Never empty. */
  readonly members: readonly Field[];
}

interface Rule {
  readonly expression: string;
  readonly aliases?: readonly string[];
  readonly kind: FieldKind;
  readonly group: string;
  readonly name: string;
  readonly has: (field: Field) => boolean;
}

const under = (prefix: string) => (field: Field): boolean => field.expression.startsWith(`${prefix}.`);
const named = (...names: readonly string[]) => (field: Field): boolean => names.includes(field.expression);
const geo = (part: string) => (field: Field): boolean => field.expression.startsWith(`${part}.`) || field.expression.endsWith(`.${part}`);

/** Who belongs to each virtual field, as Arkime's field definitions have it (attribute `regex`, and kind `ip` for `ip`). */
const RULES: readonly Rule[] = [
  { expression: "ip", kind: "ip", group: "general", name: "All IP fields", has: (field) => field.kind === "ip" },
  {
    expression: "port", kind: "integer", group: "general", name: "All port fields",
    has: (field) => field.kind === "integer" && /^port\.|\.port$|Port$/.test(field.expression),
  },
  { expression: "host", kind: "lotermfield", group: "general", name: "All host fields", has: (field) => isHostExpression(field.expression) },
  { expression: "mac", kind: "lotermfield", group: "general", name: "All MAC fields", has: under("mac") },
  { expression: "outermac", kind: "lotermfield", group: "general", name: "All outer MAC fields", has: under("outermac") },
  { expression: "outerip", kind: "ip", group: "general", name: "All outer IP fields", has: (field) => field.kind === "ip" && field.expression.startsWith("outerip.") },
  { expression: "country", kind: "uptermfield", group: "general", name: "All country fields", has: geo("country") },
  { expression: "asn", kind: "termfield", group: "general", name: "All ASN fields", has: geo("asn") },
  { expression: "rir", kind: "uptermfield", group: "general", name: "All RIR fields", has: geo("rir") },
  { expression: "payload8.hex", kind: "lotermfield", group: "general", name: "Payload hex of both directions", has: named("payload8.src.hex", "payload8.dst.hex") },
  { expression: "payload8.utf8", kind: "termfield", group: "general", name: "Payload text of both directions", has: named("payload8.src.utf8", "payload8.dst.utf8") },
  { expression: "tls.sessionid", kind: "lotermfield", group: "tls", name: "TLS session ids of both directions", has: under("tls.sessionid") },
  {
    expression: "host.dns.all", aliases: ["dns.host.all"], kind: "lotermfield", group: "dns", name: "All DNS host fields",
    has: (field) => /^host\.dns(\.|$)/.test(field.expression),
  },
  {
    expression: "ip.dns.all", aliases: ["dns.ip.all"], kind: "ip", group: "dns", name: "All DNS IP fields",
    has: (field) => field.kind === "ip" && /^ip\.dns(\.|$)/.test(field.expression),
  },
  {
    expression: "http.hasheader", kind: "lotermfield", group: "http", name: "HTTP headers of both directions",
    has: named("http.hasheader.src", "http.hasheader.dst"),
  },
  {
    expression: "http.hasheader.value", kind: "lotermfield", group: "http", name: "HTTP header values of both directions",
    has: named("http.hasheader.src.value", "http.hasheader.dst.value"),
  },
  { expression: "http.version", kind: "termfield", group: "http", name: "HTTP versions of both directions", has: named("http.version.src", "http.version.dst") },
];

/** The virtual fields of a catalogue: those that have members and whose name no field of its own has. */
export function virtualFields(fields: readonly Field[], taken: ReadonlySet<string>): readonly VirtualField[] {
  const virtuals: VirtualField[] = [];
  // Counts, word views and members of one object list's name are no members: a search for a host is no search for its words.
  const candidates = fields.filter((field) => field.expression !== "" && field.countOf === null && field.view !== "tokens" && field.shape !== "objects");
  for (const { has, aliases = [], ...rule } of RULES) {
    const members = candidates.filter(has);
    if (members.length === 0 || taken.has(rule.expression)) continue;
    virtuals.push({ ...rule, aliases, help: `Any of ${members.map((member) => member.expression).join(", ")}`, members });
  }
  return virtuals;
}
