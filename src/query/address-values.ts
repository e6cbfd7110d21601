import type { AddressMatch } from "../model/checked-expression.js";

/** Addresses are numbers of 128 bits here; IPv4 is mapped (RFC 4291 section 2.5.5.2). */
const MAPPED = 0xffffn << 32n;
const ALL_ONES = (1n << 128n) - 1n;
const MAPPED_LAST = MAPPED | 0xffff_ffffn;

const IPV4_WORDS: readonly AddressMatch[] = [{ low: hex(MAPPED), high: hex(MAPPED_LAST), port: null }];
const IPV6_WORDS: readonly AddressMatch[] = [
  { low: hex(0n), high: hex(MAPPED - 1n), port: null },
  { low: hex(MAPPED_LAST + 1n), high: hex(ALL_ONES), port: null },
];

function hex(value: bigint): string {
  return value.toString(16).padStart(32, "0");
}

/** A whole decimal number of at most `most`, or null. */
function decimal(text: string, most: number): number | null {
  if (!/^\d{1,5}$/.test(text)) return null;
  const value = Number(text);
  return value <= most ? value : null;
}

/** First bits of an address: `value` has zeros after `bits`. */
interface Prefix {
  readonly value: bigint;
  readonly bits: number;
}

/** One to four numbers with dots; fewer than four are a prefix of 8 bits each (`10.1` is 10.1.0.0/16). */
function ipv4(text: string): Prefix | null {
  const parts = (text.endsWith(".") ? text.slice(0, -1) : text).split(".");
  if (parts.length > 4) return null;
  let value = 0n;
  for (let at = 0; at < 4; at++) {
    const octet = at < parts.length ? decimal(parts[at] ?? "", 255) : 0;
    if (octet === null) return null;
    value = (value << 8n) | BigInt(octet);
  }
  return { value: MAPPED | value, bits: 96 + 8 * parts.length };
}

/** Groups of 16 bits, or null if one is no such group; no text is no groups. */
function groups(text: string): readonly bigint[] | null {
  if (text === "") return [];
  const parts = text.split(":");
  return parts.every((part) => /^[0-9a-f]{1,4}$/i.test(part)) ? parts.map((part) => BigInt(`0x${part}`)) : null;
}

/** A whole IPv6 address, or groups with one colon between them that are a prefix of 16 bits each (`2001:db8` is /32). */
function ipv6(text: string): Prefix | null {
  const [before = "", after, ...more] = text.split("::");
  if (more.length > 0) return null;
  const head = groups(after === undefined && before.endsWith(":") ? before.slice(0, -1) : before);
  const tail = groups(after ?? "");
  if (head === null || tail === null) return null;
  const given = head.length + tail.length;
  if (given > 8 || (after !== undefined && given > 7) || (after === undefined && given === 0)) return null;
  const all = [...head, ...Array<bigint>(8 - given).fill(0n), ...tail];
  const value = all.reduce((sum, group) => (sum << 16n) | group, 0n);
  return { value, bits: after === undefined ? 16 * given : 128 };
}

/** `address[/bits]`; `shift` is where the family's own bits begin. */
function network(text: string, family: (text: string) => Prefix | null, shift: number): Prefix | null {
  const slash = text.indexOf("/");
  const address = family(slash < 0 ? text : text.slice(0, slash));
  if (address === null || slash < 0) return address;
  const bits = decimal(text.slice(slash + 1), 128 - shift);
  return bits === null ? null : { value: address.value, bits: shift + bits };
}

function match(prefix: Prefix | null, portText: string | undefined): AddressMatch | null {
  if (prefix === null) return null;
  const port = portText === undefined || portText === "" ? null : decimal(portText, 65_535);
  if (port === null && portText !== undefined && portText !== "") return null;
  const rest = (1n << BigInt(128 - prefix.bits)) - 1n;
  const low = prefix.value & ~rest & ALL_ONES;
  return { low: hex(low), high: hex(low | rest), port };
}

/** Writes the IPv4 tail of an address such as `::ffff:192.0.2.1` as two groups. */
function withoutDottedTail(text: string): string {
  const dotted = /^(.*:)(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})(?![\d])(.*)$/s.exec(text);
  if (dotted === null) return text;
  const tail = ipv4(dotted[2] ?? "");
  if (tail === null) return text;
  const low = tail.value & 0xffff_ffffn;
  return `${dotted[1] ?? ""}${(low >> 16n).toString(16)}:${(low & 0xffffn).toString(16)}${dotted[3] ?? ""}`;
}

/**
 * What a written address matches, or null when it is none: IPv4, IPv6, their short forms and networks, each with a
 * port (`192.0.2.1:80`, `2001:db8::1.80`), a port alone (`:80`, `.80`), and the words `ipv4` and `ipv6`. With two
 * colons or more a text is IPv6 and its port follows a dot (Arkime's rule).
 */
export function addressMatches(text: string): readonly AddressMatch[] | null {
  const word = text.toLowerCase();
  if (word === "ipv4") return IPV4_WORDS;
  if (word === "ipv6") return IPV6_WORDS;
  const portOnly = /^[:.](\d+)$/.exec(text);
  if (portOnly !== null) {
    const port = decimal(portOnly[1] ?? "", 65_535);
    return port === null ? null : [{ low: null, high: null, port }];
  }
  const found = text.split(":").length > 2 ? ipv6Match(withoutDottedTail(text)) : ipv4Match(text);
  return found === null ? null : [found];
}

function ipv6Match(text: string): AddressMatch | null {
  const dot = text.indexOf(".");
  return match(network(dot < 0 ? text : text.slice(0, dot), ipv6, 0), dot < 0 ? undefined : text.slice(dot + 1));
}

function ipv4Match(text: string): AddressMatch | null {
  const colon = text.indexOf(":");
  const asIpv4 = match(network(colon < 0 ? text : text.slice(0, colon), ipv4, 96), colon < 0 ? undefined : text.slice(colon + 1));
  // "2001:db8" and "2001:db8/32": the first number is no octet, so this is the start of an IPv6 address.
  return asIpv4 ?? (colon > 0 && !text.includes(".") ? match(network(text, ipv6, 0), undefined) : null);
}
