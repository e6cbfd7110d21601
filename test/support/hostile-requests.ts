import { request as send } from "node:http";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { graphqlSchema } from "../../src/graphql/schema.js";
import type { Route } from "../../src/http/routes.js";
import { Dice, OperationMaker, TEXTS } from "./hostile-values.js";

/** Who asks. */
export interface Attacker {
  readonly name: string;
  /** Headers of the credential; empty for nobody. */
  readonly headers: Readonly<Record<string, string>>;
  /** Texts that must be in no answer of this attacker, unless the request holds them. */
  readonly secrets: readonly string[];
}

/** One answer that must not be. */
export interface Finding {
  readonly request: string;
  readonly what: string;
}

/** What a run found. */
export interface HostileReport {
  readonly requests: number;
  readonly byStatus: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
  /** Heap in use after a tenth of the requests and at the end, in bytes, each after a collection. */
  readonly heap: { readonly early: number; readonly late: number };
}

interface Prepared {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Longest wait for an answer; a subscription that stays open is cut there. */
const LONGEST_MS = 3_000;
/** Requests at a time. */
const PARALLEL = 6;
/** Most of an answer that is read, in characters. */
const MOST = 4_000_000;

/** Mutations that would take away what the test stands on. */
const WITHOUT: ReadonlySet<string> = new Set(["changePassword", "setUserPassword", "updateUser", "revokeToken", "revokeUserToken", "addTags", "removeTags"]);

const METHODS = ["GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"] as const;

/** A body that is no operation, or too much of one. */
function malformed(dice: Dice, maker: OperationMaker): string {
  const operation = maker.operation(WITHOUT);
  switch (dice.below(12)) {
    case 0: return JSON.stringify({ query: operation }).slice(0, -1 - dice.below(20));
    case 1: return JSON.stringify(Array.from({ length: 1 + dice.below(200) }, () => ({ query: "{ me { name } }" })));
    case 2: return JSON.stringify({ query: `{ ${Array.from({ length: 200 }, (_, at) => `a${at}: me { name }`).join(" ")} }` });
    case 3: return JSON.stringify({ query: `{ sessions ${"{ edges { node ".repeat(dice.below(200))}` });
    case 4: return JSON.stringify({ query: `{ ...f0 } ${Array.from({ length: 60 }, (_, at) => `fragment f${at} on Query { ...f${at + 1} ...f${at + 1} }`).join(" ")} fragment f60 on Query { me { name } }` });
    case 5: return JSON.stringify({ query: "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }" });
    case 6: return JSON.stringify({ query: operation, variables: dice.pick([1, "x", [], null, { a: { b: [1] } }]), operationName: dice.pick(TEXTS) });
    case 7: return JSON.stringify({ query: dice.pick([1, null, [], {}, true]) });
    case 8: return "[".repeat(50_000);
    case 9: return JSON.stringify({ query: `{ ${"x ".repeat(20_000)} }` });
    case 10: return JSON.stringify({ query: "query ($f: SessionFilter) { sessions(filter: $f) { nodes { id } } }", variables: JSON.parse(`{"f":${'{"not":'.repeat(300)}{}${"}".repeat(300)}}`) as unknown });
    default: return dice.pick(TEXTS);
  }
}

/** Text without halves of characters, which no URL can hold. */
function wellFormed(text: string): string {
  return text.replaceAll(/[\uD800-\uDFFF]/g, "?");
}

function paths(dice: Dice, routes: readonly Route[]): string {
  const known = dice.pick(routes).path.replace(":id", encodeURIComponent(wellFormed(dice.pick(TEXTS).slice(0, 200))));
  switch (dice.below(9)) {
    case 0: return `/${dice.pick(["..%2f", "..%5c", "%2e%2e/", "....//", "..;/"]).repeat(1 + dice.below(6))}etc/passwd`;
    case 1: return `${known}/${dice.pick(["..%2f..%2fcatalogue.sqlite", "%00", "%ff", "%", "%zz", ".env", "serve.json"])}`;
    case 2: return `/${known}`;
    case 3: return `${known}?${"a=b&".repeat(dice.below(300))}query=${encodeURIComponent(wellFormed(dice.pick(TEXTS)))}`;
    case 4: return `${known}?user=admin&expires=99999999999999&signature=${"A".repeat(dice.below(600))}`;
    case 5: return `/${"a/".repeat(dice.below(2_000))}`;
    case 6: return known.toUpperCase();
    default: return known;
  }
}

const HEADERS: readonly (readonly [string, string])[] = [
  ["authorization", "Basic YWRtaW46YWRtaW4="], ["authorization", "Bearer "], ["authorization", `Bearer ${"A".repeat(5_000)}`], ["cookie", "lookback_login=x"], ["cookie", "a=b; ".repeat(300)],
  ["x-forwarded-for", "127.0.0.1"], ["x-forwarded-user", "admin"], ["x-forwarded-host", "evil.example"], ["origin", "https://evil.example"], ["origin", "null"], ["range", "bytes=0-,-1,5-2"], ["range", "bytes=99999999999999-"],
  ["if-none-match", "*"], ["accept", "text/html"], ["accept", "multipart/mixed"], ["accept", "text/event-stream"], ["content-type", "application/x-www-form-urlencoded"], ["content-type", "multipart/form-data; boundary=x"],
  ["content-type", "application/json; charset=utf-7"], ["content-type", "text/plain"], ["content-encoding", "gzip"], ["content-encoding", "br"], ["host", "evil.example"], ["host", "a b"], ["x-http-method-override", "DELETE"],
  ["apollo-require-preflight", "1"], ["sec-fetch-site", "cross-site"], ["transfer-encoding", "identity"], ["expect", "100-continue"],
];

function prepare(dice: Dice, maker: OperationMaker, routes: readonly Route[], attacker: Attacker): Prepared {
  const json = { ...attacker.headers, "content-type": "application/json" };
  const kind = dice.next();
  if (kind < 0.5) return { method: "POST", path: "/graphql", headers: json, body: JSON.stringify({ query: maker.operation(WITHOUT, dice.chance(0.6)) }) };
  if (kind < 0.58) return { method: "POST", path: "/graphql/stream", headers: { ...json, accept: "text/event-stream" }, body: JSON.stringify({ query: maker.operation(WITHOUT, dice.chance(0.6)) }) };
  if (kind < 0.63) return { method: "GET", path: `/graphql?query=${encodeURIComponent(wellFormed(maker.operation(WITHOUT)))}`, headers: { ...attacker.headers, "apollo-require-preflight": "1" }, body: null };
  if (kind < 0.66) {
    const query = `expression=${encodeURIComponent(maker.expression())}&packets=${dice.pick(["matching", "whole"])}`;
    return { method: "GET", path: `/api/sessions.${dice.pick(["pcap", "pcapng", "csv", "ndjson", "parquet"])}?${query}`, headers: attacker.headers, body: null };
  }
  if (kind < 0.73) return { method: "POST", path: dice.pick(["/graphql", "/graphql/stream", "/login"]), headers: json, body: malformed(dice, maker) };
  if (kind < 0.76) return { method: "POST", path: "/login", headers: { "content-type": "application/json" }, body: JSON.stringify({ user: maker.text(), password: maker.text(), next: maker.text() }) };
  const given: Record<string, string> = { ...attacker.headers };
  for (let left = dice.below(4); left > 0; left--) {
    const [name, value] = dice.pick(HEADERS);
    given[name] = value;
  }
  const method = dice.pick(METHODS);
  return { method, path: paths(dice, routes), headers: given, body: method === "POST" && dice.chance(0.7) ? malformed(dice, maker) : null };
}

function exchange(port: number, { method, path, headers, body }: Prepared): Promise<Answer> {
  return new Promise((resolve) => {
    let text = "";
    let status = 0;
    const done = (): void => resolve({ status, text });
    const sent = send({ host: "127.0.0.1", port, method, path: path.replaceAll(/[^\x21-\x7e]/g, "%20"), headers: { ...headers, ...(body === null ? {} : { "content-length": Buffer.byteLength(body) }) }, timeout: LONGEST_MS }, (response) => {
      status = response.statusCode ?? 0;
      text += JSON.stringify(response.headers);
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        if (text.length < MOST) text += chunk;
      });
      response.on("end", done);
      response.on("error", done);
    });
    // A stream that says nothing more, and a server that waits for a body that never comes.
    sent.on("timeout", () => sent.destroy());
    sent.on("error", done);
    sent.on("close", done);
    sent.end(body ?? undefined);
  });
}

function heapInUse(): number {
  setFlagsFromString("--expose_gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect === "function") collect();
  return process.memoryUsage().heapUsed;
}

/** Sends `count` hostile requests of a seed to a server of this process, as each attacker in turn. */
export async function attack(options: { readonly port: number; readonly routes: readonly Route[]; readonly attackers: readonly Attacker[]; readonly guesses: readonly string[]; readonly seed: number; readonly count: number }): Promise<HostileReport> {
  const { port, routes, attackers, guesses, seed, count } = options;
  const dice = new Dice(seed);
  const maker = new OperationMaker(graphqlSchema(), dice, guesses);
  const findings: Finding[] = [];
  const byStatus: Record<string, number> = {};
  const told = new Map(attackers.map((attacker) => [attacker, new Set<string>()]));
  let made = 0;
  let early = 0;
  const worker = async (): Promise<void> => {
    for (;;) {
      if (made >= count) return;
      const attacker = attackers[made % attackers.length];
      made += 1;
      if (attacker === undefined) return;
      const prepared = prepare(dice, maker, routes, attacker);
      const { status, text } = await exchange(port, prepared);
      byStatus[status] = (byStatus[status] ?? 0) + 1;
      const shown = `${attacker.name}: ${prepared.method} ${prepared.path.slice(0, 300)} ${JSON.stringify(prepared.headers).slice(0, 300)} ${prepared.body?.slice(0, 1_500) ?? ""}`;
      if (status === 500 || text.includes('"code":"INTERNAL"')) findings.push({ request: shown, what: `a fault of ours (${status}): ${text.slice(text.indexOf("}") + 1).slice(0, 400)}` });
      const sent = `${prepared.path} ${prepared.body ?? ""} ${decoded(prepared.path)}`;
      for (const guess of guesses) if (sent.includes(guess)) told.get(attacker)?.add(guess);
      // What an attacker said before may come back: in an error message, in a list of the own exports.
      const leaked = attacker.secrets.find((secret) => text.includes(secret) && !sent.includes(secret) && told.get(attacker)?.has(secret) !== true);
      if (leaked !== undefined) findings.push({ request: shown, what: `leaks ${leaked}` });
      if (made === Math.ceil(count / 10)) early = heapInUse();
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  return { requests: made, byStatus, findings, heap: { early, late: heapInUse() } };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
