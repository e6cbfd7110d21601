import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { announced } from "../../app/local-endpoint.js";
import { systemErrorCode } from "../../base/errors.js";
import type { LookbackConfig } from "../../config/config.js";
import { namedFile } from "../../config/named-file.js";
import { fail, ok, skip, warn, type Check, type Finding } from "./check.js";

const DAY_MS = 86_400_000;
/** Days before its end from which a certificate is warned about. */
const SOON_DAYS = 30;

export const listening: Check = {
  name: "port", purpose: "the API is served there",
  async run({ dataDirectory, values }) {
    const { viewHost, viewPort } = values;
    const place = `${viewHost} port ${viewPort}`;
    if (viewPort === 0) return [ok("viewPort=0 takes a free port at each start")];
    const endpoint = announced(dataDirectory);
    const findings: Finding[] = [];
    if (endpoint !== null) {
      findings.push(ok(`the service of this data directory is on ${endpoint.url}`));
    } else {
      const reason = await listenOnce(viewHost, viewPort);
      if (reason === null) findings.push(ok(`${place} is free`));
      else if (reason === "EADDRINUSE") findings.push(fail(`${place} is taken by another program`, "stop it, or choose another viewPort"));
      else if (reason === "EACCES") findings.push(fail(`${place} may not be used by this user`, "choose a viewPort of 1024 or more, or grant CAP_NET_BIND_SERVICE"));
      else findings.push(fail(`${place} cannot be listened on: ${reason}`, "viewHost must be an address of this host, or a name of one"));
    }
    return findings;
  },
};

/** Listens for a moment; resolves to why that fails, or null. */
function listenOnce(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error) => { resolve(systemErrorCode(error) ?? error.message); });
    server.listen(port, host, () => { server.close(() => { resolve(null); }); });
  });
}

export const certificates: Check = {
  name: "certificate", purpose: "the API is served with TLS",
  run(config) {
    const [certFile, keyFile] = [fileOf(config, "certFile"), fileOf(config, "keyFile")];
    const { viewHost } = config.values;
    const loopback = /^(localhost|127\.|::1$)/.test(viewHost);
    if (certFile === null && keyFile === null) {
      return [loopback ? skip("none is set; the API is served on loopback only") : warn(`the API is served on ${viewHost} without TLS`, "set certFile and keyFile, or put a TLS proxy in front and bind to 127.0.0.1")];
    }
    if (certFile === null || keyFile === null) return [fail(`${certFile === null ? "certFile" : "keyFile"} is not set`, "set both certFile and keyFile")];
    const certificate = new X509Certificate(readFileSync(certFile));
    if (!certificate.checkPrivateKey(createPrivateKey(readFileSync(keyFile)))) return [fail(`${keyFile} is not the key of ${certFile}`, "name the key that the certificate was made for")];
    const days = Math.floor((Date.parse(certificate.validTo) - Date.now()) / DAY_MS);
    const detail = `${certificate.subject.replaceAll("\n", ", ")}, until ${certificate.validTo}`;
    if (days < 0) return [fail(detail, "it has expired; get a new one")];
    if (Date.parse(certificate.validFrom) > Date.now()) return [fail(`${detail}, from ${certificate.validFrom} on`, "it is not valid yet; look at the clock")];
    return [days < SOON_DAYS ? warn(`${detail}: ${days} days`, "renew it; the running service takes the new one up by itself") : ok(detail)];
  },
};

/** The file that a setting names, or null. */
function fileOf(config: LookbackConfig, key: "certFile" | "keyFile"): string | null {
  const name = config.values[key];
  return name === null || name === "" ? null : namedFile(config, name);
}
