import { X509Certificate } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { createSecureContext } from "node:tls";
import type { Clock } from "../base/clock.js";
import { LookbackError, systemErrorCode } from "../base/errors.js";
import type { Logger } from "../base/logger.js";

/** Milliseconds between two looks whether the files changed. */
const LOOK_MS = 10_000;
/** Largest file, in bytes. */
const LARGEST = 1_048_576;

/** What a TLS server is given. */
export interface CertificateAndKey {
  readonly cert: string;
  readonly key: string;
}

/** A certificate with its key in two PEM files, read again when they change. */
export class CertificateFiles {
  readonly #certFile: string;
  readonly #keyFile: string;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #seen = "";
  #timer: NodeJS.Timeout | null = null;

  constructor(certFile: string, keyFile: string, clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#certFile = certFile;
    this.#keyFile = keyFile;
    this.#logger = logger;
  }

  /** Reads both. CONFIG_INVALID naming the file when one cannot be read, is no certificate or key, or they do not belong together. */
  read(): CertificateAndKey {
    this.#seen = this.#state();
    const cert = readPem("certFile", this.#certFile);
    const key = readPem("keyFile", this.#keyFile);
    let certificate: X509Certificate;
    try {
      certificate = new X509Certificate(cert);
    } catch (cause) {
      throw new LookbackError("CONFIG_INVALID", `certFile=${this.#certFile}: is no certificate in PEM form`, { file: this.#certFile }, { cause });
    }
    try {
      createSecureContext({ cert, key });
    } catch (cause) {
      throw new LookbackError("CONFIG_INVALID", `keyFile=${this.#keyFile}: is no unencrypted private key in PEM form, or not that of ${this.#certFile}`, { file: this.#keyFile }, { cause });
    }
    const ends = Date.parse(certificate.validTo);
    if (ends <= this.#clock.nowMs()) this.#logger.warn({ file: this.#certFile, validTo: certificate.validTo }, "the certificate has expired; clients will refuse it");
    return { cert, key };
  }

  /** Calls `use` with the new ones whenever the files changed and fit together; until they do, the old ones stay in use. */
  watch(use: (files: CertificateAndKey) => void): void {
    this.#timer = setInterval(() => {
      this.look(use);
    }, LOOK_MS).unref();
  }

  /** Looks once. */
  look(use: (files: CertificateAndKey) => void): void {
    if (this.#state() === this.#seen) return;
    try {
      use(this.read());
      this.#logger.info({ file: this.#certFile }, "took up the changed certificate");
    } catch (error) {
      this.#logger.error({ error: error instanceof Error ? error.message : String(error) }, "the changed certificate cannot be used; the one before stays in use");
    }
  }

  /** Looks no more. */
  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  /** What the files are now; that one cannot be looked at is a state as well, which `read` explains. */
  #state(): string {
    return [this.#certFile, this.#keyFile].map((file) => {
      try {
        const found = statSync(file);
        return `${found.ino}.${found.size}.${found.mtimeMs}`;
      } catch (error) {
        return systemErrorCode(error) ?? "unknown";
      }
    }).join("/");
  }
}

function readPem(key: string, file: string): string {
  try {
    if (statSync(file).size > LARGEST) throw new Error(`it has more than ${LARGEST} bytes`);
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new LookbackError("CONFIG_INVALID", `${key}=${file}: cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, { file }, { cause });
  }
}
