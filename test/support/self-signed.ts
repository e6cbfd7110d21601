import { generateKeyPairSync, sign, type KeyObject } from "node:crypto";

/** DER of a value (X.690): tag, length, content. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const length = content.length < 128 ? Buffer.from([content.length]) : content.length < 256 ? Buffer.from([0x81, content.length]) : Buffer.from([0x82, content.length >> 8, content.length & 255]);
  return Buffer.concat([Buffer.from([tag]), length, content]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts);
/** ecdsa-with-SHA256, RFC 5758. */
const ALGORITHM = sequence(der(0x06, Buffer.from("2a8648ce3d040302", "hex")));

function name(commonName: string): Buffer {
  return sequence(der(0x31, sequence(der(0x06, Buffer.from("550403", "hex")), der(0x0c, Buffer.from(commonName)))));
}

function time(ms: number): Buffer {
  return der(0x17, Buffer.from(`${new Date(ms).toISOString().slice(2, 19).replaceAll(/[-:T]/g, "")}Z`));
}

/** A self-signed certificate for 127.0.0.1 and localhost (RFC 5280), and its key, in PEM form. */
export function selfSigned(commonName: string): { readonly cert: string; readonly key: string } {
  const { publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const alternatives = sequence(der(0x82, Buffer.from("localhost")), der(0x87, Buffer.from([127, 0, 0, 1])));
  const extensions = der(0xa3, sequence(sequence(der(0x06, Buffer.from("551d11", "hex")), der(0x04, alternatives))));
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))), der(0x02, Buffer.from([Math.floor(Math.random() * 100) + 1])), ALGORITHM, name(commonName),
    sequence(time(Date.now() - 86_400_000), time(Date.now() + 86_400_000)), name(commonName), publicKey.export({ type: "spki", format: "der" }), extensions,
  );
  const certificate = sequence(body, ALGORITHM, der(0x03, Buffer.from([0]), sign("sha256", body, privateKey)));
  const lines = certificate.toString("base64").replaceAll(/.{64}/g, "$&\n");
  return { cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`, key: String(privateKey.export({ type: "pkcs8", format: "pem" })) };
}
