import { BlockList, isIP } from "node:net";
import { LookbackError } from "../base/errors.js";

/** Addresses and networks (CIDR), IPv4 and IPv6; an IPv4 address mapped into IPv6 is the IPv4 address. */
export class AddressList {
  readonly #list = new BlockList();

  /** CONFIG_INVALID for text that is neither an address nor a network. */
  constructor(texts: readonly string[]) {
    for (const text of texts) {
      const [address = "", prefix, ...rest] = text.split("/");
      const family = isIP(address) === 4 ? "ipv4" : "ipv6";
      const bits = prefix === undefined ? null : Number(prefix);
      const most = family === "ipv4" ? 32 : 128;
      if (isIP(address) === 0 || rest.length > 0 || (prefix !== undefined && !/^\d{1,3}$/.test(prefix)) || (bits !== null && bits > most)) {
        throw new LookbackError("CONFIG_INVALID", `${JSON.stringify(text.slice(0, 60))} is no address or network, such as 192.0.2.7 or 10.0.0.0/8`, { value: text.slice(0, 60) });
      }
      if (bits === null) this.#list.addAddress(address, family);
      else this.#list.addSubnet(address, bits, family);
    }
  }

  /** Whether an address is one of them; false for what is no address. */
  has(address: string): boolean {
    const plain = unmapped(address);
    const kind = isIP(plain);
    return kind !== 0 && this.#list.check(plain, kind === 4 ? "ipv4" : "ipv6");
  }
}

/** `::ffff:192.0.2.1` as `192.0.2.1`; others as they are. */
export function unmapped(address: string): string {
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(address)?.[1];
  return mapped ?? address;
}
