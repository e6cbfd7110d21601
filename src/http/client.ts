import type { IncomingMessage } from "node:http";
import { TLSSocket } from "node:tls";
import { isIP } from "node:net";
import { unmapped, type AddressList } from "./address-list.js";

/** Most addresses of `X-Forwarded-For` that are looked at, from the nearest on. */
const MAX_HOPS = 20;

/** Where a request comes from. */
export interface Client {
  /** The client's address: the connection's, or what trusted proxies say it is. */
  readonly address: string;
  /** The address of the connection itself, proxy or not. */
  readonly peer: string;
  /** Whether the client speaks TLS: to us, or to a trusted proxy that says so. */
  readonly secure: boolean;
}

/**
 * Where a request comes from. `X-Forwarded-For` and `X-Forwarded-Proto` are believed from listed proxies alone, and of a
 * list of hops the last one that is no listed proxy: what stands before it was written by the client.
 */
export function clientOf(request: IncomingMessage, proxies: AddressList): Client {
  const peer = unmapped(request.socket.remoteAddress ?? "unknown");
  const overTls = request.socket instanceof TLSSocket;
  if (!proxies.has(peer)) return { address: peer, peer, secure: overTls };
  const header = request.headers["x-forwarded-for"];
  const hops = (Array.isArray(header) ? header.join(",") : (header ?? "")).split(",").map((hop) => unmapped(hop.trim())).slice(-MAX_HOPS);
  let address = peer;
  for (const hop of hops.toReversed()) {
    if (isIP(hop) === 0) break;
    address = hop;
    if (!proxies.has(hop)) break;
  }
  return { address, peer, secure: overTls || request.headers["x-forwarded-proto"] === "https" };
}

const clients = new WeakMap<IncomingMessage, Client>();

/** Remembers where a request comes from. */
export function setClient(request: IncomingMessage, client: Client): void {
  clients.set(request, client);
}

/** The client's address of a request. */
export function addressOf(request: IncomingMessage): string {
  return clients.get(request)?.address ?? unmapped(request.socket.remoteAddress ?? "unknown");
}

/** Whether the client of a request speaks TLS. */
export function isSecure(request: IncomingMessage): boolean {
  return clients.get(request)?.secure ?? request.socket instanceof TLSSocket;
}
