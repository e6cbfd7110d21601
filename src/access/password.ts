import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { LookbackError } from "../base/errors.js";

/** Cost of a hash: 32 MiB and some 80 ms on one core. N may rise; a stored hash names its own. */
const N = 32_768;
const R = 8;
const P = 1;
const KEY_BYTES = 32;
const SALT_BYTES = 16;
/** scrypt needs 128·N·r bytes; twice that is the bound. */
const MAX_MEMORY = 128 * N * R * 2;

/** Shortest and longest password, in characters; the upper bound keeps hashing cheap. */
export const PASSWORD_LENGTH = { least: 8, most: 256 } as const;

const STORED = /^scrypt\$(\d{4,7})\$(\d{1,2})\$(\d{1,2})\$([A-Za-z0-9_-]{22})\$([A-Za-z0-9_-]{43})$/;

/** Hashes running and waiting; bounds memory (32 MiB each) when many log in at once. */
const MAX_RUNNING = 2;
const MAX_WAITING = 32;
let running = 0;
const waiting: (() => void)[] = [];

async function derive(password: string, salt: Buffer, n: number, r: number, p: number): Promise<Buffer> {
  if (running >= MAX_RUNNING) {
    if (waiting.length >= MAX_WAITING) throw new LookbackError("RATE_LIMITED", "too many logins at once; try again in a second", { waiting: waiting.length });
    await new Promise<void>((resume) => waiting.push(resume));
  } else {
    running += 1;
  }
  try {
    return await new Promise<Buffer>((resolve, reject) => {
      scrypt(password.normalize("NFKC"), salt, KEY_BYTES, { N: n, r, p, maxmem: MAX_MEMORY }, (error, key) => (error === null ? resolve(key) : reject(error)));
    });
  } finally {
    // The place goes to the next in the queue, or is free.
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }
}

/** Hash of a password as `scrypt$N$r$p$salt$key` (RFC 7914; base64url). BAD_INPUT when it is too short or too long. */
export async function hashPassword(password: string): Promise<string> {
  if (password.length < PASSWORD_LENGTH.least || password.length > PASSWORD_LENGTH.most) {
    throw new LookbackError("BAD_INPUT", `a password has ${PASSWORD_LENGTH.least} to ${PASSWORD_LENGTH.most} characters, this one has ${password.length}`);
  }
  const salt = randomBytes(SALT_BYTES);
  const key = await derive(password, salt, N, R, P);
  return `scrypt$${N}$${R}$${P}$${salt.toString("base64url")}$${key.toString("base64url")}`;
}

/** Hash of no password: an unknown user costs the same time as a known one. */
const NO_USER = `scrypt$${N}$${R}$${P}$${Buffer.alloc(SALT_BYTES).toString("base64url")}$${Buffer.alloc(KEY_BYTES).toString("base64url")}`;

/** Whether `password` has the hash `stored`; with null (no such user) false after the same work. */
export async function passwordMatches(password: string, stored: string | null): Promise<boolean> {
  const parts = STORED.exec(stored ?? NO_USER) ?? STORED.exec(NO_USER);
  if (parts === null) return false;
  const [, n, r, p, salt = "", key = ""] = parts;
  const derived = await derive(password.slice(0, PASSWORD_LENGTH.most), Buffer.from(salt, "base64url"), Number(n), Number(r), Number(p));
  const equal = timingSafeEqual(derived, Buffer.from(key, "base64url"));
  return equal && stored !== null && password.length <= PASSWORD_LENGTH.most && STORED.test(stored);
}
