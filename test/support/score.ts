/**
 * Scores session documents against expected ones, by the rules of the corpus: sessions are matched by protocol, unordered
 * endpoints and VLAN, then by nearest times; lists compare as sets, numbers as text, IPv6 in compressed form; keys that
 * depend on the machine are left out.
 */

/** A session document as parsed JSON. */
export type Body = Readonly<Record<string, unknown>>;

/** Counts of one field over all sessions. */
export interface FieldScore {
  expected: number;
  produced: number;
  equal: number;
  wrong: number;
}

/** The sums over all captures. */
export interface Score {
  readonly files: number;
  readonly sessions: number;
  readonly identical: number;
  readonly missing: number;
  readonly extra: number;
  readonly filesNotClean: number;
  readonly expected: number;
  readonly produced: number;
  readonly equal: number;
  readonly fields: ReadonlyMap<string, FieldScore>;
  readonly differences: readonly string[];
}

const IGNORED: readonly RegExp[] = [
  /^@timestamp$/, /^rootId$/, /^node$/, /^fileId$/, /^test\./, /^(tags|protocol)Cnt$/, /(^|\.)(\w*Oui|oui)(Cnt)?$/,
  /(^|\.)\w*(RIR|GEO|ASN)$/, /^(source|destination)\.(geo|as)(\.|$)/,
  /^packetPos$/, /^packetLen$/, /^packetRange\./, /^segmentCnt$/,
];

/** Compares the documents of all captures; a capture that only one side has counts as all missing or is left out. */
export function score(expected: ReadonlyMap<string, readonly Body[]>, produced: ReadonlyMap<string, readonly Body[]>): Score {
  const fields = new Map<string, FieldScore>();
  const differences: string[] = [];
  const notClean = new Set<string>();
  let [sessions, identical, missing, extra, files] = [0, 0, 0, 0, 0];
  for (const name of [...expected.keys()].sort()) {
    files++;
    const candidates = new Map<string, Body[]>();
    for (const body of inOrder(produced.get(name) ?? [])) {
      const key = sessionKey(body);
      candidates.set(key, [...(candidates.get(key) ?? []), body]);
    }
    for (const body of inOrder(expected.get(name) ?? [])) {
      sessions++;
      const found = takeNearest(body, candidates.get(sessionKey(body)) ?? []);
      if (found === null) {
        missing++;
        differences.push(`${name}: missing session ${sessionKey(body)}`);
      }
      const clean = compare(name, flatten(body), found === null ? new Map() : flatten(found), fields, differences);
      if (clean) identical++;
      else notClean.add(name);
    }
    const left = [...candidates.values()].reduce((sum, rest) => sum + rest.length, 0);
    extra += left;
    if (left > 0) {
      notClean.add(name);
      for (const [key, rest] of candidates) if (rest.length > 0) differences.push(`${name}: ${rest.length} extra sessions ${key}`);
    }
  }
  const sum = (pick: (field: FieldScore) => number) => [...fields.values()].reduce((total, field) => total + pick(field), 0);
  return {
    files, sessions, identical, missing, extra, filesNotClean: notClean.size, fields, differences,
    expected: sum((f) => f.expected), produced: sum((f) => f.produced), equal: sum((f) => f.equal),
  };
}

/** The two lines that sum a score up. */
export function printScore(s: Score): string[] {
  const recall = (s.equal / Math.max(s.expected, 1)).toFixed(4);
  const precision = (s.equal / Math.max(s.produced, 1)).toFixed(4);
  return [
    `files ${s.files}  sessions expected ${s.sessions}  identical ${s.identical}  missing ${s.missing}  extra ${s.extra}  files not clean ${s.filesNotClean}`,
    `field values: expected ${s.expected} produced ${s.produced} equal ${s.equal}  recall ${recall} precision ${precision}`,
  ];
}

/** The bodies of a `{"sessions3":[{"body":…}]}` text. Control characters inside strings are taken, as Arkime writes them. */
export function readBodies(content: string): Body[] {
  const parsed: unknown = JSON.parse(content.replace(/[\u0000-\u001f]/g, (c) => (c === "\n" || c === "\r" || c === "\t" ? c : `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`)));
  const list = isObject(parsed) ? (parsed["sessions3"] ?? parsed) : parsed;
  if (!Array.isArray(list)) throw new Error("no list of sessions");
  return list.map((entry: unknown) => {
    const body = isObject(entry) && isObject(entry["body"]) ? entry["body"] : entry;
    if (!isObject(body)) throw new Error("a session is no object");
    return body;
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function compare(name: string, wanted: ReadonlyMap<string, string>, got: ReadonlyMap<string, string>, fields: Map<string, FieldScore>, differences: string[]): boolean {
  let clean = true;
  for (const path of new Set([...wanted.keys(), ...got.keys()])) {
    const field = fields.get(path) ?? { expected: 0, produced: 0, equal: 0, wrong: 0 };
    fields.set(path, field);
    if (wanted.has(path)) field.expected++;
    if (got.has(path)) field.produced++;
    if (wanted.has(path) && wanted.get(path) === got.get(path)) {
      field.equal++;
      continue;
    }
    field.wrong++;
    clean = false;
    differences.push(`${name}: ${path} expected ${(wanted.get(path) ?? "nothing").slice(0, 120)} got ${(got.get(path) ?? "nothing").slice(0, 120)}`);
  }
  return clean;
}

/** Paths to values as text that is equal exactly when the values count as equal. */
function flatten(body: Body): Map<string, string> {
  const flat = new Map<string, string>();
  flattenInto("", body, flat);
  return flat;
}

function flattenInto(prefix: string, body: Readonly<Record<string, unknown>>, flat: Map<string, string>): void {
  for (const [name, value] of Object.entries(body)) {
    const path = prefix === "" ? name : `${prefix}.${name}`;
    if (IGNORED.some((pattern) => pattern.test(path))) continue;
    if (isObject(value)) flattenInto(path, value, flat);
    else if (Array.isArray(value)) {
      if (value.length === 0 && (path === "tags" || path === "protocol")) continue;
      flat.set(path, JSON.stringify(value.map((item: unknown) => (isObject(item) ? flattenItem(path, item) : scalar(item))).sort()));
    } else flat.set(path, scalar(value));
  }
}

function flattenItem(path: string, item: Record<string, unknown>): string {
  const flat = new Map<string, string>();
  flattenInto(`${path}[]`, item, flat);
  return JSON.stringify([...flat].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function scalar(value: unknown): string {
  if (typeof value === "string" && value.includes(":")) return compressAddress(value) ?? value;
  return String(value);
}

/** An IPv6 address in its one short form (RFC 5952), or null when the text is none. */
export function compressAddress(text: string): string | null {
  if (!/^[0-9a-fA-F:.]+$/.test(text) || !/:.*:/.test(text)) return null;
  try {
    return new URL(`http://[${text}]/`).hostname.slice(1, -1);
  } catch {
    return null;
  }
}

function child(body: Body, name: string): Readonly<Record<string, unknown>> {
  const value = body[name];
  return isObject(value) ? value : {};
}

function sessionKey(body: Body): string {
  const end = (side: Readonly<Record<string, unknown>>) => `${scalar(side["ip"] ?? "")}|${String(side["port"] ?? 0)}`;
  const ids = child(child(body, "network"), "vlan")["id"];
  const vlans = Array.isArray(ids) ? ids.map(String).sort() : [];
  return JSON.stringify([String(body["ipProtocol"] ?? 0), [end(child(body, "source")), end(child(body, "destination"))].sort(), vlans]);
}

function number(value: unknown): number {
  return /^-?\d+$/.test(String(value)) ? Number(value) : 0;
}

function firstPosition(body: Body): string {
  return JSON.stringify(Array.isArray(body["packetPos"]) ? body["packetPos"].slice(0, 1) : []);
}

function inOrder(bodies: readonly Body[]): Body[] {
  return [...bodies].sort((a, b) =>
    number(a["firstPacket"]) - number(b["firstPacket"]) || number(a["lastPacket"]) - number(b["lastPacket"]) ||
    (firstPosition(a) < firstPosition(b) ? -1 : firstPosition(a) > firstPosition(b) ? 1 : 0));
}

/** Takes the candidate nearest in time out of the list; at equal times one with the same first packet position. */
function takeNearest(body: Body, candidates: Body[]): Body | null {
  let [chosen, nearest, nearestMoved] = [-1, Infinity, 1];
  for (const [index, candidate] of candidates.entries()) {
    const distance = Math.abs(number(candidate["firstPacket"]) - number(body["firstPacket"])) + Math.abs(number(candidate["lastPacket"]) - number(body["lastPacket"]));
    const moved = firstPosition(candidate) === firstPosition(body) ? 0 : 1;
    if (distance < nearest || (distance === nearest && moved < nearestMoved)) [chosen, nearest, nearestMoved] = [index, distance, moved];
  }
  return chosen < 0 ? null : (candidates.splice(chosen, 1)[0] ?? null);
}
