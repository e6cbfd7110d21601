import { createHash, randomBytes } from "node:crypto";

// dist/access/secret.js
/** Bits of a login id or token: 256. */
const SECRET_BYTES = 32;
/** A new random secret, 43 characters of base64url. */
function newSecret() {
	return randomBytes(SECRET_BYTES).toString("base64url");
}
/** What is stored of a secret: SHA-256 in hex. A secret has 256 random bits, so no salt and no slow hash are needed. */
function secretHash(secret) {
	return createHash("sha256").update(secret).digest("hex");
}

export { secretHash as n, newSecret as t };