import { LookbackError } from "../base/errors.js";
import { shownText } from "./secrets.js";

/** Where a value was written, for error messages: a file and line, or an environment variable. */
export interface Origin {
  readonly file: string;
  /** 1-based, or null for the environment. */
  readonly line: number | null;
}

/** One setting: its meaning, and how its text becomes a value. */
export interface Setting<T> {
  readonly kind: "integer" | "number" | "boolean" | "text" | "list" | "choice" | "threshold" | "pattern";
  readonly defaultValue: T;
  /** What may be written, for messages and the schema. */
  readonly allowed: string;
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly choices: readonly string[] | null;
  readonly help: string;
  /** The value of a text, or null when it is none. */
  read(text: string): T | null;
  /** The bound that is taken for a number beyond it, as Arkime does; null for what is refused. */
  clamp(text: string): T | null;
  /** A value as config.ini has it: `read` makes the same of it. */
  print(value: T): Printed;
}

/** A value in print: a text, or a number or truth value that JSON has a form for. */
export type Printed = string | number | boolean;

/** Free space to keep on a device: a share of it in percent, or GiB. */
export interface FreeSpace {
  readonly unit: "percent" | "gib";
  readonly value: number;
}

/** Free space of one directory, where it is not that of the others. */
export interface DirectoryFreeSpace extends FreeSpace {
  readonly directory: string;
}

/** Free space to keep, and directories that want another; left out where there are none. */
export interface FreeSpaceSetting extends FreeSpace {
  readonly directories?: readonly DirectoryFreeSpace[];
}

/** Directories that one setting may name. */
const MOST_DIRECTORIES = 64;

interface Facts {
  readonly allowed: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly choices?: readonly string[];
}

function setting<T>(kind: Setting<T>["kind"], defaultValue: T, help: string, facts: Facts, read: (text: string) => T | null, print: (value: T) => Printed): Setting<T> {
  return {
    kind, defaultValue, help, read, print, allowed: facts.allowed, clamp: () => null,
    minimum: facts.minimum ?? null, maximum: facts.maximum ?? null, choices: facts.choices ?? null,
  };
}

/** Numbers, truth values and texts are printed as they are. */
function asItIs(value: string | number | boolean | null): Printed {
  return value ?? "";
}

/** A whole number; both bounds belong to the range. */
export function integer(defaultValue: number, minimum: number, maximum: number, help: string): Setting<number> {
  return setting("integer", defaultValue, help, { allowed: `whole number ${minimum} to ${maximum}`, minimum, maximum }, (text) => {
    if (!/^-?\d{1,15}$/.test(text)) return null;
    const value = Number(text);
    return value >= minimum && value <= maximum ? value : null;
  }, asItIs);
}

/** The same with the nearer bound for a number beyond it. Only for what Arkime bounds so, and where the bound does what was meant as far as that goes. */
export function clampedInteger(defaultValue: number, minimum: number, maximum: number, help: string): Setting<number> {
  const bounded = integer(defaultValue, minimum, maximum, help);
  return { ...bounded, clamp: (text) => (/^-?\d{1,15}$/.test(text) ? Math.min(maximum, Math.max(minimum, Number(text))) : null) };
}

/** The same of what is too large only: who writes 0 may mean that there is no bound, and the smallest one would be the opposite. */
export function cappedInteger(defaultValue: number, minimum: number, maximum: number, help: string): Setting<number> {
  const bounded = integer(defaultValue, minimum, maximum, help);
  return { ...bounded, clamp: (text) => (/^\d{1,15}$/.test(text) && Number(text) > maximum ? maximum : null) };
}

/** A whole number that may be left unset. */
export function optionalInteger(minimum: number, maximum: number, help: string): Setting<number | null> {
  const inner = integer(minimum, minimum, maximum, help);
  return { ...inner, defaultValue: null, read: inner.read, print: asItIs };
}

/** Digits, a point among, before or behind them. */
const DECIMAL = /^(?:\d{1,15}(?:\.\d{0,15})?|\.\d{1,15})$/;

/** A decimal number; both bounds belong to the range. */
export function decimal(defaultValue: number, minimum: number, maximum: number, help: string): Setting<number> {
  return setting("number", defaultValue, help, { allowed: `number ${minimum} to ${maximum}`, minimum, maximum }, (text) => {
    if (!DECIMAL.test(text)) return null;
    const value = Number(text);
    return value >= minimum && value <= maximum ? value : null;
  }, asItIs);
}

/** The same with the largest for what is larger, as `cappedInteger`. */
export function cappedDecimal(defaultValue: number, minimum: number, maximum: number, help: string): Setting<number> {
  return { ...decimal(defaultValue, minimum, maximum, help), clamp: (text) => (DECIMAL.test(text) && Number(text) > maximum ? maximum : null) };
}

/** A decimal number that may be left unset. */
export function optionalDecimal(minimum: number, maximum: number, help: string): Setting<number | null> {
  const inner = decimal(minimum, minimum, maximum, help);
  return { ...inner, defaultValue: null, read: inner.read, print: asItIs };
}

/** `true` or `false`; `1`, `0`, `yes` and `no` are read as well. */
export function flag(defaultValue: boolean, help: string): Setting<boolean> {
  return setting("boolean", defaultValue, help, { allowed: "true or false" }, (text) => {
    const word = text.toLowerCase();
    if (word === "true" || word === "1" || word === "yes") return true;
    return word === "false" || word === "0" || word === "no" ? false : null;
  }, asItIs);
}

/** Any text that fits `shape`. */
export function text(defaultValue: string, allowed: string, shape: RegExp, help: string): Setting<string> {
  return setting("text", defaultValue, help, { allowed }, (given) => (shape.test(given) ? given : null), asItIs);
}

/** Any text, or unset; an empty value is unset. */
export function optionalText(allowed: string, help: string): Setting<string | null> {
  return setting<string | null>("text", null, help, { allowed }, (given) => given, asItIs);
}

/** Parts of a list, without blanks around them; empty ones are dropped. A separator after a backslash belongs to its part. */
function partsOf(given: string, separators: ";" | ";,"): readonly string[] {
  const [at, escaped] = separators === ";" ? [/(?<!\\);/, /\\(;)/g] : [/(?<!\\)[;,]/, /\\([;,])/g];
  return given.split(at).map((part) => part.trim().replace(escaped, "$1")).filter((part) => part !== "");
}

/** Parts as `partsOf` takes them apart. */
function joined(parts: readonly string[], separators: ";" | ";,"): string {
  return parts.map((part) => part.replace(separators === ";" ? /;/g : /[;,]/g, "\\$&")).join(";");
}

/** A zone of the IANA time zone database, or `local`. */
export function timeZone(defaultValue: string, help: string): Setting<string> {
  return setting("text", defaultValue, help, { allowed: "IANA time zone such as Europe/Berlin, or local" }, (given) => (given === "local" || isTimeZone(given) ? given : null), asItIs);
}

function isTimeZone(given: string): boolean {
  // Offsets such as +01:00 are taken by some runtimes and not by others.
  if (!/^[A-Za-z][\w+/-]*$/.test(given)) return false;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: given }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

/** Texts separated by `;` (`\;` is a semicolon); empty parts are dropped. */
export function list(defaultValue: readonly string[], help: string): Setting<readonly string[]> {
  return setting("list", defaultValue, help, { allowed: "values separated by ;" }, (given) => partsOf(given, ";"), (value) => joined(value, ";"));
}

/** Texts separated by `,`, as Arkime has some lists, or `;` (`\,` and `\;` are a comma and a semicolon); empty parts are dropped. */
export function commaList(defaultValue: readonly string[], help: string): Setting<readonly string[]> {
  return setting("list", defaultValue, help, { allowed: "values separated by ; or ," }, (given) => partsOf(given, ";,"), (value) => joined(value, ";,"));
}

/** Addresses of HTTP servers separated by `;`, without user names: these would be in every log. */
export function urls(help: string): Setting<readonly string[]> {
  return setting<readonly string[]>("list", [], help, { allowed: "http or https URLs separated by ;, without user name and password" }, webUrls(";"), (value) => joined(value, ";"));
}

/** The same, separated by `,` or `;`. */
export function commaUrls(help: string): Setting<readonly string[]> {
  return setting<readonly string[]>("list", [], help, { allowed: "http or https URLs separated by ; or ,, without user name and password" }, webUrls(";,"), (value) => joined(value, ";,"));
}

function webUrls(separators: ";" | ";,"): (given: string) => readonly string[] | null {
  return (given) => {
    const found = partsOf(given, separators);
    return found.every(isWebUrl) ? found : null;
  };
}

function isWebUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return (protocol === "http:" || protocol === "https:") && username === "" && password === "";
}

/** A capture filter and a number of packets. */
export interface PacketRule {
  readonly filter: string;
  readonly packets: number;
}

/** Most rules of one setting; the native core has the same bound. */
const MOST_RULES = 100;

/** `filter:number` rules separated by `;`. The number stands after the last colon: filters of IPv6 addresses have others. */
export function packetRules(most: number, help: string): Setting<readonly PacketRule[]> {
  return setting<readonly PacketRule[]>("list", [], help, { allowed: `FILTER:N separated by ;, N from 1 to ${most}, at most ${MOST_RULES}` }, (given) => {
    const rules = given.split(";").map((part) => part.trim()).filter((part) => part !== "").map((part) => /^(?<filter>.*\S)\s*:\s*(?<number>\d{1,9})$/.exec(part)?.groups);
    if (rules.length > MOST_RULES) return null;
    const found = rules.map((groups) => ({ filter: groups?.["filter"] ?? "", packets: Number(groups?.["number"] ?? 0) }));
    return found.every(({ filter, packets }) => filter !== "" && packets >= 1 && packets <= most) ? found : null;
  }, (rules) => rules.map(({ filter, packets }) => `${filter}:${packets}`).join(";"));
}

/** Largest numbers of IP protocols and of Ethernet types. */
const LARGEST_NUMBER = { ip: 255, ether: 65_535 } as const;

/** Words that say which frames of no known kind are meant, each adding to or (with -) taking from those before it. */
export function unknownPackets(help: string): Setting<readonly string[]> {
  const allowed = "all, ip:all, ip:N, -ip:N with N from 0 to 255, ether:all, ether:N, -ether:N with N from 0 to 65535, corrupt, -corrupt, separated by ;";
  return setting<readonly string[]>("list", [], help, { allowed }, (given) => {
    const words = partsOf(given, ";");
    return words.every(isUnknownPackets) ? words : null;
  }, (value) => joined(value, ";"));
}

function isUnknownPackets(word: string): boolean {
  if (/^(all|(ip|ether):all|-?corrupt)$/.test(word)) return true;
  const [, layer, number] = /^-?(ip|ether):(\d{1,5})$/.exec(word) ?? [];
  return (layer === "ip" || layer === "ether") && Number(number) <= LARGEST_NUMBER[layer];
}

/** A field, by its name in expressions, and a value for it. */
export interface FieldValue {
  readonly field: string;
  readonly value: string;
}

/** Lists of `field=value`, separated by `,`, for one thing after the other, separated by `;`; a list may be empty. */
export function fieldValues(help: string): Setting<readonly (readonly FieldValue[])[]> {
  return setting<readonly (readonly FieldValue[])[]>("list", [], help, { allowed: `field=value separated by , for each interface, interfaces separated by ;, at most ${MOST_RULES} of either` }, (given) => {
    if (given.trim() === "") return [];
    const lists = given.split(";").map((list) => list.split(",").map((part) => part.trim()).filter((part) => part !== "").map((part) => {
      const at = part.indexOf("=");
      return { field: part.slice(0, Math.max(0, at)).trim(), value: part.slice(at + 1).trim() };
    }));
    const fits = lists.length <= MOST_RULES && lists.every((list) => list.length <= MOST_RULES && list.every(({ field, value }) => field !== "" && value !== ""));
    return fits ? lists : null;
  }, (lists) => lists.map((list) => list.map(({ field, value }) => `${field}=${value}`).join(",")).join(";"));
}

/** `name=word` pairs separated by `;`, of known names and words. */
export function choices<const N extends string, const C extends string>(names: readonly N[], words: readonly C[], help: string): Setting<Readonly<Partial<Record<N, C>>>> {
  const allowed = `name=level separated by ;, of the names ${names.join(", ")} and the levels ${words.join(", ")}`;
  const none: Readonly<Partial<Record<N, C>>> = Object.create(null);
  return setting("list", none, help, { allowed }, (given) => {
    const found: Partial<Record<N, C>> = Object.create(null);
    for (const part of given.split(";").map((one) => one.trim()).filter((one) => one !== "")) {
      const [left = "", right = ""] = part.split("=").map((side) => side.trim());
      const name = names.find((one) => one === left);
      const word = words.find((one) => one === right);
      if (name === undefined || word === undefined) return null;
      found[name] = word;
    }
    return found;
  }, (value) => names.flatMap((name) => (value[name] === undefined ? [] : [`${name}=${value[name]}`])).join(";"));
}

/** One of a few words; `others` are words that Arkime has for some of them. */
export function choice<const C extends string>(defaultValue: C, choices: readonly C[], help: string, others: Readonly<Record<string, NoInfer<C>>> = {}): Setting<C> {
  const words = [...choices, ...Object.keys(others)];
  return setting("choice", defaultValue, help, { allowed: words.join(", "), choices: words }, (given) =>
    choices.find((word) => word === given) ?? (Object.hasOwn(others, given) ? (others[given] ?? null) : null), asItIs);
}

/** One of a few words, or unset. */
export function optionalChoice<const C extends string>(choices: readonly C[], help: string): Setting<C | null> {
  const [first] = choices;
  if (first === undefined) throw new LookbackError("INTERNAL", "a choice has words");
  return { ...choice<C>(first, choices, help), defaultValue: null, print: asItIs };
}

/** Free space: `5%`, or a number of GiB; `5%;/data/slow=200` gives a directory another. */
export function freeSpace(defaultValue: FreeSpace, help: string): Setting<FreeSpaceSetting> {
  return setting<FreeSpaceSetting>("threshold", defaultValue, help, { allowed: "0% to 99%, or a number of GiB; for single directories, ;DIRECTORY=VALUE" }, (given) => {
    const directories: DirectoryFreeSpace[] = [];
    let general: FreeSpace | null = null;
    for (const part of given.split(";").map((one) => one.trim())) {
      const at = part.lastIndexOf("=");
      const wanted = readFreeSpace(part.slice(at + 1).trim());
      const directory = part.slice(0, Math.max(0, at)).trim();
      if (wanted === null || (at >= 0 && directory === "") || (at < 0 && general !== null) || directories.some((one) => one.directory === directory) || directories.length === MOST_DIRECTORIES) return null;
      if (at < 0) general = wanted;
      else directories.push({ directory, ...wanted });
    }
    return { ...(general ?? defaultValue), ...(directories.length === 0 ? {} : { directories }) };
  }, (value) => [printFreeSpace(value), ...(value.directories ?? []).map((one) => `${one.directory}=${printFreeSpace(one)}`)].join(";"));
}

function printFreeSpace({ unit, value }: FreeSpace): string {
  return `${value}${unit === "percent" ? "%" : ""}`;
}

function readFreeSpace(text: string): FreeSpace | null {
  const match = /^(\d{1,9}(?:\.\d{1,6})?)(%?)$/.exec(text);
  if (!match) return null;
  const value = Number(match[1]);
  if (match[2] !== "%") return { unit: "gib", value };
  return value < 100 ? { unit: "percent", value } : null;
}

/** A free-space threshold, or unset. */
export function optionalFreeSpace(help: string): Setting<FreeSpace | null> {
  return setting<FreeSpace | null>("threshold", null, help, { allowed: "0% to 99%, or a number of GiB" }, readFreeSpace, (value) => (value === null ? "" : printFreeSpace(value)));
}

/** A regular expression; `(?i)` in front makes it ignore case. */
export function pattern(defaultValue: RegExp, help: string): Setting<RegExp> {
  return setting("pattern", defaultValue, help, { allowed: "regular expression" }, (given) => {
    const ignoreCase = given.startsWith("(?i)");
    try {
      return new RegExp(ignoreCase ? given.slice(4) : given, ignoreCase ? "i" : "");
    } catch {
      return null;
    }
  }, (value) => `${value.ignoreCase ? "(?i)" : ""}${value.source}`);
}

/** How messages name a place. */
export function printOrigin(origin: Origin): string {
  return origin.line === null ? origin.file : `${origin.file}:${origin.line}`;
}

/** Takes what is said of a value for which another is taken. */
export type SayClamped = (message: string) => void;

/** Reads a value or throws CONFIG_INVALID that names place, key, value and what is allowed. `say` is told of a number for which a bound is taken. */
export function readSetting<T>(key: string, given: string, origin: Origin, declared: Setting<T>, say: SayClamped = () => {}): T {
  const value = declared.read(given);
  if (value !== null) return value;
  const shown = shownText(key, given).slice(0, 200);
  const clamped = declared.clamp(given);
  if (clamped === null) {
    throw new LookbackError("CONFIG_INVALID", `${printOrigin(origin)}: ${key}=${shown}: allowed: ${declared.allowed}`, {
      file: origin.file, line: origin.line, key, value: shown, allowed: declared.allowed,
    });
  }
  say(`${printOrigin(origin)}: ${key}=${shown}: ${declared.print(clamped)} is taken; allowed: ${declared.allowed}`);
  return clamped;
}
