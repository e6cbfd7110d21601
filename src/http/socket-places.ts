import type { AccessService } from "../access/access-service.js";
import type { Principal } from "../access/user.js";

/** Most WebSocket connections at once. */
const MAX_SOCKETS = 200;
/** Most of them of one user, so that nobody has all. */
const MAX_OF_A_USER = 20;

/** A connection that has a place. */
interface Place {
  principal: Principal;
  /** It is being ended, and keeps its place until it has. */
  ended: boolean;
  /** Who the connection is of now; null when nobody is logged in by what opened it. */
  readonly lookUp: () => Principal | null;
  readonly end: () => void;
}

/** The places of WebSocket connections: bounded in all and for each user, and kept no longer than whoever opened one may come in. */
export class SocketPlaces {
  readonly #access: Pick<AccessService, "stillHolds">;
  readonly #onFault: (error: unknown) => void;
  readonly #places = new Set<Place>();

  /** `onFault` hears of connections whose user could not be looked up; they are looked at again. */
  constructor(access: Pick<AccessService, "stillHolds">, onFault: (error: unknown) => void) {
    this.#access = access;
    this.#onFault = onFault;
  }

  /** The HTTP status by which another connection of a user is refused, or null. */
  refusalOf(name: string): string | null {
    if (this.#places.size >= MAX_SOCKETS) return "503 Service Unavailable";
    let count = 0;
    for (const { principal } of this.#places) if (principal.user.name === name) count += 1;
    return count >= MAX_OF_A_USER ? "429 Too Many Requests" : null;
  }

  /** Gives a connection its place; `end` is called once when nobody is logged in any more by what opened it. Returns what gives the place back. */
  take(principal: Principal, lookUp: () => Principal | null, end: () => void): () => void {
    const place = { principal, ended: false, lookUp, end };
    this.#places.add(place);
    return () => { this.#places.delete(place); };
  }

  /** Ends the connections of those who may not come in any more. Whose rights changed keeps the connection, and begins each operation with the new ones. */
  endStale(): void {
    for (const place of this.#places) {
      if (place.ended) continue;
      try {
        if (this.#access.stillHolds(place.principal)) continue;
        const present = place.lookUp();
        if (present !== null) {
          place.principal = present;
          continue;
        }
      } catch (error) {
        this.#onFault(error);
        continue;
      }
      place.ended = true;
      place.end();
    }
  }
}
