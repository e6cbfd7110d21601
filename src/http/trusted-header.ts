import type { IncomingMessage } from "node:http";
import type { AddressList } from "./address-list.js";

/** How a proxy in front says who a user is. */
export interface TrustedHeaderSettings {
  /** Header with the user's name. */
  readonly userNameHeader: string;
  /** Peers whose header is believed. */
  readonly proxies: AddressList;
  /** A header that must hold one of some values as well, or null. */
  readonly required: { readonly header: string; readonly values: readonly string[] } | null;
}

/** Longest header that is looked at. */
const MAX_HEADER = 4_096;

/** A header by its name in any spelling, or null when it is not there or too long. */
export function headerOf(request: IncomingMessage, name: string): string | null {
  const value = request.headers[name.toLowerCase()];
  // A header that came twice is joined by commas: no user's name, so it is nobody.
  return typeof value === "string" && value.length <= MAX_HEADER ? value : null;
}

/** The user name that a trusted proxy gives for a request, or null: from another peer, without the header, or without what is required beside it. */
export function headerUser(request: IncomingMessage, peer: string, { userNameHeader, proxies, required }: TrustedHeaderSettings): string | null {
  if (!proxies.has(peer)) return null;
  if (required !== null) {
    const given = headerOf(request, required.header)?.split(",").map((value) => value.trim()) ?? [];
    if (!required.values.some((value) => given.includes(value))) return null;
  }
  const name = headerOf(request, userNameHeader)?.trim() ?? "";
  return name === "" ? null : name;
}
