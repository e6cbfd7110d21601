import type { Request, Response } from "express";
import type { AccessService } from "../access/access-service.js";
import { LookbackError, systemErrorCode } from "../base/errors.js";
import type { DownloadGrant } from "../export/download-link.js";
import type { ExportDownload } from "../export/export-service.js";
import { addressOf } from "./client.js";
import { requirePrincipal } from "./principal.js";
import type { Route } from "./routes.js";

/** Export files as downloads; `ExportService` satisfies it. */
export interface Downloads {
  /** The file of a link that holds. LINK_INVALID, NOT_FOUND. */
  openLink(grant: DownloadGrant, signature: string): Promise<ExportDownload>;
  /** Whoever verifies manifests needs it. */
  readonly publicKey: { readonly keyId: string; readonly publicPem: string };
}

/** Milliseconds after which a client that takes nothing is taken for one that never will; one that is slow goes on. */
const STALL_MS = 60_000;

function one(value: unknown): string {
  if (typeof value === "string") return value;
  throw new LookbackError("LINK_INVALID", "this link is incomplete");
}

/** File name for `Content-Disposition`: quoted, other characters replaced. */
function safeName(name: string): string {
  return name.replace(/[^A-Za-z0-9._-]/g, "_");
}

/** The file of a link, for the user that is logged in. LINK_INVALID, FORBIDDEN, NOT_FOUND. */
async function fileOf(request: Request, downloads: Downloads): Promise<ExportDownload> {
  const { user } = requirePrincipal(request);
  const grant = { exportId: one(request.params["id"]), user: one(request.query["user"]), expiresMs: Number(one(request.query["expires"])) };
  if (grant.user !== user.name) throw new LookbackError("LINK_INVALID", "this link was made for another user");
  const file = await downloads.openLink(grant, one(request.query["signature"]));
  if (file.startedMs < user.rightsChangedMs) {
    throw new LookbackError("FORBIDDEN", "this export was made before your rights changed; make it again");
  }
  return file;
}

function send(response: Response, path: string, stallMs: number, next: (error: unknown) => void): void {
  response.setTimeout(stallMs, () => response.destroy());
  response.sendFile(path, { acceptRanges: true, cacheControl: false, lastModified: false, dotfiles: "allow" }, (error) => {
    if (error === undefined || error === null || response.headersSent) return;
    next(systemErrorCode(error) === "ENOENT" ? new LookbackError("NOT_FOUND", "the export's file has gone") : error);
  });
}

/**
 * The routes of signed links: `/api/exports/:id/download` and `/api/exports/:id/manifest`. A link is for one user, who must
 * be logged in; ranges and conditional requests are answered by the file's SHA-256. `/api/signing-key` tells the public key
 * that verifies manifests; it is no secret, and who verifies need not have a login. A client that takes nothing for `stallMs`
 * milliseconds is cut off.
 */
export function downloadRoutes(access: AccessService, downloads: Downloads, stallMs = STALL_MS): readonly Route[] {
  return [
    {
      method: "get", path: "/api/exports/:id/download", access: "export",
      handlers: [async (request, response, next) => {
        const { user, method } = requirePrincipal(request);
        const file = await fileOf(request, downloads);
        access.audit(user.name, "export.download", { export: file.id, bytes: file.bytes, range: request.headers.range ?? null }, { address: addressOf(request), method });
        response.setHeader("ETag", `"${file.sha256}"`);
        response.setHeader("Content-Disposition", `attachment; filename="${safeName(file.fileName)}"`);
        send(response.type(file.contentType), file.path, stallMs, next);
      }],
    },
    {
      method: "get", path: "/api/exports/:id/manifest", access: "export",
      handlers: [async (request, response, next) => {
        const { user, method, scopes } = requirePrincipal(request);
        // It names the capture files that the packets came from.
        access.require(user, "files", scopes);
        const file = await fileOf(request, downloads);
        access.audit(user.name, "export.manifest", { export: file.id }, { address: addressOf(request), method });
        response.setHeader("Content-Disposition", `attachment; filename="${safeName(file.fileName)}.manifest.json"`);
        send(response.type("application/json"), file.manifestPath, stallMs, next);
      }],
    },
    {
      method: "get", path: "/api/signing-key", access: "public",
      handlers: [(_request, response) => {
        const { keyId, publicPem } = downloads.publicKey;
        response.json({ algorithm: "Ed25519", keyId, publicKey: publicPem });
      }],
    },
  ];
}
