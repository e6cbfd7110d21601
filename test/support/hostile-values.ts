import { getNamedType, isEnumType, isInputObjectType, isListType, isNonNullType, isObjectType, type GraphQLField, type GraphQLInputType, type GraphQLOutputType, type GraphQLSchema } from "graphql";

/** Numbers of a seed (mulberry32): the same seed is the same run. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 0 up to, not including, 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  below(most: number): number {
    return Math.floor(this.next() * most);
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  pick<T>(list: readonly T[]): T {
    const item = list[this.below(list.length)];
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  }
}

/** Texts that break what is put together from text. */
export const TEXTS: readonly string[] = [
  "", " ", "'", "\"", "\\", "`", "%", "_", "*", "?", "'; DROP TABLE users; --", "' OR '1'='1", "\") OR 1=1 --", "${7*7}", "{{7*7}}", "$(id)", "| id", "; id", "\u0000", "\r\nSet-Cookie: x=y",
  "../../../../etc/passwd", "..%2f..%2fetc%2fpasswd", "/etc/passwd", "file:///etc/passwd", "C:\\windows\\win.ini", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "javascript:alert(1)",
  "=cmd|'/c calc'!A1", "+1+1", "@SUM(1)", "\uD800", "\u202E", "\uFEFF", "\u{1F600}", "e\u0301", "__proto__", "constructor", "toString", "null", "undefined", "NaN", "true", "0", "-1", "1e309",
  "9007199254740993", "x".repeat(10_000), "(".repeat(500), "[".repeat(300), "a && ".repeat(300), "!".repeat(500), "/(a+)+$/", "/[/", "2026-13-45T99:99:99Z",
];

/** Search expressions, right ones and broken ones. */
const EXPRESSIONS: readonly string[] = [
  "protocols == http", "protocols == dns", "protocols != dns", "ip == 0.0.0.0/0", "port == 80", "!(protocols == dns)", "host == *", "http.host == EXISTS!", "host.http == /.*/", "bytes > 0 || bytes <= 0", "file == *",
  "file == /.*/", "tags == x", "id == *", "db:http.host == *", "protocols == dns || protocols == http", "ip.src == 10.0.0.0/8", "http.uri == */*", "(((", "a == ", "== 1", "ip == 999.1.1.1", "bytes == abc", "view == x", "protocols == $x",
  "protocols == [dns,http]", "host == ]a,b[", "port == 1-65535", "starttime > \"2000/01/01\"", "stoptime < now",
];

/** How many of the expressions are right: those before the broken ones. */
const RIGHT = EXPRESSIONS.indexOf("(((");

/** Fields that sessions of every protocol have, and some. */
const FIELDS = ["ip.src", "ip.dst", "host.http", "http.uri", "host.dns", "protocols", "port.dst", "http.user-agent", "tls.ja3", "cert.subject.cn", "db:source.ip", "db:http.host", "node", "tags"];
const NUMBER_FIELDS = ["bytes", "packets", "session.length", "port.dst"];

/** Arguments by name as a friend would give them; what is not here is left out. */
const TAME: Readonly<Record<string, (dice: Dice, guesses: readonly string[]) => string>> = {
  expression: (dice) => JSON.stringify(dice.pick(EXPRESSIONS.slice(0, RIGHT))),
  first: (dice) => String(1 + dice.below(50)),
  size: (dice) => String(1 + dice.below(50)),
  id: (dice, guesses) => JSON.stringify(dice.pick(guesses)),
  ids: (dice, guesses) => `[${JSON.stringify(dice.pick(guesses))}]`,
  name: (dice) => JSON.stringify(dice.pick(FIELDS)),
  names: (dice) => `[${JSON.stringify(dice.pick(FIELDS))}, ${JSON.stringify(dice.pick(FIELDS))}]`,
  field: (dice) => JSON.stringify(dice.pick(dice.chance(0.7) ? FIELDS : NUMBER_FIELDS)),
  fields: (dice) => `[${JSON.stringify(dice.pick(FIELDS))}, ${JSON.stringify(dice.pick(FIELDS))}]`,
  sourceField: (dice) => JSON.stringify(dice.pick(FIELDS)),
  destinationField: (dice) => JSON.stringify(dice.pick(FIELDS)),
};

const NUMBERS: readonly string[] = ["0", "1", "-1", "2", "10", "100", "1000", "1001", "2147483647", "-2147483648", "2147483648", "1e400", "0.5", "9007199254740993", "NaN"];

/** Makes operations out of a schema. */
export class OperationMaker {
  readonly #schema: GraphQLSchema;
  readonly #dice: Dice;
  /** Things that an attacker may have heard of: ids, names. */
  readonly #guesses: readonly string[];

  constructor(schema: GraphQLSchema, dice: Dice, guesses: readonly string[]) {
    this.#schema = schema;
    this.#dice = dice;
    this.#guesses = guesses;
  }

  /** A text out of everything hostile, or something overheard. */
  text(): string {
    const dice = this.#dice;
    if (dice.chance(0.35) && this.#guesses.length > 0) return dice.pick(this.#guesses);
    return dice.pick(dice.chance(0.5) ? EXPRESSIONS : TEXTS);
  }

  /** A search expression that is right. */
  expression(): string {
    return this.#dice.pick(EXPRESSIONS.slice(0, RIGHT));
  }

  /** An operation on one root field or some, with arguments and selections by chance; a `tame` one is as a friend would ask, so that it gets an answer. */
  operation(without: ReadonlySet<string>, tame = false): string {
    const dice = this.#dice;
    const kind = dice.pick(["query", "query", "query", "query", "mutation", "subscription"] as const);
    const root = kind === "query" ? this.#schema.getQueryType() : kind === "mutation" ? this.#schema.getMutationType() : this.#schema.getSubscriptionType();
    const all = Object.values(root?.getFields() ?? {}).filter((field) => !without.has(field.name));
    // A friend asks for what takes an expression or an id.
    const fields = tame ? all.filter((field) => field.args.some(({ name }) => name === "expression" || name === "id")) : all;
    if (fields.length === 0) return "{ __typename }";
    const calls = Array.from({ length: dice.chance(0.8) ? 1 : 1 + dice.below(4) }, (_, at) => `a${at}: ${this.#call(dice.pick(fields), 0, tame)}`);
    return `${kind} { ${calls.join(" ")} }`;
  }

  #call(field: GraphQLField<unknown, unknown>, depth: number, tame: boolean): string {
    const dice = this.#dice;
    const args = field.args.flatMap((argument) => {
      const friendly = tame ? TAME[argument.name] : undefined;
      if (friendly !== undefined) return [`${argument.name}: ${friendly(dice, this.#guesses)}`];
      const needed = isNonNullType(argument.type) && argument.defaultValue === undefined;
      return needed || (!tame && dice.chance(0.5)) ? [`${argument.name}: ${this.#value(argument.type, 0)}`] : [];
    });
    return `${field.name}${args.length === 0 ? "" : `(${args.join(", ")})`}${this.#selection(field.type, depth, tame)}`;
  }

  #selection(type: GraphQLOutputType, depth: number, tame: boolean): string {
    const dice = this.#dice;
    const named = getNamedType(type);
    if (!isObjectType(named)) return "";
    const fields = Object.values(named.getFields()).filter((field) => depth < 4 || !isObjectType(getNamedType(field.type)));
    if (fields.length === 0) return " { __typename }";
    const chosen = new Set(Array.from({ length: (tame ? 4 : 1) + dice.below(tame ? 12 : 5) }, () => dice.pick(fields)));
    return ` { __typename ${[...chosen].map((field) => this.#call(field, depth + 1, tame)).join(" ")} }`;
  }

  #value(type: GraphQLInputType, depth: number): string {
    const dice = this.#dice;
    if (dice.chance(0.03)) return dice.pick(["null", "[]", "{}", "[[]]", "x", "1", "\"\"", "true"]);
    if (isNonNullType(type)) return this.#value(type.ofType, depth);
    if (isListType(type)) return `[${Array.from({ length: dice.below(4) }, () => this.#value(type.ofType, depth)).join(", ")}]`;
    if (isEnumType(type)) return dice.pick(type.getValues()).name;
    if (isInputObjectType(type)) {
      if (depth > 3) return "{}";
      const fields = Object.values(type.getFields()).filter((field) => (isNonNullType(field.type) && field.defaultValue === undefined) || dice.chance(0.25));
      return `{ ${fields.map((field) => `${field.name}: ${this.#value(field.type, depth + 1)}`).join(", ")} }`;
    }
    if (type.name === "Int" || type.name === "Float" || type.name === "Long") return dice.chance(0.8) ? dice.pick(NUMBERS) : JSON.stringify(this.text());
    if (type.name === "Boolean") return dice.pick(["true", "false"]);
    if (type.name === "DateTime") return dice.pick(["0", "-1", "1e18", "\"2026-11-24T00:00:00Z\"", "\"1969-01-01\"", "\"x\"", "1764000000000"]);
    return JSON.stringify(this.text());
  }
}
