import { X509Certificate } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { connect, type PeerCertificate } from "node:tls";
import { afterEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { exposureWarning } from "../../src/app/logins.js";
import { systemClock } from "../../src/base/clock.js";
import { silentLogger } from "../../src/base/logger.js";
import { loadConfig } from "../../src/config/config.js";
import { CertificateFiles } from "../../src/http/certificate-files.js";
import { startApi, type ApiServer } from "../support/api-server.js";
import { selfSigned } from "../support/self-signed.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

let api: ApiServer | null = null;

afterEach(async () => {
  await api?.server.stop();
  api = null;
});

function files(): { readonly certFile: string; readonly keyFile: string; write(pair: { readonly cert: string; readonly key: string }): void } {
  const directory = temporaryDirectory();
  const [certFile, keyFile] = [join(directory, "cert.pem"), join(directory, "key.pem")];
  return {
    certFile, keyFile,
    write({ cert, key }) {
      writeFileSync(certFile, cert);
      writeFileSync(keyFile, key);
    },
  };
}

interface Sent {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

function post(port: number, path: string, body: unknown, ca: string, headers: Readonly<Record<string, string>> = {}): Promise<Sent> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, path, method: "POST", ca, headers: { "content-type": "application/json", ...headers } }, (response) => {
      response.resume();
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers }));
    });
    sent.on("error", reject);
    sent.end(JSON.stringify(body));
  });
}

function certificateOf(port: number): Promise<PeerCertificate> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate());
      socket.end();
    });
    socket.on("error", reject);
  });
}

describe("a server with a certificate", () => {
  test("speaks TLS, marks its cookies Secure, tells browsers so, and serves commands of this machine by loopback", async () => {
    const pair = selfSigned("first");
    const place = files();
    place.write(pair);
    api = await startApi(undefined, { http: { certificate: new CertificateFiles(place.certFile, place.keyFile, systemClock, silentLogger), strictTransport: true } });
    const token = await api.token({ name: "ana", role: "viewer" });
    expect(api.server.url).toMatch(/^https:\/\/127\.0\.0\.1:/);
    const login = await post(api.server.port, "/login", { user: "ana", password: "a long password" }, pair.cert);
    expect(login).toMatchObject({ status: 200, headers: { "strict-transport-security": "max-age=31536000" } });
    expect(login.headers["set-cookie"]?.[0]).toMatch(/; HttpOnly; SameSite=Strict; Max-Age=\d+; Secure$/);
    expect((await post(api.server.port, "/graphql", { query: "{ me { name } }" }, pair.cert, { authorization: `Bearer ${token}` })).status).toBe(200);
    const socket = new WebSocket(`${api.server.url.replace("https", "wss")}/graphql`, "graphql-transport-ws", { ca: pair.cert, headers: { authorization: `Bearer ${token}` } });
    await new Promise((resolve, reject) => { socket.on("open", resolve); socket.on("error", reject); });
    socket.close();
    expect(api.server.localUrl).toMatch(/^http:\/\/127\.0\.0\.1:/);
    const local = await fetch(`${api.server.localUrl}/graphql`, { method: "POST", headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }, body: '{"query":"{ me { name } }"}' });
    expect([local.status, local.headers.get("strict-transport-security")]).toEqual([200, null]);
  });

  test("takes up a changed certificate without a restart, and keeps the old one while the new one cannot be used", async () => {
    const [first, second, third] = [selfSigned("first"), selfSigned("second"), selfSigned("third")];
    const place = files();
    place.write(first);
    const certificate = new CertificateFiles(place.certFile, place.keyFile, systemClock, silentLogger);
    const used: string[] = [];
    const watch = certificate.watch.bind(certificate);
    let take: Parameters<typeof watch>[0] = () => {};
    certificate.watch = (use) => {
      take = (changed) => { used.push(new X509Certificate(changed.cert).subject); use(changed); };
      watch(take);
    };
    api = await startApi(undefined, { http: { certificate } });
    expect((await certificateOf(api.server.port)).subject.CN).toBe("first");
    certificate.look(take);
    place.write({ cert: second.cert, key: third.key });
    certificate.look(take);
    expect(used).toEqual([]);
    expect((await certificateOf(api.server.port)).subject.CN).toBe("first");
    place.write(second);
    certificate.look(take);
    expect((await certificateOf(api.server.port)).subject.CN).toBe("second");
  });

  test("goes on with the old one while the files cannot be looked at, and says so once", () => {
    const [first, second] = [selfSigned("first"), selfSigned("second")];
    const directory = join(temporaryDirectory(), "tls");
    const place = { certFile: join(directory, "cert.pem"), keyFile: join(directory, "key.pem") };
    const write = ({ cert, key }: typeof first): void => {
      mkdirSync(directory);
      writeFileSync(place.certFile, cert);
      writeFileSync(place.keyFile, key);
    };
    const errors: unknown[] = [];
    const certificate = new CertificateFiles(place.certFile, place.keyFile, systemClock, { ...silentLogger, error: (fields) => errors.push(fields) });
    const used: string[] = [];
    const look = (): void => { certificate.look(({ cert }) => used.push(new X509Certificate(cert).subject)); };
    write(first);
    certificate.read();
    rmSync(directory, { recursive: true });
    writeFileSync(directory, "");
    look();
    look();
    expect(errors).toEqual([{ error: expect.stringMatching(/certFile=.*cert\.pem: cannot be read: ENOTDIR/) }]);
    rmSync(directory);
    write(second);
    look();
    expect(used).toEqual(["CN=second"]);
  });

  test.each([
    ["a certificate that is not there", { cert: null }, /certFile=.*: cannot be read/],
    ["a certificate that is none", { cert: "hello" }, /certFile=.*: is no certificate/],
    ["another certificate's key", { key: selfSigned("other").key }, /keyFile=.*not that of/],
    ["a key that is none", { key: "hello" }, /keyFile=.*is no unencrypted private key/],
  ])("does not start with %s", async (_, wrong, message) => {
    const place = files();
    const pair = { ...selfSigned("x"), ...wrong };
    if (pair.cert !== null) place.write({ cert: pair.cert, key: pair.key });
    await expect(startApi(undefined, { http: { certificate: new CertificateFiles(place.certFile, place.keyFile, systemClock, silentLogger) } })).rejects.toThrow(message);
  });
});

describe("the warning", () => {
  const warning = (overrides: object) => exposureWarning(loadConfig({ file: null, node: "test", environment: {}, workingDirectory: "/tmp", overrides }));

  test("is given in words where others can read along, and only there", () => {
    expect(warning({})).toBeNull();
    expect(warning({ viewHost: "localhost" })).toBeNull();
    expect(warning({ viewHost: "127.0.0.2" })).toBeNull();
    expect(warning({ viewHost: "0.0.0.0", certFile: "a", keyFile: "b" })).toBeNull();
    for (const viewHost of ["0.0.0.0", "::", "192.0.2.1", "127.example.com"]) expect(warning({ viewHost })).toMatch(/without TLS: passwords, tokens and packets .* Set certFile and keyFile/);
  });
});
